//! Export buckets.
//!
//! A bucket is kept in the fullest form and shown in part:
//!
//! | | v1.0 | v2 |
//! |---|---|---|
//! | list | `_id`, `bucketName`, `cloudProvider`, `iamRoleId`; AWS only | all but `region` |
//! | create | the same and `projectId`; AWS only | all but `region` |
//! | get one | the same as in the list | all |
//!
//! Version 2023-01-01 is v1.0's equal: it knows AWS alone, and no private networking.
//!
//! A bucket given as raw JSON is shown everywhere as it is. Creating is not idempotent: the same
//! name and role make another bucket, as they do in Atlas.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::answer::Reply;
use crate::error::AtlasError;
use crate::ids::{self, lowered};
use crate::routes::Call;
use crate::state::World;
use crate::version::Version;

/// What v1.0 shows of a bucket.
const V1_KEYS: [&str; 4] = ["_id", "bucketName", "cloudProvider", "iamRoleId"];

/// Azure's answers carry the tenant of the role; what the request said is ignored.
const TENANT: &str = "4297fc77-1592-4de8-a6d5-a8c32401df87";

/// An export bucket to start a fake with: one of the constructors, or a raw [`Value`] that is shown
/// unchanged, however odd.
///
/// ```
/// use atlas_export_fake::Bucket;
///
/// let role = "12345678f901a234dbdb00ca";
/// let aws = Bucket::aws("backups", role).id("6a79f0c20000000000000001");
/// let odd = Bucket::from(serde_json::json!({ "_id": "{BUCKET-ID}", "cloudProvider": "MOON" }));
/// # let _ = (aws, odd);
/// ```
#[derive(Debug, Clone)]
pub struct Bucket {
    pub(crate) body: Value,
    raw: bool,
    /// When it was created through the API.
    born: Option<Duration>,
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
    fn requested(body: &Value) -> Self {
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
            body,
            raw: false,
            born: None,
        }
    }

    fn put(&mut self, key: &str, value: Value) {
        if let Value::Object(body) = &mut self.body {
            body.insert(key.into(), value);
        }
    }

    /// Gives a bucket without an `_id` the next one. Raw ones stay as they are.
    pub(crate) fn identified(self, world: &mut World) -> Self {
        if self.raw || self.object_id().is_some() {
            self
        } else {
            self.id(&world.new_id())
        }
    }

    /// `_id`, or the `id` that the v1.0 pages' table names.
    fn object_id(&self) -> Option<&str> {
        let id = self.body.get("_id").or_else(|| self.body.get("id"))?;
        id.as_str()
    }

    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.object_id().is_some_and(|known| ids::same(known, id))
    }

    fn is_on_aws(&self) -> bool {
        self.body.get("cloudProvider").and_then(Value::as_str) == Some("AWS")
    }

    /// Whether `version` knows of this bucket at all.
    fn exists_in(&self, version: Version) -> bool {
        self.raw || self.is_on_aws() || !is_aws_only(version)
    }

    /// Whether a call sees this bucket: its version knows it, and it was created long enough ago.
    fn is_seen(&self, call: &Call<'_>) -> bool {
        let age = |born| call.shared.clock.now().saturating_sub(born);
        let shows = self
            .born
            .is_none_or(|born| age(born) >= call.shared.habits.lag);
        shows && self.exists_in(call.version)
    }

    fn shown(&self, version: Version, view: View) -> Value {
        match &self.body {
            Value::Object(body) if !self.raw => body
                .iter()
                .filter(|(key, _)| match version {
                    Version::V1 => V1_KEYS.contains(&key.as_str()),
                    Version::V2(OLDER) if *key == "requirePrivateNetworking" => false,
                    Version::V2(_) => view == View::Alone || *key != "region",
                })
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect::<Map<_, _>>()
                .into(),
            body => body.clone(),
        }
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

/// The version of the resource that knows AWS alone, as v1.0 does.
const OLDER: &str = "2023-01-01";

/// Deletions have that version alone, and know every bucket.
fn is_aws_only(version: Version) -> bool {
    matches!(version, Version::V1 | Version::V2(OLDER))
}

/// Where a bucket is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// In a list, or in the answer to its creation.
    Brief,
    /// In the answer to a GET of it.
    Alone,
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.shared.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    call.shared.traffic.change(&mut project.buckets);
    let buckets = project.buckets.iter();
    let seen: Vec<_> = buckets.filter(|bucket| bucket.is_seen(call)).collect();
    call.page(&seen, |bucket| bucket.shown(call.version, View::Brief))
}

