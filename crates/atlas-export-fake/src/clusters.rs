//! Clusters, as far as they decide what can be exported: their tier.
//!
//! v2 tells the hardware in `replicationSpecs`, v1.0 in `providerSettings`.

use serde_json::{Value, json};

use crate::answer::Reply;
use crate::error::AtlasError;
use crate::routes::Call;
use crate::state::Cluster;
use crate::version::Version;

impl Cluster {
    /// Shared tiers, Flex and serverless have no backup of their own.
    pub(crate) fn check_backup(&self) -> Result<(), AtlasError> {
        match self.provider() {
            "AWS" => Ok(()),
            _ => Err(AtlasError::not_for_this_tier(&self.name)),
        }
    }

    fn provider(&self) -> &'static str {
        match self.tier.as_str() {
            "FLEX" => "FLEX",
            "M0" | "M2" | "M5" => "TENANT",
            "SERVERLESS" => "SERVERLESS",
            _ => "AWS",
        }
    }

    fn body(&self, version: Version, project: &str) -> Value {
        let kind = if self.shards.is_some() {
            "SHARDED"
        } else {
            "REPLICASET"
        };
        let mut body = json!({
            "id": self.id,
            "name": self.name,
            "groupId": project,
            "clusterType": kind,
            "stateName": "IDLE",
            "paused": false,
            "mongoDBVersion": "8.0.12",
            // Absent things are null here and there.
            "adaptiveCapacity": null,
            "links": [],
        });
        let backing = (self.provider() != "AWS").then_some("AWS");
        let hardware = match version {
            Version::V1 => json!({
                "providerBackupEnabled": self.backup,
                "diskSizeGB": 10.0,
                "providerSettings": {
                    "providerName": self.provider(),
                    "backingProviderName": backing,
                    "instanceSizeName": self.tier,
                    "regionName": "US_EAST_1",
                },
            }),
            Version::V2(_) => {
                let shard = json!({ "regionConfigs": [{
                    "providerName": self.provider(),
                    "backingProviderName": backing,
                    "regionName": "US_EAST_1",
                    "priority": 7,
                    "electableSpecs": { "instanceSize": self.tier, "nodeCount": 3 },
                }] });
                let shards = self.shards.as_ref().map_or(1, Vec::len);
                json!({
                    "backupEnabled": self.backup,
                    "replicationSpecs": vec![shard; shards],
                })
            }
        };
        if let (Value::Object(body), Value::Object(hardware)) = (&mut body, hardware) {
            body.extend(hardware);
        }
        body
    }
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.shared.world();
    let project = world.project(&call.object_id("groupId")?)?;
    call.page(&project.clusters, |cluster| {
        cluster.body(call.version, &project.id)
    })
}
