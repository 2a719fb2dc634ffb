//! Our contract, compared with published facts, and the files that this goes by.

use serde_json::Value as Json;

use super::{
    compare,
    explanations::{self, Explanation, Explanations},
    facts::Facts,
    lock, read,
    report::{self, Report},
    scope::Scope,
};

/// The facts of the published description, below the workspace.
pub const LOCK: &str = "openapi/upstream.lock";
/// The differences that are meant, below the workspace.
pub const EXPLANATIONS: &str = "openapi/drift.yaml";
/// The decisions that they refer to, below the workspace.
pub const CURATION: &str = "openapi/CURATION.md";

/// Our contract, with what is said about its differences.
#[derive(Debug)]
pub struct Drift {
    ours: Facts,
    scope: Scope,
    explanations: Vec<Explanation>,
    curation: String,
}

impl Drift {
    /// Reads the facts of our contract, and the texts of [`EXPLANATIONS`] and [`CURATION`].
    ///
    /// # Errors
    /// A text, if the explanations are not what they have to be, or a reference in the contract
    /// leads nowhere.
    pub fn new(contract: &Json, explanations: &str, curation: &str) -> Result<Self, String> {
        let Explanations {
            scope,
            explanations,
        } = serde_saphyr::from_str(explanations)
            .map_err(|error| format!("{EXPLANATIONS}: {error}"))?;
        let scope = Scope::new(read::keys(contract), scope);
        let (ours, _) = read::read(contract, &scope)?;
        Ok(Self {
            ours,
            scope,
            explanations,
            curation: curation.to_owned(),
        })
    }

    /// The facts of a published description, as far as they concern us, and how many of its
    /// operations do not.
    ///
    /// # Errors
    /// A text, if a reference leads nowhere, or schemas stand deeper in one another than is read.
    pub fn read(&self, document: &Json) -> Result<(Facts, usize), String> {
        read::read(document, &self.scope)
    }

    /// Compares our contract with published facts.
    pub fn against(&self, published: &Facts) -> Report {
        let rows = compare::compare(&self.ours, published);
        let verdict = explanations::judge(rows, &self.explanations, &self.curation);
        Report::new(verdict, self.explanations.clone())
    }
}

/// The text of a lock with these facts.
///
/// # Errors
/// A text, if they cannot be written.
pub fn write_lock(facts: &Facts) -> Result<String, String> {
    lock::write(facts).map_err(|error| format!("{LOCK}: {error}"))
}

/// The facts of a lock's text.
///
/// # Errors
/// A text that says where and why it is no lock.
pub fn read_lock(text: &str) -> Result<Facts, String> {
    lock::read(text).map_err(|error| {
        format!("{LOCK}: {error}; write it anew with `--upstream FILE --update-lock`")
    })
}

/// The published facts that changed from one lock to the next, as text.
pub fn since(old: &Facts, new: &Facts) -> String {
    report::since(&compare::compare(old, new))
}
