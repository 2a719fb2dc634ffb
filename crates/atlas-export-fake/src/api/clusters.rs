//! Clusters: listed, as far as they decide what can be exported.
//!
//! v2 shows the hardware in `replicationSpecs`, v1.0 in `providerSettings`.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
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
        "stateName": "IDLE",
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
    call.page(&project.clusters, |cluster| {
        body(cluster, call.version, &project.id)
    })
}
