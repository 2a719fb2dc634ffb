//! Calls that meet: for slots, after a refusal, for the first handshake.
//!
//! Nothing here hangs: a watchdog ends a test that stands still. Where time plays a part it is
//! the test's own.

use std::{future::IntoFuture, time::Duration};

use atlas_export::{
    ErrorKind, ExportBuckets, PageSize, fleet::FleetStatus, retry::RetryPolicy, wait::wait_all,
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, JobProgress, RateLimit};
use atlas_export_tests::{
    BUCKET, CredentialKind, PROJECT, Scene, empty_bucket, exportable_clusters, parsed, seconds,
};
use futures_util::{FutureExt as _, TryStreamExt as _, future::join_all};
use http::StatusCode;

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

/// Ends what stands still, long after everything else would have come to an end.
pub(super) async fn watched<F: IntoFuture>(future: F) -> F::Output {
    tokio::time::timeout(seconds(120), future)
        .await
        .expect("it stands still")
}

/// A project with ten buckets.
pub(super) async fn ten_buckets() -> Scene {
    Scene::in_order(FakeAtlas::builder().buckets(PROJECT, 10)).await
}

/// Teaches a client that these operations have a small bucket, which is empty now.
pub(super) fn teach(scene: &Scene, operation: &str) {
    scene.inject(operation, empty_bucket(r#"["/",12,10,5,60]"#));
}

/// So many clusters to export from, whose exports end soon.
pub(super) async fn clusters(count: u32) -> Scene {
    Scene::in_order(exportable_clusters(count).job_progress(BY_POLLS)).await
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
    for kind in CredentialKind::BOTH {
        let scene = ten_buckets()
            .await
            .known_by(kind)
            .with(|client| client.max_in_flight(1));
        assert_eq!(watched(list_and_get(&scene.buckets)).await, 10);
        assert_eq!(scene.fake.most_in_flight(), 1);
    }
}

#[tokio::test]
async fn after_a_429_a_stream_and_a_call_in_its_loop_get_on() {
    for kind in CredentialKind::BOTH {
        for in_flight in [1, 64] {
            let scene = ten_buckets()
                .await
                .known_by(kind)
                .with(|client| client.max_in_flight(in_flight));
            teach(&scene, ids::LIST_EXPORT_BUCKETS);
            assert_eq!(watched(list_and_get(&scene.buckets)).await, 10);
            // 15 tokens, one in twelve seconds, and one that was let lapse for each page at most.
            assert!(
                scene.clock.elapsed() <= seconds(21 * 12),
                "{:?}",
                scene.clock.elapsed()
            );
        }
    }
}

#[tokio::test]
async fn after_a_429_a_stream_that_nobody_polls_stops_no_other_task() {
    for kind in CredentialKind::BOTH {
        let scene = ten_buckets().await.known_by(kind);
        teach(&scene, ids::LIST_EXPORT_BUCKETS);
        let list = scene.buckets.list().page_size(PageSize::new(2).unwrap());
        let mut all = list.concurrency(2).by_item();
        watched(async {
            all.try_next().await.unwrap();
            let others = scene.buckets.clone();
            let get = tokio::spawn(async move { others.list().await.map(drop) });
            get.await.unwrap().unwrap();
            assert_eq!(all.try_collect::<Vec<_>>().await.unwrap().len(), 9);
        })
        .await;
    }
}

#[tokio::test]
async fn after_a_429_waits_for_many_and_a_call_in_their_loop_get_on() {
    for kind in CredentialKind::BOTH {
        let scene = clusters(6).await.known_by(kind);
        let begun = scene.begin_exports(6).await;
        teach(&scene, ids::GET_EXPORT_JOB);
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
}

#[tokio::test]
async fn after_a_429_a_fleet_and_a_call_in_its_loop_get_on() {
    for kind in CredentialKind::BOTH {
        let scene = clusters(6).await.known_by(kind);
        teach(&scene, ids::CREATE_EXPORT_JOB);
        watched(async {
            let fleet = scene.project.export_fleet(&parsed(BUCKET)).await_exports();
            let mut run = fleet.plan().await.unwrap().run();
            let (mut count, mut ended) = (0, 0);
            while let Some(cluster) = run.next().await {
                ended += usize::from(cluster.status == FleetStatus::Successful);
                let jobs = scene.project.cluster("Cluster0").export_jobs();
                jobs.list().await.unwrap();
                count += 1;
            }
            // Each comes twice: when its export has begun, and when that has ended.
            assert_eq!((count, ended), (12, 6));
        })
        .await;
    }
}

#[tokio::test]
async fn a_cold_call_that_nobody_polls_stops_no_other() {
    for kind in CredentialKind::BOTH {
        let scene = ten_buckets()
            .await
            .known_by(kind)
            .with(|client| client.max_in_flight(1));
        let mut kept = Box::pin(async { scene.buckets.list().await });
        assert!(kept.as_mut().now_or_never().is_none());
        watched(scene.buckets.list()).await.unwrap();
        watched(kept).await.unwrap();
    }
}

#[tokio::test]
async fn the_silence_that_the_first_of_a_cold_crowd_meets_is_its_own() {
    let scene = ten_buckets()
        .await
        .with(|client| client.retry(RetryPolicy::none()));
    scene.fake.inject(Fault::silence());
    let calls = (0..100).map(|_| async { scene.buckets.list().await });
    let outcomes = watched(join_all(calls)).await;
    let failed: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].kind(), ErrorKind::Timeout);
    // Two for each call and its own lane at the most, and one that was not answered.
    let requests = scene.fake.requests().len();
    println!("100 cold calls, the first unanswered: {requests} requests, 1 time-out");
    assert!(requests <= 64 + 100 + 1, "{requests}");
}

#[tokio::test]
async fn a_wrong_key_is_called_wrong_however_many_call_at_once() {
    for kind in CredentialKind::BOTH {
        let scene = ten_buckets().await;
        let wrong = kind.wrong(&scene.fake);
        let scene = scene.with(|client| client.credentials(wrong).attempt_timeout(seconds(5)));
        let calls = (0..300).map(|_| async { scene.buckets.list().await });
        for outcome in watched(join_all(calls)).await {
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Authentication);
        }
        let requests = scene.fake.requests().len();
        println!("300 calls with a wrong {kind:?}: {requests} requests");
        if kind == CredentialKind::ServiceAccount {
            // All who wait are told at once, and no call goes out.
            assert!(requests <= 3, "{requests}");
            continue;
        }
        // Two each, and two more for those of the first crowd, in which nobody could tell yet.
        assert!(requests <= 2 * (300 + 64), "{requests}");
    }
}

#[tokio::test]
async fn what_a_cold_crowd_is_refused_with_is_what_it_is_told() {
    let scene = ten_buckets().await;
    scene
        .fake
        .faults_by(|_| Some(Fault::status(StatusCode::SERVICE_UNAVAILABLE)));
    let calls = (0..300).map(|_| async { scene.buckets.list().await });
    for outcome in watched(join_all(calls)).await {
        let error = outcome.unwrap_err();
        assert_eq!((error.status(), error.attempts()), (Some(503), 4));
    }
}
