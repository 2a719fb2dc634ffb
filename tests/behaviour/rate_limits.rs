//! Rate limits: what is learned from a refusal, and how near to the ideal calls then come.
//!
//! Every figure is counted by the server, in a time that client and server share and that moves
//! when nobody has anything left to do.

use std::time::Duration;

use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, RateLimit};
use atlas_export_tests::{PROJECT, Scene, seconds};
use futures_util::{StreamExt as _, stream};

/// As the documentation of Atlas has it, in small.
const LIMIT: RateLimit = RateLimit {
    capacity: 100,
    refill: 10,
    period: Duration::from_secs(1),
};

/// Calls at once.
const WORKERS: usize = 8;

/// A fake with this limit, and a client with all the time in the world.
async fn limited(
    limit: RateLimit,
    furnish: impl FnOnce(FakeAtlasBuilder) -> FakeAtlasBuilder,
) -> Scene {
    let fake = furnish(FakeAtlas::builder().project(PROJECT).rate_limit(limit));
    let scene = Scene::in_order(fake).await;
    scene.with(|client| client.call_timeout(seconds(100_000)))
}

/// So many calls, a few at once, and what they took: time, and refusals.
async fn calls(scene: &Scene, count: usize) -> (Duration, usize) {
    let (start, before) = (scene.clock.elapsed(), scene.answered(429));
    make(scene, count).await;
    let time = scene.clock.elapsed().saturating_sub(start);
    (time, scene.answered(429) - before)
}

/// Until the bucket is empty and the client knows: a crowd finds out.
async fn learn(scene: &Scene) {
    for _ in 0..100 {
        make(scene, 2 * WORKERS).await;
        if scene.answered(429) > 0 {
            return;
        }
    }
    panic!("the limit is never met");
}

async fn make(scene: &Scene, count: usize) {
    let calls = stream::iter(0..count).map(|_| async { scene.buckets.list().await });
    let outcomes: Vec<_> = calls.buffer_unordered(WORKERS).collect().await;
    for outcome in outcomes {
        outcome.unwrap();
    }
}

#[tokio::test]
async fn alone_there_is_no_further_429_and_hardly_any_time_is_lost() {
    for (name, evenly) in [("in lumps", false), ("evenly", true)] {
        let furnish = |builder: FakeAtlasBuilder| {
            let builder = builder.refill_phase(Duration::from_millis(370));
            if evenly {
                builder.refill_evenly()
            } else {
                builder
            }
        };
        let scene = limited(LIMIT, furnish).await;
        learn(&scene).await;
        let (time, further) = calls(&scene, 1_000).await;
        let ideal = seconds(100);
        // Idle, so that the bucket is full again: a burst, and then the pace.
        scene.clock.pass(seconds(600)).await;
        let (burst, in_burst) = calls(&scene, 100).await;
        let (after, in_after) = calls(&scene, 200).await;
        println!(
            "{name}: 1,000 calls at 10/s in {time:.2?}, ideal {ideal:?}; after ten idle minutes \
             100 in {burst:.2?} and 200 more in {after:.2?}; {} further 429s",
            further + in_burst + in_after
        );
        assert_eq!((further, in_burst, in_after), (0, 0, 0), "{name}");
        assert!(time <= ideal.mul_f64(1.02), "{name}: {time:?}");
        assert!(burst <= Duration::from_millis(400), "{name}: {burst:?}");
        assert!(after <= seconds(20).mul_f64(1.02), "{name}: {after:?}");
    }
}

#[tokio::test]
async fn after_a_week_ten_calls_take_no_time() {
    let limit = RateLimit {
        capacity: 60,
        refill: 5,
        period: seconds(60),
    };
    let scene = limited(limit, |builder| builder).await;
    learn(&scene).await;
    scene.clock.pass(seconds(7 * 24 * 60 * 60)).await;
    let (time, refused) = calls(&scene, 10).await;
    assert_eq!((time, refused), (Duration::ZERO, 0));
}

