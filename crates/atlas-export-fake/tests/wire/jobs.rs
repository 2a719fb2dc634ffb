//! Export jobs: what may be exported, and how a job comes to its end.

use std::sync::Arc;
use std::time::Duration;

use atlas_export_fake::{
    Bucket, FakeAtlas, FakeAtlasBuilder, JobOutcome, JobProgress, ManualClock, Snapshot,
};
use serde_json::{Value, json};

use crate::peer::{call, get};
use crate::{BUCKET, Outcome, PROJECT, ROLE, SNAPSHOT};

fn jobs(cluster: &str) -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/clusters/{cluster}/backup/exports")
}

fn order(snapshot: &str) -> Value {
    json!({
        "snapshotId": snapshot,
        "exportBucketId": BUCKET,
        "customData": [{ "key": "ticket", "value": "OPS-7" }],
    })
}

fn furnished() -> (FakeAtlasBuilder, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new());
    let fake = FakeAtlas::builder()
        .clock(Arc::clone(&clock) as _)
        .snapshot(PROJECT, "Cluster0", Snapshot::completed(SNAPSHOT))
        .bucket(PROJECT, Bucket::aws("exports", ROLE).id(BUCKET));
    (fake, clock)
}

#[tokio::test]
async fn a_job_is_created_as_recorded_ones_were() -> Outcome {
    let (fake, _) = furnished();
    let fake = fake.start().await?;
    let created = call(&fake, "POST", &jobs("Cluster0"), Some(&order(SNAPSHOT))).await?;
    assert_eq!(created.status, 200);
    let mut job = created.json();
    let prefix = job["prefix"].take();
    let segments: Vec<&str> = prefix.as_str().unwrap_or_default().split('/').collect();
    assert!(
        matches!(
            segments.as_slice(),
            [
                "exported_snapshots",
                _,
                PROJECT,
                _,
                "2026-08-10T0327",
                "1786332505"
            ]
        ),
        "{segments:?}"
    );
    assert_eq!(
        job,
        json!({
            "id": job["id"],
            "createdAt": "2026-08-10T03:28:25Z",
            "customData": [{ "key": "ticket", "value": "OPS-7" }],
            "exportBucketId": BUCKET,
            "exportStatus": { "exportedCollections": 0, "totalCollections": 0 },
            "prefix": null,
            "snapshotId": SNAPSHOT,
            "state": "Queued",
        })
    );
    Ok(())
}

#[tokio::test]
async fn polls_of_the_job_count_and_lists_do_not() -> Outcome {
    let (fake, _) = furnished();
    let fake = fake
        .job_progress(JobProgress::ByPolls {
            queued: 1,
            in_progress: 1,
        })
        .start()
        .await?;
    let created = call(&fake, "POST", &jobs("Cluster0"), Some(&order(SNAPSHOT))).await?;
    let created = created.json();
    let id = created["id"].as_str().ok_or("no id")?;
    for state in ["Queued", "InProgress", "Successful", "Successful"] {
        let job = get(&fake, &format!("{}/{id}", jobs("Cluster0")))
            .await?
            .json();
        assert_eq!(job["state"], state);
        assert_eq!(job.get("finishedAt").is_some(), state == "Successful");
        let list = get(&fake, &jobs("Cluster0")).await?.json();
        assert_eq!(list["results"], json!([job]));
    }
    Ok(())
}

#[tokio::test]
async fn the_clock_moves_jobs_and_the_outcome_ends_them() -> Outcome {
    let (fake, clock) = furnished();
    let fake = fake
        .job_progress(JobProgress::ByClock {
            queued: Duration::from_secs(60),
            in_progress: Duration::from_secs(60),
        })
        .job_outcome(JobOutcome::Cancelled)
        .start()
        .await?;
    call(&fake, "POST", &jobs("Cluster0"), Some(&order(SNAPSHOT))).await?;
    for state in ["Queued", "InProgress", "Cancelled"] {
        let jobs = fake.jobs(PROJECT, "Cluster0");
        assert_eq!(
            jobs.first().map(|job| job["state"].clone()),
            Some(state.into())
        );
        clock.advance(Duration::from_secs(60));
    }
    Ok(())
}

