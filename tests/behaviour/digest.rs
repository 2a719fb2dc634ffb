//! The rules of digest that need a socket, each by its number. The others are shown in the
//! crate `digest-lanes`.
//!
//! 1 lanes, 2 and 3 refused nonces, 4 other challenges, 5 what enters the pool, 6 the first
//! handshake, 7 the probe, 8 resends, 9 redirects, 10 origins, 11 Basic and plain http, 12 the
//! answer, 13 the choice among challenges.

use std::{sync::Arc, time::Duration};

use atlas_export::{Client, ErrorKind, ExportBuckets, NewExportBucket};
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{
    PROJECT, ROLE, Reply, ScriptedServer, TestClock, client_of, key, page_of, parsed,
};
use futures_util::future::join_all;

fn new_bucket() -> NewExportBucket {
    NewExportBucket::aws("example-bucket", parsed(ROLE)).unwrap()
}

fn scripted(server: &ScriptedServer) -> ExportBuckets {
    Client::builder()
        .base_url(server.url())
        .credentials(key())
        .clock(Arc::new(TestClock::default()))
        .build()
        .unwrap()
        .project(parsed(PROJECT))
        .export_buckets()
}

/// A part of the `Authorization` of a request, as it was received.
fn part(request: &str, name: &str) -> Option<String> {
    let line = request
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("authorization:"))?;
    let (_, rest) = line.split_once(&format!(" {name}="))?;
    Some(rest.split(',').next()?.trim_matches('"').to_owned())
}

fn answers(fake: &FakeAtlas) -> Vec<u16> {
    fake.requests()
        .iter()
        .filter_map(|request| request.status)
        .map(|status| status.as_u16())
        .collect()
}

#[tokio::test]
async fn rule_01_a_cancelled_call_takes_its_lane_with_it() {
    let fake = FakeAtlas::builder()
        .buckets(PROJECT, 1)
        .start()
        .await
        .unwrap();
    let client = client_of(&fake).build().unwrap();
    let buckets = client.project(parsed(PROJECT)).export_buckets();
    buckets.list().await.unwrap();
    // Sent or not, nobody knows what became of the nonce's next count.
    for _ in 0..20 {
        let call = Box::pin(async { buckets.list().await });
        let soon = Box::pin(tokio::task::yield_now());
        drop(futures_util::future::select(call, soon).await);
    }
    buckets.list().await.unwrap();
    // A count that was used twice would have been refused for good.
    assert!(answers(&fake).ends_with(&[200]));
}

#[tokio::test]
async fn rule_02_an_expired_nonce_costs_one_challenge_and_no_error() {
    let clock = TestClock::default();
    let fake = FakeAtlas::builder()
        .project(PROJECT)
        .clock(Arc::new(clock.clone()))
        .start()
        .await
        .unwrap();
    let client = client_of(&fake)
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let buckets = client.project(parsed(PROJECT)).export_buckets();
    buckets.list().await.unwrap();
    clock.advance(Duration::from_secs(61));
    buckets.list().await.unwrap();
    assert_eq!(answers(&fake), [401, 200, 401, 200]);
}

#[tokio::test]
async fn rule_03_a_nonce_that_is_stale_at_once_is_no_wrong_key() {
    let stale = |nonce: &str| {
        Reply::with_headers(
            401,
            &format!("WWW-Authenticate: Digest realm=\"x\", nonce=\"{nonce}\", stale=true\r\n"),
            "",
        )
    };
    let script = ["a", "b", "c"].map(stale).into_iter();
    let good = [stale("d"), Reply::json(200, &page_of(&[]))];
    let server = ScriptedServer::start(script.chain(good).collect())
        .await
        .unwrap();
    scripted(&server).list().await.unwrap();

    let server = ScriptedServer::start(vec![stale("a")]).await.unwrap();
    let error = scripted(&server).list().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(401)));
    assert!(error.to_string().contains("stale"), "{error}");
    // Three requests for each attempt, and no more attempts than any call has.
    assert_eq!((error.attempts(), server.requests().len()), (4, 12));
}

#[tokio::test]
async fn rule_06_one_call_goes_first_and_the_others_follow() {
    let fake = FakeAtlas::builder().project(PROJECT).start().await.unwrap();
    let client = client_of(&fake).build().unwrap();
    let buckets = client.project(parsed(PROJECT)).export_buckets();
    let calls = (0..16).map(|_| async { buckets.list().await });
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    assert_eq!(answers(&fake)[..2], [401, 200]);
}

#[tokio::test]
async fn rule_06_a_failed_first_handshake_is_not_shared() {
    // A project that the key does not belong to is answered like a wrong key.
    let script = vec![
        Reply::challenge("a"),
        Reply::challenge("b"),
        Reply::challenge("c"),
        Reply::json(200, &page_of(&[])),
    ];
    let server = ScriptedServer::start(script).await.unwrap();
    let buckets = scripted(&server);
    let (first, second) = futures_util::future::join(async { buckets.list().await }, async {
        buckets.list().await
    })
    .await;
    let kinds = [first, second].map(|outcome| outcome.err().map(|error| error.kind()));
    assert_eq!(kinds, [Some(ErrorKind::Authentication), None]);
}

