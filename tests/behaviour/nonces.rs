//! Nonces under stress: forgotten as fast as they are given, not shared, few uses each.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use atlas_export::{Client, ErrorKind, request::Method, retry::RetryPolicy};
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, Fault};
use atlas_export_tests::{PROJECT, Scene, TestClock, client_of};
use futures_util::{StreamExt as _, stream};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

async fn start(builder: FakeAtlasBuilder) -> Scene {
    Scene::in_order(builder.buckets(PROJECT, 1)).await
}

/// So many calls, so many at once. Which failed, and how.
async fn make(client: &Client, count: usize, at_once: usize) -> Vec<atlas_export::Error> {
    let buckets = client.project(PROJECT).export_buckets();
    let calls = stream::iter(0..count).map(|_| async { buckets.list().await.err() });
    let outcomes: Vec<_> = calls.buffer_unordered(at_once).collect().await;
    outcomes.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_server_that_forgets_all_nonces_again_and_again_costs_no_call() {
    let scene = start(FakeAtlas::builder())
        .await
        .with(|client| client.max_in_flight(256));
    let Scene { fake, client, .. } = scene;
    fake.faults_by(|head| (head.number % 37 == 36).then(Fault::forget_nonces));
    let failed = make(&client, 2_048, 256).await;
    println!(
        "256 at once, all nonces forgotten at every 37th request: {} of 2,048 failed, {} requests",
        failed.len(),
        fake.requests().len()
    );
    assert!(failed.is_empty(), "{}", failed[0]);
}

#[tokio::test]
async fn fewer_go_out_at_once_where_nonces_are_forgotten() {
    for every in [5, 9, 13] {
        let scene = start(FakeAtlas::builder())
            .await
            .with(|client| client.retry(RetryPolicy::none()));
        let Scene { fake, client, .. } = scene;
        fake.faults_by(move |head| (head.number % every == 0).then(Fault::forget_nonces));
        let failed = make(&client, 1_000, 64).await;
        println!(
            "64 at once, all nonces forgotten at every {every}th request, no retries: {} of 1,000 \
             failed, {} requests",
            failed.len(),
            fake.requests().len()
        );
        // The crowd that finds out, and those that meet the fault itself while the bound falls.
        // With all 64 in flight throughout, every call fails.
        assert!(failed.len() <= 100, "{}", failed[0]);
    }
}

#[tokio::test]
async fn without_retries_what_is_not_enough_is_named() {
    let scene = start(FakeAtlas::builder())
        .await
        .with(|client| client.retry(RetryPolicy::none()));
    let Scene { fake, client, .. } = scene;
    // No nonce ever works.
    fake.faults_by(|head| head.authenticated.then(Fault::stale_nonce));
    let failed = make(&client, 4, 4).await;
    assert_eq!(failed.len(), 4);
    for error in failed {
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(401)));
        assert!(error.to_string().contains("max_in_flight"), "{error}");
        // As the library would, with another policy.
        assert!(error.is_retryable());
    }
}

/// Hands its connections to several servers in turn, as a load balancer does.
async fn balance(servers: Vec<SocketAddr>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let next = AtomicUsize::new(0);
    tokio::spawn(async move {
        while let Ok((mut inbound, _)) = listener.accept().await {
            let server = servers[next.fetch_add(1, Ordering::Relaxed) % servers.len()];
            tokio::spawn(async move {
                let mut outbound = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut inbound, &mut outbound).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn two_back_ends_that_do_not_share_nonces_are_no_wrong_key() {
    for at_once in [1, 2, 8, 32, 64] {
        let clock = TestClock::in_order();
        let mut back_ends = Vec::new();
        for _ in 0..2 {
            let builder = FakeAtlas::builder().never_stale().buckets(PROJECT, 1);
            let builder = builder.clock(Arc::new(clock.clone()));
            let fake = builder.start().await.unwrap();
            // Connections end now and then, so that a nonce meets the other server.
            fake.faults_by(|head| (head.number % 20 == 19).then(Fault::last_answer));
            back_ends.push(fake);
        }
        let balanced = balance(back_ends.iter().map(FakeAtlas::addr).collect()).await;
        let client = client_of(&back_ends[0]).base_url(format!("http://{balanced}"));
        let client = client.clock(Arc::new(clock)).build().unwrap();
        let failed = make(&client, 1_000, at_once).await;
        let requests: usize = back_ends.iter().map(|fake| fake.requests().len()).sum();
        println!(
            "two back ends, {at_once} at once: {} of 1,000 refused, {requests} requests",
            failed.len()
        );
        // One challenge more is one: a call whose every nonce meets the other server is refused.
        assert!(failed.len() <= 2, "{}", failed[0]);
    }
}

#[tokio::test]
async fn where_uses_run_out_a_body_goes_up_once_all_the_same() {
    const CALLS: usize = 320;
    const BODY: usize = 8 * 1024;
    let Scene { fake, client, .. } = start(FakeAtlas::builder().nonce_uses(16)).await;
    for _ in 0..CALLS {
        // There is no such resource; what counts is what goes up, quotation marks included.
        client
            .request::<()>(Method::POST, "/none")
            .version("2023-01-01")
            .json(&"x".repeat(BODY - 2))
            .await
            .unwrap_err();
    }
    let requests = fake.requests();
    let up: usize = requests.iter().map(|request| request.body.len()).sum();
    println!(
        "{CALLS} bodies, 16 uses a nonce: {} requests, {up} bytes of bodies, {} at the least",
        requests.len(),
        CALLS * BODY
    );
    // Twice it has to find out.
    assert_eq!(up, (CALLS + 2) * BODY);
    assert!(
        requests.len() <= CALLS + CALLS / 16 + 5,
        "{}",
        requests.len()
    );
}

#[tokio::test]
async fn a_key_that_is_taken_back_is_told_within_bounds() {
    let Scene { fake, client, .. } = start(FakeAtlas::builder()).await;
    assert!(make(&client, 1, 1).await.is_empty());
    fake.clear_requests();
    fake.faults_by(|_| Some(Fault::answer(refusal())));
    let failed = make(&client, 100, 100).await;
    assert_eq!(failed.len(), 100);
    for error in failed {
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(!error.is_retryable());
    }
    let requests = fake.requests().len();
    println!("100 calls with a key that was taken back: {requests} requests");
    assert!(requests <= 5 * 100, "{requests}");
}

fn refusal() -> http::Response<&'static str> {
    http::Response::builder()
        .status(http::StatusCode::UNAUTHORIZED)
        .header(
            "www-authenticate",
            "Digest realm=\"MMS Public API\", domain=\"\", nonce=\"abc\", algorithm=MD5, \
             qop=\"auth\", stale=false",
        )
        .body("")
        .unwrap()
}