pub(crate) fn create(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let project_id = &call.object_id("groupId")?;
    let mut world = call.shared.world();
    world.project(project_id)?;
    let body = call.json_body()?;
    check_request(&body, call.version)?;
    let mut bucket = Bucket::requested(&body);
    bucket.born = Some(call.shared.clock.now());
    if !bucket.exists_in(call.version) {
        return Err(AtlasError::invalid_field(
            "cloudProvider",
            "must be AWS in this version of the API",
        ));
    }
    let bucket = bucket.identified(&mut world);
    let mut shown = bucket.shown(call.version, View::Brief);
    if call.version == Version::V1
        && let Value::Object(shown) = &mut shown
    {
        shown.insert("projectId".into(), project_id.as_str().into());
    }
    world.project_mut(project_id)?.buckets.push(bucket);
    Ok(Reply::One(shown))
}

/// What the schema does not say. Which code Atlas has for it is unconfirmed.
fn check_request(body: &Value, version: Version) -> Result<(), AtlasError> {
    let is_set = body.get("requirePrivateNetworking").is_some();
    if is_aws_only(version) && is_set {
        let why = "is not known to this version of the API";
        return Err(AtlasError::invalid_field("requirePrivateNetworking", why));
    }
    if let Some(url) = body.get("serviceUrl").and_then(Value::as_str) {
        let host = url.strip_prefix("https://").unwrap_or_default();
        let host = host.split('/').next().unwrap_or_default();
        if !host.ends_with(".blob.core.windows.net") {
            let why = "must be on blob.core.windows.net";
            return Err(AtlasError::invalid_field("serviceUrl", why));
        }
    }
    Ok(())
}

pub(crate) fn update(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.shared.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let id = &call.object_id("exportBucketId")?;
    let bucket = project
        .buckets
        .iter_mut()
        .find(|bucket| bucket.has_id(id) && bucket.is_seen(call))
        .ok_or_else(|| AtlasError::resource_not_found(id))?;
    let body = call.json_body()?;
    if !bucket.is_on_aws() {
        let why = "is for buckets on AWS";
        return Err(AtlasError::invalid_field("requirePrivateNetworking", why));
    }
    if let Some(private) = body.get("requirePrivateNetworking") {
        bucket.put("requirePrivateNetworking", private.clone());
    }
    Ok(Reply::One(bucket.shown(call.version, View::Alone)))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.shared.world();
    let project = world.project(&call.object_id("groupId")?)?;
    let id = &call.object_id("exportBucketId")?;
    project
        .buckets
        .iter()
        .find(|bucket| bucket.has_id(id) && bucket.is_seen(call))
        .map(|bucket| Reply::One(bucket.shown(call.version, View::Alone)))
        .ok_or_else(|| AtlasError::resource_not_found(id))
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.shared.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let id = &call.object_id("exportBucketId")?;
    let index = project
        .buckets
        .iter()
        .position(|bucket| {
            let known = call.version != Version::V1 || bucket.exists_in(call.version);
            bucket.has_id(id) && known
        })
        .ok_or_else(|| AtlasError::resource_not_found(id))?;
    let clusters = project.clusters.iter();
    if clusters
        .into_iter()
        .any(|cluster| cluster.schedule.names(id))
    {
        return Err(AtlasError::bucket_in_use(id));
    }
    project.buckets.remove(index);
    Ok(Reply::Nothing)
}
