//! The message for a value that cannot be an id: what was given, and what an id looks like.

use std::{convert::Infallible, fmt};

use crate::id::IdKind;

/// The longest part of a refused value that a message repeats.
const QUOTED: usize = 64;

/// A value that cannot be the id that it was given as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    what: &'static str,
    given: Given,
    mistaken: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    Empty,
    Text(String),
    /// Private keys look like this, so the value is not repeated.
    Uuid,
}

impl InvalidId {
    pub(crate) fn new<K: IdKind>(given: &str) -> Self {
        Self {
            what: K::NAME,
            given: if given.is_empty() {
                Given::Empty
            } else if looks_like_a_uuid(given) {
                Given::Uuid
            } else {
                Given::Text(shortened(given))
            },
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

/// The start of a value that a message repeats.
pub(crate) fn shortened(given: &str) -> String {
    match given.char_indices().nth(QUOTED) {
        Some((end, _)) => given.get(..end).unwrap_or_default().to_owned() + "…",
        None => given.to_owned(),
    }
}

fn looks_like_a_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.given {
            Given::Empty => write!(f, "an empty string is not the id of {}", self.what)?,
            Given::Uuid => write!(
                f,
                "a UUID (not shown: private keys look like one) is not the id of {}",
                self.what
            )?,
            Given::Text(text) => write!(f, "{text:?} is not the id of {}", self.what)?,
        }
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
