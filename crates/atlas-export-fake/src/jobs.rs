//! Export jobs: created, listed, looked at. Nothing cancels or deletes one.

use serde_json::{Value, json};

use crate::answer::Reply;
use crate::clock::Clock;
use crate::error::AtlasError;
use crate::job_list::StoredJob;
use crate::life::{Job, Rules};
use crate::routes::Call;
use crate::state::Cluster;
use crate::version::Version;

/// Every job of `cluster` as `version` lists it now.
pub(crate) fn bodies(
    cluster: &Cluster,
    rules: &Rules,
    version: Version,
    clock: &dyn Clock,
) -> Vec<Value> {
    let jobs = cluster.jobs.items().iter();
    jobs.map(|job| job.body(rules, version, clock)).collect()
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let shared = call.shared;
    let world = shared.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let clock = shared.clock.as_ref();
    let (lag, now) = (shared.habits.lag, clock.now());
    let jobs = cluster.jobs.items().iter();
    let seen: Vec<_> = jobs.filter(|job| job.is_seen(lag, now)).collect();
    call.page(&seen, |job| job.body(&shared.rules, call.version, clock))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let shared = call.shared;
    let clock = shared.clock.as_ref();
    let mut world = shared.world();
    let cluster = world.cluster_mut(&call.object_id("groupId")?, call.param("clusterName"))?;
    let id = &call.object_id("exportId")?;
    let job = cluster
        .jobs
        .get_mut(id)
        .filter(|job| job.is_seen(shared.habits.lag, clock.now()))
        .ok_or_else(|| AtlasError::resource_not_found(id))?;
    if let StoredJob::Live(job) = job {
        job.poll(&shared.rules, clock);
    }
    Ok(Reply::One(job.body(&shared.rules, call.version, clock)))
}

pub(crate) fn create(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let shared = call.shared;
    let clock = shared.clock.as_ref();
    let (project_id, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = shared.world();
    let project = world.project(project_id)?;
    let cluster = world.backed_up(project_id, name)?;
    let body = call.json_body()?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let (snapshot_id, bucket_id) = (text("snapshotId"), text("exportBucketId"));

    let snapshot = cluster
        .snapshots
        .get(snapshot_id)
        .ok_or_else(|| AtlasError::resource_not_found(snapshot_id))?;
    snapshot.check_exportable(&shared.rules, clock)?;
    if !project.has_bucket(bucket_id) {
        return Err(AtlasError::resource_not_found(bucket_id));
    }
    if cluster.jobs.occupy(snapshot_id, &shared.rules, clock) {
        return Err(AtlasError::export_in_progress(snapshot_id));
    }

    let now = clock.wall();
    // Ids, not names, and no leading slash: what recorded jobs hold.
    let prefix = format!(
        "exported_snapshots/{}/{}/{}/{}/{}",
        project.org_id,
        project.id,
        cluster.id,
        snapshot.created_at.unwrap_or(now).format("%Y-%m-%dT%H%M"),
        now.timestamp(),
    );
    let shards = cluster.shards.clone();
    let job = Job {
        id: world.new_id(),
        snapshot_id: snapshot_id.to_owned(),
        bucket_id: bucket_id.to_owned(),
        custom_data: body.get("customData").cloned().unwrap_or(json!([])),
        prefix,
        components: shards.map(|shards| {
            let component = |shard| json!({ "exportId": world.new_id(), "replicaSetName": shard });
            shards.into_iter().map(component).collect()
        }),
        created_at: now,
        born: clock.now(),
        polls: 0,
        seen_ended: None,
    };
    let shown = job.body(&shared.rules, call.version, clock);
    let cluster = world.cluster_mut(project_id, name)?;
    cluster.jobs.push(StoredJob::Live(job));
    Ok(Reply::One(shown))
}
