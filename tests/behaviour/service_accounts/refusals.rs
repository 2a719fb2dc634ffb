//! What there is no token for, and what the server says to one.

use std::sync::Arc;

use atlas_export::{Client, Credentials, ErrorKind, NewExportBucket};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, Match, RateLimit};
use atlas_export_tests::{PROJECT, ROLE, TestClock, account_client_of, client_of, parsed};
use futures_util::future::join_all;
use http::{Response, StatusCode};

use super::{TOKEN, crowd, list, refusal, requests_to, seconds, start, token_endpoint};

/// A client that has another secret than the account.
fn stranger(fake: &FakeAtlas, clock: &TestClock) -> Client {
    let (id, _) = fake.service_account();
    let credentials = Credentials::service_account(id, "mdb_sa_sk_wr0ng");
    let client = client_of(fake).credentials(credentials);
    client.clock(Arc::new(clock.clone())).build().unwrap()
}

#[tokio::test]
async fn a_wrong_secret_is_told_to_all_who_wait_and_remembered_for_a_second() {
    let (fake, _, clock) = start(FakeAtlas::builder()).await;
    let client = stranger(&fake, &clock);
    for outcome in join_all((0..100).map(|_| list(&client))).await {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert_eq!((error.status(), error.attempts()), (Some(401), 0));
        let message = error.to_string();
        for part in [
            "no access token: 401 invalid_client",
            "client secret",
            "expired",
        ] {
            let part = part.replace("client secret", "secret");
            assert!(message.contains(&part), "{message}");
        }
        assert!(!error.is_retryable() && !message.contains("wr0ng"));
    }
    assert_eq!(fake.requests().len(), 1);
    clock.advance(seconds(1) / 2);
    refusal(&client).await;
    assert_eq!(fake.requests().len(), 1);
    clock.advance(seconds(1) / 2);
    refusal(&client).await;
    assert_eq!(fake.requests().len(), 2);
}

fn answer(status: u16, media_type: &str, body: &str) -> Fault {
    let answer = Response::builder()
        .status(status)
        .header("content-type", media_type)
        .body(body.to_owned());
    Fault::answer(answer.unwrap())
}

