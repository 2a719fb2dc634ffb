//! What a fleet of many projects holds in memory: its report, and nothing that grows faster. The
//! fake is in a process of its own, so that every allocation counted here is the client's.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    env,
    io::{self, BufRead as _, BufReader, Lines, Read as _, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
};

use atlas_export::{Client, Credentials, fleet::FleetStatus};
use atlas_export_fake::{Bucket, FakeAtlas, Snapshot};
use atlas_export_tests::ROLE;
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
    let fake = builder.start().await.unwrap();
    let (public, private) = fake.credentials();
    println!("\nserving {} {public} {private}", fake.url());
    io::stdout().flush().unwrap();
    let ended = tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new()));
    ended.await.unwrap().unwrap();
}

/// A fake in a process of its own, and a client of it.
fn served(clusters: usize) -> (Child, Lines<BufReader<ChildStdout>>, Client) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "serve"])
        .env(VARIABLE, clusters.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.find_map(|line| line.unwrap().strip_prefix("serving ").map(str::to_owned));
    let line = line.unwrap();
    let mut words = line.split(' ');
    let mut word = || words.next().unwrap();
    let builder = Client::builder().base_url(word());
    let key = Credentials::api_key(word(), word());
    (child, lines, builder.credentials(key).build().unwrap())
}

/// By how many bytes the peak grew while a fleet was planned and run.
async fn growth(clusters: usize) -> usize {
    let (mut child, _lines, client) = served(clusters);
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
    // Its standard input ends, and with it the server.
    drop(child.stdin.take());
    child.wait().unwrap();
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
