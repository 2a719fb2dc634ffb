//! Backup schedules: read, changed and deleted.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::rules::schedule as rules;
use crate::rules::version::Version;
use crate::world::clock::{Clock, stamp};
use crate::world::cluster::Cluster;
use crate::world::schedule::array_mut;

/// The schedule of `cluster` as `version` shows it now.
pub(crate) fn body(cluster: &Cluster, version: Version, clock: &dyn Clock) -> Value {
    let schedule = &cluster.schedule;
    let mut body = schedule.members().clone();
    body.insert("clusterId".into(), cluster.id.clone().into());
    body.insert("clusterName".into(), cluster.name.clone().into());
    let next = schedule.next_snapshot(clock.wall());
    body.insert("nextSnapshot".into(), stamp(next).into());
    body.insert("links".into(), json!([]));
    if version == Version::V1 {
        body.remove("autoCopySettingsEnabled");
    }
    let (_, left_out) = rules::copies(schedule.is_on("copyPolicyItemsEnabled"));
    for setting in array_mut(body.get_mut("copySettings")) {
        if let Value::Object(setting) = setting {
            setting.remove(left_out);
        }
    }
    Value::Object(body)
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let clock = call.atlas.clock.as_ref();
    Ok(Reply::One(body(cluster, call.version, clock)))
}

/// That a bucket which does not exist is 404, and that switching the export on without one is 400, is
/// unconfirmed.
pub(crate) fn update(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let atlas = call.atlas;
    let (project_id, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = atlas.world();
    let before = world.backed_up(project_id, name)?.schedule.clone();
    let change = call.json_body()?;
    // The schema takes nothing but objects.
    let change = change.as_object().cloned().unwrap_or_default();
    let mut after = before.changed(&change);
    rules::check(
        &change,
        &after,
        call.version,
        &atlas.options.export_frequencies,
    )?;
    if let Some(bucket) = after.export("exportBucketId")
        && change.contains_key("export")
        && !world.project(project_id)?.has_bucket(bucket)
    {
        return Err(AtlasError::resource_not_found(bucket));
    }
    if change.get("autoExportEnabled") == Some(&Value::Bool(false))
        && !atlas.options.schedules_keep_export
    {
        after.drop_export();
    }
    after.identify(|| world.new_id());
    let cluster = world.cluster_mut(project_id, name)?;
    cluster.schedule = after;
    Ok(Reply::One(body(
        cluster,
        call.version,
        atlas.clock.as_ref(),
    )))
}

/// A deletion answers with the emptied schedule, as the live service does.
pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let (project_id, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = call.atlas.world();
    world.backed_up(project_id, name)?;
    let cluster = world.cluster_mut(project_id, name)?;
    cluster.schedule.clear();
    let clock = call.atlas.clock.as_ref();
    Ok(Reply::One(body(cluster, call.version, clock)))
}
