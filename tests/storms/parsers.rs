//! The parsers of `atlas-export` with 100,000 cases each, in a build that shows them:
//! `RUSTFLAGS="--cfg fuzzing_entries"`.
//!
//! The tests are those of the crate itself, where `cargo test` runs them with fewer cases.

use atlas_export::fuzzing::{envelope, pages, waits};

#[path = "../../crates/atlas-export/src/fuzzing/tests.rs"]
mod tests;
