//! `openapi/drift.yaml`: which differences are meant, and why.
//!
//! An explanation covers a place, or a family of places by a pattern, and says how many rows that
//! are: so a row that happens to fall under a pattern is seen, and so is one that is gone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::compare::{Kind, Part, Row};

/// The file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanations {
    /// Paths below which every published operation concerns us, beside those that we have.
    pub scope: Vec<String>,
    /// In any order; the first that covers a row explains it.
    pub explanations: Vec<Explanation>,
}

/// Why some rows are as they are.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// The places; `*` stands for any text.
    pub at: OneOrMore,
    /// Which facts of them; `*` stands for any text.
    pub what: OneOrMore,
    /// In which way they differ.
    pub kind: Kind,
    /// Which part of an operation they are about; any where it is left out.
    #[serde(default)]
    pub part: Option<Part>,
    /// How many rows this explains.
    pub rows: usize,
    /// Why it is so.
    pub reason: String,
    /// Where the decision stands: an anchor of `openapi/CURATION.md`, as in `CURATION.md#null`.
    pub see: String,
}

/// One text, or a list of them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    fn matches(&self, text: &str) -> bool {
        self.all().iter().any(|pattern| matches(pattern, text))
    }

    pub(super) fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// What holds of the rows, and of their explanations.
#[derive(Debug)]
pub(super) struct Verdict {
    /// Each row with its explanation, by its place in the file.
    pub rows: Vec<(Row, Option<usize>)>,
    /// What is wrong with the explanations themselves.
    pub stale: Vec<String>,
}

/// Gives each row the first explanation that covers it, and tells which explanations do not hold.
pub(super) fn judge(rows: Vec<Row>, explanations: &[Explanation], curation: &str) -> Verdict {
    let mut covered = vec![0_usize; explanations.len()];
    let mut used = BTreeSet::new();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let found = explanations.iter().position(|by| by.covers(&row));
            if let Some(found) = found {
                if let Some(covered) = covered.get_mut(found) {
                    *covered += 1;
                }
                let patterns = explanations.get(found).map_or(&[][..], |by| by.at.all());
                let pattern = patterns
                    .iter()
                    .position(|pattern| matches(pattern, &row.at));
                used.insert((found, pattern));
            }
            (row, found)
        })
        .collect();
    let anchors = anchors(curation);
    let mut stale = Vec::new();
    for (place, (by, covered)) in explanations.iter().zip(covered).enumerate() {
        let name = by.name();
        for (number, pattern) in by.at.all().iter().enumerate() {
            if !used.contains(&(place, Some(number))) {
                stale.push(format!(
                    "the explanation of {name} covers nothing at `{pattern}`; take that out"
                ));
            }
        }
        if covered != by.rows && covered > 0 {
            stale.push(format!(
                "the explanation of {name} says that it covers {} rows, and covers {covered}; \
                 read them, and correct the number or the pattern",
                by.rows
            ));
        }
        if by.reason.trim().is_empty() {
            stale.push(format!(
                "the explanation of {name} has no reason; write why it is so"
            ));
        }
        let anchor = by.see.strip_prefix("CURATION.md#");
        if !anchor.is_some_and(|anchor| anchors.contains(anchor)) {
            stale.push(format!(
                "the explanation of {name} refers to `{}`, which is no anchor; write \
                 `CURATION.md#` and the `id` of an item there",
                by.see
            ));
        }
    }
    Verdict { rows, stale }
}

impl Explanation {
    /// What a message calls it: its first place, and how many there are besides.
    fn name(&self) -> String {
        let what = self.what.all().join(", ");
        match self.at.all() {
            [first, rest @ ..] if !rest.is_empty() => {
                format!("`{first}` and {} more ({what})", rest.len())
            }
            [first, ..] => format!("`{first}` ({what})"),
            [] => format!("no place ({what})"),
        }
    }

    fn covers(&self, row: &Row) -> bool {
        self.kind == row.kind
            && self.part.is_none_or(|part| part == row.part)
            && self.at.matches(&row.at)
            && self.what.matches(&row.what)
    }
}

/// The `id`s of a text's HTML anchors.
fn anchors(text: &str) -> BTreeSet<&str> {
    let ids = text.split("<a id=\"").skip(1);
    ids.filter_map(|rest| rest.split_once('"').map(|(id, _)| id))
        .collect()
}

/// Whether a text is what a pattern says, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = text.split_once(part) else {
            return false;
        };
        text = after;
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in [
            ("Link.href", "Link.href"),
            ("*", ""),
            ("*.links", "Page.links"),
            ("Snapshot*.id", "SnapshotMember.id"),
            ("a*b*c", "a-b-b-c"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("Link.href", "Link.hrefs"),
            ("*.links", "Page.links[]"),
            ("a*b*c", "a-c"),
            ("ab*b", "ab"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