#[tokio::test]
async fn small_buckets_as_documented_are_met_in_lumps_and_evenly() {
    let limit = RateLimit {
        capacity: 10,
        refill: 5,
        period: seconds(60),
    };
    for (name, evenly) in [("in lumps", false), ("evenly", true)] {
        let furnish = |builder: FakeAtlasBuilder| {
            let builder = builder.refill_phase(seconds(7));
            if evenly {
                builder.refill_evenly()
            } else {
                builder
            }
        };
        let scene = limited(limit, furnish).await;
        learn(&scene).await;
        let (time, further) = calls(&scene, 100).await;
        println!("{name}: 100 calls at 5 in 60 s in {time:?}; {further} further 429s");
        assert_eq!(further, 0, "{name}");
        assert!(time <= seconds(20 * 60).mul_f64(1.02), "{name}: {time:?}");
    }
}

#[tokio::test]
async fn with_a_competitor_most_of_what_is_left_is_used_and_hardly_any_call_is_refused() {
    const CALLS: usize = 1_000;
    for headers in [true, false] {
        for evenly in [true, false] {
            let furnish = |mut builder: FakeAtlasBuilder| {
                if evenly {
                    builder = builder.refill_evenly();
                }
                if !headers {
                    builder = builder.without_rate_headers();
                }
                builder.competitor(5, seconds(1))
            };
            let scene = limited(LIMIT, furnish).await;
            learn(&scene).await;
            let (time, refused) = calls(&scene, CALLS).await;
            let left = 5.0 * time.as_secs_f64();
            let part = 1_000.0 / left;
            println!(
                "a competitor takes half, headers: {headers}, evenly: {evenly}: {:.1} % of what is \
                 left, {refused} 429s in 1,000 calls",
                part * 100.0
            );
            assert!(part >= 0.9, "{part}");
            assert!(refused <= CALLS / 50, "{refused}");
        }
    }
}

#[tokio::test]
async fn a_raised_limit_and_a_competitor_that_leaves_are_noticed() {
    for headers in [true, false] {
        let furnish = |builder: FakeAtlasBuilder| {
            let builder = builder.refill_evenly().competitor(5, seconds(1));
            if headers {
                builder
            } else {
                builder.without_rate_headers()
            }
        };
        let scene = limited(LIMIT, furnish).await;
        learn(&scene).await;
        calls(&scene, 500).await;
        scene.fake.set_competitor(None);
        // Time to find out.
        calls(&scene, 200).await;
        let (alone, refused_alone) = calls(&scene, 1_000).await;
        let raised = RateLimit {
            capacity: 200,
            refill: 20,
            ..LIMIT
        };
        scene.fake.set_rate_limit(raised).unwrap();
        calls(&scene, 400).await;
        let (quick, refused_quick) = calls(&scene, 2_000).await;
        println!(
            "headers: {headers}: the competitor gone, 1,000 calls in {alone:.1?} with \
             {refused_alone} 429s; the limit doubled, 2,000 in {quick:.1?} with {refused_quick}"
        );
        assert!(alone <= seconds(100).mul_f64(1.05), "{alone:?}");
        assert!(quick <= seconds(100).mul_f64(1.05), "{quick:?}");
        // At most one probe in ten periods where headers tell nothing, and none where they do.
        let most = if headers { 0 } else { 11 };
        assert!(refused_alone <= most, "{refused_alone}");
        assert!(refused_quick <= most, "{refused_quick}");
    }
}

#[tokio::test]
async fn without_headers_one_probe_in_ten_periods_is_refused_and_none_between() {
    let scene = limited(LIMIT, |builder| {
        builder.refill_evenly().without_rate_headers()
    })
    .await;
    learn(&scene).await;
    let (time, refused) = calls(&scene, 1_000).await;
    println!("alone without headers: 1,000 calls in {time:.1?}, {refused} refused");
    assert!(refused <= 10, "{refused}");
    assert!(time <= seconds(100).mul_f64(1.02), "{time:?}");
}
