//! Backup schedules, of which only the part about exports can be changed.

use serde_json::{Value, json};

use crate::answer::Reply;
use crate::error::AtlasError;
use crate::ids::{lowered, same};
use crate::routes::Call;
use crate::state::Cluster;

/// What a cluster exports by itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct AutoExport {
    pub(crate) enabled: bool,
    /// Bucket and frequency.
    pub(crate) export: Option<(String, String)>,
    names_in_prefix: bool,
}

impl AutoExport {
    pub(crate) fn of(bucket: &str, frequency: &str) -> Self {
        Self {
            enabled: true,
            export: Some((lowered(bucket), frequency.to_owned())),
            names_in_prefix: false,
        }
    }

    /// Whether the schedule names `bucket`, be it on or off.
    pub(crate) fn names(&self, bucket: &str) -> bool {
        self.export
            .as_ref()
            .is_some_and(|(named, _)| same(named, bucket))
    }
}

/// The schedule as Atlas shows it.
pub(crate) fn body(cluster: &Cluster) -> Value {
    let auto = &cluster.auto_export;
    let mut body = json!({
        "clusterId": cluster.id,
        "clusterName": cluster.name,
        "autoExportEnabled": auto.enabled,
        "useOrgAndGroupNamesInExportPrefix": auto.names_in_prefix,
        "referenceHourOfDay": 4,
        "referenceMinuteOfHour": 30,
        "restoreWindowDays": 7,
        "updateSnapshots": false,
        "nextSnapshot": "2026-08-11T04:30:00Z",
        "copySettings": [],
        "policies": [{
            "id": "6a79f0c2aaaaaaaaaaaaaaaa",
            "policyItems": [
                { "frequencyType": "daily", "frequencyInterval": 1, "retentionUnit": "days", "retentionValue": 7 },
                { "frequencyType": "monthly", "frequencyInterval": 40, "retentionUnit": "months", "retentionValue": 12 },
            ],
        }],
        "links": [],
    });
    if let (Value::Object(body), Some((bucket, frequency))) = (&mut body, &auto.export) {
        let export = json!({ "exportBucketId": bucket, "frequencyType": frequency });
        body.insert("export".into(), export);
    }
    body
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.shared.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    Ok(Reply::One(body(cluster)))
}

/// What is not named stays. That a bucket which does not exist is 404, and that switching the
/// export on without one is 400, is unconfirmed.
pub(crate) fn update(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let keeps = call.shared.habits.schedules_keep_export;
    let (project_id, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = call.shared.world();
    let mut auto = world.backed_up(project_id, name)?.auto_export.clone();
    let change = call.json_body()?;
    if let Some(names) = change.get("useOrgAndGroupNamesInExportPrefix") {
        auto.names_in_prefix = names.as_bool().unwrap_or_default();
    }
    if let Some(export) = change.get("export") {
        let text = |key: &str| export.get(key).and_then(Value::as_str).unwrap_or_default();
        let bucket = text("exportBucketId");
        let buckets = &world.project(project_id)?.buckets;
        if !buckets.iter().any(|known| known.has_id(bucket)) {
            return Err(AtlasError::resource_not_found(bucket));
        }
        auto.export = Some((bucket.to_owned(), text("frequencyType").to_owned()));
    }
    if let Some(enabled) = change.get("autoExportEnabled") {
        auto.enabled = enabled.as_bool().unwrap_or_default();
        if auto.enabled && auto.export.is_none() {
            let why = "cannot be true without an export";
            return Err(AtlasError::invalid_field("autoExportEnabled", why));
        }
        if !auto.enabled && !keeps {
            auto.export = None;
        }
    }
    let cluster = world.cluster_mut(project_id, name)?;
    cluster.auto_export = auto;
    Ok(Reply::One(body(cluster)))
}
