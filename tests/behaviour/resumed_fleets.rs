//! Fleets that go on from a report: a known job is never started again, and what could not be
//! exported says why.

use atlas_export::fleet::{FleetReport, FleetStatus, SkipReason};
use atlas_export_fake::JobOutcome;
use atlas_export_tests::{BUCKET, PROJECT, Scene, parsed, seconds, with_bucket};
use futures_util::StreamExt as _;
use serde_json::json;

use super::fleet_reports::{CLUSTER, OLD, furnished, start, stored};

fn failing() -> JobOutcome {
    JobOutcome::Failed {
        error_code: "E".into(),
        message: "no access".into(),
    }
}

#[tokio::test]
async fn a_job_is_in_the_report_before_its_end_is_waited_for_and_is_never_started_again() {
    let scene = start(failing()).await;
    let fleet = || scene.project.export_fleet(&parsed(BUCKET)).await_exports();
    let mut run = fleet().plan().await.unwrap().run();
    let begun = run.next().await.unwrap();
    assert_eq!(begun.status, FleetStatus::Started);
    let interrupted = run.into_report();
    assert_eq!(interrupted.clusters[0].job, begun.job);
    assert!(begun.job.is_some());
    // Nobody watches, and the export fails.
    scene.clock.advance(seconds(600));
    let resumed = fleet().resume(interrupted).plan().await.unwrap();
    let report = resumed.run().finish().await;
    assert_eq!(report.clusters[0].status, FleetStatus::Failed);
    assert_eq!(scene.fake.jobs(PROJECT, CLUSTER).len(), 1);
}

#[tokio::test]
async fn a_known_job_whose_watch_failed_is_looked_at_and_never_started_again() {
    let scene = start(failing()).await;
    let fleet = || scene.project.export_fleet(&parsed(BUCKET));
    let mut report = fleet().plan().await.unwrap().run().finish().await;
    report.clusters[0].status = FleetStatus::Error;
    scene.clock.advance(seconds(600));
    let report = fleet()
        .resume(report)
        .plan()
        .await
        .unwrap()
        .run()
        .finish()
        .await;
    assert_eq!(report.clusters[0].status, FleetStatus::Failed);
    assert_eq!(scene.fake.jobs(PROJECT, CLUSTER).len(), 1);
}

#[tokio::test]
async fn a_resumed_run_keeps_the_snapshot_of_its_plan() {
    let Scene { fake, project, .. } = start(JobOutcome::Successful).await;
    let fleet = || project.export_fleet(&parsed(BUCKET));
    let report = fleet().plan().await.unwrap().run().into_report();
    let cluster = project.cluster(CLUSTER);
    let newer = cluster
        .snapshots()
        .take()
        .description("newer")
        .retention_days(1)
        .await
        .unwrap();
    let snapshots = cluster.snapshots();
    snapshots.wait_until_completed(&newer.id).await.unwrap();
    let newest = snapshots.newest_exportable().await.unwrap().unwrap();
    assert_eq!(newest.id, newer.id);
    fleet()
        .resume(report)
        .plan()
        .await
        .unwrap()
        .run()
        .finish()
        .await;
    let jobs = fake.jobs(PROJECT, CLUSTER);
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0]["snapshotId"], OLD);
}

#[tokio::test]
async fn what_is_under_way_is_looked_at_last_where_nobody_waits_for_it() {
    let scene = start(JobOutcome::Successful).await;
    let fleet = || scene.project.export_fleet(&parsed(BUCKET)).concurrency(1);
    let report = stored(|report| {
        let planned = report["clusters"][0].clone();
        let mut under_way = planned.clone();
        under_way["cluster"] = "Users".into();
        under_way["status"] = "started".into();
        under_way["job"] = "605ccba3c1c7613f00000001".into();
        report["clusters"] = json!([under_way, planned]);
    });
    let plan = fleet().resume(report.unwrap()).plan().await.unwrap();
    let told: Vec<_> = plan.run().map(|cluster| cluster.cluster).collect().await;
    assert_eq!(told, [CLUSTER, "Users"].map(parsed));
}

#[tokio::test]
async fn a_snapshot_that_has_expired_is_replaced_by_the_newest_and_the_report_says_so() {
    let Scene { fake, project, .. } = start(JobOutcome::Successful).await;
    let gone = "5fb6a0e0e5a4d31b0000dead";
    let report = stored(|report| report["clusters"][0]["snapshot"] = gone.into()).unwrap();
    let fleet = project.export_fleet(&parsed(BUCKET)).resume(report);
    let report = fleet.plan().await.unwrap().run().finish().await;
    let cluster = &report.clusters[0];
    assert_eq!(cluster.status, FleetStatus::Started, "{cluster:?}");
    assert_eq!(cluster.snapshot, Some(parsed(OLD)));
    let message = cluster.message.as_deref().unwrap();
    assert!(
        message.contains(gone) && message.contains("expired"),
        "{message}"
    );
    assert_eq!(fake.jobs(PROJECT, CLUSTER).len(), 1);
}

