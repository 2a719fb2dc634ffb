//! Why nothing was generated.

use std::fmt;

/// The contract was sound, and yet the generator refused it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub(super) fn new(doing: &str, why: impl fmt::Display) -> Self {
        Self(format!("{doing}: {why}"))
    }

    pub(super) fn at(path: &str, why: &dyn fmt::Display) -> Self {
        Self(format!(
            "the contract does not read as OpenAPI 3.0 at {path}: {why}"
        ))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
