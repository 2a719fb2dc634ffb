//! Snapshots of sharded clusters with their parts: listed, read and deleted.

use serde_json::{Map, Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::api::snapshots;
use crate::rules::error::AtlasError;
use crate::world::cluster::Cluster;
use crate::world::snapshot::Snapshot;

/// Of a sharded cluster, the snapshots with their parts. The list has no pages; of a replica set
/// it is empty.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let snapshots = cluster.snapshots.items().iter();
    let results: Vec<Value> = snapshots
        .filter_map(|snapshot| in_parts(call, cluster, snapshot))
        .collect();
    let mut page = Map::new();
    page.insert("totalCount".into(), results.len().into());
    page.insert("results".into(), results.into());
    page.insert("links".into(), json!([]));
    Ok(Reply::Page(page))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let id = &call.object_id("snapshotId")?;
    let snapshot = cluster.snapshots.get(id);
    let body = snapshot.and_then(|snapshot| in_parts(call, cluster, snapshot));
    body.map(Reply::One)
        .ok_or_else(|| AtlasError::resource_not_found(id))
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, AtlasError> {
    snapshots::remove(call, |cluster| cluster.shards.is_some())
}

/// A snapshot with a part for each shard, whose ids follow on its own; `None` of a replica set.
fn in_parts(call: &Call<'_>, cluster: &Cluster, snapshot: &Snapshot) -> Option<Value> {
    let (lifecycle, clock) = (&call.atlas.lifecycle, call.atlas.clock.as_ref());
    let mut body = snapshots::body(snapshot, cluster, &call.cluster_address(), lifecycle, clock);
    let start = snapshot.id.get(..20)?;
    let parts = cluster.shards.as_ref()?.iter().enumerate();
    let (members, ids): (Vec<Value>, Vec<String>) = parts
        .map(|(place, shard)| {
            let id = format!("{start}{place:04x}");
            let part = json!({"cloudProvider": "AWS", "id": id, "replicaSetName": shard});
            (part, id)
        })
        .unzip();
    let fields = body.as_object_mut()?;
    // Here the parts have them.
    fields.remove("cloudProvider");
    fields.remove("replicaSetName");
    fields.insert("members".into(), members.into());
    fields.insert("snapshotIds".into(), ids.into());
    Some(body)
}
