//! Contracts that differ from the good one in one fault alone: the bad examples of the rules.
#![allow(dead_code, reason = "each test binary uses its part")]

use xtask::lint::{
    examples::{GOOD, Kind, example},
    rules,
};

pub(crate) mod others;

/// The names of all faulty contracts, which are those of the rules.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = rules().map(|rule| rule.id.to_owned()).collect();
    names.sort();
    names
}

/// The text of a contract: `good`, or one of [`names`].
pub(crate) fn text(name: &str) -> String {
    if name == "good" {
        return GOOD.to_owned();
    }
    example(name, Kind::Bad).expect(name).text
}

/// A text with the first of `line` replaced.
pub(crate) fn patched(text: &str, line: &str, faulty: &str) -> String {
    assert!(text.contains(line), "{line}");
    text.replacen(line, faulty, 1)
}
