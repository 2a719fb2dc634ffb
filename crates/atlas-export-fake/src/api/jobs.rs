//! Export jobs: created, listed and read. Nothing cancels or deletes one.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::rules::version::Version;
use crate::world::clock::{Clock, stamp};
use crate::world::cluster::Cluster;
use crate::world::job::Job;
use crate::world::job_list::StoredJob;
use crate::world::progress::{JobOutcome, JobProgress, Lifecycle, Phase};

/// Every job of `cluster` as `version` lists it now.
pub(crate) fn bodies(
    cluster: &Cluster,
    lifecycle: &Lifecycle,
    version: Version,
    clock: &dyn Clock,
) -> Vec<Value> {
    let jobs = cluster.jobs.items().iter();
    jobs.map(|job| body(job, lifecycle, version, clock))
        .collect()
}

/// The job as `version` shows it now. Raw JSON is shown as it is.
fn body(job: &StoredJob, lifecycle: &Lifecycle, version: Version, clock: &dyn Clock) -> Value {
    match job {
        StoredJob::Created(job) => created_body(job, lifecycle, version, clock),
        StoredJob::Raw(body) => body.clone(),
    }
}

/// The job as `version` shows it now.
fn created_body(job: &Job, lifecycle: &Lifecycle, version: Version, clock: &dyn Clock) -> Value {
    let phase = job.phase(lifecycle, clock);
    let mut body = Map::new();
    body.insert("id".into(), job.id.clone().into());
    body.insert("snapshotId".into(), job.snapshot_id.clone().into());
    body.insert("exportBucketId".into(), job.bucket_id.clone().into());
    body.insert("customData".into(), job.custom_data.clone());
    body.insert("prefix".into(), job.prefix.clone().into());
    body.insert("createdAt".into(), stamp(job.created_at).into());
    body.insert("state".into(), state(phase, &lifecycle.job_outcome).into());
    match &job.components {
        Some(components) => {
            body.insert("components".into(), components.clone().into());
        }
        None => {
            body.insert(
                "exportStatus".into(),
                json!({
                    "exportedCollections": lifecycle.exported_collections(phase),
                    "totalCollections": lifecycle.collections,
                }),
            );
        }
    }
    if phase == Phase::Ended {
        body.insert("finishedAt".into(), stamp(job.ended_at(lifecycle)).into());
        if let JobOutcome::Failed {
            error_code,
            message,
        } = &lifecycle.job_outcome
        {
            match version {
                Version::V1 => body.insert("errMsg".into(), message.clone().into()),
                Version::V2(_) => body.insert(
                    "stateReason".into(),
                    json!({ "errorCode": error_code, "message": message }),
                ),
            };
        }
    }
    Value::Object(body)
}

fn state(phase: Phase, outcome: &JobOutcome) -> &'static str {
    match (phase, outcome) {
        (Phase::Queued, _) => "Queued",
        (Phase::InProgress { .. }, _) => "InProgress",
        (Phase::Ended, JobOutcome::Successful) => "Successful",
        (Phase::Ended, JobOutcome::Failed { .. }) => "Failed",
        (Phase::Ended, JobOutcome::Cancelled) => "Cancelled",
    }
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let atlas = call.atlas;
    let world = atlas.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let clock = atlas.clock.as_ref();
    let (lag, now) = (atlas.options.creation_lag, clock.now());
    let jobs = cluster.jobs.items().iter();
    let seen: Vec<_> = jobs.filter(|job| job.is_seen(lag, now)).collect();
    call.page(&seen, |job| {
        body(job, &atlas.lifecycle, call.version, clock)
    })
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let atlas = call.atlas;
    let clock = atlas.clock.as_ref();
    let mut world = atlas.world();
    let cluster = world.cluster_mut(&call.object_id("groupId")?, call.param("clusterName"))?;
    let id = &call.object_id("exportId")?;
    let job = cluster
        .jobs
        .get_mut(id)
        .filter(|job| job.is_seen(atlas.options.creation_lag, clock.now()))
        .ok_or_else(|| AtlasError::resource_not_found(id))?;
    if let StoredJob::Created(job) = job {
        job.poll(&atlas.lifecycle, clock);
    }
    Ok(Reply::One(body(job, &atlas.lifecycle, call.version, clock)))
}

