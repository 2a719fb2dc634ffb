//! Thousands of calls under random faults: nothing is created twice, and nobody is told what
//! is not so.
//!
//! In a release build, as CI runs it, each storm has 10,000 calls; in a debug build 1,000. The
//! seed of another storm can be given in `STORM_SEED`.
#![allow(clippy::print_stdout, reason = "the report is worth reading")]

use atlas_export_tests::storm;

const CALLS: usize = if cfg!(debug_assertions) {
    1_000
} else {
    10_000
};

async fn weather(seed: u64) {
    println!("seed {seed}: {CALLS} calls");
    let (report, _) = storm(seed, CALLS, |builder| builder).await;
    println!("{report}");
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    // A storm without faults, or without successes, would show nothing.
    let [requests, faults] = report.requests;
    assert!(
        faults * 5 > requests,
        "{faults} faults in {requests} requests"
    );
    assert!(report.creations.iter().all(|count| *count > 0), "{report}");
    assert!(report.creations[0] > CALLS / 4, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_storm() {
    weather(0x5eed_0001).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_storm() {
    weather(0x5eed_0002).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_third_storm_or_that_of_storm_seed() {
    let seed = std::env::var("STORM_SEED").ok();
    weather(
        seed.and_then(|seed| seed.parse().ok())
            .unwrap_or(0x5eed_0003),
    )
    .await;
}
