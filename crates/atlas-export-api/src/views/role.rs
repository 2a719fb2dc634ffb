//! Whether Atlas can write to a bucket through a role.

use atlas_export_types::{AccessRoleStatus, CloudProvider};

use crate::types::AccessRole;

impl AccessRole {
    /// Whether a bucket can be granted through it: of AWS once somebody has authorized it, of
    /// Google Cloud once its service account is there, of Azure from the beginning. Of another
    /// cloud nobody can tell, and it is taken for one that cannot be used.
    ///
    /// ```
    /// use atlas_export_api::types::AccessRole;
    ///
    /// let role = r#"{"roleId": "12345678f901a234dbdb00ca", "providerName": "AWS"}"#;
    /// let mut role: AccessRole = serde_json::from_str(role)?;
    /// assert!(!role.is_usable());
    /// role.iam_assumed_role_arn = Some("arn:aws:iam::123456789012:role/atlas-export".to_owned());
    /// assert!(role.is_usable());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn is_usable(&self) -> bool {
        match self.provider_name {
            CloudProvider::Aws => self.iam_assumed_role_arn.is_some(),
            CloudProvider::Azure => true,
            CloudProvider::Gcp => match &self.status {
                Some(status) => *status == AccessRoleStatus::Complete,
                None => self.gcp_service_account_for_atlas.is_some(),
            },
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn role(provider: &str, more: Value) -> AccessRole {
        let mut role = json!({"_id": "12345678f901a234dbdb00ca", "providerName": provider});
        let (Value::Object(role_fields), Value::Object(more)) = (&mut role, more) else {
            panic!("two objects");
        };
        role_fields.extend(more);
        serde_json::from_value(role).unwrap()
    }

    #[test]
    fn each_cloud_has_its_own_way_of_being_usable() {
        let address = "atlas-0001@p-0001.iam.gserviceaccount.com";
        for (provider, more, usable) in [
            ("AWS", json!({"iamAssumedRoleArn": null}), false),
            (
                "AWS",
                json!({"iamAssumedRoleArn": "arn:aws:iam::1:role/x"}),
                true,
            ),
            ("AZURE", json!({}), true),
            ("GCP", json!({"status": "IN_PROGRESS"}), false),
            (
                "GCP",
                json!({"status": "PAUSED", "gcpServiceAccountForAtlas": address}),
                false,
            ),
            ("GCP", json!({"status": "COMPLETE"}), true),
            ("GCP", json!({"gcpServiceAccountForAtlas": address}), true),
            ("GCP", json!({}), false),
            ("MOON", json!({"status": "COMPLETE"}), false),
        ] {
            assert_eq!(
                role(provider, more.clone()).is_usable(),
                usable,
                "{provider} {more}"
            );
        }
    }
}
