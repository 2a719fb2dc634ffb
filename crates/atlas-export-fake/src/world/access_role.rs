//! Cloud-provider access roles: given to the fake at its start, or begun through the API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::ids::{lowered, same};

/// The lists of the answer, by cloud.
const LISTS: [(&str, &str); 3] = [
    ("AWS", "awsIamRoles"),
    ("AZURE", "azureServicePrincipals"),
    ("GCP", "gcpServiceAccounts"),
];

/// A role through which Atlas reaches a cloud.
///
/// ```
/// use atlas_export_fake::AccessRole;
///
/// let id = "12345678f901a234dbdb00ca";
/// let usable = AccessRole::aws(id, "arn:aws:iam::123456789012:role/atlas-export");
/// let not_yet = AccessRole::unauthorized_aws("22345678f901a234dbdb00ca");
/// # let _ = (usable, not_yet);
/// ```
#[derive(Debug, Clone)]
pub struct AccessRole {
    /// The list of the answer that it stands in.
    pub(crate) list: &'static str,
    pub(crate) body: Value,
    /// `Some` for a service account of Google Cloud that was begun through the API.
    pub(crate) begun: Option<Begun>,
}

/// How far a service account is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Begun {
    /// The clock's age at its beginning.
    pub(crate) born: Duration,
    pub(crate) polls: u32,
}

impl AccessRole {
    /// An authorized role of AWS. `id`: the 24 digits of Atlas's own id.
    pub fn aws(id: &str, arn: &str) -> Self {
        Self::of_aws(id, json!(arn), json!("2026-08-01T09:00:00Z"))
    }

    /// A role of AWS that is not authorized yet: its ARN and the date are `null`.
    pub fn unauthorized_aws(id: &str) -> Self {
        Self::of_aws(id, Value::Null, Value::Null)
    }

    /// A service principal of Azure. v1.0 does not show it.
    pub fn azure(id: &str, service_principal: &str) -> Self {
        Self {
            list: "azureServicePrincipals",
            body: json!({
                "_id": lowered(id),
                "providerName": "AZURE",
                "atlasAzureAppId": "9f2deb0d-be22-4524-a403-df531868bac0",
                "servicePrincipalId": service_principal,
                "tenantId": "4297fc77-1592-4de8-a6d5-a8c32401df87",
                "createdDate": "2026-08-01T08:00:00Z",
                "lastUpdatedDate": "2026-08-01T09:00:00Z",
                "featureUsages": [],
            }),
            begun: None,
        }
    }

    /// A service account of Google Cloud. v1.0 does not show it.
    pub fn gcp(id: &str, address: &str) -> Self {
        Self {
            list: "gcpServiceAccounts",
            body: json!({
                "roleId": lowered(id),
                "providerName": "GCP",
                "gcpServiceAccountForAtlas": address,
                "status": "COMPLETE",
                "createdDate": "2026-08-01T08:00:00Z",
                "featureUsages": [],
            }),
            begun: None,
        }
    }

    fn of_aws(id: &str, arn: Value, authorized: Value) -> Self {
        let mut body = json!({
            "roleId": lowered(id),
            "providerName": "AWS",
            "atlasAWSAccountArn": "arn:aws:iam::299602853325:root",
            "atlasAssumedRoleExternalId": "3192be49-6e76-4b7d-a7b8-b486a8fc4483",
            "createdDate": "2026-08-01T08:00:00Z",
            "featureUsages": [],
        });
        if let Value::Object(body) = &mut body {
            body.insert("iamAssumedRoleArn".into(), arn);
            body.insert("authorizedDate".into(), authorized);
        }
        Self {
            list: "awsIamRoles",
            body,
            begun: None,
        }
    }

    /// From a request body that its schema has accepted.
    pub(crate) fn requested(id: &str, body: &Value, born: Duration) -> Self {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        match text("providerName") {
            Some("AZURE") => {
                let principal = text("servicePrincipalId").unwrap_or_default();
                let mut role = Self::azure(id, principal);
                for key in ["tenantId", "atlasAzureAppId"] {
                    if let Some(given) = text(key) {
                        role.put(key, given.into());
                    }
                }
                role
            }
            Some("GCP") => {
                let address = format!(
                    "mongodb-atlas-{}@p-{id}.iam.gserviceaccount.com",
                    born.as_secs()
                );
                let begun = Some(Begun { born, polls: 0 });
                Self {
                    begun,
                    ..Self::gcp(id, &address)
                }
            }
            _ => Self::unauthorized_aws(id),
        }
    }

    pub(crate) fn put(&mut self, key: &str, value: Value) {
        if let Value::Object(body) = &mut self.body {
            body.insert(key.into(), value);
        }
    }

    /// AWS and Google call it `roleId`, Azure `_id`.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        let known = self.body.get("roleId").or_else(|| self.body.get("_id"));
        known
            .and_then(Value::as_str)
            .is_some_and(|known| same(known, id))
    }

    /// Whether it is a role of the cloud that Atlas calls so.
    pub(crate) fn is_of(&self, cloud: &str) -> bool {
        LISTS.contains(&(cloud, self.list))
    }

    /// Counts one GET of this role, which moves it if it is being made.
    pub(crate) fn poll(&mut self) {
        if let Some(begun) = &mut self.begun {
            begun.polls = begun.polls.saturating_add(1);
        }
    }
}
