//! Stored reports: what is read back is checked, a known job is never started again, and a crash
//! leaves one report or the other.

use atlas_export::fleet::{FleetReport, FleetStatus, SkipReason};
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, JobOutcome, JobProgress, Snapshot};
use atlas_export_tests::{BUCKET, PROJECT, Scene, parsed, seconds, with_bucket};
use futures_util::StreamExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};

const OLD: &str = "5fb6a0e0e5a4d31b00000001";
const CLUSTER: &str = "Orders";

/// A project with one cluster to export from, whose exports take a minute and end so.
async fn start(outcome: JobOutcome) -> Scene {
    let fake = furnished().job_outcome(outcome);
    let a_minute = JobProgress::ByClock {
        queued: seconds(5),
        in_progress: seconds(50),
    };
    Scene::start(fake.job_progress(a_minute)).await
}

fn furnished() -> FakeAtlasBuilder {
    with_bucket().snapshot(PROJECT, CLUSTER, Snapshot::completed(OLD))
}

fn failing() -> JobOutcome {
    JobOutcome::Failed {
        error_code: "E".into(),
        message: "no access".into(),
    }
}

type Change = fn(&mut Value);

fn stored(change: impl FnOnce(&mut Value)) -> Result<FleetReport, serde_json::Error> {
    let mut report = json!({
        "project": PROJECT, "bucket": BUCKET, "undecodable": [],
        "clusters": [{ "cluster": CLUSTER, "status": "planned", "snapshot": OLD }],
    });
    change(&mut report);
    serde_json::from_str(&report.to_string())
}

#[tokio::test]
async fn a_job_is_in_the_report_before_its_end_is_waited_for_and_is_never_started_again() {
    let Scene {
        fake,
        clock,
        project,
        ..
    } = start(failing()).await;
    let fleet = || project.export_fleet(&parsed(BUCKET)).await_exports();
    let mut run = fleet().plan().await.unwrap().run();
    let begun = run.next().await.unwrap();
    assert_eq!(begun.status, FleetStatus::Started);
    let interrupted = run.into_report();
    assert_eq!(interrupted.clusters[0].job, begun.job);
    assert!(begun.job.is_some());
    // Nobody watches, and the export fails.
    clock.advance(seconds(600));
    let resumed = fleet().resume(interrupted).plan().await.unwrap();
    let report = resumed.run().finish().await;
    assert_eq!(report.clusters[0].status, FleetStatus::Failed);
    assert_eq!(fake.jobs(PROJECT, CLUSTER).len(), 1);
}

