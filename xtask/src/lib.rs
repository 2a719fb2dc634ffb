//! The workspace's own commands. `cargo xtask --help` lists them.
//!
//! [`contract::Contract`] reads an OpenAPI document and keeps the line of every value;
//! [`lint::lint`] names what the generator would stumble over, drop or misread;
//! [`codegen::generate`] turns the contract into Rust; [`api::generate`] lists what the crates make
//! public; [`drift::Drift`] compares the contract with what MongoDB publishes; [`docs::build`] makes
//! a page of the API; [`bench::run`] measures; [`features::check`] has clippy look at each feature
//! alone; [`tidy::check`] holds the workspace against its habits; [`interop::start`] tries the SDK
//! against real servers; [`package::check`] and [`release::dry_run`] say whether it can be published.
//!
//! Nothing here depends on a crate of the SDK, so that a broken SDK can be regenerated.
//!
//! ```
//! use xtask::{contract::Contract, lint::lint};
//!
//! let contract = Contract::parse("openapi/example.yaml", "openapi: 3.0.3\n")?;
//! for finding in lint(&contract) {
//!     assert_eq!(finding.file, "openapi/example.yaml");
//! }
//! # Ok::<(), Vec<xtask::finding::Finding>>(())
//! ```

pub mod api;
pub mod bench;
mod cargo;
pub mod codegen;
pub mod contract;
pub mod docs;
pub mod drift;
pub mod features;
pub mod finding;
mod fold;
pub mod interop;
pub mod lint;
pub mod output;
pub mod package;
mod packages;
pub mod release;
pub mod rule;
pub mod tidy;
