//! `cargo xtask codegen`: from the contract to Rust.
//!
//! One run writes every file that depends on the contract, byte-identically each time:
//!
//! | file | what |
//! |---|---|
//! | `crates/atlas-export-api/src/generated.rs` | models and one method for each operation ([`bindings`]) |
//! | `crates/atlas-export-api/src/calls.rs` | operation → a value with named fields ([`calls`]) |
//! | `crates/atlas-export-api/src/operations.rs` | operation → path, media-type versions ([`operations`]) |
//! | `crates/atlas-export-api/src/roles.rs` | the roles of Atlas, and what each includes ([`roles`]) |
//! | `crates/atlas-export-types/src/vocabulary.rs` | ids and open enumerations ([`vocabulary`]) |
//! | `crates/atlas-export-httpmock/src/generated.rs` | typed mocks ([`mocks`]) |
//! | `openapi/OPERATIONS.md` | the operations for people ([`operations`]) |
//! | `crates/atlas-export-fake/src/operations.json` | the operations as data ([`operations`]) |
//! | `crates/atlas-export-fake/src/request_schemas.json` | JSON Schemas of the request bodies ([`schemas`]) |
//! | `tests/contract.json` | schemas and examples as data for tests ([`examples`]) |
//!
//! The generator sees a simplified copy of the contract ([`simplify`]), because it knows
//! neither dated media types nor more than one kind of success.

mod arguments;
pub mod bindings;
mod bodies;
pub mod calls;
mod decode;
pub mod examples;
mod extra;
mod failure;
mod header;
mod home;
pub mod mocks;
mod model_schemas;
pub mod operations;
mod own_types;
mod parameters;
mod prose;
mod reading;
pub mod roles;
mod rust;
pub mod schemas;
pub mod simplify;
pub mod stand_alone;
mod tolerant;
pub mod vocabulary;
mod words;

use serde_json::Value;

use self::reading::read;
pub use self::{failure::Failure, header::REMEDY};
use crate::output::Output;

/// Generates every file from a contract that has passed the lint.
///
/// # Errors
/// [`Failure`] where the generator refuses the contract all the same.
pub fn generate(contract: &Value) -> Result<Vec<Output>, Failure> {
    let simplified = simplify::simplify(contract);
    let spec = read(&simplified)?;
    let spec_of_mocks = read(&parameters::for_mocks(&simplified))?;
    let output = |path: &str, text| Output {
        path: path.into(),
        text,
    };
    let client = bindings::generate(&spec, &simplified)?;
    Ok(vec![
        output(
            "crates/atlas-export-api/src/generated.rs",
            rust::print(&client),
        ),
        output(
            "crates/atlas-export-api/src/calls.rs",
            calls::generate(&client, contract)?,
        ),
        output(
            "crates/atlas-export-api/src/operations.rs",
            operations::generate(contract)?,
        ),
        output(
            "crates/atlas-export-api/src/roles.rs",
            roles::generate(contract)?,
        ),
        output(
            "crates/atlas-export-types/src/vocabulary.rs",
            vocabulary::generate(contract),
        ),
        output(
            "crates/atlas-export-httpmock/src/generated.rs",
            mocks::generate(&spec_of_mocks, &simplified)?,
        ),
        output("openapi/OPERATIONS.md", operations::for_people(contract)),
        output(
            "crates/atlas-export-fake/src/operations.json",
            operations::for_fake(contract)?,
        ),
        output(
            "crates/atlas-export-fake/src/request_schemas.json",
            schemas::generate(contract)?,
        ),
        output("tests/contract.json", examples::for_tests(contract)?),
    ])
}
