//! The JSON Schemas of the models are those of the contract: they ask for the same, and say the
//! same of each body.
//!
//! The contract comes as data (`tests/contract.json`), and a library that is not ours judges.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bodies;
mod models;
mod mutants;
mod shapes;

use jsonschema::{Draft, Validator};
use serde_json::Value;

/// The schemas of the contract, its examples, and which are of which body.
fn contract() -> Value {
    serde_json::from_str(include_str!("../../../../tests/contract.json")).unwrap()
}

/// A validator of a schema whose definitions are these.
fn validator(schema: &Value, definitions: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["$defs"] = definitions.clone();
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .build(&whole)
        .unwrap()
}

/// The name that a reference leads to.
fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}
