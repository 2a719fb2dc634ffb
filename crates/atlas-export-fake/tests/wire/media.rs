//! Media types, versions, and the headers around a body.

use std::sync::Arc;
use std::time::Duration;

use atlas_export_fake::{FakeAtlas, ManualClock};
use serde_json::json;

use crate::peer::{get, signed};
use crate::{Outcome, PROJECT, ROLE};

fn buckets(generation: &str) -> String {
    format!("/api/atlas/{generation}/groups/{PROJECT}/backup/exportBuckets")
}

#[tokio::test]
async fn v2_resolves_the_date_and_says_which_version_it_was() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    for (asked, resolved, ageing) in [
        ("2023-01-01", "2023-01-01", true),
        ("2024-05-30", "2024-05-30", false),
        ("2025-03-12", "2024-05-30", false),
    ] {
        let accept = format!("application/vnd.atlas.{asked}+json");
        let answer = signed(&fake, "GET", &buckets("v2"), &[("Accept", &accept)], "").await?;
        assert_eq!(answer.status, 200);
        let expected = format!("application/vnd.atlas.{resolved}+json;charset=utf-8");
        assert_eq!(answer.header("content-type"), Some(expected.as_str()));
        assert_eq!(answer.header("sunset").is_some(), ageing, "{asked}");
    }
    Ok(())
}

#[tokio::test]
async fn v2_without_a_version_is_not_acceptable() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    for headers in [
        &[][..],
        &[("Accept", "application/json")],
        &[("Accept", "application/vnd.atlas.2022-01-01+json")],
    ] {
        let answer = signed(&fake, "GET", &buckets("v2"), headers, "").await?;
        assert_eq!(answer.status, 406);
        assert_eq!(answer.header("x-error-code"), Some("INVALID_VERSION_DATE"));
    }
    Ok(())
}

#[tokio::test]
async fn a_version_of_the_future_is_not_acceptable_yet() -> Outcome {
    let clock = Arc::new(ManualClock::new());
    let fake = FakeAtlas::builder().clock(Arc::clone(&clock) as _);
    let fake = fake.start().await?;
    let tomorrow = [("Accept", "application/vnd.atlas.2026-08-11+json")];
    for status in [406, 200] {
        let answer = signed(&fake, "GET", &buckets("v2"), &tomorrow, "").await?;
        assert_eq!(answer.status, status);
        clock.advance(Duration::from_secs(24 * 60 * 60));
    }
    Ok(())
}

#[tokio::test]
async fn bodies_of_another_type_are_not_supported() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let headers = [
        ("Accept", "application/json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let body = json!({ "cloudProvider": "AWS", "bucketName": "abc", "iamRoleId": ROLE });
    let answer = signed(&fake, "POST", &buckets("v1.0"), &headers, &body.to_string()).await?;
    assert_eq!(answer.status, 415);
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_not_json_is_a_bad_request() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let headers = [("Content-Type", "application/json")];
    let answer = signed(&fake, "POST", &buckets("v1.0"), &headers, "{").await?;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.header("x-error-code"),
        Some("INVALID_JSON_ATTRIBUTE")
    );
    Ok(())
}

#[tokio::test]
async fn v1_answers_plain_json_and_says_that_it_ages() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let answer = get(&fake, &buckets("v1.0")).await?;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(
        answer.header("deprecation"),
        Some("Mon, 5 Aug 2024 00:00:00 GMT")
    );
    assert_eq!(
        answer.header("sunset"),
        Some("Thu, 1 Jul 2027 00:00:00 GMT")
    );
    Ok(())
}

#[tokio::test]
async fn known_callers_see_their_allowance() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let first = get(&fake, &buckets("v2")).await?;
    let second = get(&fake, &buckets("v2")).await?;
    assert_eq!(first.header("ratelimit-limit"), Some("1200"));
    assert_eq!(first.header("ratelimit-remaining"), Some("1199"));
    assert!(second.header("ratelimit-remaining").is_some());
    assert!(first.header("x-java-method").is_some());
    Ok(())
}
