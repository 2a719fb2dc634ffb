//! The rules of digest that need a socket, each by its number. The others are shown in the
//! crate `digest-lanes`.
//!
//! 1 lanes, 2 and 3 refused nonces, 4 other challenges, 5 what enters the pool, 6 the first
//! handshake, 7 the probe, 8 resends, 9 redirects, 10 origins, 11 Basic and plain http, 12 the
//! answer, 13 the choice among challenges.

use std::{pin::pin, sync::Arc};

use atlas_export::{ErrorKind, request::Method};
use atlas_export_fake::{FakeAtlas, Fault, Turnstile};
use atlas_export_tests::{
    PROJECT, Reply, Scene, ScriptedServer, TestClock, buckets_of, new_bucket, seconds,
};
use futures_util::future::{Either, join_all, select};

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
    let turnstile = Turnstile::new();
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().buckets(PROJECT, 1)).await;
    buckets.list().await.unwrap();
    fake.inject(Fault::delay(&turnstile));
    {
        let call = pin!(async { buckets.list().await });
        let arrived = pin!(turnstile.arrived(1));
        let under_way = select(call, arrived).await;
        assert!(matches!(under_way, Either::Right(_)));
    }
    turnstile.open();
    buckets.list().await.unwrap();
    // Nobody knows what became of the nonce's next count, so nobody uses it again.
    let nonces: Vec<_> = fake
        .requests()
        .iter()
        .map(|request| {
            let value = request.headers.get("authorization")?.to_str().ok()?;
            let (_, rest) = value.split_once("nonce=\"")?;
            Some(rest.split('"').next()?.to_owned())
        })
        .collect();
    assert_eq!(nonces.len(), 5, "{nonces:?}");
    assert_eq!(nonces[1], nonces[2]);
    assert_eq!((&nonces[0], &nonces[3]), (&None, &None));
    assert_ne!(nonces[4], nonces[1]);
}

#[tokio::test]
async fn rule_02_an_expired_nonce_costs_one_challenge_and_no_error() {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    scene.buckets.list().await.unwrap();
    scene.clock.advance(seconds(61));
    scene.buckets.list().await.unwrap();
    assert_eq!(answers(&scene.fake), [401, 200, 401, 200]);
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
    let good = [stale("d"), Reply::empty_page()];
    let server = ScriptedServer::start(script.chain(good)).await;
    server.buckets().list().await.unwrap();

    let server = ScriptedServer::start([stale("a")]).await;
    let error = server.buckets().list().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(401)));
    assert!(error.to_string().contains("stale"), "{error}");
    // Three requests for each attempt, and no more attempts than any call has.
    assert_eq!((error.attempts(), server.requests().len()), (4, 12));
}

/// A challenge that says nothing of stale nonces, as that of a back end that never saw the nonce.
fn refused(nonce: &str) -> Reply {
    Reply::challenge(nonce)
}

#[tokio::test]
async fn rule_03_a_key_that_has_worked_gets_one_challenge_more_before_it_is_called_wrong() {
    let good = || Reply::empty_page();
    let warm = || vec![Reply::challenge("a"), good()];
    // Refused on the lane, on a fresh nonce, and then let in.
    let script = [
        warm(),
        vec![refused("b"), refused("c"), refused("d"), good()],
    ]
    .concat();
    let server = ScriptedServer::start(script).await;
    let buckets = server.buckets();
    buckets.list().await.unwrap();
    buckets.list().await.unwrap();
    assert_eq!(server.requests().len(), 6);

    // Refused to the end: it was taken back, or the project is not its own.
    let script = [warm(), vec![refused("b")]].concat();
    let server = ScriptedServer::start(script).await;
    let buckets = server.buckets();
    buckets.list().await.unwrap();
    let error = buckets.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.to_string().contains("max_in_flight"), "{error}");
    assert_eq!((error.attempts(), server.requests().len()), (1, 6));
}

#[tokio::test]
async fn rule_03_a_body_is_not_sent_into_the_void_for_the_challenge_more() {
    let created = r#"{"_id":"604f6322dc786a5341d4f7fb","cloudProvider":"AWS"}"#;
    let script = vec![
        Reply::challenge("a"),
        Reply::empty_page(),
        refused("b"),
        refused("c"),
        refused("d"),
        Reply::json(200, created),
    ];
    let server = ScriptedServer::start(script).await;
    let buckets = server.buckets();
    buckets.list().await.unwrap();
    buckets.create(new_bucket("example-bucket")).await.unwrap();
    assert_eq!(
        server.methods(),
        ["GET", "GET", "POST", "POST", "GET", "POST"]
    );
}

