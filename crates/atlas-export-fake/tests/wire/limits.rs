//! Rates that are enforced, and versions that are gone.

use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, ManualClock, RateLimit};
use serde_json::{Value, json};

use crate::peer::{call, get};
use crate::{BUCKET, Outcome, PROJECT, ROLE};

const LIMIT: RateLimit = RateLimit {
    capacity: 2,
    refill: 1,
    period: Duration::from_secs(60),
};

/// Another project.
const ELSEWHERE: &str = "32b6e34b3d91647abb20e7b9";

fn buckets() -> String {
    buckets_of(PROJECT)
}

fn buckets_of(project: &str) -> String {
    format!("/api/atlas/v2/groups/{project}/backup/exportBuckets")
}

/// A limited fake, and the clock that it goes by.
async fn limited(
    furnish: impl FnOnce(FakeAtlasBuilder) -> FakeAtlasBuilder,
) -> std::io::Result<(FakeAtlas, Arc<ManualClock>)> {
    let clock = Arc::new(ManualClock::new());
    let builder = FakeAtlas::builder()
        .project(PROJECT)
        .project(ELSEWHERE)
        .clock(Arc::clone(&clock) as _)
        .rate_limit(LIMIT);
    Ok((furnish(builder).start().await?, clock))
}

/// Asks for a project's buckets; what is left by the header, or how long to wait by the body.
async fn left_in(fake: &FakeAtlas, project: &str) -> Result<Result<u64, u64>, Box<dyn Error>> {
    let answer = get(fake, &buckets_of(project)).await?;
    if answer.status == 429 {
        let body = answer.json();
        let wait = body.pointer("/parameters/1").and_then(Value::as_u64);
        return Ok(Err(wait.ok_or("no wait")?));
    }
    assert_eq!(answer.status, 200);
    let left = answer.header("ratelimit-remaining");
    Ok(Ok(left.ok_or("no header")?.parse()?))
}

async fn left(fake: &FakeAtlas) -> Result<Result<u64, u64>, Box<dyn Error>> {
    left_in(fake, PROJECT).await
}

#[tokio::test]
async fn an_empty_bucket_answers_429_until_the_next_period() -> Outcome {
    let clock = Arc::new(ManualClock::new());
    let fake = FakeAtlas::builder()
        .cluster(PROJECT, "Cluster0")
        .clock(Arc::clone(&clock) as _)
        .rate_limit(LIMIT)
        .start()
        .await?;
    for left in ["1", "0"] {
        let answer = get(&fake, &buckets()).await?;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-limit"), Some("2"));
        assert_eq!(answer.header("ratelimit-remaining"), Some(left));
    }
    clock.advance(Duration::from_secs(15));
    let body = json!({ "cloudProvider": "AWS", "bucketName": "abc", "iamRoleId": ROLE });
    let refused = call(&fake, "POST", &buckets(), Some(&body)).await?;
    assert_eq!(refused.status, 429);
    assert_eq!(
        refused.header("x-error-code"),
        Some("RATE_LIMITED_TOKEN_BUCKET")
    );
    assert_eq!(refused.header("ratelimit-remaining"), Some("0"));
    assert_eq!(refused.header("retry-after"), None);
    let path = buckets();
    let parameters = json!([path.trim_start_matches('/'), 45, 2, 1, 60]);
    assert_eq!(refused.json()["parameters"], parameters);
    assert!(fake.buckets(PROJECT).is_empty());

    // Another family has a bucket of its own.
    let jobs = format!("/api/atlas/v2/groups/{PROJECT}/clusters/Cluster0/backup/exports");
    assert_eq!(get(&fake, &jobs).await?.status, 200);
    clock.advance(Duration::from_secs(45));
    assert_eq!(
        call(&fake, "POST", &buckets(), Some(&body)).await?.status,
        200
    );
    let refused = fake.requests().iter().filter(|r| r.answered(429)).count();
    assert_eq!(refused, 1);
    Ok(())
}

#[tokio::test]
async fn a_429_may_say_when_to_come_back_in_its_head() -> Outcome {
    let fake = FakeAtlas::builder()
        .clock(Arc::new(ManualClock::new()))
        .rate_limit(LIMIT)
        .with_retry_after()
        .start()
        .await?;
    let nowhere = "/api/atlas/v2/nowhere";
    for expected in [None, None, Some("60")] {
        let answer = get(&fake, nowhere).await?;
        assert_eq!(answer.header("retry-after"), expected);
    }
    Ok(())
}

