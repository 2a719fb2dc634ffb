//! Clusters: listed and read, as far as they decide what can be exported.
//!
//! v2 shows the hardware in `replicationSpecs`, v1.0 in `providerSettings`.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::rules::query;
use crate::rules::version::Version;
use crate::world::cluster::Cluster;

/// The cluster as `version` shows it.
fn body(cluster: &Cluster, version: Version, project: &str) -> Value {
    let cluster_type = if cluster.shards.is_some() {
        "SHARDED"
    } else {
        "REPLICASET"
    };
    let mut body = json!({
        "id": cluster.id,
        "name": cluster.name,
        "groupId": project,
        "clusterType": cluster_type,
        "stateName": if cluster.deleted { "DELETED" } else { "IDLE" },
        "paused": false,
        "mongoDBVersion": "8.0.12",
        // Atlas writes null for some of what is absent.
        "adaptiveCapacity": null,
        "links": [],
    });
    let backing = (cluster.provider() != "AWS").then_some("AWS");
    let hardware = match version {
        Version::V1 => json!({
            "providerBackupEnabled": cluster.backup,
            "diskSizeGB": 10.0,
            "providerSettings": {
                "providerName": cluster.provider(),
                "backingProviderName": backing,
                "instanceSizeName": cluster.tier,
                "regionName": "US_EAST_1",
            },
        }),
        Version::V2(_) => {
            let shard = json!({ "regionConfigs": [{
                "providerName": cluster.provider(),
                "backingProviderName": backing,
                "regionName": "US_EAST_1",
                "priority": 7,
                "electableSpecs": { "instanceSize": cluster.tier, "nodeCount": 3 },
            }] });
            let shards = cluster.shards.as_ref().map_or(1, Vec::len);
            json!({
                "backupEnabled": cluster.backup,
                "replicationSpecs": vec![shard; shards],
            })
        }
    };
    if let (Value::Object(body), Value::Object(hardware)) = (&mut body, hardware) {
        body.extend(hardware);
    }
    body
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let project = world.project(&call.object_id("groupId")?)?;
    let with_deleted = match call.version {
        Version::V1 => false,
        Version::V2(_) => query::flag(call.query, "includeDeletedWithRetainedBackups", false)?,
    };
    let clusters = project.clusters.iter();
    let listed: Vec<_> = clusters
        .filter(|cluster| with_deleted || !cluster.deleted)
        .collect();
    call.page(&listed, |cluster| body(cluster, call.version, &project.id))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let (project, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let cluster = world.cluster(project, name)?;
    if cluster.deleted {
        return Err(AtlasError::cluster_not_found(name, project));
    }
    Ok(Reply::One(body(cluster, call.version, project)))
}