pub(crate) fn create(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let atlas = call.atlas;
    let clock = atlas.clock.as_ref();
    let (project_id, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = atlas.world();
    let project = world.project(project_id)?;
    let cluster = world.backed_up(project_id, name)?;
    let request = call.json_body()?;
    let text = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
    let (snapshot_id, bucket_id) = (text("snapshotId"), text("exportBucketId"));

    let snapshot = cluster
        .snapshots
        .get(snapshot_id)
        .ok_or_else(|| AtlasError::resource_not_found(snapshot_id))?;
    // That Atlas refuses it with a `VALIDATION_ERROR` is unconfirmed.
    if let Some(why) = snapshot.export_obstacle(&atlas.lifecycle, clock) {
        return Err(AtlasError::invalid_field("snapshotId", why));
    }
    if !project.has_bucket(bucket_id) {
        return Err(AtlasError::resource_not_found(bucket_id));
    }
    if cluster.jobs.occupy(snapshot_id, &atlas.lifecycle, clock) {
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
    let born = clock.now();
    let in_queue = match atlas.lifecycle.job_progress {
        JobProgress::ByPolls { .. } => Duration::ZERO,
        JobProgress::ByClock {
            queued,
            in_progress,
        } => {
            let earliest = born.saturating_add(queued);
            let replica_sets = shards.as_ref().map_or(1, Vec::len);
            let replica_sets = u32::try_from(replica_sets).unwrap_or(u32::MAX);
            let begin = world.queue.schedule(earliest, in_progress, replica_sets);
            begin.saturating_sub(earliest)
        }
    };
    let job = Job {
        id: world.new_id(),
        snapshot_id: snapshot_id.to_owned(),
        bucket_id: bucket_id.to_owned(),
        custom_data: request.get("customData").cloned().unwrap_or(json!([])),
        prefix,
        components: shards.map(|shards| {
            let component = |shard| json!({ "exportId": world.new_id(), "replicaSetName": shard });
            shards.into_iter().map(component).collect()
        }),
        created_at: now,
        born,
        polls: 0,
        in_queue,
        seen_ended: None,
    };
    let shown = created_body(&job, &atlas.lifecycle, call.version, clock);
    let cluster = world.cluster_mut(project_id, name)?;
    cluster.jobs.push(StoredJob::Created(job));
    Ok(Reply::One(shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::clock::ManualClock;

    fn job(clock: &dyn Clock) -> Job {
        Job {
            id: "id".into(),
            snapshot_id: "snapshot".into(),
            bucket_id: "bucket".into(),
            custom_data: json!([]),
            prefix: "exported_snapshots".into(),
            components: None,
            created_at: clock.wall(),
            born: clock.now(),
            polls: 0,
            in_queue: Duration::ZERO,
            seen_ended: None,
        }
    }

    fn summary(body: &Value) -> (String, Option<u64>) {
        let state = body.get("state").and_then(Value::as_str);
        let exported = body
            .pointer("/exportStatus/exportedCollections")
            .and_then(Value::as_u64);
        (state.unwrap_or_default().to_owned(), exported)
    }

    #[test]
    fn polls_move_the_job_and_its_progress() {
        let clock = ManualClock::new();
        let lifecycle = Lifecycle {
            collections: 9,
            ..Lifecycle::default()
        };
        let mut job = job(&clock);
        let mut seen = vec![summary(&created_body(
            &job,
            &lifecycle,
            Version::V1,
            &clock,
        ))];
        for _ in 0..4 {
            job.poll(&lifecycle, &clock);
            seen.push(summary(&created_body(
                &job,
                &lifecycle,
                Version::V1,
                &clock,
            )));
        }
        let expected = [
            ("Queued", 0),
            ("Queued", 0),
            ("InProgress", 3),
            ("InProgress", 6),
            ("Successful", 9),
        ];
        assert_eq!(seen, expected.map(|(s, n)| (s.to_owned(), Some(n))));
    }

    #[test]
    fn the_clock_moves_the_job_and_dates_its_end() {
        let clock = ManualClock::new();
        let lifecycle = Lifecycle {
            job_progress: JobProgress::ByClock {
                queued: Duration::from_secs(60),
                in_progress: Duration::from_secs(820),
            },
            collections: 10,
            ..Lifecycle::default()
        };
        let job = job(&clock);
        clock.advance(Duration::from_secs(59));
        assert_eq!(
            summary(&created_body(&job, &lifecycle, Version::V1, &clock)).0,
            "Queued"
        );
        clock.advance(Duration::from_secs(411));
        let body = created_body(&job, &lifecycle, Version::V1, &clock);
        assert_eq!(summary(&body), ("InProgress".into(), Some(5)));
        assert_eq!(body.get("finishedAt"), None);
        clock.advance(Duration::from_secs(10_000));
        let body = created_body(&job, &lifecycle, Version::V1, &clock);
        assert_eq!(summary(&body), ("Successful".into(), Some(10)));
        assert_eq!(body.get("finishedAt"), Some(&json!("2026-08-10T03:43:05Z")));
    }

    #[test]
    fn a_failure_is_told_in_each_generation_s_words() {
        let clock = ManualClock::new();
        let lifecycle = Lifecycle {
            job_progress: JobProgress::ByPolls {
                queued: 0,
                in_progress: 0,
            },
            job_outcome: JobOutcome::Failed {
                error_code: "EXPORT_FAILED".into(),
                message: "no access".into(),
            },
            collections: 4,
            ..Lifecycle::default()
        };
        let mut job = job(&clock);
        job.poll(&lifecycle, &clock);
        let v1 = created_body(&job, &lifecycle, Version::V1, &clock);
        assert_eq!(summary(&v1), ("Failed".into(), Some(2)));
        assert_eq!(v1.get("errMsg"), Some(&json!("no access")));
        assert_eq!(v1.get("stateReason"), None);
        let v2 = created_body(&job, &lifecycle, Version::V2("2023-01-01"), &clock);
        assert_eq!(
            v2.pointer("/stateReason/errorCode"),
            Some(&json!("EXPORT_FAILED"))
        );
        assert_eq!(v2.get("errMsg"), None);
    }
}
