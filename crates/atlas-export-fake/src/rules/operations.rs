//! The table of operations, as data from the description of the API (`operations.json`, written by its
//! code generator).

use std::sync::LazyLock;

use http::{Method, StatusCode};
use serde::Deserialize;

use crate::rules::version::Generation;

/// What the description of the API says of an operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    versions: Vec<&'static str>,
    v1: bool,
    success: u16,
    takes_body: bool,
}

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name in the description of the API; the key of its request schema.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// With parameters in braces, without the base path.
    pub(crate) path: &'static str,
    /// The v2 versions, oldest first.
    pub(crate) versions: Vec<&'static str>,
    /// Whether v1.0 has it.
    v1: bool,
    /// The status of its success.
    pub(crate) success: StatusCode,
    pub(crate) takes_body: bool,
}

pub(crate) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    // A test reads it, so that it is never empty.
    let all: Vec<Described> =
        serde_json::from_str(include_str!("../operations.json")).unwrap_or_default();
    all.into_iter().filter_map(Operation::new).collect()
});

impl Operation {
    fn new(described: Described) -> Option<Self> {
        Some(Self {
            method: Method::from_bytes(described.method.as_bytes()).ok()?,
            id: described.id,
            path: described.path,
            versions: described.versions,
            v1: described.v1,
            success: StatusCode::from_u16(described.success).ok()?,
            takes_body: described.takes_body,
        })
    }

    /// The operations that share a rate limit within a project: those of one collection.
    pub(crate) fn family(&self) -> &'static str {
        let mut segments = self.path.rsplit('/');
        let last = segments.find(|segment| !segment.starts_with('{'));
        last.unwrap_or_default()
    }

    /// What `X-Java-Method` says. The header is real, its values here are made up.
    pub(crate) fn java_method(&self) -> String {
        format!("ApiAtlasResource::{}", self.id)
    }

    /// Whether it is served under the base path of `generation`.
    pub(crate) fn is_in(&self, generation: Generation) -> bool {
        self.v1 || generation == Generation::V2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_described_operation_is_in_the_table() {
        let all: Vec<Described> = serde_json::from_str(include_str!("../operations.json")).unwrap();
        assert!(!all.is_empty());
        assert_eq!(OPERATIONS.len(), all.len());
    }
}
