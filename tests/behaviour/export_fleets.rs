//! Fleets: planned without changing anything, run, interrupted, resumed, and nothing twice.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use atlas_export::{
    ErrorKind,
    fleet::{ClusterReport, FleetReport, FleetRun, FleetStatus, Intent, SkipReason},
};
use atlas_export_fake::{FakeAtlasBuilder, Fault, JobOutcome, JobProgress, Snapshot};
use atlas_export_tests::{BUCKET, PROJECT, Scene, parsed, with_bucket};

use futures_util::{Stream as _, StreamExt as _};
use http::StatusCode;
use serde_json::json;

fn snapshot(n: usize) -> String {
    format!("5fb6a0e0e5a4d31b{n:08x}")
}

fn name(n: usize) -> String {
    format!("Cluster{n:03}")
}

/// What a cluster is, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Exportable,
    Flex,
    Shared,
    BackupOff,
    NoSnapshot,
    Active,
    Exported,
    /// Atlas refuses its export.
    Failing,
}

fn kind(n: usize) -> Kind {
    match n % 20 {
        1 => Kind::Flex,
        3 => Kind::Shared,
        5 => Kind::BackupOff,
        7 => Kind::NoSnapshot,
        9 => Kind::Active,
        11 => Kind::Exported,
        13 => Kind::Failing,
        _ => Kind::Exportable,
    }
}

fn furnished(count: usize) -> FakeAtlasBuilder {
    let builder = with_bucket().job_progress(JobProgress::ByClock {
        queued: Duration::from_secs(3600),
        in_progress: Duration::from_secs(3600),
    });
    (0..count).fold(builder, |builder, n| {
        let cluster = name(n);
        let builder = builder.cluster(PROJECT, &cluster);
        let job = |state: &str| {
            json!({
                "id": format!("605ccba3c1c7613f{n:08x}"), "exportBucketId": BUCKET,
                "snapshotId": snapshot(n), "state": state,
            })
        };
        let taken = Snapshot::completed(snapshot(n)).storage_bytes(1_000_000_000);
        match kind(n) {
            Kind::Flex => builder.tier(PROJECT, &cluster, "FLEX"),
            Kind::Shared => builder.tier(PROJECT, &cluster, "M2"),
            Kind::BackupOff => builder.backup_off(PROJECT, &cluster),
            Kind::NoSnapshot => {
                let fallback = taken.snapshot_type("fallback");
                builder.snapshot(PROJECT, &cluster, fallback)
            }
            Kind::Active => {
                builder
                    .snapshot(PROJECT, &cluster, taken)
                    .job(PROJECT, &cluster, job("InProgress"))
            }
            Kind::Exported => {
                builder
                    .snapshot(PROJECT, &cluster, taken)
                    .job(PROJECT, &cluster, job("Successful"))
            }
            Kind::Exportable | Kind::Failing => builder.snapshot(PROJECT, &cluster, taken),
        }
    })
}

async fn start(builder: FakeAtlasBuilder) -> Scene {
    let scene = Scene::start(builder).await;
    scene.fake.faults_by(|head| {
        let number = head.path.split_once("/Cluster")?.1.get(..3)?.parse().ok()?;
        let refused = head.method == "POST" && head.authenticated && kind(number) == Kind::Failing;
        refused.then(|| Fault::status(StatusCode::FORBIDDEN))
    });
    scene
}

