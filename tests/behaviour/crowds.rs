//! Calls that meet: for slots, after a refusal, for the first handshake.
//!
//! Nothing here hangs: a watchdog ends a test that stands still. Where time plays a part it is
//! the test's own.

use std::{future::IntoFuture, sync::Arc, time::Duration};

use atlas_export::{ErrorKind, ExportBuckets, PageSize, retry::RetryPolicy, wait::wait_all};
use atlas_export_api::operations::ids;
use atlas_export_fake::{
    Bucket, FakeAtlas, FakeAtlasBuilder, Fault, JobProgress, Match, RateLimit, Snapshot,
};
use atlas_export_tests::{BUCKET, PRIVATE_KEY, PROJECT, ROLE, TestClock, client_of, parsed};
use futures_util::{FutureExt as _, TryStreamExt as _, future::join_all};
use http::{Response, StatusCode};

/// As documented: ten tokens, and five more each minute.
pub(super) const SMALL: RateLimit = RateLimit {
    capacity: 10,
    refill: 5,
    period: Duration::from_secs(60),
};

const BY_POLLS: JobProgress = JobProgress::ByPolls {
    queued: 1,
    in_progress: 2,
};

pub(super) fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Ends what stands still, long after everything else would have come to an end.
pub(super) async fn watched<F: IntoFuture>(future: F) -> F::Output {
    tokio::time::timeout(seconds(120), future)
        .await
        .expect("it stands still")
}

pub(super) fn refused(fake: &FakeAtlas, status: u16) -> usize {
    let requests = fake.requests();
    requests.iter().filter(|r| r.answered(status)).count()
}

pub(super) async fn start(builder: FakeAtlasBuilder) -> (FakeAtlas, TestClock) {
    let clock = TestClock::in_order();
    let fake = builder.clock(Arc::new(clock.clone())).start().await;
    (fake.unwrap(), clock)
}

pub(super) async fn ten_buckets() -> (FakeAtlas, TestClock) {
    start(FakeAtlas::builder().buckets(PROJECT, 10)).await
}

/// Teaches a client that these operations have a small bucket, which is empty now.
pub(super) fn teach(fake: &FakeAtlas, operation: &str) {
    let body = r#"{"error":429,"errorCode":"RATE_LIMITED_TOKEN_BUCKET","detail":"slow down",
        "parameters":["/",12,10,5,60]}"#;
    let refusal = Response::builder()
        .status(StatusCode::TOO_MANY_REQUESTS)
        .header("content-type", "application/json")
        .body(body);
    let which = Match::operation(operation).authenticated();
    fake.inject_for(which, Fault::answer(refusal.unwrap()));
}

/// Reads the list two pages at a time, with a call in the body of the loop.
async fn list_and_get(buckets: &ExportBuckets) -> usize {
    let list = buckets.list().page_size(PageSize::new(2).unwrap());
    let mut all = list.concurrency(2).by_item();
    let mut read = 0;
    while let Some(bucket) = all.try_next().await.unwrap() {
        buckets.get(&bucket.id).await.unwrap();
        read += 1;
    }
    read
}

#[tokio::test]
async fn one_slot_is_enough_for_a_stream_and_a_call_in_its_loop() {
    let (fake, clock) = ten_buckets().await;
    let client = client_of(&fake).clock(Arc::new(clock)).max_in_flight(1);
    let client = client.build().unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    assert_eq!(watched(list_and_get(&buckets)).await, 10);
    assert_eq!(fake.most_in_flight(), 1);
}

#[tokio::test]
async fn after_a_429_a_stream_and_a_call_in_its_loop_get_on() {
    for in_flight in [1, 64] {
        let (fake, clock) = ten_buckets().await;
        teach(&fake, ids::LIST_EXPORT_BUCKETS);
        let client = client_of(&fake).clock(Arc::new(clock.clone()));
        let client = client.max_in_flight(in_flight).build().unwrap();
        let buckets = client.project(PROJECT).export_buckets();
        assert_eq!(watched(list_and_get(&buckets)).await, 10);
        // 15 tokens, one in twelve seconds, and one that was let lapse for each page at most.
        assert!(clock.elapsed() <= seconds(21 * 12), "{:?}", clock.elapsed());
    }
}

#[tokio::test]
async fn after_a_429_a_stream_that_nobody_polls_stops_no_other_task() {
    let (fake, clock) = ten_buckets().await;
    teach(&fake, ids::LIST_EXPORT_BUCKETS);
    let client = client_of(&fake).clock(Arc::new(clock)).build().unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    let list = buckets.list().page_size(PageSize::new(2).unwrap());
    let mut all = list.concurrency(2).by_item();
    watched(async {
        all.try_next().await.unwrap();
        let others = buckets.clone();
        let get = tokio::spawn(async move { others.list().await.map(drop) });
        get.await.unwrap().unwrap();
        assert_eq!(all.try_collect::<Vec<_>>().await.unwrap().len(), 9);
    })
    .await;
}

/// So many clusters with a snapshot each.
pub(super) fn clusters(count: u32) -> FakeAtlasBuilder {
    let builder = FakeAtlas::builder()
        .job_progress(BY_POLLS)
        .bucket(PROJECT, Bucket::aws("exports", ROLE).id(BUCKET));
    (0..count).fold(builder, |builder, n| {
        let id = format!("5fb6a0e0e5a4d31b5b8{n:05x}");
        builder.snapshot(PROJECT, &format!("Cluster{n}"), Snapshot::completed(id))
    })
}

