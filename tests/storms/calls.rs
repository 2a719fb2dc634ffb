//! Thousands of calls under random faults: nothing is created twice, and nobody is told what
//! is not so.
//!
//! Each storm has 10,000 calls; in a debug build 1,000. The seed of another can be given in
//! `STORM_SEED`.

use std::time::Duration;

use atlas_export_tests::{Report, account_client_of, storm, storm_of, storm_of_operations};

const CALLS: usize = if cfg!(debug_assertions) {
    1_000
} else {
    10_000
};

async fn weather(seed: u64) {
    println!("seed {seed}: {CALLS} calls");
    judge(&storm(seed, CALLS, |builder| builder).await.0);
}

fn judge(report: &Report) {
    println!("{report}");
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    // A storm without faults, without successes, or without creations that nobody knows the end of,
    // would show nothing.
    let [requests, faults] = report.requests;
    assert!(
        faults * 5 > requests,
        "{faults} faults in {requests} requests"
    );
    let [created, ambiguous, _] = report.creations;
    assert!(created > CALLS / 4 && ambiguous > 0, "{report}");
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

/// Its tokens live for a minute, so that many are fetched, and the endpoint has faults as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_storm_of_a_service_account() {
    let lifetime = Duration::from_secs(60);
    let furnish = |builder: atlas_export_fake::FakeAtlasBuilder| builder.token_lifetime(lifetime);
    let (report, fake) = storm_of(0x5eed_0004, CALLS, furnish, account_client_of).await;
    judge(&report);
    let requests = fake.requests();
    let asked = requests
        .iter()
        .filter(|r| r.path.starts_with("/api/oauth/"));
    let (met, asked) = (
        asked.clone().filter(|r| r.fault.is_some()).count(),
        asked.count(),
    );
    println!("{asked} requests for tokens, {met} of them with a fault");
    assert!(met > 0, "no fault met the token endpoint");
}

/// Every operation of the contract in turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_storm_of_every_operation() {
    let (lines, violations) = storm_of_operations(0x5eed_0005, CALLS).await;
    println!("{}", lines.join("\n"));
    assert!(violations.is_empty(), "{violations:#?}");
    let succeeded = |line: &&String| !line.contains("succeeded: 0,");
    assert!(
        lines.iter().filter(succeeded).count() > lines.len() * 4 / 5,
        "{lines:#?}"
    );
}