#[tokio::test]
async fn what_was_asked_for_by_name_stays_a_failure_when_it_is_resumed() {
    for by_name in [true, false] {
        let scene = Scene::start(with_bucket().cluster(PROJECT, CLUSTER)).await;
        let fleet = || scene.project.export_fleet(&parsed(BUCKET));
        let (chosen, status) = if by_name {
            (fleet().only([parsed(CLUSTER)]), FleetStatus::Error)
        } else {
            (fleet(), FleetStatus::Skipped)
        };
        let mut report = chosen.plan().await.unwrap().run().finish().await;
        for _ in 0..2 {
            assert_eq!(report.clusters[0].status, status);
            assert_eq!(report.is_complete(), !by_name);
            assert_eq!(report.clusters[0].reason, Some(SkipReason::NoSnapshot));
            let stored = serde_json::to_string(&report).unwrap();
            assert!(stored.contains(r#""reason":"no_snapshot""#), "{stored}");
            let read = serde_json::from_str(&stored).unwrap();
            let resumed = fleet().resume(read).plan().await.unwrap();
            report = resumed.run().finish().await;
        }
    }
}

/// What could not be looked at has the reason that it had, as long as nothing else is known.
#[tokio::test]
async fn a_cluster_that_is_not_there_is_not_there_when_it_is_resumed() {
    let scene = Scene::start(with_bucket()).await;
    let fleet = || scene.project.export_fleet(&parsed(BUCKET));
    let plan = fleet().only([parsed(CLUSTER)]).plan().await.unwrap();
    let mut report = plan.run().finish().await;
    for _ in 0..2 {
        assert_eq!(report.clusters[0].reason, Some(SkipReason::NotFound));
        assert_eq!(report.clusters[0].status, FleetStatus::Error);
        let resumed = fleet().resume(report).plan().await.unwrap();
        report = resumed.run().finish().await;
    }
}

#[tokio::test]
async fn a_cluster_without_another_snapshot_says_that_its_own_has_expired() {
    let scene = Scene::start(with_bucket().cluster(PROJECT, CLUSTER)).await;
    let fleet = scene.project.export_fleet(&parsed(BUCKET));
    let resumed = fleet.resume(stored(|_| {}).unwrap()).plan().await.unwrap();
    let report = resumed.run().finish().await;
    let cluster = &report.clusters[0];
    assert_eq!(cluster.status, FleetStatus::Error);
    assert_eq!(cluster.reason, Some(SkipReason::SnapshotExpired));
    assert!(cluster.message.as_deref().unwrap().contains(OLD));
}

/// It may be in the bucket or not: nobody is told that it is, and it is not exported once more.
#[tokio::test]
async fn an_export_whose_end_is_unknown_is_an_error_and_is_not_repeated_unasked() {
    let job = |id: &str, state: &str| {
        json!({
            "id": id, "exportBucketId": BUCKET, "snapshotId": OLD, "state": state,
            "createdAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:10:00Z",
        })
    };
    let (odd, good) = ("605ccba3c1c7613f00000001", "605ccba3c1c7613f00000002");
    let builder = || furnished().job(PROJECT, CLUSTER, job(odd, "Archived"));
    let scene = Scene::start(builder()).await;
    let fleet = || scene.project.export_fleet(&parsed(BUCKET));
    let mut report = fleet().plan().await.unwrap().run().finish().await;
    for _ in 0..2 {
        let cluster = &report.clusters[0];
        assert_eq!(cluster.status, FleetStatus::Error, "{cluster}");
        assert!(
            cluster.to_string().contains("in state Archived"),
            "{cluster}"
        );
        let resumed = fleet().resume(report).plan().await.unwrap();
        report = resumed.run().finish().await;
    }
    let jobs = scene.project.cluster(CLUSTER).export_jobs();
    let ensure = || jobs.ensure(&parsed(OLD), &parsed(BUCKET));
    assert_eq!(ensure().await.unwrap().get().id, parsed(odd));
    assert_eq!(scene.fake.jobs(PROJECT, CLUSTER).len(), 1);
    assert!(ensure().export_again().await.unwrap().is_created());
    // One that is known to be good, or to be active, comes first.
    for state in ["Successful", "InProgress"] {
        let scene = Scene::start(builder().job(PROJECT, CLUSTER, job(good, state))).await;
        let jobs = scene.project.cluster(CLUSTER).export_jobs();
        let found = jobs.ensure(&parsed(OLD), &parsed(BUCKET)).await.unwrap();
        assert_eq!(found.get().id, parsed(good), "{state}");
    }
}

#[tokio::test]
async fn an_export_that_is_listed_under_an_id_that_is_none_is_no_reason_for_another() {
    let job = json!({
        "id": "{EXPORT-ID}", "exportBucketId": BUCKET, "snapshotId": OLD, "state": "Successful",
    });
    let Scene { fake, project, .. } = Scene::start(furnished().job(PROJECT, CLUSTER, job)).await;
    let jobs = project.cluster(CLUSTER).export_jobs();
    let error = jobs
        .ensure(&parsed(OLD), &parsed(BUCKET))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("{EXPORT-ID}"), "{error}");
    let fleet = project.export_fleet(&parsed(BUCKET));
    let report = fleet.plan().await.unwrap().run().finish().await;
    assert_eq!(report.clusters[0].status, FleetStatus::Error);
    assert_eq!(fake.jobs(PROJECT, CLUSTER).len(), 1);
    // The report of it can be read again.
    let stored = serde_json::to_string(&report).unwrap();
    assert_eq!(
        serde_json::from_str::<FleetReport>(&stored).unwrap(),
        report
    );
}
