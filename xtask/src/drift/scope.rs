//! Which operations of the published description concern us.

use std::collections::BTreeSet;

/// The operations that our contract has, and whatever else lies below some paths.
#[derive(Debug)]
pub(super) struct Scope {
    ours: BTreeSet<String>,
    below: Vec<String>,
}

impl Scope {
    /// The operations of our contract by key, and paths under which every operation concerns us.
    pub(super) fn new(ours: BTreeSet<String>, below: Vec<String>) -> Self {
        Self { ours, below }
    }

    /// Whether an operation, by its key, is compared.
    pub(super) fn has(&self, key: &str) -> bool {
        let path = key.split_once(' ').map_or(key, |(_, path)| path);
        let lies_below = |top: &String| {
            let rest = path.strip_prefix(top.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.ours.contains(key) || self.below.iter().any(lies_below)
    }
}
