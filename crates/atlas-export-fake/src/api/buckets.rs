//! Export buckets: created, listed, read, changed and deleted.
//!
//! A bucket is stored in its fullest form and shown in part:
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

use serde_json::{Map, Value};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::rules::version::Version;
use crate::world::bucket::Bucket;

/// What v1.0 shows of a bucket.
const V1_KEYS: [&str; 4] = ["_id", "bucketName", "cloudProvider", "iamRoleId"];

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

/// Whether `version` knows of this bucket at all.
fn exists_in(bucket: &Bucket, version: Version) -> bool {
    bucket.raw || bucket.is_on_aws() || !is_aws_only(version)
}

/// Whether a call sees this bucket: its version knows it, and it was created long enough ago.
fn is_seen(bucket: &Bucket, call: &Call<'_>) -> bool {
    let (lag, now) = (call.atlas.options.creation_lag, call.atlas.clock.now());
    bucket.is_seen(lag, now) && exists_in(bucket, call.version)
}

fn shown(bucket: &Bucket, version: Version, view: View) -> Value {
    match &bucket.body {
        Value::Object(body) if !bucket.raw => body
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

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.atlas.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    call.atlas.bucket_changes.apply(&mut project.buckets);
    let buckets = project.buckets.items().iter();
    let seen: Vec<_> = buckets.filter(|bucket| is_seen(bucket, call)).collect();
    call.page(&seen, |bucket| shown(bucket, call.version, View::Brief))
}

pub(crate) fn create(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let project_id = &call.object_id("groupId")?;
    let mut world = call.atlas.world();
    world.project(project_id)?;
    let body = call.json_body()?;
    check_request(&body, call.version)?;
    let mut bucket = Bucket::requested(&body);
    bucket.born = Some(call.atlas.clock.now());
    if !exists_in(&bucket, call.version) {
        return Err(AtlasError::invalid_field(
            "cloudProvider",
            "must be AWS in this version of the API",
        ));
    }
    let bucket = bucket.identified(|| world.new_id());
    let mut shown = shown(&bucket, call.version, View::Brief);
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
    let mut world = call.atlas.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let id = &call.object_id("exportBucketId")?;
    let bucket = project
        .buckets
        .get_mut(id)
        .filter(|bucket| is_seen(bucket, call))
        .ok_or_else(|| AtlasError::resource_not_found(id))?;
    let body = call.json_body()?;
    if !bucket.is_on_aws() {
        let why = "is for buckets on AWS";
        return Err(AtlasError::invalid_field("requirePrivateNetworking", why));
    }
    if let Some(private) = body.get("requirePrivateNetworking") {
        bucket.put("requirePrivateNetworking", private.clone());
    }
    Ok(Reply::One(shown(bucket, call.version, View::Alone)))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let project = world.project(&call.object_id("groupId")?)?;
    let id = &call.object_id("exportBucketId")?;
    project
        .buckets
        .get(id)
        .filter(|bucket| is_seen(bucket, call))
        .map(|bucket| Reply::One(shown(bucket, call.version, View::Alone)))
        .ok_or_else(|| AtlasError::resource_not_found(id))
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.atlas.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let id = &call.object_id("exportBucketId")?;
    project
        .buckets
        .get(id)
        .filter(|bucket| call.version != Version::V1 || exists_in(bucket, call.version))
        .ok_or_else(|| AtlasError::resource_not_found(id))?;
    let clusters = project.clusters.iter();
    if clusters
        .into_iter()
        .any(|cluster| cluster.schedule.names(id))
    {
        return Err(AtlasError::bucket_in_use(id));
    }
    project.buckets.remove(id);
    Ok(Reply::Nothing)
}
