//! The message for a value that cannot be an id: what was given, and what an id looks like.

use std::{convert::Infallible, fmt};

use crate::{id::IdKind, quoted::quoted};

/// A value that is not the id that it was given as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    what: &'static str,
    /// As a message names it.
    given: String,
    mistaken: Option<&'static str>,
}

impl InvalidId {
    pub(crate) fn new<K: IdKind>(given: &str) -> Self {
        Self {
            what: K::NAME,
            given: quoted(given),
            mistaken: mistaken(K::TYPE, given),
        }
    }
}

/// So that what takes an id or text takes an id, which does not fail.
impl From<Infallible> for InvalidId {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// A better explanation for a value that is commonly pasted in the place of an id.
fn mistaken(kind: &str, given: &str) -> Option<&'static str> {
    if kind != "RoleId" {
        None
    } else if given.starts_with("arn:") {
        Some("this is the ARN by which AWS knows the role")
    } else if given.starts_with("AROA") {
        Some("this is the unique id by which AWS knows the role")
    } else {
        None
    }
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not the id of {}", self.given, self.what)?;
        match self.mistaken {
            Some(mistaken) => write!(
                f,
                ": {mistaken}; give Atlas's own id, 24 hexadecimal digits, which it shows as \
                 roleId in the project's cloud-provider access list \
                 (GET /groups/{{groupId}}/cloudProviderAccess)"
            ),
            None => f.write_str(
                ": an id is 24 hexadecimal digits, for example 32b6e34b3d91647abb20e7b8",
            ),
        }
    }
}

impl std::error::Error for InvalidId {}
