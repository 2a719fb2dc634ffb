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

pub use self::{
    compare::{Kind, Part, Row},
    explanations::{Explanation, Explanations},
    facts::{Attributes, Facts, Operation, Shape, Value, Version},
    ours::{CURATION, Drift, EXPLANATIONS, LOCK, read_lock, since, write_lock},
    report::{Format, Report},
};

mod attributes;
pub mod command;
mod compare;
mod explanations;
mod facts;
mod lock;
mod ours;
mod read;
mod report;
mod scope;
mod shapes;
