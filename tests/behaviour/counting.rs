//! What calls cost: requests, bodies and bytes, counted by the server.

use std::time::Duration;

use atlas_export::request::Method;
use atlas_export_fake::{FakeAtlas, RecordedRequest};
use atlas_export_tests::{
    CredentialKind, PROJECT, Reply, Scene, ScriptedServer, buckets_of, new_bucket, seconds,
};
use futures_util::{StreamExt as _, future::join_all, stream};

/// Whether a request has a body that goes to Atlas itself, not to where tokens come from.
fn is_body_of_call(request: &RecordedRequest) -> bool {
    !request.body.is_empty() && request.path != "/api/oauth/token"
}

#[tokio::test]
async fn ten_gets_one_after_another_cost_eleven_requests() {
    for kind in CredentialKind::BOTH {
        let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().buckets(PROJECT, 1))
            .await
            .known_by(kind);
        for _ in 0..10 {
            buckets.list().await.unwrap();
        }
        let requests = fake.requests();
        assert_eq!(requests.len(), 11);
        // A challenge or a token.
        assert_eq!(requests[0].answered(401), kind == CredentialKind::ApiKey);
        assert!(requests[1..].iter().all(|request| request.answered(200)));
    }
}

#[tokio::test]
async fn a_cold_post_costs_two_requests_and_sends_its_body_once() {
    for kind in CredentialKind::BOTH {
        let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().project(PROJECT))
            .await
            .known_by(kind);
        let new = new_bucket("example-bucket");
        buckets.create(new).await.unwrap();
        let requests = fake.requests();
        let seen: Vec<_> = requests
            .iter()
            .map(|request| (request.method.as_str(), is_body_of_call(request)))
            .collect();
        let first = match kind {
            CredentialKind::ApiKey => "GET",
            CredentialKind::ServiceAccount => "POST",
        };
        assert_eq!(seen, [(first, false), ("POST", true)]);
        assert_eq!(fake.buckets(PROJECT).len(), 1);
    }
}

#[tokio::test]
async fn a_warm_post_costs_one_request() {
    for kind in CredentialKind::BOTH {
        let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().project(PROJECT))
            .await
            .known_by(kind);
        buckets.list().await.unwrap();
        fake.clear_requests();
        let new = new_bucket("example-bucket");
        buckets.create(new).await.unwrap();
        assert_eq!(fake.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_crowd_costs_one_challenge_for_each_in_flight_and_no_false_refusal() {
    const CROWD: usize = 16;
    let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, 1)).await;
    for _ in 0..4 {
        let calls = (0..CROWD).map(|_| async { scene.buckets.list().await });
        for outcome in join_all(calls).await {
            outcome.unwrap();
        }
    }
    let challenges = scene.answered(401);
    assert!(challenges <= CROWD, "{challenges} challenges");
}

#[tokio::test]
async fn creations_in_a_cold_crowd_cost_a_challenge_for_each_in_flight() {
    const CALLS: usize = 200;
    const AT_ONCE: usize = 32;
    for kind in CredentialKind::BOTH {
        let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().project(PROJECT))
            .await
            .known_by(kind);
        let calls = stream::iter(0..CALLS).map(|n| {
            let buckets = buckets.clone();
            let new = new_bucket(&format!("bucket-{n}"));
            async move { buckets.create(new).await.map(drop) }
        });
        let outcomes: Vec<_> = calls.buffer_unordered(AT_ONCE).collect().await;
        outcomes.into_iter().for_each(Result::unwrap);
        let requests = fake.requests().len();
        println!("200 creations, 32 in flight, cold, {kind:?}: {requests} requests");
        let more = match kind {
            CredentialKind::ApiKey => AT_ONCE,
            CredentialKind::ServiceAccount => 1,
        };
        assert!(requests <= CALLS + more, "{requests}");
        assert_eq!(fake.buckets(PROJECT).len(), CALLS);
    }
}

#[tokio::test]
async fn clones_share_the_handshake_and_other_clients_do_not() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(FakeAtlas::builder().project(PROJECT))
            .await
            .known_by(kind);
        for client in [scene.client.clone(), scene.client.clone()] {
            let buckets = client.project(PROJECT).export_buckets();
            buckets.list().await.unwrap();
        }
        assert_eq!(scene.fake.requests().len(), 3);
        buckets_of(scene.another()).list().await.unwrap();
        assert_eq!(scene.fake.requests().len(), 5);
    }
}

#[tokio::test]
async fn ten_thousand_gets_cost_hardly_more_requests() {
    let fake = FakeAtlas::builder()
        .project(PROJECT)
        .nonce_lifetime(seconds(60))
        .nonce_uses(1023);
    let scene = Scene::start(fake).await;
    for call in 0..10_000 {
        scene.buckets.list().await.unwrap();
        scene.clock.advance(Duration::from_millis(40));
        if call == 500 {
            // Uses run out before time does, so a nonce is made to expire.
            scene.clock.advance(seconds(61));
        }
    }
    let requests = scene.fake.requests().len();
    assert!(requests <= 10_020, "{requests} requests");
    assert!(
        requests > 10_010,
        "{requests} requests: no nonce has expired"
    );
}

#[tokio::test]
async fn a_cold_post_of_64_kb_sends_little_more_than_its_body() {
    const BODY: usize = 64 * 1024;
    let server = ScriptedServer::start([Reply::challenge("a"), Reply::json(200, "{}")]).await;
    let client = server.client().build().unwrap();
    client
        .request::<()>(Method::POST, "/any")
        .version("2023-01-01")
        .json(&"x".repeat(BODY - 2))
        .await
        .unwrap();
    let up: usize = server.requests().iter().map(String::len).sum();
    assert!(up > BODY && up <= BODY + 1_000, "{up} bytes up");
}
