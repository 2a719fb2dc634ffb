//! What calls cost: requests, bodies and bytes, counted by the server.

use atlas_export::NewExportBucket;
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{PROJECT, ROLE, client_of, parsed};
use futures_util::future::join_all;

#[tokio::test]
async fn ten_gets_one_after_another_cost_eleven_requests() {
    let fake = FakeAtlas::builder()
        .buckets(PROJECT, 1)
        .start()
        .await
        .unwrap();
    let buckets = client_of(&fake)
        .build()
        .unwrap()
        .project(parsed(PROJECT))
        .export_buckets();
    for _ in 0..10 {
        buckets.list().await.unwrap();
    }
    let requests = fake.requests();
    assert_eq!(requests.len(), 11);
    assert!(requests[0].answered(401));
    assert!(requests[1..].iter().all(|request| request.answered(200)));
}

#[tokio::test]
async fn a_cold_post_costs_two_requests_and_sends_its_body_once() {
    let fake = FakeAtlas::builder().project(PROJECT).start().await.unwrap();
    let buckets = client_of(&fake)
        .build()
        .unwrap()
        .project(parsed(PROJECT))
        .export_buckets();
    let new = NewExportBucket::aws("example-bucket", parsed(ROLE)).unwrap();
    buckets.create(new).await.unwrap();
    let requests = fake.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|request| (request.method.as_str(), request.body.is_empty()))
        .collect();
    assert_eq!(seen, [("GET", true), ("POST", false)]);
    assert_eq!(fake.buckets(PROJECT).len(), 1);
}

#[tokio::test]
async fn a_warm_post_costs_one_request() {
    let fake = FakeAtlas::builder().project(PROJECT).start().await.unwrap();
    let buckets = client_of(&fake)
        .build()
        .unwrap()
        .project(parsed(PROJECT))
        .export_buckets();
    buckets.list().await.unwrap();
    fake.clear_requests();
    let new = NewExportBucket::aws("example-bucket", parsed(ROLE)).unwrap();
    buckets.create(new).await.unwrap();
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_crowd_costs_one_challenge_for_each_in_flight_and_no_false_refusal() {
    const CROWD: usize = 16;
    let fake = FakeAtlas::builder()
        .buckets(PROJECT, 1)
        .start()
        .await
        .unwrap();
    let buckets = client_of(&fake)
        .build()
        .unwrap()
        .project(parsed(PROJECT))
        .export_buckets();
    for _ in 0..4 {
        let calls = (0..CROWD).map(|_| async { buckets.list().await });
        for outcome in join_all(calls).await {
            outcome.unwrap();
        }
    }
    let challenges = fake.requests().iter().filter(|r| r.answered(401)).count();
    assert!(challenges <= CROWD, "{challenges} challenges");
}

#[tokio::test]
async fn clones_share_the_handshake_and_other_clients_do_not() {
    let fake = FakeAtlas::builder().project(PROJECT).start().await.unwrap();
    let client = client_of(&fake).build().unwrap();
    for client in [client.clone(), client] {
        client
            .project(parsed(PROJECT))
            .export_buckets()
            .list()
            .await
            .unwrap();
    }
    assert_eq!(fake.requests().len(), 3);
    let other = client_of(&fake).build().unwrap();
    other
        .project(parsed(PROJECT))
        .export_buckets()
        .list()
        .await
        .unwrap();
    assert_eq!(fake.requests().len(), 5);
}
