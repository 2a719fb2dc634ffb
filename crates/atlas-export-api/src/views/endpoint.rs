//! What a private endpoint lacks before it carries exports.

use std::fmt;

use atlas_export_types::{OneLine, PrivateEndpointStatus};

use crate::types::PrivateEndpoint;

/// What a private endpoint lacks, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingEndpoint {
    /// Atlas is making it, or making it anew: wait.
    InTheMaking,
    /// It has to be accepted.
    Acceptance,
    /// It could not be made, for this reason where Atlas says one.
    Failed(Option<String>),
    /// It is being deleted.
    Deleting,
    /// Its status is not known to this version, or absent.
    Unknown(Option<String>),
}

impl fmt::Display for MissingEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InTheMaking => f.write_str("it is being made: wait until it is active"),
            Self::Acceptance => f.write_str(
                "it waits for being accepted: Atlas does so by itself, so wait, and look at it in Atlas \
                 if that does not end",
            ),
            Self::Failed(Some(why)) => {
                write!(f, "it failed ({}): delete it, and make another", OneLine(why))
            }
            Self::Failed(None) => f.write_str("it failed: delete it, and make another"),
            Self::Deleting => f.write_str("it is being deleted: make another"),
            Self::Unknown(Some(status)) => write!(
                f,
                "its status {} is not known to this version of the SDK: look at it in Atlas",
                OneLine(status)
            ),
            Self::Unknown(None) => f.write_str("it has no status that fits: look at it in Atlas"),
        }
    }
}

impl PrivateEndpoint {
    /// What it lacks before it carries exports; `None` where it is active.
    ///
    /// ```
    /// use atlas_export_api::{MissingEndpoint, types::PrivateEndpoint};
    ///
    /// let endpoint: PrivateEndpoint = serde_json::from_str(
    ///     r#"{"id": "66f9f1c3e2b4d6a7c8e9f0a1", "status": "INITIATING"}"#,
    /// )?;
    /// assert_eq!(endpoint.missing(), Some(MissingEndpoint::InTheMaking));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn missing(&self) -> Option<MissingEndpoint> {
        use PrivateEndpointStatus::{
            Active, Deleting, Failed, Initiating, PendingAcceptance, PendingRecreation,
        };
        Some(match &self.status {
            Some(Active) => return None,
            Some(Initiating | PendingRecreation) => MissingEndpoint::InTheMaking,
            Some(PendingAcceptance) => MissingEndpoint::Acceptance,
            Some(Failed) => MissingEndpoint::Failed(self.error_message.clone()),
            Some(Deleting) => MissingEndpoint::Deleting,
            Some(other) => MissingEndpoint::Unknown(Some(other.as_str().to_owned())),
            None => MissingEndpoint::Unknown(None),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn each_status_says_what_is_missing_and_what_to_do() {
        let lacks = |status: Value| {
            let endpoint = json!({"id": "66f9f1c3e2b4d6a7c8e9f0a1", "status": status,
                "errorMessage": "no\nway"});
            let endpoint: PrivateEndpoint = serde_json::from_value(endpoint).unwrap();
            endpoint.missing().map(|missing| missing.to_string())
        };
        assert_eq!(lacks(json!("ACTIVE")), None);
        for (status, told) in [
            (json!("INITIATING"), "being made"),
            (json!("PENDING_RECREATION"), "being made"),
            (json!("PENDING_ACCEPTANCE"), "accepted"),
            (json!("FAILED"), "it failed (no\\nway): delete it"),
            (json!("DELETING"), "being deleted"),
            (json!("PAUSED"), "its status PAUSED"),
            (json!(7), "no status that fits"),
            (Value::Null, "no status that fits"),
        ] {
            let said = lacks(status.clone()).unwrap();
            assert!(said.contains(told), "{status}: {said}");
        }
    }
}
