//! Many tasks with one client under a rate limit: once it is known, nobody is refused again.

use std::time::Duration;

use atlas_export_fake::{FakeAtlas, RateLimit};
use atlas_export_tests::{PROJECT, Scene};
use futures_util::{FutureExt as _, future::join_all};

const TASKS: usize = 64;
const CALLS: usize = 100;

/// Fifty calls in ten seconds, and a hundred to begin with.
const LIMIT: RateLimit = RateLimit {
    capacity: 100,
    refill: 50,
    period: Duration::from_secs(10),
};

async fn limited() -> Scene {
    Scene::in_order(FakeAtlas::builder().project(PROJECT).rate_limit(LIMIT)).await
}

#[tokio::test]
async fn once_the_limit_is_known_many_tasks_cause_no_further_429() {
    let scene = limited().await;
    let tasks = (0..TASKS).map(|_| async {
        let mut waited = Duration::ZERO;
        for _ in 0..CALLS {
            let before = scene.clock.elapsed();
            scene.buckets.list().await.unwrap();
            waited += scene.clock.elapsed().saturating_sub(before);
        }
        waited
    });
    let waits = join_all(tasks).await;

    let requests = scene.fake.requests();
    let refused: Vec<usize> = requests
        .iter()
        .enumerate()
        .filter_map(|(place, request)| request.answered(429).then_some(place))
        .collect();
    // No more than were in flight together, and so all within the first crowd.
    assert!(
        !refused.is_empty() && refused.len() <= TASKS,
        "{} refusals",
        refused.len()
    );
    let (first, last) = (refused[0], refused[refused.len() - 1]);
    assert!(
        last - first <= 2 * TASKS,
        "refused from request {first} to {last}"
    );
    assert_eq!(scene.answered(200), TASKS * CALLS);

    let tasks = u32::try_from(TASKS).unwrap();
    let mean = waits.iter().sum::<Duration>() / tasks;
    let longest = waits.iter().max().unwrap();
    assert!(
        *longest <= mean * 2,
        "one waited {longest:?}, the mean is {mean:?}"
    );
    // Not much slower than the bucket fills, either.
    let calls = u32::try_from(TASKS * CALLS).unwrap() - LIMIT.capacity;
    let ideal = LIMIT.period / LIMIT.refill * calls;
    assert!(
        scene.clock.elapsed() < ideal.mul_f64(1.1),
        "{:?} for {ideal:?}",
        scene.clock.elapsed()
    );
}

#[tokio::test]
async fn tokens_are_conserved_when_half_of_the_tasks_are_dropped() {
    let scene = limited().await;
    // Until it has learned.
    while scene.answered(429) == 0 {
        scene.buckets.list().await.unwrap();
    }
    let (before, start) = (scene.fake.requests().len(), scene.clock.elapsed());
    let mut calls: Vec<_> = (0..TASKS)
        .map(|_| Box::pin(async { scene.buckets.list().await }))
        .collect();
    // All stand in line, and the first of them waits for its token.
    for call in &mut calls {
        assert!(call.now_or_never().is_none());
    }
    let half = calls.split_off(TASKS / 2);
    drop(calls);
    for outcome in join_all(half).await {
        outcome.unwrap();
    }
    let requests = scene.fake.requests().split_off(before);
    assert!(requests.iter().all(|request| !request.answered(429)));
    // Those that were dropped took no token along: the others are done in their own time.
    let tokens = u32::try_from(TASKS / 2).unwrap();
    let spent = scene.clock.elapsed().saturating_sub(start).as_secs_f64();
    let pace = LIMIT.period.as_secs_f64() / f64::from(LIMIT.refill);
    assert!(
        spent <= pace * 1.05 * f64::from(tokens),
        "{spent} s for {tokens} calls"
    );
}
