//! A storm: thousands of calls, a third of whose requests meet a fault.
//!
//! Half of the calls create a bucket each, under a name of its own, so that afterwards the
//! server's state tells for each call what became of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use atlas_export::{Client, ClientBuilder, Error, ErrorKind, PageSize};
use atlas_export_fake::{Bucket, FakeAtlas, FakeAtlasBuilder, Fault, Moment, RequestHead};
use futures_util::{StreamExt as _, stream};
use http::StatusCode;

use crate::{PROJECT, ROLE, Scene, TestClock, client_of, new_bucket, parsed, slow_down};

/// The calls in flight at once.
const IN_FLIGHT: usize = 32;

/// How much time passes from one call to the next, so that what is remembered of a failure is
/// forgotten again while others fail.
const BETWEEN_CALLS: Duration = Duration::from_millis(10);

/// How long a call that is never answered waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a storm went.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The seed, to have the same storm again.
    pub seed: u64,
    /// Creations that succeeded, those that are ambiguous, and those that failed.
    pub creations: [usize; 3],
    /// Deletions that succeeded and that failed.
    pub deletions: [usize; 2],
    /// Reads that succeeded and that failed.
    pub reads: [usize; 2],
    /// The requests on the wire, and the faults among them.
    pub requests: [usize; 2],
    /// What must not have happened.
    pub violations: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            creations: [created, ambiguous, failed],
            deletions: [deleted, undeleted],
            reads: [read, unread],
            requests: [requests, faults],
            violations,
        } = self;
        write!(
            f,
            "seed {seed}: creations {created} ok, {ambiguous} ambiguous, {failed} failed; \
             deletions {deleted} ok, {undeleted} failed; reads {read} ok, {unread} failed; \
             {requests} requests, {faults} faults; {} violations",
            violations.len()
        )
    }
}

