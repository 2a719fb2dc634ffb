//! The gate: who is let in, and what the others are told.

use std::sync::Arc;
use std::time::Duration;

use atlas_export_fake::{FakeAtlas, ManualClock};
use serde_json::json;

use crate::peer::{challenge, get, nonce_of, send, sign};
use crate::{Outcome, PROJECT};

const KEY: (&str, &str) = ("public", "private");

fn target() -> String {
    format!("/api/atlas/v1.0/groups/{PROJECT}/backup/exportBuckets?pretty=true")
}

/// The status of a signed GET, and the challenge that came with a refusal.
async fn attempt(
    fake: &FakeAtlas,
    nonce: &str,
    nc: u32,
) -> Result<(u16, String), Box<dyn std::error::Error>> {
    let authorization = sign(KEY, "GET", &target(), nonce, nc);
    let headers = [("Authorization", authorization.as_str())];
    let answer = send(fake, "GET", &target(), &headers, "").await?;
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    Ok((answer.status, challenge.to_owned()))
}

fn is_stale(challenge: &str) -> Option<bool> {
    let (_, stale) = challenge.rsplit_once("stale=")?;
    stale.parse().ok()
}

#[tokio::test]
async fn an_unsigned_request_gets_the_live_challenge_and_body() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let answer = send(&fake, "GET", &target(), &[], "").await?;
    assert_eq!(answer.status, 401);
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    let nonce = nonce_of(challenge);
    assert_eq!(
        challenge,
        format!(
            r#"Digest realm="MMS Public API", domain="", nonce="{nonce}", algorithm=MD5, qop="auth", stale=false"#
        )
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
    for absent in ["x-error-code", "ratelimit-limit", "ratelimit-remaining"] {
        assert_eq!(answer.header(absent), None, "{absent}");
    }
    let body = answer.json();
    assert_eq!(body["error"], 401);
    assert_eq!(body["errorCode"], "UNEXPECTED_ERROR");
    assert_eq!(body["reason"], "Unauthorized");
    assert_eq!(body.get("parameters"), None);
    Ok(())
}

#[tokio::test]
async fn a_nonce_serves_many_requests_in_any_order() -> Outcome {
    let fake = FakeAtlas::builder()
        .credentials(KEY.0, KEY.1)
        .start()
        .await?;
    let challenge = challenge(&fake).await?;
    let nonce = nonce_of(&challenge);
    for nc in [1, 3, 2, 1023] {
        assert_eq!(attempt(&fake, nonce, nc).await?.0, 200, "nc {nc}");
    }
    Ok(())
}

#[tokio::test]
async fn a_repeated_count_is_refused_but_not_stale() -> Outcome {
    let fake = FakeAtlas::builder()
        .credentials(KEY.0, KEY.1)
        .start()
        .await?;
    let first = challenge(&fake).await?;
    let nonce = nonce_of(&first);
    assert_eq!(attempt(&fake, nonce, 1).await?.0, 200);
    let (status, again) = attempt(&fake, nonce, 1).await?;
    assert_eq!((status, is_stale(&again)), (401, Some(false)));
    assert_ne!(nonce_of(&again), nonce);
    Ok(())
}

#[tokio::test]
async fn count_zero_is_refused() -> Outcome {
    let fake = FakeAtlas::builder()
        .credentials(KEY.0, KEY.1)
        .start()
        .await?;
    let first = challenge(&fake).await?;
    let (status, again) = attempt(&fake, nonce_of(&first), 0).await?;
    assert_eq!((status, is_stale(&again)), (401, Some(false)));
    Ok(())
}

#[tokio::test]
async fn a_used_up_nonce_is_stale() -> Outcome {
    let fake = FakeAtlas::builder()
        .credentials(KEY.0, KEY.1)
        .nonce_uses(2)
        .start()
        .await?;
    let first = challenge(&fake).await?;
    let nonce = nonce_of(&first);
    assert_eq!(attempt(&fake, nonce, 1).await?.0, 200);
    assert_eq!(attempt(&fake, nonce, 2).await?.0, 200);
    let (status, again) = attempt(&fake, nonce, 3).await?;
    assert_eq!((status, is_stale(&again)), (401, Some(true)));
    assert_eq!(attempt(&fake, nonce_of(&again), 1).await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn an_expired_nonce_is_stale() -> Outcome {
    let clock = Arc::new(ManualClock::new());
    let fake = FakeAtlas::builder()
        .credentials(KEY.0, KEY.1)
        .clock(Arc::clone(&clock) as _)
        .start()
        .await?;
    let first = challenge(&fake).await?;
    clock.advance(Duration::from_secs(60));
    assert_eq!(attempt(&fake, nonce_of(&first), 1).await?.0, 200);
    clock.advance(Duration::from_secs(1));
    let (status, again) = attempt(&fake, nonce_of(&first), 2).await?;
    assert_eq!((status, is_stale(&again)), (401, Some(true)));
    Ok(())
}

#[tokio::test]
async fn wrong_keys_and_a_wrong_target_are_not_stale() -> Outcome {
    let fake = FakeAtlas::builder()
        .credentials(KEY.0, KEY.1)
        .start()
        .await?;
    for (key, uri) in [
        (("public", "wrong"), target()),
        (("wrong", "private"), target()),
        (KEY, target().replace("pretty=true", "pretty=false")),
    ] {
        let first = challenge(&fake).await?;
        let authorization = sign(key, "GET", &uri, nonce_of(&first), 1);
        let headers = [("Authorization", authorization.as_str())];
        let answer = send(&fake, "GET", &target(), &headers, "").await?;
        let again = answer.header("www-authenticate").unwrap_or_default();
        assert_eq!((answer.status, is_stale(again)), (401, Some(false)));
    }
    Ok(())
}

#[tokio::test]
async fn every_request_is_recorded_in_order_with_its_body_and_answer() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let body = json!({ "sent": "too early" }).to_string();
    send(&fake, "POST", &target(), &[("X-Mark", "a")], &body).await?;
    get(&fake, &target()).await?;

    let requests = fake.requests();
    let seen: Vec<(&str, Option<u16>)> = requests
        .iter()
        .map(|r| (r.method.as_str(), r.status.map(|status| status.as_u16())))
        .collect();
    assert_eq!(
        seen,
        [("POST", Some(401)), ("GET", Some(401)), ("GET", Some(200))]
    );
    let first = requests.first().ok_or("no request")?;
    assert_eq!(first.query.as_deref(), Some("pretty=true"));
    assert_eq!(first.body, body.as_bytes());
    assert_eq!(
        first.headers.get("x-mark").map(http::HeaderValue::as_bytes),
        Some(&b"a"[..])
    );
    assert!(first.answered(401));

    fake.clear_requests();
    assert!(fake.requests().is_empty());
    Ok(())
}