#[tokio::test]
async fn a_sharded_cluster_s_job_has_components() -> Outcome {
    let (fake, _) = furnished();
    let fake = fake
        .sharded_cluster(PROJECT, "Wide", &["shard-0", "shard-1"])
        .snapshot(PROJECT, "Wide", Snapshot::completed(SNAPSHOT))
        .start()
        .await?;
    let created = call(&fake, "POST", &jobs("Wide"), Some(&order(SNAPSHOT))).await?;
    let job = created.json();
    assert_eq!(job.get("exportStatus"), None);
    assert_eq!(job["components"][0]["replicaSetName"], "shard-0");
    assert_eq!(job["components"][1]["replicaSetName"], "shard-1");
    assert_ne!(
        job["components"][0]["exportId"],
        job["components"][1]["exportId"]
    );
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused() -> Outcome {
    let (fake, _) = furnished();
    let (running, fallback) = ("5f3a1b2c4d5e6f7081920a02", "5f3a1b2c4d5e6f7081920a03");
    let fake = fake
        .snapshot(
            PROJECT,
            "Cluster0",
            Snapshot::completed(running).status("inProgress"),
        )
        .snapshot(
            PROJECT,
            "Cluster0",
            Snapshot::completed(fallback).snapshot_type("fallback"),
        )
        .start()
        .await?;
    let unknown = "aaaaaaaaaaaaaaaaaaaaaaaa";
    let mut elsewhere = order(SNAPSHOT);
    elsewhere["exportBucketId"] = unknown.into();
    for (body, cluster, status, code) in [
        (order(running), "Cluster0", 400, "VALIDATION_ERROR"),
        (order(fallback), "Cluster0", 400, "VALIDATION_ERROR"),
        (order(unknown), "Cluster0", 404, "RESOURCE_NOT_FOUND"),
        (elsewhere, "Cluster0", 404, "RESOURCE_NOT_FOUND"),
        (order(SNAPSHOT), "Cluster9", 404, "CLUSTER_NOT_FOUND"),
        (
            json!({ "snapshotId": SNAPSHOT }),
            "Cluster0",
            400,
            "VALIDATION_ERROR",
        ),
    ] {
        let refused = call(&fake, "POST", &jobs(cluster), Some(&body)).await?;
        assert_eq!(refused.status, status, "{body}");
        assert_eq!(refused.header("x-error-code"), Some(code), "{body}");
    }
    assert!(fake.jobs(PROJECT, "Cluster0").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_snapshot_has_one_active_export() -> Outcome {
    let (fake, _) = furnished();
    let fake = fake
        .job_progress(JobProgress::ByPolls {
            queued: 0,
            in_progress: 0,
        })
        .start()
        .await?;
    let first = call(&fake, "POST", &jobs("Cluster0"), Some(&order(SNAPSHOT))).await?;
    let second = call(&fake, "POST", &jobs("Cluster0"), Some(&order(SNAPSHOT))).await?;
    assert_eq!(second.status, 409);
    let first = first.json();
    let id = first["id"].as_str().ok_or("no id")?;
    get(&fake, &format!("{}/{id}", jobs("Cluster0"))).await?;
    let third = call(&fake, "POST", &jobs("Cluster0"), Some(&order(SNAPSHOT))).await?;
    assert_eq!(third.status, 200);
    Ok(())
}

#[tokio::test]
async fn raw_jobs_are_listed_and_found_unchanged() -> Outcome {
    let id = "605ccba3c1c7613f423e1585";
    let odd = json!({ "id": id, "state": "Hibernating" });
    let (fake, _) = furnished();
    let fake = fake
        .job(PROJECT, "Cluster0", odd.clone())
        .job(PROJECT, "Cluster0", json!("not a job"))
        .start()
        .await?;
    let list = get(&fake, &jobs("Cluster0")).await?.json();
    assert_eq!(list["results"], json!([odd, "not a job"]));
    let one = get(&fake, &format!("{}/{id}", jobs("Cluster0"))).await?;
    assert_eq!(one.json(), odd);
    Ok(())
}
