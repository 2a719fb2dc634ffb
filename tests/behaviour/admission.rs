//! What a rate limit lets through, when, and whom first.
//!
//! The time is the test's own, and a watchdog ends what stands still.

use std::{future::IntoFuture, time::Duration};

use atlas_export::{
    rate::RateGovernor,
    wait::{WaitError, wait_all},
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, RateLimit, Turnstile};
use atlas_export_tests::{
    BUCKET, CLUSTER, PROJECT, ROLE, Scene, buckets_of, parsed, seconds, slow_down,
};
use futures_util::{
    FutureExt as _,
    future::{join, join_all},
};

use super::crowds::{SMALL, clusters, teach, ten_buckets, watched};

#[tokio::test]
async fn waits_for_a_hundred_jobs_are_spread_at_the_pace_that_is_known() {
    let scene = clusters(100).await;
    let begun = scene.begin_exports(100).await;
    scene.fake.set_rate_limit(SMALL).unwrap();
    scene.fake.clear_requests();
    let waits = begun.iter().map(|(jobs, id)| jobs.wait_until_finished(id));
    let all = watched(wait_all(waits)).await;
    let failed: Vec<_> = all
        .iter()
        .filter_map(|w| w.outcome.as_ref().err())
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
    let (polls, refused) = (scene.answered(200), scene.answered(429));
    println!(
        "100 jobs, 5 polls in 60 s: {polls} polls in {:?}, {refused} 429s",
        scene.clock.elapsed()
    );
    // The crowd that finds the limit, each with a challenge before, and nobody after it.
    assert!(refused <= 64, "{refused}");
    let requests = scene.fake.requests();
    let last = requests.iter().rposition(|request| request.answered(429));
    assert!(last < Some(3 * 64), "{last:?}");
}

#[tokio::test]
async fn the_rate_limit_of_one_project_holds_no_other_back() {
    let projects: Vec<String> = (0..11)
        .map(|n| format!("32b6e34b3d91647abb20e7{n:02x}"))
        .collect();
    let builder = projects
        .iter()
        .fold(FakeAtlas::builder(), |builder, id| builder.buckets(id, 1));
    let scene = Scene::in_order(builder.rate_limit(SMALL)).await;
    let list = |id: &str| scene.client.project(id).export_buckets().list();
    watched(async {
        let crowd = (0..12).map(|_| list(&projects[0]).into_future());
        join_all(crowd).await;
        let start = scene.clock.elapsed();
        assert!(scene.answered(429) > 0 && start > Duration::ZERO);
        for project in &projects[1..] {
            list(project).await.unwrap();
        }
        assert_eq!(scene.clock.elapsed(), start);
    })
    .await;
}

#[tokio::test]
async fn a_crowd_of_one_caller_does_not_starve_another() {
    let scene = clusters(40).await;
    let begun = scene.begin_exports(40).await;
    scene.fake.set_rate_limit(SMALL).unwrap();
    let mut waiting = wait_all(begun.iter().map(|(jobs, id)| jobs.wait_until_finished(id)));
    let get = async {
        // Once the crowd stands in line.
        scene.clock.pass(seconds(1)).await;
        let start = scene.clock.elapsed();
        begun[0].0.get(&begun[0].1).await.unwrap();
        scene.clock.elapsed().saturating_sub(start)
    };
    let waits = async { while waiting.next().await.is_some() {} };
    let (took, ()) = watched(join(get, waits)).await;
    println!("a call beside 40 waits, 5 in 60 s: {took:?}");
    assert!(took <= seconds(60), "{took:?}");
}

#[tokio::test]
async fn two_clients_with_one_governor_are_as_one() {
    let limit = RateLimit {
        capacity: 60,
        refill: 5,
        period: seconds(1),
    };
    let builder = FakeAtlas::builder().buckets(PROJECT, 1).rate_limit(limit);
    let scene = Scene::in_order(builder.refill_evenly()).await;
    let governor = RateGovernor::new();
    let calls = (0..4).map(|_| {
        let buckets = buckets_of(scene.another().rate_governor(governor.clone()));
        async move {
            for _ in 0..125 {
                buckets.list().await.unwrap();
            }
        }
    });
    watched(join_all(calls)).await;
    let refused = scene.answered(429);
    println!(
        "four clients at 5/s with one governor: 500 calls in {:?}, {refused} 429s",
        scene.clock.elapsed()
    );
    // One of each client at the most, in the crowd that finds the limit.
    assert!(refused <= 4, "{refused}");
    assert!(scene.clock.elapsed() <= seconds(88).mul_f64(1.03));
}

