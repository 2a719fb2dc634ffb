//! `cargo xtask drift`: our contract against MongoDB's published description of the API.
//!
//! Both become [`Facts`]: operations with their versions, roles and parameters, and schemas with
//! their fields, without any words. Each fact in which they differ is a [`Row`]: ours lacks it,
//! ours adds it, or it has changed. `openapi/drift.yaml` says which rows are meant and why; the
//! others are drift, and so is an explanation that covers nothing.
//!
//! The published description has megabytes and is not kept here. Its facts are, in
//! `openapi/upstream.lock`, as far as they concern us; so the contract can be compared without it.
//!
//! Texts, examples, errors, headers and links between operations are not compared.
//!
//! ```
//! use serde_json::json;
//! use xtask::drift::Drift;
//!
//! let answer = |sunset: &str| json!({ "paths": { "/groups": { "get": {
//!     "operationId": "listGroups",
//!     "responses": { "200": { "content": {
//!         "application/vnd.atlas.2023-01-01+json": { "x-sunset": sunset }
//!     } } },
//! } } } });
//! let drift = Drift::new(&answer("2027-07-01"), "{scope: [], explanations: []}", "")?;
//! let (published, _) = drift.read(&answer("2027-01-01"))?;
//! let report = drift.against(&published);
//! let row = report.unexplained().next().expect("a row");
//! assert_eq!(row.at, "GET /groups 2023-01-01");
//! assert_eq!(row.what, "sunset");
//! # Ok::<(), String>(())
//! ```

use serde_json::Value as Json;

use self::scope::Scope;
pub use self::{
    compare::{Kind, Part, Row},
    explanations::{Explanation, Explanations},
    facts::{Attributes, Facts, Operation, Shape, Value, Version},
    report::{Format, Report},
};

pub mod command;
mod compare;
mod explanations;
mod facts;
mod lock;
mod read;
mod report;
mod scope;
mod shapes;

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
