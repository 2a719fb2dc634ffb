//! What deadlines make of waiting: for a token, for a slot, behind another call.
//!
//! The time is the test's own, and a watchdog ends what stands still.

use std::time::Duration;

use atlas_export::{ErrorKind, retry::RetryPolicy, wait::WaitError};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, Match};
use atlas_export_tests::{PROJECT, Scene, seconds, slow_down};
use futures_util::future::{join, join_all};

use super::crowds::{SMALL, clusters, teach, ten_buckets, watched};

#[tokio::test]
async fn a_call_that_cannot_be_admitted_in_time_fails_at_once_and_sends_nothing() {
    let scene = Scene::in_order(FakeAtlas::builder().buckets(PROJECT, 1).rate_limit(SMALL))
        .await
        .with(|client| client.call_timeout(seconds(150)));
    let crowd = (0..12).map(|_| async { scene.buckets.list().await.unwrap() });
    watched(join_all(crowd)).await;
    scene.fake.clear_requests();
    let start = scene.clock.elapsed();
    let calls = (0..60).map(|_| async {
        let outcome = scene.buckets.list().await;
        (outcome, scene.clock.elapsed().saturating_sub(start))
    });
    let outcomes = watched(join_all(calls)).await;
    let (mut made, mut limited) = (0, 0);
    for (outcome, when) in outcomes {
        let Err(error) = outcome else {
            made += 1;
            continue;
        };
        limited += 1;
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
        assert!(error.is_rate_limited() && error.is_retryable());
        assert_eq!((error.attempts(), error.status()), (0, None));
        assert!(error.retry_after() > Some(seconds(150)), "{error:?}");
        assert_eq!(when, Duration::ZERO);
    }
    println!("60 calls, 5 in 60 s, 150 s each: {made} made, {limited} told at once");
    assert!(made >= 10 && made + limited == 60, "{made}");
    let sent = scene.fake.requests().len() - scene.answered(401);
    assert_eq!((sent, scene.answered(429)), (made, 0));
}

#[tokio::test]
async fn a_held_back_wait_still_ends_when_its_time_is_up() {
    let scene = clusters(1).await;
    let begun = scene.begin_exports(1).await;
    let (jobs, id) = &begun[0];
    teach(&scene, ids::GET_EXPORT_JOB);
    jobs.get(id).await.unwrap();
    let start = scene.clock.elapsed();
    let wait = jobs.wait_until_finished(id).max_wait(seconds(5));
    let error = watched(wait).await.unwrap_err();
    assert!(
        matches!(error, WaitError::MaxWaitExceeded { .. }),
        "{error}"
    );
    let took = scene.clock.elapsed().saturating_sub(start);
    assert!(took <= seconds(20), "{took:?}");
}

#[tokio::test]
async fn a_deadline_that_passes_in_the_queue_for_a_slot_names_it() {
    let scene = ten_buckets()
        .await
        .with(|client| client.max_in_flight(1).call_timeout(seconds(30)));
    scene.fake.faults_by(|_| Some(Fault::silence()));
    let calls = (0..2).map(|_| async { scene.buckets.list().await.unwrap_err() });
    let errors = watched(join_all(calls)).await;
    let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(
        errors
            .iter()
            .all(|error| error.kind() == ErrorKind::Timeout)
    );
    assert_eq!([errors[0].attempts(), errors[1].attempts()], [1, 0]);
    assert_eq!(
        told[0],
        "no complete response within 30 s: raise ClientBuilder::call_timeout"
    );
    assert_eq!(
        told[1],
        "the request could not be sent within 30 s: raise ClientBuilder::call_timeout; waited \
         30.0 s for a slot (ClientBuilder::max_in_flight is 1)"
    );
}

#[tokio::test]
async fn the_wait_for_a_slot_does_not_count_for_the_attempt() {
    let scene = ten_buckets()
        .await
        .with(|client| client.max_in_flight(1).attempt_timeout(seconds(20)));
    let which = Match::operation(ids::LIST_EXPORT_BUCKETS);
    scene.fake.inject_for(which, Fault::silence());
    let calls = (0..3).map(|_| async { scene.buckets.list().await });
    for outcome in watched(join_all(calls)).await {
        outcome.unwrap();
    }
    assert!(scene.clock.elapsed() >= seconds(20));
}

#[tokio::test]
async fn max_elapsed_bounds_the_beginning_of_an_attempt() {
    let policy = RetryPolicy::default().max_elapsed(seconds(1));
    let scene = ten_buckets().await.with(|client| client.retry(policy));
    teach(&scene, ids::LIST_EXPORT_BUCKETS);
    let error = scene.buckets.list().await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(429), 1));
    let error = scene.buckets.list().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::RateLimited, 0)
    );
    assert_eq!(scene.clock.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn no_attempt_begins_after_max_elapsed_behind_one_that_goes_ahead() {
    let refusal = slow_down(1);
    let policy = RetryPolicy::default().max_elapsed(seconds(2));
    let scene = ten_buckets().await;
    let scene = scene.with(|client| client.retry(policy).attempt_timeout(seconds(30)));
    scene.inject(ids::LIST_EXPORT_BUCKETS, refusal);
    scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::silence());
    let first = async { scene.buckets.list().await };
    let others = async {
        scene.clock.pass(Duration::from_millis(10)).await;
        join_all((0..2).map(|_| async { (scene.buckets.list().await, scene.clock.elapsed()) }))
            .await
    };
    let (_, others) = watched(join(first, others)).await;
    for (outcome, when) in others {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::RateLimited);
        assert!(when <= seconds(3), "{when:?}");
    }
}
