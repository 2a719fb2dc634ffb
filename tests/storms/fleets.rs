//! Fleets of many projects: what one costs grows with its clusters and not faster, and however
//! often it is interrupted each cluster is exported once.
//!
//! The larger fleet has 10,000 clusters in 200 projects; in a debug build 1,000 in 20.

use std::time::Instant;

use atlas_export::{
    Client,
    fleet::{FleetReport, FleetRun, FleetStatus},
};
use atlas_export_fake::{Bucket, FakeAtlas, Snapshot};
use atlas_export_tests::{ROLE, Scene, TestClock};
use futures_util::StreamExt as _;

const PER_PROJECT: usize = 50;
const BUCKET: &str = "nightly-exports";
/// How many clusters are worked on at once.
const AT_ONCE: usize = 16;
const INTERRUPTIONS: usize = 10;

const CLUSTERS: [usize; 2] = if cfg!(debug_assertions) {
    [100, 1_000]
} else {
    [1_000, 10_000]
};

fn project(n: usize) -> String {
    format!("32b6e34b3d91647a{n:08x}")
}

fn name(n: usize) -> String {
    format!("Cluster{n:03}")
}

async fn scene(clusters: usize) -> Scene {
    let builder = (0..clusters).fold(FakeAtlas::builder(), |builder, n| {
        let (project, cluster) = (project(n / PER_PROJECT), name(n % PER_PROJECT));
        let builder = if n % PER_PROJECT == 0 {
            builder.bucket(&project, Bucket::aws(BUCKET, ROLE))
        } else {
            builder
        };
        let snapshot = Snapshot::completed(format!("5fb6a0e0e5a4d31b{n:08x}"));
        builder.snapshot(&project, &cluster, snapshot.storage_bytes(1_000_000_000))
    });
    Scene::by(TestClock::default(), builder).await
}

/// Takes as much of a run as is wanted, and drops it with what is under way.
async fn interrupted(run: FleetRun, clusters: usize) -> FleetReport {
    let mut run = run;
    for _ in 0..clusters {
        if run.next().await.is_none() {
            break;
        }
    }
    run.into_report()
}

/// Exports a fleet, interrupted ten times; how many requests, and how many of them created.
async fn export(clusters: usize) -> [usize; 2] {
    let Scene { fake, client, .. } = scene(clusters).await;
    let projects = (0..clusters / PER_PROJECT).map(project);
    let projects: Vec<String> = projects.collect();
    let fleet = |client: &Client| {
        let projects = projects.iter().map(String::as_str);
        let fleet = client.export_fleet(BUCKET).projects(projects);
        fleet.concurrency(AT_ONCE)
    };
    let begun = Instant::now();
    let plan = fleet(&client).plan().await.unwrap();
    let planned = begun.elapsed();
    assert_eq!(plan.exports(), clusters);
    let begun = Instant::now();
    let mut report = interrupted(plan.run(), clusters / (INTERRUPTIONS + 1)).await;
    for _ in 1..INTERRUPTIONS {
        let stored = serde_json::to_string(&report).unwrap();
        let read = serde_json::from_str(&stored).unwrap();
        let plan = fleet(&client).resume(read).plan().await.unwrap();
        report = interrupted(plan.run(), clusters / (INTERRUPTIONS + 1)).await;
    }
    let left = report.count(FleetStatus::Planned);
    assert!(left > 0, "it was over before the last interruption");
    let plan = fleet(&client).resume(report).plan().await.unwrap();
    let report = plan.run().finish().await;
    let ran = begun.elapsed();
    assert_eq!(report.count(FleetStatus::Started), clusters);
    for n in 0..clusters {
        let jobs = fake.jobs(&project(n / PER_PROJECT), &name(n % PER_PROJECT));
        assert_eq!(jobs.len(), 1, "cluster {n}");
    }
    let requests = fake.requests();
    let created = requests
        .iter()
        .filter(|r| r.method == "POST" && r.status == Some(http::StatusCode::OK));
    let counts = [requests.len(), created.count()];
    println!(
        "{clusters} clusters in {} projects: planned in {planned:?}, run with {INTERRUPTIONS} \
         interruptions in {ran:?}; {} requests, {} exports; the report has {} bytes",
        projects.len(),
        counts[0],
        counts[1],
        serde_json::to_vec(&report).unwrap().len(),
    );
    counts
}

#[tokio::test]
async fn what_a_fleet_costs_grows_with_its_clusters_and_each_is_exported_once() {
    let [small, large] = [export(CLUSTERS[0]).await, export(CLUSTERS[1]).await];
    let ratio = CLUSTERS[1] / CLUSTERS[0];
    assert_eq!(large[1], CLUSTERS[1]);
    // Requests are counted, and time is printed alone.
    let bound = small[0] * ratio * 11 / 10;
    assert!(
        large[0] <= bound,
        "{} requests, {bound} at the most",
        large[0]
    );
}

#[tokio::test]
async fn workers_without_a_word_between_them_export_each_cluster_once() {
    const WORKERS: u32 = 4;
    let clusters = CLUSTERS[0];
    let Scene { fake, client, .. } = scene(clusters).await;
    let projects: Vec<String> = (0..clusters / PER_PROJECT).map(project).collect();
    let workers = (0..WORKERS).map(|index| {
        let fleet = client.export_fleet(BUCKET);
        let fleet = fleet.projects(projects.iter().map(String::as_str));
        async move {
            fleet
                .shard(index, WORKERS)
                .plan()
                .await
                .unwrap()
                .run()
                .await
        }
    });
    let workers = futures_util::stream::iter(workers).buffer_unordered(4);
    let reports: Vec<FleetReport> = workers.collect().await;
    let parts: Vec<usize> = reports.iter().map(|report| report.clusters.len()).collect();
    assert!(parts.iter().all(|part| *part > 0), "{parts:?}");
    assert_eq!(parts.iter().sum::<usize>(), clusters);
    let whole = FleetReport::merge(reports).unwrap();
    assert_eq!(whole.clusters.len(), clusters);
    assert_eq!(whole.count(FleetStatus::Started), clusters);
    assert_eq!(whole.projects.len(), projects.len());
    for n in 0..clusters {
        let jobs = fake.jobs(&project(n / PER_PROJECT), &name(n % PER_PROJECT));
        assert_eq!(jobs.len(), 1, "cluster {n}");
    }
}