#[tokio::test]
async fn a_429_without_a_body_pauses_for_a_while_and_then_one_goes_ahead() {
    let year = slow_down(31_536_000);
    let scene = ten_buckets().await;
    scene.inject(ids::LIST_EXPORT_BUCKETS, year.clone());
    let error = scene.buckets.list().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(31_536_000)));
    // The one that goes ahead is refused as well; then the next gets through.
    scene.inject(ids::LIST_EXPORT_BUCKETS, year);
    scene.fake.clear_requests();
    let calls = (0..20).map(|_| async {
        let outcome = scene.buckets.list().await;
        (outcome.is_ok(), scene.clock.elapsed())
    });
    let outcomes = watched(join_all(calls)).await;
    assert_eq!(outcomes.iter().filter(|(ok, _)| *ok).count(), 19);
    assert_eq!(
        outcomes
            .iter()
            .filter(|(ok, when)| !ok && *when == seconds(60))
            .count(),
        1
    );
    assert_eq!(scene.clock.elapsed(), seconds(120));
    assert_eq!(
        scene.fake.requests().len(),
        20 + 18,
        "each lane is challenged once"
    );
}

#[tokio::test]
async fn a_poll_that_is_asked_to_come_in_a_year_ends_no_wait() {
    let scene = clusters(2).await;
    let begun = scene.begin_exports(2).await;
    let year = slow_down(31_536_000);
    scene.inject(ids::GET_EXPORT_JOB, year);
    let waits = begun.iter().map(|(jobs, id)| jobs.wait_until_finished(id));
    for waited in watched(wait_all(waits)).await {
        waited.outcome.unwrap();
    }
    assert!(
        scene.clock.elapsed() <= seconds(130),
        "{:?}",
        scene.clock.elapsed()
    );
}

#[tokio::test]
async fn requests_that_waited_for_slots_do_not_leave_together() {
    let scene = ten_buckets().await.with(|client| client.max_in_flight(8));
    teach(&scene, ids::LIST_EXPORT_BUCKETS);
    // Slots are taken by silence while the tokens come in.
    let cluster = scene.project.cluster("C");
    scene
        .fake
        .faults_by(|head| head.path.ends_with("snapshots").then(Fault::silence));
    let silent = (0..8).map(|_| async { cluster.snapshots().list().await.is_err() });
    let calls = (0..8).map(|_| async {
        scene.buckets.list().await.unwrap();
        scene.clock.elapsed()
    });
    let (_, mut times) = watched(join(join_all(silent), join_all(calls))).await;
    times.sort();
    let together = times.iter().filter(|time| **time == times[0]).count();
    assert!(together <= 10, "{times:?}");
    let last = times.last().unwrap().saturating_sub(times[0]);
    println!("8 calls after a minute without slots: within {last:?}");
}