#[tokio::test]
async fn a_known_job_whose_watch_failed_is_looked_at_and_never_started_again() {
    let Scene {
        fake,
        clock,
        project,
        ..
    } = start(failing()).await;
    let fleet = || project.export_fleet(&parsed(BUCKET));
    let mut report = fleet().plan().await.unwrap().run().finish().await;
    report.clusters[0].status = FleetStatus::Error;
    clock.advance(seconds(600));
    let report = fleet()
        .resume(report)
        .plan()
        .await
        .unwrap()
        .run()
        .finish()
        .await;
    assert_eq!(report.clusters[0].status, FleetStatus::Failed);
    assert_eq!(fake.jobs(PROJECT, CLUSTER).len(), 1);
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
async fn the_same_ids_in_capitals_are_the_same_project_bucket_snapshot_and_export() {
    let Scene { fake, project, .. } = start(JobOutcome::Successful).await;
    let jobs = project.cluster(CLUSTER).export_jobs();
    let first = jobs.ensure(&parsed(OLD), &parsed(BUCKET)).await.unwrap();
    assert!(first.is_created());
    let again = jobs.ensure(
        &parsed(&OLD.to_uppercase()),
        &parsed(&BUCKET.to_uppercase()),
    );
    assert!(!again.await.unwrap().is_created());
    assert_eq!(fake.jobs(PROJECT, CLUSTER).len(), 1);
    let report = stored(|report| {
        for field in ["project", "bucket"] {
            report[field] = report[field].as_str().unwrap().to_uppercase().into();
        }
    });
    let fleet = project
        .export_fleet(&parsed(BUCKET))
        .resume(report.unwrap());
    assert_eq!(fleet.plan().await.unwrap().exports(), 1);
}

#[tokio::test]
async fn what_was_asked_for_by_name_stays_a_failure_when_it_is_resumed() {
    for by_name in [true, false] {
        let scene = Scene::start(FakeAtlas::builder().cluster(PROJECT, CLUSTER)).await;
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
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
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
async fn what_a_report_says_reaches_no_terminal_with_control_characters() {
    let scene = start(JobOutcome::Successful).await;
    let report = stored(|report| {
        report["undecodable"] = json!(["\u{1b}[2J\r"]);
        report["clusters"][0] = json!({
            "cluster": CLUSTER, "status": "error", "message": "\u{1b}]0;owned\u{7}\n",
        });
    });
    let fleet = scene
        .project
        .export_fleet(&parsed(BUCKET))
        .resume(report.unwrap());
    let shown = fleet.plan().await.unwrap().to_string();
    assert!(shown.contains("owned") && shown.contains("[2J"), "{shown}");
    let odd = |c: char| c.is_control() && c != '\n';
    assert!(!shown.contains(odd), "{shown:?}");
    assert_eq!(shown.lines().count(), 3, "{shown}");
    let mut report = stored(|_| {}).unwrap();
    report.clusters[0].message = Some("\u{1b}[2J\n\u{202e}".into());
    let shown = report.clusters[0].to_string();
    assert_eq!(shown, "Orders: Planned, \\u{1b}[2J\\n\\u{202e}");
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

#[test]
fn a_report_is_checked_as_a_whole_when_it_is_read() {
    assert!(stored(|_| {}).is_ok());
    assert!(stored(|report| report["version"] = 1.into()).is_ok());
    let wrong: [(&str, Change); 6] = [
        ("version 2", |report| report["version"] = 2.into()),
        ("version 0", |report| report["version"] = 0.into()),
        ("is there twice", |report| {
            let first = report["clusters"][0].clone();
            report["clusters"].as_array_mut().unwrap().push(first);
        }),
        ("24 hexadecimal", |report| report["project"] = "p".into()),
        ("24 hexadecimal", |report| {
            report["bucket"] = "\u{1b}[2J".into();
        }),
        ("24 hexadecimal", |report| {
            report["clusters"][0]["job"] = "j".into();
        }),
    ];
    for (rule, change) in wrong {
        let message = stored(change).unwrap_err().to_string();
        assert!(message.contains(rule), "{message}");
        assert!(!message.contains('\u{1b}'), "{message}");
    }
}

#[test]
fn fields_of_later_releases_are_kept_and_written_back() {
    let report = stored(|report| {
        report["later"] = json!({"a": [1, null]});
        report["clusters"][0]["alsoLater"] = 7.into();
        report["clusters"][0]["reason"] = "out_of_moonlight".into();
    });
    let written = serde_json::to_value(report.unwrap()).unwrap();
    assert_eq!(written["version"], 1);
    assert_eq!(written["later"], json!({"a": [1, null]}));
    assert_eq!(written["clusters"][0]["alsoLater"], 7);
    assert_eq!(written["clusters"][0]["reason"], "out_of_moonlight");
}

#[test]
fn a_report_is_replaced_in_one_step_and_a_failure_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let first = stored(|_| {}).unwrap();
    first.write(&path).unwrap();
    assert_eq!(FleetReport::read(&path).unwrap(), first);
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names(), 1);
    // What is written beside it cannot be: the old one is as it was.
    std::fs::create_dir(folder.path().join("report.json.new")).unwrap();
    let second = stored(|report| report["version"] = 1.into()).unwrap();
    assert!(second.write(&path).is_err());
    assert_eq!(FleetReport::read(&path).unwrap(), first);
    std::fs::write(&path, "{\"project\":").unwrap();
    let error = FleetReport::read(&path).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}

proptest! {
    #[test]
    fn whatever_is_stored_is_read_or_refused_on_one_line(
        version in any::<Option<u64>>(),
        bytes in any::<Option<u64>>(),
        id in ".*|[0-9a-fA-F]{24}",
        message in ".*",
    ) {
        let read = stored(|report| {
            if let Some(version) = version {
                report["version"] = version.into();
            }
            report["clusters"][0]["bytes"] = bytes.into();
            report["clusters"][0]["job"] = id.as_str().into();
            report["clusters"][0]["message"] = message.as_str().into();
        });
        match read {
            Ok(report) => {
                prop_assert!(version.is_none_or(|version| version == 1));
                let written = serde_json::to_string(&report).unwrap();
                prop_assert_eq!(serde_json::from_str::<FleetReport>(&written).unwrap(), report);
            }
            Err(error) => prop_assert!(!error.to_string().contains(char::is_control)),
        }
    }
}