#[tokio::test]
async fn each_refusal_has_a_message_that_says_what_to_do() {
    const JSON: &str = "application/json";
    let access = r#"{"error":403,"errorCode":"IP_ADDRESS_NOT_ON_ACCESS_LIST","detail":"10.0.0.1"}"#;
    for (fault, parts) in [
        (
            answer(
                403,
                JSON,
                r#"{"error":"access_denied","error_description":"no"}"#,
            ),
            ["403 access_denied, no", "100 live tokens"],
        ),
        (
            answer(403, JSON, access),
            [
                "403 IP_ADDRESS_NOT_ON_ACCESS_LIST, 10.0.0.1",
                "add this machine's address",
            ],
        ),
        (
            answer(404, "text/html", "<html>"),
            ["404 with text/html, not JSON", "check the base URL"],
        ),
        (
            answer(
                401,
                JSON,
                r#"{"error":"mdb_sa_sk_abc","error_description":"no mdb_sa_sk_abc"}"#,
            ),
            ["no access token: 401: check", "expired"],
        ),
        (
            answer(200, JSON, "{}"),
            ["without an access_token", "check the base URL"],
        ),
        (
            answer(200, JSON, r#"{"access_token":"","token_type":"Bearer"}"#),
            ["access_token is empty", "check the base URL"],
        ),
        (
            answer(200, JSON, r#"{"access_token":"x","token_type":"mac"}"#),
            ["token_type is mac, not Bearer", "check the base URL"],
        ),
        (
            Fault::redirect("https://other.example/login".parse().unwrap()),
            [
                "redirect (307) to https://other.example/login",
                "set the base URL",
            ],
        ),
        (
            Fault::gzip_bomb(1),
            ["larger than 65536 bytes", "check the base URL"],
        ),
    ] {
        let (fake, client, _) = start(FakeAtlas::builder()).await;
        fake.inject_for(token_endpoint(), fault);
        let (kind, message) = refusal(&client).await;
        assert_eq!(kind, ErrorKind::Authentication, "{message}");
        for part in parts {
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(fake.requests().len(), 1, "{message}");
        assert!(
            !message.contains("mdb_sa_sk") && !message.contains('\n'),
            "{message}"
        );
    }
}

#[tokio::test]
async fn what_lasts_longer_than_the_attempts_is_an_error_that_may_pass() {
    let html = || Fault::html(StatusCode::OK);
    let down = || Fault::html(StatusCode::SERVICE_UNAVAILABLE);
    for (fault, kind, part) in [
        (
            &html as &dyn Fn() -> Fault,
            ErrorKind::Authentication,
            "text/html, which is not Atlas's",
        ),
        (&down, ErrorKind::Authentication, "503 with text/html"),
        (
            &Fault::reset,
            ErrorKind::Transport,
            "broke before the answer was complete",
        ),
    ] {
        let (fake, client, _) = start(FakeAtlas::builder()).await;
        for _ in 0..4 {
            fake.inject_for(token_endpoint(), fault());
        }
        let error = list(&client).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(error.is_retryable(), "{error}");
        assert_eq!(fake.requests().len(), 4);
        list(&client).await.unwrap();
    }
}

#[tokio::test]
async fn no_connection_and_no_answer_are_the_errors_that_they_are_for_calls() {
    let (fake, client, clock) = start(FakeAtlas::builder()).await;
    clock.fire_guards();
    let (kind, message) = refusal(&client).await;
    assert_eq!(kind, ErrorKind::Timeout, "{message}");
    drop(fake);
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .credentials(Credentials::service_account("mdb_sa_id_1", "mdb_sa_sk_1"))
        .clock(Arc::new(TestClock::default()));
    let (kind, message) = refusal(&client.build().unwrap()).await;
    assert_eq!(kind, ErrorKind::Connect, "{message}");
    assert!(message.contains("no access token: no connection to http://127.0.0.1:1"));
}

#[tokio::test]
async fn the_limit_of_the_token_endpoint_is_waited_for_or_told() {
    let limit = RateLimit {
        capacity: 1,
        refill: 1,
        period: seconds(60),
    };
    let (fake, client, clock) = start(FakeAtlas::builder().token_rate_limit(limit)).await;
    list(&client).await.unwrap();
    fake.revoke_tokens();
    crowd(&client, 50).await;
    // The call had the time: the token came when the limit let it.
    assert_eq!(clock.sleeps(), [seconds(60)]);
    assert_eq!(requests_to(&fake, TOKEN), 3);

    fake.revoke_tokens();
    let hurried = account_client_of(&fake)
        .clock(Arc::new(clock.clone()))
        .call_timeout(seconds(10))
        .build()
        .unwrap();
    for (waited, left, asked) in [(0, 60, 4), (20, 40, 4), (40, 0, 5)] {
        clock.advance(seconds(waited));
        match list(&hurried).await {
            Ok(()) => assert_eq!(left, 0),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
                assert!(error.is_rate_limited() && error.is_retryable());
                assert_eq!(error.retry_after(), Some(seconds(left)));
                assert!(error.to_string().contains("asked too often"), "{error}");
            }
        }
        assert_eq!(requests_to(&fake, TOKEN), asked);
    }
}

#[tokio::test]
async fn a_token_that_the_server_forgot_is_renewed_once_for_all() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    crowd(&client, 50).await;
    fake.revoke_tokens();
    crowd(&client, 50).await;
    assert_eq!(requests_to(&fake, TOKEN), 2);
    let requests = fake.requests();
    let refused = requests.iter().filter(|r| r.answered(401)).count();
    assert!((1..=50).contains(&refused), "{refused}");
    assert_eq!(requests.len(), 102 + refused);
}

#[tokio::test]
async fn a_secret_that_has_worked_is_asked_about_once_more_before_it_is_called_wrong() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    list(&client).await.unwrap();
    fake.revoke_tokens();
    fake.inject_for(token_endpoint(), Fault::status(StatusCode::UNAUTHORIZED));
    list(&client).await.unwrap();
    assert_eq!(requests_to(&fake, TOKEN), 3);
}

#[tokio::test]
async fn a_creation_with_a_forgotten_token_is_sent_again_and_acts_once() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    list(&client).await.unwrap();
    fake.revoke_tokens();
    let new = NewExportBucket::aws("a-bucket", parsed(ROLE)).unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    buckets.create(new).await.unwrap();
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    let statuses: Vec<_> = fake.requests().iter().filter_map(|r| r.status).collect();
    assert_eq!(statuses, [200, 200, 401, 200, 200]);
}

#[tokio::test]
async fn a_server_that_refuses_every_token_is_not_asked_for_ever_more() {
    let (fake, client, clock) = start(FakeAtlas::builder()).await;
    fake.faults_by(|head| {
        (head.operation == Some(ids::LIST_EXPORT_BUCKETS)).then(Fault::no_challenge)
    });
    let (kind, message) = refusal(&client).await;
    assert_eq!(kind, ErrorKind::Authentication);
    assert!(message.contains("only just given out"), "{message}");
    assert_eq!(requests_to(&fake, TOKEN), 2);
    for _ in 0..100 {
        assert_eq!(refusal(&client).await.0, ErrorKind::Authentication);
    }
    assert_eq!(requests_to(&fake, TOKEN), 2);
    fake.clear_faults();
    clock.advance(seconds(1));
    list(&client).await.unwrap();
    assert_eq!(requests_to(&fake, TOKEN), 3);
}

#[tokio::test]
async fn a_403_of_an_operation_says_nothing_against_the_token() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    let which = Match::operation(ids::LIST_EXPORT_BUCKETS);
    fake.inject_for(which, Fault::status(StatusCode::FORBIDDEN));
    let (kind, message) = refusal(&client).await;
    assert_eq!(kind, ErrorKind::Api, "{message}");
    list(&client).await.unwrap();
    assert_eq!(requests_to(&fake, TOKEN), 1);
}
