//! Projects: listed, read, and listed with summaries of their clusters.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::world::cluster::Cluster;
use crate::world::state::Project;

/// When each project was created.
const CREATED: &str = "2026-08-01T08:00:00Z";

/// The name of a project: no test needs another.
fn name(project: &Project) -> String {
    format!("project-{}", project.id)
}

fn present(project: &Project) -> impl Iterator<Item = &Cluster> {
    project.clusters.iter().filter(|cluster| !cluster.deleted)
}

fn body(project: &Project) -> Value {
    json!({
        "id": project.id,
        "name": name(project),
        "orgId": project.org_id,
        "clusterCount": present(project).count(),
        "created": CREATED,
        "links": [],
    })
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    call.page(&call.atlas.world().projects, body)
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    Ok(Reply::One(body(
        world.project(&call.object_id("groupId")?)?,
    )))
}

/// The items are projects. No cluster's tier is told, and whether a shared one is backed up is.
pub(crate) fn clusters(call: &Call<'_>) -> Result<Reply, AtlasError> {
    call.page(&call.atlas.world().projects, |project| {
        let clusters: Vec<Value> = present(project).map(summary).collect();
        json!({
            "groupId": project.id,
            "groupName": name(project),
            "orgId": project.org_id,
            "orgName": "organization",
            "planType": "Atlas",
            "tags": [],
            "clusters": clusters,
        })
    })
}

fn summary(cluster: &Cluster) -> Value {
    let (kind, shards) = match &cluster.shards {
        Some(shards) => ("SHARDED_CLUSTER", shards.len()),
        None => ("REPLICA_SET", 1),
    };
    json!({
        "clusterId": cluster.id,
        "name": cluster.name,
        "type": kind,
        "availability": "available",
        "backupEnabled": cluster.backup,
        "authEnabled": true,
        "sslEnabled": true,
        "alertCount": 0,
        "dataSizeBytes": 0,
        "nodeCount": shards.saturating_mul(3),
        "versions": ["8.0.12"],
    })
}
