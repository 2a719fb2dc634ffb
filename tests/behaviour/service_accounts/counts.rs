//! How many requests it takes.

use std::{pin::pin, sync::Arc};

use atlas_export::{NewExportBucket, retry::RetryPolicy};
use atlas_export_fake::{FakeAtlas, Fault, Moment, Turnstile};
use atlas_export_tests::{PROJECT, ROLE, TestClock, account_client_of, parsed};
use futures_util::{FutureExt as _, future::join_all};
use http::StatusCode;

use super::{TOKEN, begin, crowd, list, requests_to, seconds, start, token_endpoint};

#[tokio::test]
async fn a_thousand_calls_of_a_cold_client_are_a_thousand_and_one_requests() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    crowd(&client, 1_000).await;
    assert_eq!(fake.requests().len(), 1_001);
    assert_eq!(requests_to(&fake, TOKEN), 1);
    let request = &fake.requests()[0];
    assert_eq!(request.path, TOKEN);
    assert_eq!(&request.body[..], b"grant_type=client_credentials");
    let content_type = &request.headers["content-type"];
    assert_eq!(content_type, "application/x-www-form-urlencoded");
}

#[tokio::test]
async fn across_two_expiries_a_thousand_calls_are_a_thousand_and_three_requests() {
    let (fake, client, clock) = start(FakeAtlas::builder()).await;
    for calls in [400, 300, 300] {
        crowd(&client, calls).await;
        clock.advance(seconds(3600));
    }
    assert_eq!(fake.requests().len(), 1_003);
    assert_eq!(requests_to(&fake, TOKEN), 3);
}

#[tokio::test]
async fn clones_share_the_token_and_clients_that_are_built_apart_do_not() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    let clones: Vec<_> = (0..20).map(|_| client.clone()).collect();
    for outcome in join_all(clones.iter().map(list)).await {
        outcome.unwrap();
    }
    assert_eq!(requests_to(&fake, TOKEN), 1);
    let other = account_client_of(&fake).build();
    list(&other.unwrap()).await.unwrap();
    assert_eq!(requests_to(&fake, TOKEN), 2);
}

#[tokio::test]
async fn a_token_that_ends_soon_is_used_while_one_renewal_is_under_way() {
    let (fake, client, clock) = start(FakeAtlas::builder()).await;
    crowd(&client, 10).await;
    clock.advance(seconds(3300));
    let turnstile = Turnstile::new();
    fake.inject_for(token_endpoint(), Fault::delay(&turnstile));
    crowd(&client, 100).await;
    turnstile.arrived(1).await;
    crowd(&client, 100).await;
    // The renewal has not been answered: all of these had the old token.
    assert_eq!(requests_to(&fake, TOKEN), 2);
    turnstile.open();
    clock.advance(seconds(300));
    crowd(&client, 100).await;
    assert_eq!(fake.requests().len(), 312);
    assert_eq!(requests_to(&fake, TOKEN), 2);
}

#[tokio::test]
async fn a_renewal_that_fails_twice_loses_no_call() {
    for retry in [RetryPolicy::none(), RetryPolicy::default()] {
        let clock = TestClock::default();
        let builder = FakeAtlas::builder().clock(Arc::new(clock.clone()));
        let fake = builder.start().await.unwrap();
        let client = account_client_of(&fake)
            .clock(Arc::new(clock.clone()))
            .retry(retry)
            .build()
            .unwrap();
        crowd(&client, 10).await;
        for fault in [
            Fault::reset(),
            Fault::status(StatusCode::SERVICE_UNAVAILABLE),
        ] {
            fake.inject_for(token_endpoint(), fault);
        }
        // From five minutes before the end to beyond it.
        clock.advance(seconds(3300));
        for _ in 0..40 {
            crowd(&client, 20).await;
            clock.advance(seconds(10));
        }
        assert_eq!(fake.faults_left(), 0);
        assert_eq!(requests_to(&fake, TOKEN), 4, "{retry:?}");
        assert_eq!(fake.requests().len(), 814);
    }
}

#[tokio::test]
async fn a_cold_fetch_that_fails_for_a_while_is_repeated_for_all_at_once() {
    let (fake, client, clock) = start(FakeAtlas::builder()).await;
    for fault in [
        Fault::html(StatusCode::BAD_GATEWAY),
        Fault::reset().at(Moment::Acted),
        Fault::html(StatusCode::OK),
    ] {
        fake.inject_for(token_endpoint(), fault);
    }
    crowd(&client, 100).await;
    assert_eq!(requests_to(&fake, TOKEN), 4);
    assert_eq!(fake.requests().len(), 104);
    assert_eq!(clock.sleeps().len(), 3);
}

#[tokio::test]
async fn a_starter_that_is_dropped_after_any_poll_costs_no_second_token() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    let turnstile = Turnstile::new();
    fake.inject_for(token_endpoint(), Fault::delay(&turnstile));
    for polls in 0..20 {
        let mut starter = pin!(list(&client));
        for _ in 0..polls {
            begin(&mut starter).await;
            tokio::task::yield_now().await;
        }
    }
    turnstile.arrived(1).await;
    // One that nobody polls, and nobody drops.
    let mut kept = Box::pin(list(&client));
    begin(&mut kept).await;
    turnstile.open();
    crowd(&client, 999).await;
    kept.await.unwrap();
    assert_eq!(fake.requests().len(), 1_001);
    assert_eq!(requests_to(&fake, TOKEN), 1);
}

/// Whatever it is about when it is dropped: before the token is asked for, while it is on its way,
/// or with the request itself under way.
#[tokio::test]
async fn whenever_the_starter_is_dropped_there_is_one_token() {
    let mut ended = 0;
    for polls in [
        0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987,
    ] {
        let (fake, client, _) = start(FakeAtlas::builder()).await;
        {
            let mut starter = pin!(list(&client));
            for _ in 0..polls {
                if starter.as_mut().now_or_never().is_some() {
                    ended += 1;
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        crowd(&client, 100).await;
        assert_eq!(requests_to(&fake, TOKEN), 1, "after {polls} polls");
        // The starter's own request may have gone out, or not.
        let requests = fake.requests().len();
        assert!(
            (101..=102).contains(&requests),
            "{requests} after {polls} polls"
        );
    }
    assert!(
        ended > 0,
        "no starter came to its end, so not every point was seen"
    );
}

#[tokio::test]
async fn a_request_shows_the_token_and_never_asks_for_a_challenge() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    let new = NewExportBucket::aws("a-bucket", parsed(ROLE)).unwrap();
    client
        .project(PROJECT)
        .export_buckets()
        .create(new)
        .await
        .unwrap();
    let requests = fake.requests();
    assert_eq!(requests.len(), 2);
    let shown = requests[1].headers["authorization"].to_str().unwrap();
    assert!(shown.starts_with("Bearer fake-token."), "{shown}");
}
