//! Service accounts: tokens that are issued, used, expire and are given back.

use std::sync::Arc;
use std::time::Duration;

use atlas_export_fake::{FakeAtlas, Fault, ManualClock, Match, RateLimit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};

use crate::peer::{Answer, VENDOR, send};
use crate::{Outcome, PROJECT};

const TOKEN: &str = "/api/oauth/token";
const REVOKE: &str = "/api/oauth/revoke";
const GRANT: &str = "grant_type=client_credentials";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

type Answered = Result<Answer, Box<dyn std::error::Error>>;

async fn post(fake: &FakeAtlas, path: &str, secret: &str, body: &str) -> Answered {
    let (id, _) = fake.service_account();
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    send(fake, "POST", path, &[("Authorization", &basic), FORM], body).await
}

async fn issued(fake: &FakeAtlas) -> Result<String, Box<dyn std::error::Error>> {
    let answer = post(fake, TOKEN, fake.service_account().1, GRANT).await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let json = answer.json();
    let token = json.get("access_token").and_then(|token| token.as_str());
    Ok(token.ok_or("no token")?.to_owned())
}

/// An operation, asked for with a token.
async fn list(fake: &FakeAtlas, token: &str) -> Answered {
    let target = format!("/api/atlas/v2/groups/{PROJECT}/backup/exportBuckets");
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Accept", VENDOR)];
    send(fake, "GET", &target, &headers, "").await
}

async fn with_clock() -> std::io::Result<(FakeAtlas, Arc<ManualClock>)> {
    let clock = Arc::new(ManualClock::new());
    let builder = FakeAtlas::builder().clock(Arc::clone(&clock) as _);
    Ok((builder.start().await?, clock))
}

#[tokio::test]
async fn a_token_is_bearer_and_lives_an_hour() -> Outcome {
    let (fake, clock) = with_clock().await?;
    let answer = post(&fake, TOKEN, fake.service_account().1, GRANT).await?;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let json = answer.json();
    assert_eq!(
        (&json["token_type"], &json["expires_in"]),
        (&"Bearer".into(), &3600.into())
    );
    let token = json["access_token"].as_str().unwrap_or_default();
    assert_eq!(list(&fake, token).await?.status, 200);
    clock.advance(Duration::from_secs(3599));
    assert_eq!(list(&fake, token).await?.status, 200);
    clock.advance(Duration::from_secs(1));
    let refused = list(&fake, token).await?;
    assert_eq!(refused.status, 401);
    let challenge = refused.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Bearer"), "{challenge}");
    assert_eq!(fake.live_tokens(), 0);
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_given_back_is_refused_and_others_stay() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let (one, other) = (issued(&fake).await?, issued(&fake).await?);
    let (_, secret) = fake.service_account();
    let form = format!("token={one}&token_type_hint=access_token");
    assert_eq!(post(&fake, REVOKE, "wrong", &form).await?.status, 401);
    assert_eq!(post(&fake, REVOKE, secret, &form).await?.status, 200);
    assert_eq!(
        post(&fake, REVOKE, secret, &form).await?.status,
        200,
        "twice"
    );
    assert_eq!(list(&fake, &one).await?.status, 401);
    assert_eq!(list(&fake, &other).await?.status, 200);
    assert_eq!(fake.live_tokens(), 1);
    fake.revoke_tokens();
    assert_eq!(list(&fake, &other).await?.status, 401);
    Ok(())
}

#[tokio::test]
async fn what_is_refused_has_the_error_of_its_kind() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let (_, secret) = fake.service_account();
    for (path, secret, body, status, error) in [
        (TOKEN, "wrong", GRANT, 401, "invalid_client"),
        (TOKEN, secret, "", 400, "unsupported_grant_type"),
        (
            TOKEN,
            secret,
            "grant_type=password",
            400,
            "unsupported_grant_type",
        ),
        (REVOKE, secret, "", 400, "invalid_request"),
    ] {
        let answer = post(&fake, path, secret, body).await?;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (status, &error.into()),
            "{path} {body}"
        );
    }
    assert_eq!(send(&fake, "GET", TOKEN, &[], "").await?.status, 405);
    assert_eq!(
        send(&fake, "POST", TOKEN, &[FORM], GRANT).await?.status,
        401
    );
    for _ in 0..100 {
        issued(&fake).await?;
    }
    let answer = post(&fake, TOKEN, secret, GRANT).await?;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (403, &"access_denied".into())
    );
    Ok(())
}

#[tokio::test]
async fn the_token_endpoint_has_a_limit_of_its_own() -> Outcome {
    let clock = Arc::new(ManualClock::new());
    let limit = RateLimit {
        capacity: 2,
        refill: 2,
        period: Duration::from_secs(60),
    };
    let builder = FakeAtlas::builder().token_rate_limit(limit);
    let fake = builder.clock(Arc::clone(&clock) as _).start().await?;
    let token = issued(&fake).await?;
    issued(&fake).await?;
    clock.advance(Duration::from_secs(20));
    let refused = post(&fake, TOKEN, fake.service_account().1, GRANT).await?;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("40"))
    );
    assert_eq!(list(&fake, &token).await?.status, 200);
    clock.advance(Duration::from_secs(40));
    issued(&fake).await?;
    Ok(())
}

#[tokio::test]
async fn faults_meet_the_token_endpoint_as_any_other() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let (_, secret) = fake.service_account();
    let which = Match::request(Method::POST, TOKEN).authenticated();
    fake.inject_for(which, Fault::html(StatusCode::BAD_GATEWAY));
    assert_eq!(post(&fake, TOKEN, "wrong", GRANT).await?.status, 401);
    assert_eq!(post(&fake, TOKEN, secret, GRANT).await?.status, 502);
    let token = issued(&fake).await?;
    fake.inject_for(Match::any().authenticated(), Fault::no_challenge());
    assert_eq!(list(&fake, "unknown").await?.status, 401);
    assert_eq!(fake.faults_left(), 1);
    assert_eq!(list(&fake, &token).await?.status, 401);
    assert_eq!(list(&fake, &token).await?.status, 200);
    assert!(!format!("{:?}", fake.requests()).contains(&token));
    Ok(())
}

#[tokio::test]
async fn a_token_that_lives_for_no_time_is_refused_at_the_start() -> Outcome {
    let builder = FakeAtlas::builder().token_lifetime(Duration::from_millis(999));
    let error = builder.start().await.err().ok_or("it starts")?;
    assert!(error.to_string().contains("token lifetime"), "{error}");
    Ok(())
}