/// So many jobs that have begun.
pub(super) async fn jobs(
    fake: &FakeAtlas,
    clock: &TestClock,
    count: u32,
) -> Vec<(atlas_export::ExportJobs, atlas_export::ExportJobId)> {
    let client = client_of(fake).clock(Arc::new(clock.clone())).build();
    let project = client.unwrap().project(PROJECT);
    let mut begun = Vec::new();
    for n in 0..count {
        let jobs = project.cluster(&format!("Cluster{n}")).export_jobs();
        let snapshot = parsed(&format!("5fb6a0e0e5a4d31b5b8{n:05x}"));
        let job = jobs.create(&snapshot, &parsed(BUCKET)).await.unwrap();
        begun.push((jobs, job.id));
    }
    begun
}

#[tokio::test]
async fn after_a_429_waits_for_many_and_a_call_in_their_loop_get_on() {
    let (fake, clock) = start(clusters(6)).await;
    let begun = jobs(&fake, &clock, 6).await;
    teach(&fake, ids::GET_EXPORT_JOB);
    let mut ended = wait_all(begun.iter().map(|(jobs, id)| jobs.wait_until_finished(id)));
    watched(async {
        let mut count = 0;
        while let Some(waited) = ended.next().await {
            waited.outcome.unwrap();
            begun[0].0.get(&begun[0].1).await.unwrap();
            count += 1;
        }
        assert_eq!(count, 6);
    })
    .await;
}

#[tokio::test]
async fn after_a_429_a_fleet_and_a_call_in_its_loop_get_on() {
    let (fake, clock) = start(clusters(6)).await;
    teach(&fake, ids::CREATE_EXPORT_JOB);
    let client = client_of(&fake).clock(Arc::new(clock)).build().unwrap();
    let project = client.project(PROJECT);
    watched(async {
        let fleet = project.export_fleet(&parsed(BUCKET)).await_exports();
        let mut run = fleet.plan().await.unwrap().run();
        let (mut count, mut ended) = (0, 0);
        while let Some(cluster) = run.next().await {
            ended += usize::from(cluster.status == atlas_export::fleet::FleetStatus::Successful);
            let jobs = project.cluster("Cluster0").export_jobs();
            jobs.list().await.unwrap();
            count += 1;
        }
        // Each comes twice: when its export has begun, and when that has ended.
        assert_eq!((count, ended), (12, 6));
    })
    .await;
}

#[tokio::test]
async fn a_cold_call_that_nobody_polls_stops_no_other() {
    let (fake, clock) = ten_buckets().await;
    let client = client_of(&fake).clock(Arc::new(clock)).max_in_flight(1);
    let client = client.build().unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    let mut kept = Box::pin(async { buckets.list().await });
    assert!(kept.as_mut().now_or_never().is_none());
    watched(buckets.list()).await.unwrap();
    watched(kept).await.unwrap();
}

#[tokio::test]
async fn the_silence_that_the_first_of_a_cold_crowd_meets_is_its_own() {
    let (fake, clock) = ten_buckets().await;
    fake.inject(Fault::silence());
    let client = client_of(&fake).clock(Arc::new(clock));
    let client = client.retry(RetryPolicy::none()).build().unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    let calls = (0..100).map(|_| async { buckets.list().await });
    let outcomes = watched(join_all(calls)).await;
    let failed: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].kind(), ErrorKind::Timeout);
    // Two for each call and its own lane at the most, and one that was not answered.
    let requests = fake.requests().len();
    println!("100 cold calls, the first unanswered: {requests} requests, 1 time-out");
    assert!(requests <= 64 + 100 + 1, "{requests}");
}

#[tokio::test]
async fn a_wrong_key_is_called_wrong_however_many_call_at_once() {
    let (fake, clock) = ten_buckets().await;
    let wrong = atlas_export::Credentials::api_key("abcdefgh", PRIVATE_KEY);
    let client = client_of(&fake).credentials(wrong);
    let client = client.clock(Arc::new(clock)).attempt_timeout(seconds(5));
    let buckets = client.build().unwrap().project(PROJECT).export_buckets();
    let calls = (0..300).map(|_| async { buckets.list().await });
    for outcome in watched(join_all(calls)).await {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Authentication);
    }
    let requests = fake.requests().len();
    println!("300 calls with a wrong key: {requests} requests");
    // Two each, and two more for those of the first crowd, in which nobody could tell yet.
    assert!(requests <= 2 * (300 + 64), "{requests}");
}

#[tokio::test]
async fn what_a_cold_crowd_is_refused_with_is_what_it_is_told() {
    let (fake, clock) = ten_buckets().await;
    fake.faults_by(|_| Some(Fault::status(StatusCode::SERVICE_UNAVAILABLE)));
    let client = client_of(&fake).clock(Arc::new(clock)).build().unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    let calls = (0..300).map(|_| async { buckets.list().await });
    for outcome in watched(join_all(calls)).await {
        let error = outcome.unwrap_err();
        assert_eq!((error.status(), error.attempts()), (Some(503), 4));
    }
}