#[tokio::test]
async fn rule_06_a_cold_crowd_shakes_hands_at_once() {
    const CROWD: usize = 16;
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let calls = (0..CROWD).map(|_| async { buckets.list().await });
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    // Nobody waits for the first handshake, and each has a lane of its own.
    assert_eq!(answers(&fake)[..2], [401, 401]);
    assert_eq!(answers(&fake).len(), 2 * CROWD);
}

#[tokio::test]
async fn rule_06_a_failed_handshake_is_each_call_s_own() {
    // A project that the key does not belong to is answered like a wrong key.
    let Scene { fake, client, .. } = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let elsewhere = "32b6e34b3d91647abb20e7b9";
    fake.faults_by(move |head| head.path.contains(elsewhere).then(Fault::basic_challenge));
    let calls = (0..8).map(|n| {
        let project = if n % 2 == 0 { elsewhere } else { PROJECT };
        let buckets = client.project(project).export_buckets();
        async move { buckets.list().await.is_ok() }
    });
    let outcomes = join_all(calls).await;
    assert_eq!(outcomes, [false, true].repeat(4));
}

#[tokio::test]
async fn rule_07_a_lane_that_was_idle_for_long_is_not_trusted_with_a_body() {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    scene.buckets.list().await.unwrap();
    for (idle, requests) in [(29, 1), (31, 2)] {
        scene.clock.advance(seconds(idle));
        scene.fake.clear_requests();
        scene
            .buckets
            .create(new_bucket("example-bucket"))
            .await
            .unwrap();
        let bodies = scene
            .fake
            .requests()
            .iter()
            .filter(|r| !r.body.is_empty())
            .count();
        assert_eq!(
            (scene.fake.requests().len(), bodies),
            (requests, 1),
            "{idle} s"
        );
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
    let server = ScriptedServer::start(script).await;
    server
        .buckets()
        .create(new_bucket("example-bucket"))
        .await
        .unwrap();
    assert_eq!(server.methods(), ["GET", "GET", "GET", "GET", "POST"]);
}

#[tokio::test]
async fn a_creation_that_was_challenged_has_not_acted_though_the_challenge_breaks_off() {
    let broken = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\
        WWW-Authenticate: Digest realm=\"x\", nonce=\"b\", qop=\"auth\"\r\n\r\n{";
    let script = vec![
        Reply::challenge("a"),
        Reply::empty_page(),
        Reply::unfinished(broken),
    ];
    let server = ScriptedServer::start(script).await;
    let client = server.client().clock(Arc::new(TestClock::in_order()));
    let buckets = buckets_of(client.call_timeout(seconds(2)));
    buckets.list().await.unwrap();
    let error = buckets
        .create(new_bucket("example-bucket"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(!error.may_have_taken_effect() && error.is_retryable());
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn rule_08_every_resend_is_signed_anew() {
    let script = vec![
        Reply::challenge("a"),
        Reply::json(503, ""),
        Reply::empty_page(),
    ];
    let server = ScriptedServer::start(script).await;
    server.buckets().list().await.unwrap();
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
        let script = vec![Reply::challenge(nonce), Reply::empty_page()];
        let server = ScriptedServer::start(script).await;
        server.buckets().list().await.unwrap();
        // The first request knows no nonce, of no origin.
        assert_eq!(part(&server.requests()[0], "nonce"), None);
        nonces.push(part(&server.requests()[1], "nonce").unwrap());
    }
    assert_eq!(nonces, ["a", "b"]);
}

#[tokio::test]
async fn rule_12_what_is_signed_is_what_goes_on_the_wire() {
    let script = vec![Reply::challenge("a"), Reply::json(200, "{}")];
    let server = ScriptedServer::start(script).await;
    let client = server.client().build().unwrap();
    let target = "/api/atlas/v2/a%20b/c?q=1%2F2&r=%C3%A9";
    let request = client.request::<()>(Method::GET, "/{folder}/c");
    let request = request.path("folder", "a b").version("2023-01-01");
    request.query("q", "1/2").query("r", "é").await.unwrap();
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
    let server = ScriptedServer::start([challenge, Reply::empty_page()]).await;
    server.buckets().list().await.unwrap();
    let request = server.requests().pop().unwrap();
    assert_eq!(part(&request, "algorithm").as_deref(), Some("SHA-256"));
    assert_eq!(part(&request, "nonce").as_deref(), Some("s"));
}
