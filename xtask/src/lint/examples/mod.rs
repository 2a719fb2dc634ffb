//! A bad and a good example of each rule: a small good contract with an edit.
//!
//! The pages of the rules show what the edit wrote, and the tests hold it against the lint: the
//! bad one breaks its rule and no other, the good one none.
//!
//! ```
//! use xtask::{contract::Contract, lint::{examples::{Kind, example}, lint}};
//!
//! let bad = example("enum-empty", Kind::Bad).ok_or("no example")?;
//! assert!(bad.shown.ends_with("Tier: {type: string, enum: []}\n"));
//! let findings = lint(&Contract::parse("bad.yaml", &bad.text).map_err(|_| "unread")?);
//! assert_eq!(findings[0].rule, "enum-empty");
//! # Ok::<(), &str>(())
//! ```

mod bodies;
mod document;
mod loading;
mod parameters;
mod paths;
mod schemas;

/// The contract that the edits are made in, which breaks no rule.
pub const GOOD: &str = include_str!("good.yaml");

/// The line before which a schema can be put.
const SCHEMA: &str = "    ExportState:\n";

/// Lines of the good contract, and what stands in their place. A rule may have several.
#[derive(Clone, Copy, Debug)]
struct Edit {
    rule: &'static str,
    from: &'static str,
    bad: &'static str,
    good: &'static str,
    /// What follows both, and is not shown.
    then: &'static str,
}

const fn change(
    rule: &'static str,
    from: &'static str,
    bad: &'static str,
    good: &'static str,
) -> Edit {
    Edit {
        rule,
        from,
        bad,
        good,
        then: "",
    }
}

/// Bad lines in the place of those that are good already.
const fn replace(rule: &'static str, bad: &'static str, good: &'static str) -> Edit {
    change(rule, good, bad, good)
}

/// Lines before a line that stays.
const fn insert(
    rule: &'static str,
    before: &'static str,
    bad: &'static str,
    good: &'static str,
) -> Edit {
    Edit {
        then: before,
        ..change(rule, before, bad, good)
    }
}

/// Which of the two examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Breaks the rule.
    Bad,
    /// Says the same, or what is nearest to it, and breaks none.
    Good,
}

/// A contract, and the part of it that is about the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The whole contract.
    pub text: String,
    /// The lines that are about the rule, below those that they stand in.
    pub shown: String,
}

/// The example of a rule; none where no text can show it.
pub fn example(rule: &str, kind: Kind) -> Option<Example> {
    if let Some((_, bad, good)) = loading::TEXTS.iter().find(|(id, ..)| *id == rule) {
        let text = match kind {
            Kind::Bad => *bad,
            Kind::Good => *good,
        };
        return Some(Example {
            text: text.to_owned(),
            shown: text.to_owned(),
        });
    }
    let tables = [
        document::EDITS,
        paths::EDITS,
        parameters::EDITS,
        bodies::EDITS,
        schemas::EDITS,
    ];
    let mut edits = tables.into_iter().flatten().filter(|e| e.rule == rule);
    let first = edits.next()?;
    let mut lines = Lines(GOOD.lines().map(|line| (line, false)).collect());
    for edit in std::iter::once(first).chain(edits) {
        lines.apply(edit, kind)?;
    }
    Some(Example {
        text: lines.0.iter().flat_map(|(line, _)| [line, "\n"]).collect(),
        shown: lines.shown(),
    })
}

/// The lines of a contract, each with whether an edit wrote it.
struct Lines<'a>(Vec<(&'a str, bool)>);

impl Lines<'_> {
    /// Nothing where the contract lacks what the edit replaces.
    fn apply(&mut self, edit: &Edit, kind: Kind) -> Option<()> {
        let from: Vec<&str> = edit.from.lines().collect();
        let mut windows = self.0.windows(from.len());
        let start = windows.position(|window| window.iter().map(|(line, _)| line).eq(&from))?;
        let written = match kind {
            Kind::Bad => edit.bad,
            Kind::Good => edit.good,
        };
        let written = written.lines().map(|line| (line, true));
        let then = edit.then.lines().map(|line| (line, false));
        let end = start + from.len();
        self.0.splice(start..end, written.chain(then));
        Some(())
    }

    /// What was written, and above it the lines that it stands in: those that are indented less.
    fn shown(&self) -> String {
        let mut shown: Vec<&str> = Vec::new();
        let mut indent = 0;
        let mut below_written = false;
        for (line, is_written) in self.0.iter().rev() {
            let own = indent_of(line);
            if *is_written {
                indent = if below_written { indent.min(own) } else { own };
                // A sibling further up in the contract does not end what this one stands in.
                below_written = true;
                shown.push(line);
            } else if below_written && own < indent {
                indent = own;
                shown.push(line);
            }
        }
        shown.iter().rev().flat_map(|line| [line, "\n"]).collect()
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