#[tokio::test]
async fn alone_on_a_bucket_a_crowd_in_few_slots_is_not_refused_again() {
    for evenly in [false, true] {
        let limit = RateLimit {
            capacity: 50,
            ..SMALL
        };
        let builder = FakeAtlas::builder().buckets(PROJECT, 1).rate_limit(limit);
        let builder = if evenly {
            builder.refill_evenly()
        } else {
            builder
        };
        let scene = Scene::in_order(builder)
            .await
            .with(|client| client.max_in_flight(4).call_timeout(seconds(100_000)));
        let crowd =
            |count| join_all((0..count).map(|_| async { scene.buckets.list().await.unwrap() }));
        watched(crowd(55)).await;
        scene.clock.pass(seconds(100_000)).await;
        let (before, start) = (scene.answered(429), scene.clock.elapsed());
        watched(crowd(200)).await;
        let took = scene.clock.elapsed().saturating_sub(start);
        println!("200 calls in 4 slots, 50 tokens and 5 in 60 s: {took:?}");
        assert_eq!(scene.answered(429), before);
        assert!(took <= seconds(1_800).mul_f64(1.02), "{took:?}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_late_tells_nothing_new() {
    let limit = RateLimit {
        capacity: 100,
        ..SMALL
    };
    let builder = FakeAtlas::builder().buckets(PROJECT, 1).rate_limit(limit);
    let scene = Scene::in_order(builder.refill_evenly())
        .await
        .with(|client| client.call_timeout(seconds(100_000)));
    let crowd = |count| join_all((0..count).map(|_| async { scene.buckets.list().await.unwrap() }));
    watched(crowd(105)).await;
    scene.clock.pass(seconds(100_000)).await;
    let before = scene.answered(429);
    let turnstile = Turnstile::new();
    scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::slow(2, &turnstile));
    let slow = async { scene.buckets.list().await.unwrap() };
    let others = async {
        turnstile.arrived(1).await;
        crowd(80).await;
        turnstile.open();
    };
    watched(join(slow, others)).await;
    watched(crowd(60)).await;
    assert_eq!(scene.answered(429), before);
}

#[tokio::test]
async fn many_who_are_not_polled_stop_nobody_for_longer_than_their_tokens() {
    let scene = ten_buckets().await;
    teach(&scene, ids::LIST_EXPORT_BUCKETS);
    watched(scene.buckets.list()).await.unwrap();
    let mut kept: Vec<_> = (0..20)
        .map(|_| Box::pin(async { scene.buckets.list().await }))
        .collect();
    for call in &mut kept {
        assert!(call.as_mut().now_or_never().is_none());
    }
    let start = scene.clock.elapsed();
    watched(scene.buckets.list()).await.unwrap();
    let took = scene.clock.elapsed().saturating_sub(start);
    println!("behind 20 calls that nobody polls, a token in 12 s: {took:?}");
    assert!(took <= seconds(20 * 12 + 12), "{took:?}");
}

#[tokio::test]
async fn a_refusal_that_was_on_its_way_when_the_limit_became_known_counts_too() {
    let scene = ten_buckets().await;
    let turnstile = Turnstile::new();
    let later = slow_down(45);
    scene.inject(ids::LIST_EXPORT_BUCKETS, later.held_by(&turnstile));
    let held = async { scene.buckets.list().await.unwrap() };
    let others = async {
        turnstile.arrived(1).await;
        // A bucket that has a token in twelve seconds, says this one.
        teach(&scene, ids::LIST_EXPORT_BUCKETS);
        let first = scene.buckets.list();
        let second = async {
            scene.clock.pass(seconds(1)).await;
            turnstile.open();
            scene.clock.pass(seconds(1)).await;
            scene.buckets.list().await.unwrap();
            scene.clock.elapsed()
        };
        join(first.into_future(), second).await.1
    };
    let (_, when) = watched(join(held, others)).await;
    assert!(when >= seconds(46), "{when:?}");
}

/// In progress for as long as anybody looks.
fn unending(id: &str) -> serde_json::Value {
    serde_json::json!({"id": id, "state": "InProgress", "exportBucketId": BUCKET})
}

/// Far more waits than look at once, held back by a rate limit.
#[tokio::test]
async fn waits_that_stand_in_line_end_in_time_and_hold_no_other_project_up() {
    const OTHER: &str = "32b6e34b3d91647abb20e799";
    let ended = serde_json::json!({"id": ROLE, "state": "Successful", "exportBucketId": BUCKET});
    let fake = FakeAtlas::builder()
        .job(PROJECT, CLUSTER, unending(ROLE))
        .job(OTHER, CLUSTER, ended);
    let scene = Scene::in_order(fake).await;
    let jobs = |project| scene.client.project(project).cluster(CLUSTER).export_jobs();
    let wait = |project| jobs(project).wait_until_finished(&parsed(ROLE));
    scene.fake.set_rate_limit(SMALL).unwrap();
    // The first of them learn the limit.
    drop(
        watched(join_all(
            (0..12).map(|_| jobs(PROJECT).get(&parsed(ROLE)).into_future()),
        ))
        .await,
    );
    let start = scene.clock.elapsed();
    let long = (0..300).map(|_| wait(PROJECT).max_wait(seconds(24 * 60 * 60)));
    let short = wait(PROJECT).max_wait(seconds(90));
    let mut waits = wait_all(long.chain([short, wait(OTHER)]));
    let since = || scene.clock.elapsed().saturating_sub(start);
    let first = watched(waits.next()).await.unwrap();
    assert!(first.outcome.is_ok(), "{first:?}");
    assert!(since() <= seconds(5), "{:?}", since());
    let second = watched(waits.next()).await.unwrap();
    assert!(
        matches!(second.outcome, Err(WaitError::MaxWaitExceeded { .. })),
        "{second:?}"
    );
    assert!(since() <= seconds(95), "{:?}", since());
}

/// Far more waits than look at once, for what is not answered any more.
#[tokio::test]
async fn waits_that_are_late_end_a_minute_and_a_call_later_at_the_most() {
    let fake = FakeAtlas::builder().job(PROJECT, CLUSTER, unending(ROLE));
    let scene = Scene::in_order(fake).await;
    let scene = scene.with(|client| client.call_timeout(seconds(30)));
    scene.fake.faults_by(|_| Some(Fault::silence()));
    let jobs = scene.client.project(PROJECT).cluster(CLUSTER).export_jobs();
    let wait = || jobs.wait_until_finished(&parsed(ROLE));
    let waits = (0..6 * 256).map(|_| wait().max_wait(seconds(10)));
    let start = scene.clock.elapsed();
    let ended = watched(wait_all(waits)).await;
    let took = scene.clock.elapsed().saturating_sub(start);
    let other = ended
        .iter()
        .find(|waited| !matches!(waited.outcome, Err(WaitError::MaxWaitExceeded { .. })));
    assert!(other.is_none(), "{other:?}");
    println!("{} waits of 10 s ended after {took:?}", ended.len());
    assert!(took <= seconds(10 + 60 + 30), "{took:?}");
}
