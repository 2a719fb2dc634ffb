//! Export buckets, each stored in its fullest form.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::ids::lowered;
use crate::world::indexed_list::Identified;

/// Azure's answers carry the tenant of the role; what the request said is ignored.
const TENANT: &str = "4297fc77-1592-4de8-a6d5-a8c32401df87";

/// An export bucket to start a fake with: from one of the constructors, or from a raw [`Value`] that
/// is shown unchanged, even where a client cannot decode it.
///
/// ```
/// use atlas_export_fake::Bucket;
///
/// let role = "12345678f901a234dbdb00ca";
/// let aws = Bucket::aws("backups", role).id("6a79f0c20000000000000001");
/// let undecodable = Bucket::from(serde_json::json!({ "_id": "{BUCKET-ID}", "cloudProvider": "MOON" }));
/// # let _ = (aws, undecodable);
/// ```
#[derive(Debug, Clone)]
pub struct Bucket {
    pub(crate) body: Value,
    /// Whether it was given as JSON, which is shown as it is.
    pub(crate) raw: bool,
    /// Kept beside the body, because each page of a list asks it of every bucket.
    on_aws: bool,
    /// When it was created through the API.
    pub(crate) born: Option<Duration>,
}

impl Bucket {
    /// An AWS bucket in `us-east-1`; `role_id` is the 24-digit id of an Atlas role, not an ARN.
    pub fn aws(name: &str, role_id: &str) -> Self {
        Self::typed(json!({
            "bucketName": name,
            "cloudProvider": "AWS",
            "iamRoleId": lowered(role_id),
            "requirePrivateNetworking": false,
            "region": "us-east-1",
        }))
    }

    /// An Azure container.
    pub fn azure(name: &str, role_id: &str, service_url: &str) -> Self {
        Self::typed(json!({
            "bucketName": name,
            "cloudProvider": "AZURE",
            "roleId": lowered(role_id),
            "serviceUrl": service_url,
            "tenantId": TENANT,
        }))
    }

    /// A Google Cloud Storage bucket.
    pub fn gcp(name: &str, role_id: &str) -> Self {
        Self::typed(json!({
            "bucketName": name,
            "cloudProvider": "GCP",
            "roleId": lowered(role_id),
        }))
    }

    /// Sets the `_id`. Without it the fake makes one up.
    pub fn id(mut self, id: &str) -> Self {
        self.put("_id", lowered(id).into());
        self
    }

    /// From a request body that its schema has accepted.
    pub(crate) fn requested(body: &Value) -> Self {
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        match text("cloudProvider") {
            "AZURE" => {
                let url = text("serviceUrl");
                let container = url.trim_end_matches('/').rsplit('/').next();
                let name = body.get("bucketName").and_then(Value::as_str).or(container);
                Self::azure(name.unwrap_or_default(), text("roleId"), url)
            }
            "GCP" => Self::gcp(text("bucketName"), text("roleId")),
            _ => {
                let mut bucket = Self::aws(text("bucketName"), text("iamRoleId"));
                if let Some(private) = body.get("requirePrivateNetworking") {
                    bucket.put("requirePrivateNetworking", private.clone());
                }
                bucket
            }
        }
    }

    fn typed(body: Value) -> Self {
        Self {
            on_aws: body.get("cloudProvider").and_then(Value::as_str) == Some("AWS"),
            body,
            raw: false,
            born: None,
        }
    }

    pub(crate) fn put(&mut self, key: &str, value: Value) {
        if let Value::Object(body) = &mut self.body {
            body.insert(key.into(), value);
        }
    }

    /// Gives a bucket without an `_id` the next one. Raw ones stay as they are.
    pub(crate) fn identified(self, new_id: impl FnOnce() -> String) -> Self {
        if self.raw || Identified::id(&self).is_some() {
            self
        } else {
            self.id(&new_id())
        }
    }

    pub(crate) fn is_on_aws(&self) -> bool {
        self.on_aws
    }

    /// Whether it has been there for `lag`, `now` being the clock's age.
    pub(crate) fn is_seen(&self, lag: Duration, now: Duration) -> bool {
        self.born.is_none_or(|born| now.saturating_sub(born) >= lag)
    }
}

impl Identified for Bucket {
    /// `_id`, or the `id` that the v1.0 pages' table names.
    fn id(&self) -> Option<&str> {
        let id = self.body.get("_id").or_else(|| self.body.get("id"))?;
        id.as_str()
    }
}

impl From<Value> for Bucket {
    fn from(body: Value) -> Self {
        Self {
            raw: true,
            ..Self::typed(body)
        }
    }
}
