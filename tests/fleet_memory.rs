//! What a fleet of many projects holds in memory: its report, and nothing that grows faster. The
//! fake is in a process of its own, so that every allocation counted here is the client's.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

use std::env;

use atlas_export::fleet::FleetStatus;
use atlas_export_fake::{Bucket, FakeAtlas, Snapshot};
use atlas_export_tests::{FakeProcess, ROLE, fake_process};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const BUCKET: &str = "nightly-exports";
const PER_PROJECT: usize = 50;
/// Tells the fake's process how many clusters there are.
const VARIABLE: &str = "FLEET_CLUSTERS";

const CLUSTERS: [usize; 2] = if cfg!(debug_assertions) {
    [100, 1_000]
} else {
    [1_000, 10_000]
};

/// The bytes that one more cluster may cost at the peak: what is planned, what is reported, and both
/// at once.
const PER_CLUSTER: usize = 4 * 1024;

fn project(n: usize) -> String {
    format!("32b6e34b3d91647a{n:08x}")
}

/// The fake, until nobody wants it any more. Run by the test below, in a process of its own.
#[tokio::test]
#[ignore = "a server"]
async fn serve() {
    let clusters: usize = env::var(VARIABLE).unwrap().parse().unwrap();
    let builder = (0..clusters).fold(FakeAtlas::builder(), |builder, n| {
        let project = project(n / PER_PROJECT);
        let builder = if n % PER_PROJECT == 0 {
            builder.bucket(&project, Bucket::aws(BUCKET, ROLE))
        } else {
            builder
        };
        let snapshot = Snapshot::completed(format!("5fb6a0e0e5a4d31b{n:08x}"));
        builder.snapshot(&project, &format!("Cluster{}", n % PER_PROJECT), snapshot)
    });
    fake_process::serve(builder).await;
}

/// By how many bytes the peak grew while a fleet was planned and run.
async fn growth(clusters: usize) -> usize {
    let process = FakeProcess::start(VARIABLE, clusters);
    let client = process.client().build().unwrap();
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let plan = client.export_fleet(BUCKET).plan().await.unwrap();
    let report = plan.run().finish().await;
    assert_eq!(report.count(FleetStatus::Started), clusters);
    let growth = ALLOCATOR.peak_usage().saturating_sub(before);
    println!(
        "{clusters} clusters: the peak grew by {} KiB, {} bytes a cluster",
        growth / 1024,
        growth / clusters
    );
    growth
}

// One test, because the count is of the whole process.
#[tokio::test]
async fn what_a_fleet_holds_grows_with_its_clusters_and_not_faster() {
    let [small, large] = [growth(CLUSTERS[0]).await, growth(CLUSTERS[1]).await];
    let further = CLUSTERS[1] - CLUSTERS[0];
    let per_cluster = large.saturating_sub(small) / further;
    println!("each further cluster: {per_cluster} bytes");
    assert!(per_cluster <= PER_CLUSTER, "{per_cluster} bytes a cluster");
}
