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
mod edit;
mod loading;
mod parameters;
mod paths;
mod schemas;

use std::collections::BTreeMap;

use self::edit::Edit;

/// The contract that the edits are made in, which breaks no rule.
pub const GOOD: &str = include_str!("good.yaml");

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
        let mut shown: BTreeMap<usize, &str> = BTreeMap::new();
        let written = self.0.iter().enumerate().filter(|(_, line)| line.1);
        for (place, (line, _)) in written {
            shown.insert(place, line);
            let mut indent = indent_of(line);
            let above = self.0.iter().enumerate().take(place).rev();
            for (place, (line, _)) in above {
                if indent_of(line) < indent {
                    indent = indent_of(line);
                    shown.insert(place, line);
                }
            }
        }
        shown.values().flat_map(|line| [*line, "\n"]).collect()
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
