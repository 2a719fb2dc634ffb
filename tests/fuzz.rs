//! The parsers of `atlas-export` with 100,000 cases each, in a release build that shows them:
//! `RUSTFLAGS="--cfg fuzzing_entries" cargo test --release -p atlas-export-tests --test fuzz`.
//!
//! The tests are those of the crate itself, where `cargo test` runs them with fewer cases.
#![cfg(fuzzing_entries)]

use atlas_export::fuzzing::{envelope, pages, waits};

#[path = "../crates/atlas-export/src/fuzzing/tests.rs"]
mod tests;