#[tokio::test]
async fn rule_07_a_lane_that_was_idle_for_long_is_not_trusted_with_a_body() {
    let clock = TestClock::default();
    let fake = FakeAtlas::builder().project(PROJECT).start().await.unwrap();
    let client = client_of(&fake)
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let buckets = client.project(parsed(PROJECT)).export_buckets();
    buckets.list().await.unwrap();
    for (idle, requests) in [(29, 1), (31, 2)] {
        clock.advance(Duration::from_secs(idle));
        fake.clear_requests();
        buckets.create(new_bucket()).await.unwrap();
        let bodies = fake
            .requests()
            .iter()
            .filter(|r| !r.body.is_empty())
            .count();
        assert_eq!((fake.requests().len(), bodies), (requests, 1), "{idle} s");
    }
}

#[tokio::test]
async fn rule_07_a_probe_that_fails_is_repeated_like_a_read() {
    let created = r#"{"_id":"604f6322dc786a5341d4f7fb","cloudProvider":"AWS"}"#;
    let script = vec![
        Reply::json(503, ""),
        Reply::raw(""),
        Reply::with_headers(429, "Retry-After: 1\r\n", ""),
        Reply::challenge("a"),
        Reply::json(200, created),
    ];
    let server = ScriptedServer::start(script).await.unwrap();
    scripted(&server).create(new_bucket()).await.unwrap();
    let methods: Vec<_> = server
        .requests()
        .iter()
        .filter_map(|request| Some(request.split(' ').next()?.to_owned()))
        .collect();
    assert_eq!(methods, ["GET", "GET", "GET", "GET", "POST"]);
}

#[tokio::test]
async fn rule_08_every_resend_is_signed_anew() {
    let script = vec![
        Reply::challenge("a"),
        Reply::json(503, ""),
        Reply::json(200, &page_of(&[])),
    ];
    let server = ScriptedServer::start(script).await.unwrap();
    scripted(&server).list().await.unwrap();
    let requests = server.requests();
    let sent = |name| {
        requests[1..]
            .iter()
            .filter_map(|r| part(r, name))
            .collect::<Vec<_>>()
    };
    assert_eq!(sent("nonce"), ["a", "a"]);
    assert_eq!(sent("nc"), ["00000001", "00000002"]);
    let (cnonces, responses) = (sent("cnonce"), sent("response"));
    assert_ne!(cnonces[0], cnonces[1]);
    assert_ne!(responses[0], responses[1]);
}

#[tokio::test]
async fn rule_10_lanes_belong_to_one_origin() {
    let mut nonces = Vec::new();
    for nonce in ["a", "b"] {
        let script = vec![Reply::challenge(nonce), Reply::json(200, &page_of(&[]))];
        let server = ScriptedServer::start(script).await.unwrap();
        scripted(&server).list().await.unwrap();
        // The first request knows no nonce, of no origin.
        assert_eq!(part(&server.requests()[0], "nonce"), None);
        nonces.push(part(&server.requests()[1], "nonce").unwrap());
    }
    assert_eq!(nonces, ["a", "b"]);
}

#[tokio::test]
async fn rule_12_what_is_signed_is_what_goes_on_the_wire() {
    let script = vec![Reply::challenge("a"), Reply::json(200, "{}")];
    let server = ScriptedServer::start(script).await.unwrap();
    let client = Client::builder()
        .base_url(server.url())
        .credentials(key())
        .build()
        .unwrap();
    let target = "/a%20b/c?q=1%2F2&r=%C3%A9";
    client.raw("GET", target, None).await.unwrap();
    let request = server.requests().pop().unwrap();
    assert!(
        request.starts_with(&format!("GET {target} HTTP/1.1")),
        "{request}"
    );
    assert_eq!(part(&request, "uri").as_deref(), Some(target));
}

#[tokio::test]
async fn rule_13_the_strongest_challenge_is_answered() {
    let challenge = Reply::with_headers(
        401,
        "WWW-Authenticate: Basic realm=\"x\"\r\n\
         WWW-Authenticate: Digest realm=\"x\", nonce=\"m\", algorithm=MD5, qop=\"auth\"\r\n\
         WWW-Authenticate: Digest realm=\"x\", nonce=\"s\", algorithm=SHA-256, qop=\"auth\"\r\n",
        "",
    );
    let server = ScriptedServer::start(vec![challenge, Reply::json(200, &page_of(&[]))])
        .await
        .unwrap();
    scripted(&server).list().await.unwrap();
    let request = server.requests().pop().unwrap();
    assert_eq!(part(&request, "algorithm").as_deref(), Some("SHA-256"));
    assert_eq!(part(&request, "nonce").as_deref(), Some("s"));
}
