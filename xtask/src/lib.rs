//! The parts of `cargo xtask` that other code can call: reading the contract and judging it.
//!
//! [`contract::Contract`] reads an OpenAPI document and keeps the line of every value;
//! [`lint::lint`] names what the generator would stumble over, drop or misread.
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

pub mod contract;
pub mod finding;
pub mod lint;
