//! The name of a cluster.
//!
//! The rule is a security requirement: the name stands in the path of a request, and a name
//! such as `..` would make the request one for another resource.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{quoted::quoted, text::from_text};

/// The longest name that Atlas allows.
const MAX_LENGTH: usize = 64;

/// The name of a cluster: 1 to 64 ASCII letters, digits and hyphens, not starting with a
/// hyphen (Atlas: `^[a-zA-Z0-9][a-zA-Z0-9-]*$`).
///
/// ```
/// use atlas_export_types::ClusterName;
///
/// let name: ClusterName = "Cluster0".parse()?;
/// assert_eq!(name.as_str(), "Cluster0");
/// assert!("../../other".parse::<ClusterName>().is_err());
/// # Ok::<(), atlas_export_types::InvalidClusterName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClusterName(Box<str>);

impl ClusterName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`InvalidClusterName`], with the rule that the name breaks.
    pub fn new(name: &str) -> Result<Self, InvalidClusterName> {
        let refuse = |rule| Err(InvalidClusterName::new(name, rule));
        if name.is_empty() {
            return refuse("it is empty");
        }
        if name.starts_with('-') {
            return refuse("it starts with a hyphen");
        }
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            return refuse("it contains something other than ASCII letters, digits and hyphens");
        }
        if name.len() > MAX_LENGTH {
            return refuse("it is longer than 64 characters");
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClusterName {
    type Err = InvalidClusterName;

    fn from_str(name: &str) -> Result<Self, InvalidClusterName> {
        Self::new(name)
    }
}

from_text!([] ClusterName, InvalidClusterName);

/// A copy, so that what takes a name or text takes a borrowed name too.
impl From<&ClusterName> for ClusterName {
    fn from(name: &ClusterName) -> Self {
        name.clone()
    }
}

impl From<ClusterName> for String {
    fn from(name: ClusterName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// So that what takes a name or text takes a name, which does not fail.
impl From<Infallible> for InvalidClusterName {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// A text that is not the name of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidClusterName {
    given: String,
    rule: &'static str,
}

impl InvalidClusterName {
    fn new(name: &str, rule: &'static str) -> Self {
        Self {
            given: quoted(name),
            rule,
        }
    }
}

impl fmt::Display for InvalidClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is not the name of a cluster: {}; a name is 1 to 64 ASCII letters, digits and \
             hyphens and starts with a letter or a digit, for example Cluster0",
            self.given, self.rule
        )
    }
}

impl std::error::Error for InvalidClusterName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_atlas_allows_are_taken() {
        for name in ["Cluster0", "a", "0", "A-b-C-", &"x".repeat(64)] {
            assert_eq!(
                ClusterName::new(name).map(String::from).as_deref(),
                Ok(name)
            );
        }
    }

    #[test]
    fn names_that_would_change_the_path_are_refused() {
        for name in [
            "", ".", "..", "a/b", "a\\b", "a b", "a%2fb", "a?b", "a#b", "-a", "é", "a\0",
        ] {
            assert!(ClusterName::new(name).is_err(), "{name:?} was taken");
        }
        assert!(ClusterName::new(&"x".repeat(65)).is_err());
    }

    #[test]
    fn the_message_names_the_value_the_rule_and_the_remedy() {
        assert_eq!(
            ClusterName::new("my cluster").unwrap_err().to_string(),
            "\"my cluster\" is not the name of a cluster: it contains something other than ASCII \
             letters, digits and hyphens; a name is 1 to 64 ASCII letters, digits and hyphens \
             and starts with a letter or a digit, for example Cluster0"
        );
    }

    #[test]
    fn a_bad_name_does_not_decode() {
        assert!(serde_json::from_str::<ClusterName>("\"..\"").is_err());
    }

    proptest::proptest! {
        #[test]
        fn what_is_taken_is_plain_and_what_is_not_is_refused_on_one_line(text in "\\PC{0,70}|[a-zA-Z0-9-]{0,70}|(?s).{0,9}") {
            match ClusterName::new(&text) {
                Ok(name) => {
                    proptest::prop_assert_eq!(name.as_str(), text.as_str());
                    proptest::prop_assert!((1..=64).contains(&text.len()));
                    proptest::prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
                }
                Err(error) => {
                    let line = error.to_string();
                    proptest::prop_assert!(!line.contains(char::is_control), "{line}");
                }
            }
        }
    }
}