#[tokio::test]
async fn projects_share_no_bucket_and_both_generations_do() -> Outcome {
    let (fake, _clock) = limited(|builder| builder).await?;
    assert_eq!(left(&fake).await?, Ok(1));
    let old = get(&fake, &buckets().replace("/v2/", "/v1.0/")).await?;
    assert_eq!(old.header("ratelimit-remaining"), Some("0"));
    assert_eq!(left(&fake).await?, Err(60));
    assert_eq!(left_in(&fake, ELSEWHERE).await?, Ok(1));

    // What is no operation counts for the project too, if the path names one.
    for (path, left) in [
        (format!("/api/atlas/v2/groups/{PROJECT}/nothing"), "1"),
        (format!("/api/atlas/v2/groups/{ELSEWHERE}/nothing"), "1"),
        ("/api/atlas/v2/nothing".to_owned(), "1"),
        ("/nothing".to_owned(), "0"),
    ] {
        let answer = get(&fake, &path).await?;
        assert_eq!(answer.header("ratelimit-remaining"), Some(left), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn tokens_may_come_back_one_by_one() -> Outcome {
    let four = RateLimit { refill: 4, ..LIMIT };
    let (fake, clock) = limited(|builder| builder.rate_limit(four).refill_evenly()).await?;
    for expected in [Ok(1), Ok(0), Err(15)] {
        assert_eq!(left(&fake).await?, expected);
    }
    clock.advance(Duration::from_millis(14_001));
    assert_eq!(left(&fake).await?, Err(1));
    clock.advance(Duration::from_millis(999));
    for expected in [Ok(0), Err(15)] {
        assert_eq!(left(&fake).await?, expected);
    }
    clock.advance(Duration::from_secs(600));
    assert_eq!(left(&fake).await?, Ok(1));
    Ok(())
}

#[tokio::test]
async fn lumps_come_when_the_phase_says() -> Outcome {
    let phase = Duration::from_secs(20);
    let (fake, clock) = limited(|builder| builder.refill_phase(phase)).await?;
    for expected in [Ok(1), Ok(0), Err(20)] {
        assert_eq!(left(&fake).await?, expected);
    }
    clock.advance(phase);
    for expected in [Ok(0), Err(60)] {
        assert_eq!(left(&fake).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_competitor_takes_tokens_until_it_goes() -> Outcome {
    let (fake, clock) = limited(|builder| builder.competitor(2, LIMIT.period)).await?;
    assert_eq!(left(&fake).await?, Ok(1));
    clock.advance(Duration::from_secs(30));
    assert_eq!(left(&fake).await?, Err(30));
    // Whatever comes back is gone as soon as it is there, however long that goes on.
    clock.advance(Duration::from_secs(6_000));
    assert_eq!(left(&fake).await?, Err(30));

    fake.set_competitor(None);
    clock.advance(LIMIT.period);
    assert_eq!(left(&fake).await?, Ok(0));
    clock.advance(LIMIT.period);
    fake.set_competitor(Some((1, Duration::from_secs(10))));
    clock.advance(Duration::from_secs(10));
    assert_eq!(left(&fake).await?, Err(20));
    let refused = fake.requests().iter().filter(|r| r.answered(429)).count();
    assert_eq!(refused, 3);
    Ok(())
}

#[tokio::test]
async fn answers_may_say_nothing_of_rates() -> Outcome {
    let (fake, _clock) = limited(FakeAtlasBuilder::without_rate_headers).await?;
    for status in [200, 200, 429] {
        let answer = get(&fake, &buckets()).await?;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("ratelimit-limit"), None);
        assert_eq!(answer.header("ratelimit-remaining"), None);
    }
    // Nor of the allowance that there is without a limit.
    let fake = FakeAtlas::builder().without_rate_headers().start().await?;
    let answer = get(&fake, &buckets_of(fake.project_id())).await?;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("ratelimit-limit"), None);
    Ok(())
}

#[tokio::test]
async fn the_limit_may_change() -> Outcome {
    let (fake, clock) = limited(|builder| builder).await?;
    assert_eq!(left(&fake).await?, Ok(1));
    let wider = RateLimit {
        capacity: 5,
        refill: 3,
        period: Duration::from_secs(10),
    };
    fake.set_rate_limit(wider)?;
    for expected in [Ok(0), Err(10)] {
        assert_eq!(left(&fake).await?, expected);
    }
    clock.advance(wider.period);
    let answer = get(&fake, &buckets()).await?;
    assert_eq!(answer.header("ratelimit-limit"), Some("5"));
    assert_eq!(answer.header("ratelimit-remaining"), Some("2"));

    fake.set_rate_limit(RateLimit {
        capacity: 1,
        ..wider
    })?;
    let nothing = RateLimit {
        capacity: 0,
        ..wider
    };
    let kind = fake.set_rate_limit(nothing).err().map(|error| error.kind());
    assert_eq!(kind, Some(ErrorKind::InvalidInput));
    for expected in [Ok(0), Err(10)] {
        assert_eq!(left(&fake).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_limit_may_begin_later() -> Outcome {
    let clock = Arc::new(ManualClock::new());
    let fake = FakeAtlas::builder()
        .project(PROJECT)
        .clock(Arc::clone(&clock) as _)
        .start()
        .await?;
    assert_eq!(left(&fake).await?, Ok(1199));
    clock.advance(Duration::from_secs(45));
    fake.set_rate_limit(LIMIT)?;
    for expected in [Ok(1), Ok(0), Err(15)] {
        assert_eq!(left(&fake).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_429_may_keep_the_limit_to_itself() -> Outcome {
    for (told, after) in [(false, None), (true, Some("60"))] {
        let (fake, _clock) = limited(|builder| {
            let plain = builder.rate_limit_plain();
            if told {
                plain.with_retry_after()
            } else {
                plain
            }
        })
        .await?;
        assert_eq!(left(&fake).await?, Ok(1));
        assert_eq!(left(&fake).await?, Ok(0));
        let refused = get(&fake, &buckets()).await?;
        assert_eq!(refused.status, 429);
        assert_eq!(refused.header("retry-after"), after);
        assert_eq!(refused.header("x-error-code"), Some("RATE_LIMITED"));
        assert_eq!(refused.json()["errorCode"], "RATE_LIMITED");
        assert_eq!(refused.json().get("parameters"), None);
    }
    Ok(())
}

#[tokio::test]
async fn a_version_that_is_switched_off_is_gone() -> Outcome {
    let fake = FakeAtlas::builder()
        .buckets(PROJECT, 1)
        .version_gone("2023-01-01")
        .start()
        .await?;
    let bucket = format!("{}/{BUCKET}", buckets());
    let gone = call(&fake, "DELETE", &bucket, None).await?;
    assert_eq!(gone.status, 410);
    assert_eq!(gone.header("x-error-code"), Some("VERSION_GONE"));
    let parameters = json!(["2023-01-01", bucket.trim_start_matches('/')]);
    assert_eq!(gone.json()["parameters"], parameters);
    // Other versions are still there, and so is the other generation.
    assert_eq!(get(&fake, &buckets()).await?.status, 200);
    let old = buckets().replace("/v2/", "/v1.0/");
    assert_eq!(get(&fake, &old).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn an_operation_ages_as_it_is_told_on_errors_too() -> Outcome {
    let fake = FakeAtlas::builder()
        .deprecation("getExportBucket", "@1722816000")
        .sunset("listExportBuckets", "Thu, 1 Jul 2027 00:00:00 GMT")
        .start()
        .await?;
    let missing = get(&fake, &format!("{}/{BUCKET}", buckets())).await?;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.header("deprecation"), Some("@1722816000"));
    assert_eq!(missing.header("sunset"), None);
    let list = get(&fake, &buckets().replace("/v2/", "/v1.0/")).await?;
    assert_eq!(list.header("deprecation"), None);
    assert!(list.header("sunset").is_some());
    Ok(())
}

#[tokio::test]
async fn options_that_mean_nothing_are_told_at_the_start() {
    let with = FakeAtlas::builder;
    let limited = |limit| with().rate_limit(limit);
    let wrong: [FakeAtlasBuilder; 8] = [
        limited(RateLimit {
            capacity: 0,
            ..LIMIT
        }),
        limited(RateLimit { refill: 0, ..LIMIT }),
        limited(RateLimit {
            period: Duration::ZERO,
            ..LIMIT
        }),
        with().competitor(0, LIMIT.period),
        with().competitor(1, Duration::ZERO),
        with().version_gone("2023-01-02"),
        with().sunset("getBucket", "never"),
        with().deprecation("getExportBucket", "two\nlines"),
    ];
    for builder in wrong {
        let kind = builder.start().await.err().map(|error| error.kind());
        assert_eq!(kind, Some(ErrorKind::InvalidInput));
    }
}
