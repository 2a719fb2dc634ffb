//! Ids in a file of your own, checked when it is read.
//!
//! `Deserialize` of an [`Id`] takes whatever Atlas sends, because responses hold
//! placeholders. A configuration is written by a person, whose mistake is cheapest to correct where
//! it was made: name this module for serde's `with`, or [`option`] for an id that may be absent.
//!
//! ```
//! use atlas_export_types::{ProjectId, RoleId, strict};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Config {
//!     #[serde(with = "strict")]
//!     project: ProjectId,
//!     #[serde(default, with = "strict::option")]
//!     role: Option<RoleId>,
//! }
//!
//! let config = serde_json::from_str::<Config>(r#"{"project": "32b6e34b3d91647abb20e7b8"}"#)?;
//! assert!(config.role.is_none());
//! let error = serde_json::from_str::<Config>(r#"{"project": "my project"}"#).err().unwrap();
//! assert!(error.to_string().contains("24 hexadecimal digits"));
//! # let _ = config.project;
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

use crate::id::{Id, IdKind};

/// Reads an id, and refuses what is not 24 hexadecimal digits.
///
/// # Errors
/// Those of the format, and what [`InvalidId`](crate::InvalidId) says.
pub fn deserialize<'de, K: IdKind, D: Deserializer<'de>>(from: D) -> Result<Id<K>, D::Error> {
    let id = Id::deserialize(from)?;
    id.well_formed().map_err(D::Error::custom)?;
    Ok(id)
}

/// Writes an id.
///
/// # Errors
/// Those of the format.
pub fn serialize<K: IdKind, S: Serializer>(id: &Id<K>, to: S) -> Result<S::Ok, S::Error> {
    id.serialize(to)
}

/// The same of an id that may be absent.
pub mod option {
    use super::{Deserializer, Id, IdKind, Serializer};
    use serde::{Deserialize as _, Serialize as _, de::Error as _};

    /// Reads an id, if there is one.
    ///
    /// # Errors
    /// As [`super::deserialize`].
    pub fn deserialize<'de, K: IdKind, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Id<K>>, D::Error> {
        let id = Option::<Id<K>>::deserialize(from)?;
        if let Some(id) = &id {
            id.well_formed().map_err(D::Error::custom)?;
        }
        Ok(id)
    }

    /// Writes an id, if there is one.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<K: IdKind, S: Serializer>(
        id: &Option<Id<K>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        id.serialize(to)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use crate::{ProjectId, RoleId};

    #[derive(Debug, Deserialize, Serialize)]
    struct Config {
        #[serde(with = "crate::strict")]
        project: ProjectId,
        #[serde(
            default,
            with = "crate::strict::option",
            skip_serializing_if = "Option::is_none"
        )]
        role: Option<RoleId>,
    }

    const PROJECT: &str = "32b6e34b3d91647abb20e7b8";

    #[test]
    fn what_is_written_is_read_again() {
        for role in ["", r#","role":"12345678f901a234dbdb00ca""#] {
            let text = format!(r#"{{"project":"{PROJECT}"{role}}}"#);
            let config: Config = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&config).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_id_is_refused_with_the_rule_whether_or_not_it_may_be_absent() {
        for text in [
            r#"{"project":"{PROJECT}"}"#.to_owned(),
            format!(r#"{{"project":"{PROJECT}","role":"arn:aws:iam::1:role/x"}}"#),
        ] {
            let message = serde_json::from_str::<Config>(&text)
                .unwrap_err()
                .to_string();
            assert!(message.contains("24 hexadecimal digits"), "{message}");
        }
    }
}