/// Polls a run so many times, and drops it wherever it is then.
async fn interrupted(mut run: FleetRun, mut polls: usize) -> FleetReport {
    poll_fn(|context| {
        loop {
            if polls == 0 {
                return Poll::Ready(());
            }
            polls -= 1;
            match Pin::new(&mut run).poll_next(context) {
                Poll::Ready(Some(_)) => {}
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await;
    run.into_report()
}

#[tokio::test]
async fn a_fleet_of_200_that_is_interrupted_at_ten_random_points_exports_each_cluster_once() {
    for seed in [1, 7, 42] {
        let left = interrupt_and_resume(seed).await;
        println!("seed {seed}: left to do at each of 10 interruptions: {left:?}");
    }
}

/// How many clusters were left to do at each interruption.
async fn interrupt_and_resume(seed: u64) -> Vec<usize> {
    let Scene { fake, project, .. } = start(furnished(200)).await;
    let fleet = || project.export_fleet(&parsed(BUCKET));
    let plan = fleet().plan().await.unwrap();
    let posts = fake
        .requests()
        .iter()
        .filter(|r| r.method == "POST")
        .count();
    assert_eq!(posts, 0);
    // 130 to export, and 10 that will be refused.
    assert_eq!(plan.exports(), 140);
    assert_eq!(plan.bytes(), 140_000_000_000);
    let shown = plan.to_string();
    assert!(
        shown.ends_with("140 of 200 clusters to export, 140.0 GB"),
        "{shown}"
    );
    let mut random = seed;
    let mut somewhere = || {
        // Knuth's linear congruence; its upper half is random enough here.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from((random >> 33) % 36).unwrap()
    };
    let mut left = Vec::new();
    let mut report = interrupted(plan.run(), somewhere()).await;
    for _ in 0..9 {
        left.push(report.count(FleetStatus::Planned));
        let stored = serde_json::to_string(&report).unwrap();
        let read: FleetReport = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, report);
        let plan = fleet().resume(read).plan().await.unwrap();
        report = interrupted(plan.run(), somewhere()).await;
    }
    left.push(report.count(FleetStatus::Planned));
    let report = fleet().resume(report).plan().await.unwrap();
    let report = report.run().finish().await;
    assert!(
        left[8] > 0,
        "it was over before the ninth interruption: {left:?}"
    );
    assert!(left.windows(2).all(|pair| pair[1] <= pair[0]));

    let mut by_kind: BTreeMap<Kind, usize> = BTreeMap::new();
    assert_eq!(report.clusters.len(), 200);
    for (n, cluster) in report.clusters.iter().enumerate() {
        assert_eq!(cluster.cluster.as_str(), name(n));
        let (status, jobs) = match kind(n) {
            Kind::Exportable | Kind::Active => (FleetStatus::Started, 1),
            Kind::Exported => (FleetStatus::Successful, 1),
            Kind::Failing => (FleetStatus::Error, 0),
            _ => (FleetStatus::Skipped, 0),
        };
        assert_eq!(cluster.status, status, "{n}: {cluster:?}");
        assert_eq!(fake.jobs(PROJECT, &name(n)).len(), jobs, "{n}");
        assert_eq!(cluster.job.is_some(), jobs == 1, "{n}");
        *by_kind.entry(kind(n)).or_default() += 1;
    }
    assert_eq!(by_kind.len(), 8);
    left
}

#[tokio::test]
async fn a_plan_says_for_each_cluster_what_would_happen_and_why_not() {
    let scene = start(furnished(20)).await;
    let plan = scene
        .project
        .export_fleet(&parsed(BUCKET))
        .plan()
        .await
        .unwrap();
    for (n, planned) in plan.clusters().iter().enumerate() {
        let fits = match kind(n) {
            Kind::Exportable | Kind::Failing => planned.intent == Intent::Export,
            Kind::Active => matches!(planned.intent, Intent::Join(_)),
            Kind::Exported => matches!(planned.intent, Intent::AlreadyExported(_)),
            Kind::NoSnapshot => planned.intent == Intent::Skip(SkipReason::NoSnapshot),
            _ => matches!(
                planned.intent,
                Intent::Skip(
                    SkipReason::Flex
                        | SkipReason::Shared
                        | SkipReason::Serverless
                        | SkipReason::BackupOff
                )
            ),
        };
        assert!(fits, "{n}: {planned:?}");
    }
    let shown = plan.to_string();
    for line in [
        "Cluster000  export, 1.0 GB",
        "Cluster001  skip: a Flex cluster",
        "Cluster007  skip: no snapshot",
        "Cluster009  is being exported by 605ccba3",
        "Cluster011  was exported by 605ccba3",
    ] {
        assert!(shown.contains(line), "{line}:\n{shown}");
    }
}

#[tokio::test]
async fn clusters_are_chosen_by_name_and_by_what_they_are() {
    let scene = start(furnished(20)).await;
    let fleet = || scene.project.export_fleet(&parsed(BUCKET));
    let only = ["Cluster004", "Cluster000", "Nowhere"].map(parsed);
    let plan = fleet().only(only).plan().await.unwrap();
    let names: Vec<_> = plan.clusters().iter().map(|c| c.cluster.as_str()).collect();
    assert_eq!(names, ["Cluster000", "Cluster004", "Nowhere"]);
    assert_eq!(
        plan.clusters()[2].intent,
        Intent::Skip(SkipReason::NotFound)
    );
    // Asked for by name and not there: a failure, and not complete.
    let report = plan.run().into_report();
    assert_eq!(report.clusters[2].status, FleetStatus::Error);
    assert!(!report.is_complete());
    let dedicated = fleet().filter(|cluster| cluster.why_not_exportable().is_none());
    assert_eq!(dedicated.plan().await.unwrap().clusters().len(), 17);
}

#[tokio::test]
async fn exports_are_waited_for_and_their_ends_told_apart() {
    for (outcome, status) in [
        (JobOutcome::Successful, FleetStatus::Successful),
        (JobOutcome::Cancelled, FleetStatus::Cancelled),
        (
            JobOutcome::Failed {
                error_code: "E".into(),
                message: "no access".into(),
            },
            FleetStatus::Failed,
        ),
    ] {
        let builder = with_bucket()
            .job_outcome(outcome)
            .job_progress(JobProgress::ByClock {
                queued: Duration::from_secs(5),
                in_progress: Duration::from_secs(50),
            });
        let builder = (0..6).fold(builder, |builder, n| {
            builder.snapshot(PROJECT, &name(n), Snapshot::completed(snapshot(n)))
        });
        let Scene { fake, project, .. } = start(builder).await;
        let seen = Arc::new(Mutex::new(BTreeMap::new()));
        let writer = seen.clone();
        let fleet = || project.export_fleet(&parsed(BUCKET)).concurrency(2);
        let run = fleet()
            .await_exports()
            .custom_data("fleet", "nightly")
            .on_progress(move |cluster, _| {
                *writer
                    .lock()
                    .unwrap()
                    .entry(cluster.to_string())
                    .or_insert(0) += 1;
            })
            .plan()
            .await
            .unwrap()
            .run();
        let outcomes: Vec<ClusterReport> = run.collect().await;
        // Each is told twice: with its job as soon as there is one, and when that has ended.
        assert_eq!(outcomes.len(), 12);
        let (begun, outcomes): (Vec<_>, Vec<_>) = outcomes
            .into_iter()
            .partition(|cluster| cluster.status == FleetStatus::Started);
        assert!(begun.iter().all(|cluster| cluster.job.is_some()));
        assert_eq!(outcomes.len(), 6);
        assert!(
            outcomes.iter().all(|cluster| cluster.status == status),
            "{outcomes:?}"
        );
        assert_eq!(seen.lock().unwrap().len(), 6);
        assert!(fake.jobs(PROJECT, &name(0))[0]["customData"][0]["value"] == "nightly");
        // What ended stays ended, well or badly.
        let mut report = fleet().plan().await.unwrap().run().into_report();
        report.clusters = outcomes;
        assert!(report.is_complete());
        let again = fleet().resume(report).plan().await.unwrap();
        assert_eq!(again.exports(), 0);
        again.run().finish().await;
        assert_eq!(fake.jobs(PROJECT, &name(0)).len(), 1);
    }
}

#[tokio::test]
async fn a_cluster_that_cannot_be_looked_at_is_told_and_tried_again() {
    let Scene { fake, project, .. } = start(furnished(1)).await;
    fake.faults_by(|head| {
        let snapshots = head.path.ends_with("/snapshots") && head.authenticated;
        snapshots.then(|| Fault::status(StatusCode::FORBIDDEN))
    });
    let plan = project.export_fleet(&parsed(BUCKET)).plan().await.unwrap();
    assert!(matches!(plan.clusters()[0].intent, Intent::LookFailed(_)));
    let report = plan.run().finish().await;
    assert_eq!(report.clusters[0].status, FleetStatus::Error);
    assert!(report.clusters[0].message.as_ref().unwrap().contains("403"));
    fake.clear_faults();
    let plan = project
        .export_fleet(&parsed(BUCKET))
        .resume(report)
        .plan()
        .await
        .unwrap();
    let report = plan.run().finish().await;
    assert_eq!(report.clusters[0].status, FleetStatus::Started);
}

#[tokio::test]
async fn invalid_options_are_refused() {
    let scene = start(furnished(2)).await;
    let fleet = || scene.project.export_fleet(&parsed(BUCKET));
    let report = fleet().plan().await.unwrap().run().into_report();
    let elsewhere = scene
        .project
        .export_fleet(&parsed("604f6322dc786a5341d4f7fc"));
    for fleet in [elsewhere.resume(report), fleet().concurrency(0)] {
        assert_eq!(fleet.plan().await.unwrap_err().kind(), ErrorKind::Config);
    }
}