/// Steele and Vigna's `SplitMix64`: one number for each number.
fn scattered(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The fault that a request meets, if it meets one: three in ten do. The same seed gives the
/// same faults.
pub fn fault(seed: u64, head: &RequestHead) -> Option<Fault> {
    let number = scattered(seed, head.number);
    if number % 100 >= 30 {
        return None;
    }
    let moment = match number / 100 % 3 {
        0 => Moment::Head,
        1 => Moment::Read,
        _ => Moment::Acted,
    };
    Some(match number / 1000 % 40 {
        0..4 => Fault::reset().at(moment),
        4..7 => Fault::close().at(moment),
        7..10 => Fault::status(StatusCode::SERVICE_UNAVAILABLE).at(moment),
        10..12 => Fault::status(StatusCode::INTERNAL_SERVER_ERROR).at(moment),
        12..14 => Fault::html(StatusCode::BAD_GATEWAY).at(moment),
        14 => Fault::html(StatusCode::OK).at(moment),
        15 => Fault::garbage_json().at(moment),
        16..20 => Fault::reset_in_body(7),
        20..24 => Fault::truncated(7),
        24..26 => Fault::wrong_length(5),
        26..30 => Fault::stale_nonce(),
        30..33 => Fault::forget_nonces(),
        33..35 => slow_down(1),
        35 => Fault::status(StatusCode::REQUEST_TIMEOUT).at(moment),
        36 => Fault::basic_challenge(),
        37 => Fault::last_answer(),
        38 if (number / 40_000).is_multiple_of(20) => Fault::silence().at(moment),
        _ => Fault::no_challenge(),
    })
}

/// Runs a storm of so many calls against a fake that `furnish` may change. The fake comes back
/// with its log.
///
/// # Panics
/// Where the fake cannot be started.
pub async fn storm(
    seed: u64,
    calls: usize,
    furnish: impl FnOnce(FakeAtlasBuilder) -> FakeAtlasBuilder,
) -> (Report, FakeAtlas) {
    storm_of(seed, calls, furnish, client_of).await
}

/// The same, with a client that `connect` begins.
///
/// # Panics
/// Where the fake cannot be started.
pub async fn storm_of(
    seed: u64,
    calls: usize,
    furnish: impl FnOnce(FakeAtlasBuilder) -> FakeAtlasBuilder,
    connect: impl FnOnce(&FakeAtlas) -> ClientBuilder,
) -> (Report, FakeAtlas) {
    let clock = TestClock::default();
    clock.real_guards();
    let standing = FakeAtlas::builder().bucket(PROJECT, Bucket::aws("standing", ROLE));
    let builder = (0..calls).filter(|call| call % 10 == 1);
    let builder = builder.fold(standing, |builder, call| {
        let bucket = Bucket::aws(&format!("doomed-{call}"), ROLE).id(&doomed(call));
        builder.bucket(PROJECT, bucket)
    });
    let Scene { fake, clock, .. } = Scene::by(clock, furnish(builder)).await;
    fake.faults_by(move |head| fault(seed, head));
    let mut client = connect(&fake)
        .clock(Arc::new(clock.clone()))
        .attempt_timeout(PATIENCE);
    if let Some(root) = fake.root_pem() {
        client = client.root_certificates(root);
    }
    let client = client.build().expect("the options are right");

    let outcomes: Vec<Outcome> = stream::iter(0..calls)
        .map(|call| {
            let (client, clock) = (client.clone(), clock.clone());
            async move {
                clock.advance(BETWEEN_CALLS);
                one(&client, call).await
            }
        })
        .buffer_unordered(IN_FLIGHT)
        .collect()
        .await;
    assert_eq!(outcomes.len(), calls, "a call has no outcome");
    (judge(seed, &fake, &outcomes), fake)
}

/// The id of the bucket that a call deletes.
fn doomed(call: usize) -> String {
    format!("d00d{call:020x}")
}

/// What a call did, and what it was told.
enum Outcome {
    Created(String, Result<String, Error>),
    Deleted(String, Result<(), Error>),
    Read(Result<bool, Error>),
}

async fn one(client: &Client, call: usize) -> Outcome {
    let buckets = client.project(PROJECT).export_buckets();
    match call % 10 {
        0 | 2 | 4 | 6 | 8 => {
            let name = format!("made-{call}");
            let made = buckets.create(new_bucket(&name)).await;
            let told = made.map(|bucket| bucket.id.to_string());
            Outcome::Created(name, told)
        }
        1 => {
            let id = doomed(call);
            let told = buckets.delete(&parsed(&id)).await;
            Outcome::Deleted(id, told)
        }
        _ => {
            let size = PageSize::MIN;
            let page = buckets.list().page_size(size).include_count(false).await;
            Outcome::Read(page.map(|page| {
                let first = page.items.first();
                first.is_some_and(|bucket| bucket.bucket_name.as_deref() == Some("standing"))
            }))
        }
    }
}

fn judge(seed: u64, fake: &FakeAtlas, outcomes: &[Outcome]) -> Report {
    let mut report = Report {
        seed,
        ..Report::default()
    };
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for bucket in fake.buckets(PROJECT) {
        let text = |key: &str| bucket.get(key).and_then(|value| value.as_str());
        let (name, id) = (text("bucketName"), text("_id"));
        let ids = by_name
            .entry(name.unwrap_or_default().to_owned())
            .or_default();
        ids.push(id.unwrap_or_default().to_owned());
    }
    let ids: BTreeSet<&String> = by_name.values().flatten().collect();
    let mut violations = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Created(name, told) => {
                let there = by_name.get(name).map_or(&[][..], Vec::as_slice);
                if there.len() > 1 {
                    violations.push(format!("{name} was created {} times", there.len()));
                }
                match told {
                    Ok(id) => {
                        report.creations[0] += 1;
                        if there != [id.clone()] {
                            violations.push(format!("{name} is said to be there as {id}"));
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::Ambiguous => report.creations[1] += 1,
                    Err(error) => {
                        report.creations[2] += 1;
                        if !there.is_empty() || error.may_have_taken_effect() {
                            violations.push(format!("{name} is said to have failed: {error}"));
                        }
                    }
                }
            }
            Outcome::Deleted(id, told) => match told {
                Ok(()) => {
                    report.deletions[0] += 1;
                    if ids.contains(id) {
                        violations.push(format!("{id} is said to be gone"));
                    }
                }
                Err(error) => {
                    report.deletions[1] += 1;
                    if !ids.contains(id) && !error.may_have_taken_effect() && !error.is_not_found()
                    {
                        violations.push(format!("{id} is said to be there still: {error}"));
                    }
                }
            },
            Outcome::Read(Ok(true)) => report.reads[0] += 1,
            Outcome::Read(Ok(false)) => violations.push("a read read something else".to_owned()),
            Outcome::Read(Err(_)) => report.reads[1] += 1,
        }
    }
    let requests = fake.requests();
    let faults = requests.iter().filter(|request| request.fault.is_some());
    report.requests = [requests.len(), faults.count()];
    report.violations = violations;
    report
}
