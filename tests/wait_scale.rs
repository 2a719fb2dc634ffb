//! Many jobs watched by one client: what each further wait costs in requests, timers and memory.
//!
//! There are 1,000 jobs; in a debug build 100; and as many as
//! `WAITS` says where it is set. The jobs are in progress for as long as they are watched, which
//! is a quarter of an hour by the test's own clock.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use atlas_export::{
    Client, ExportJobId,
    models::ExportJob,
    wait::{WaitAll, WaitError, wait_all},
};
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder};
use atlas_export_tests::{
    CLUSTER, FakeProcess, PROJECT, Scene, TestClock, fake_process, parsed, seconds,
};
use peak_alloc::PeakAlloc;
use serde_json::json;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const VARIABLE: &str = "WAITS";
const DEFAULT_WAITS: usize = if cfg!(debug_assertions) { 100 } else { 1_000 };

/// A quarter of an hour, less twenty seconds: one of the exports that were recorded.
const LASTS: u64 = 14 * 60 + 40;
const MOST_POLLS: usize = 40;
/// What a wait that sleeps may hold, in bytes: itself, and the job as it was seen last.
const MOST_ASLEEP: usize = 2 * 1024;
/// What those that look at once may take beside that.
const MOST_LOOKING: usize = 256 * 16 * 1024;

fn waits() -> usize {
    let told = env::var(VARIABLE).ok();
    told.map_or(DEFAULT_WAITS, |waits| waits.parse().unwrap())
}

fn id(n: usize) -> String {
    format!("5fb6a0e0e5a4d31b{n:08x}")
}

fn fake(waits: usize) -> FakeAtlasBuilder {
    (0..waits).fold(FakeAtlas::builder(), |builder, n| {
        let job = json!({
            "id": id(n),
            "state": "InProgress",
            "createdAt": "2026-08-10T03:28:25Z",
            "exportBucketId": "5f8f0b0c0000000000000b01",
            "snapshotId": "5f8f0b0c000000000000aa01",
            "prefix": "exported_snapshots/organization/project/Cluster0/2026-08-10T0328/1786332505",
            "exportStatus": { "exportedCollections": 3, "totalCollections": 12 },
            "customData": [],
        });
        builder.job(PROJECT, CLUSTER, job)
    })
}

fn all(client: &Client, waits: usize, polled: &Arc<AtomicUsize>) -> WaitAll<ExportJob> {
    let jobs = client.project(PROJECT).cluster(CLUSTER).export_jobs();
    wait_all((0..waits).map(|n| {
        let polled = polled.clone();
        jobs.wait_until_finished(&parsed::<ExportJobId>(&id(n)))
            .max_wait(seconds(LASTS))
            .on_progress(move |_| {
                polled.fetch_add(1, Ordering::Relaxed);
            })
    }))
}

/// The fake, until nobody wants it any more. Run by the test below, in a process of its own.
#[tokio::test]
#[ignore = "a server"]
async fn serve() {
    fake_process::serve(fake(waits())).await;
}

/// By how many bytes memory grows: at the peak of the first looks, and after them for each wait.
async fn growth(waits: usize) -> [usize; 2] {
    let process = FakeProcess::start(VARIABLE, waits);
    let clock = TestClock::default();
    clock.hold_sleeps();
    let client = process.client().clock(Arc::new(clock)).build().unwrap();
    // Its connections and nonces are not what a wait costs.
    let polled = Arc::new(AtomicUsize::new(0));
    drop(first_looks(all(&client, 64, &polled), &polled, 64).await);
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let polled = Arc::new(AtomicUsize::new(0));
    let watching = first_looks(all(&client, waits, &polled), &polled, waits).await;
    let peak = ALLOCATOR.peak_usage().saturating_sub(before);
    let asleep = ALLOCATOR.current_usage().saturating_sub(before);
    drop(watching);
    [peak, asleep / waits]
}

/// Lets each of so many waits look once.
async fn first_looks(
    mut all: WaitAll<ExportJob>,
    polled: &AtomicUsize,
    waits: usize,
) -> WaitAll<ExportJob> {
    while polled.load(Ordering::Relaxed) < waits {
        let next = tokio::time::timeout(seconds(1), all.next()).await;
        assert!(next.is_err(), "a job has ended: {next:?}");
    }
    all
}

// One test, because what is allocated is counted for the whole process.
#[tokio::test]
async fn each_further_wait_costs_the_same_few_polls_one_timer_and_little_memory() {
    let waits = waits();
    let [looking, asleep] = growth(waits).await;
    let scene = Scene::in_order(fake(waits)).await;
    let polled = Arc::default();
    let ended = all(&scene.client, waits, &polled).await;
    for waited in &ended {
        let outcome = &waited.outcome;
        assert!(
            matches!(outcome, Err(WaitError::MaxWaitExceeded { .. })),
            "{outcome:?}"
        );
    }
    let polls = scene.answered(200) / waits;
    let timers = scene.clock.most_sleepers();
    println!(
        "{waits} jobs, watched for {LASTS} s: {polls} polls each, {} requests in all, {timers} \
         timers at once at the most; {looking} bytes while as many as may look, {asleep} bytes each \
         asleep",
        scene.fake.count_requests(|_| true)
    );
    assert!(polls <= MOST_POLLS, "{polls} polls each");
    assert!(asleep <= MOST_ASLEEP, "{asleep} bytes each");
    let most = MOST_LOOKING + waits * MOST_ASLEEP;
    assert!(looking <= most, "{looking} bytes, {most} at the most");
    // One each, and one more for each of those that look, in time or late.
    let most = waits + 2 * 256;
    assert!(timers <= most, "{timers} timers, {most} at the most");
}
