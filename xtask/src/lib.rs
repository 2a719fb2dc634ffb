//! The workspace's own commands. `cargo xtask --help` lists them.
//!
//! Nothing here depends on a crate of the SDK, so that a broken SDK can be regenerated.

pub mod codegen;
