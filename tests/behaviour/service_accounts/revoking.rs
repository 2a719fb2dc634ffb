//! Giving the token back.

use atlas_export::ErrorKind;
use atlas_export_fake::{FakeAtlas, Fault, Match, Turnstile};
use atlas_export_tests::client_of;
use futures_util::future::{join, join_all};
use http::{Method, StatusCode};

use super::{REVOKE, TOKEN, begin, crowd, list, requests_to, seconds, start, token_endpoint};

#[tokio::test]
async fn a_token_is_given_back_once_and_the_next_call_gets_another() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    client.revoke_token().await.unwrap();
    assert!(fake.requests().is_empty());
    list(&client).await.unwrap();
    assert_eq!(fake.live_tokens(), 1);
    client.revoke_token().await.unwrap();
    client.clone().revoke_token().await.unwrap();
    assert_eq!(fake.live_tokens(), 0);
    assert_eq!(requests_to(&fake, REVOKE), 1);
    list(&client).await.unwrap();
    assert_eq!((fake.live_tokens(), requests_to(&fake, TOKEN)), (1, 2));
}

#[tokio::test]
async fn with_an_api_key_there_is_nothing_to_give_back() {
    let fake = FakeAtlas::builder().start().await.unwrap();
    client_of(&fake)
        .build()
        .unwrap()
        .revoke_token()
        .await
        .unwrap();
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_revocation_waits_for_the_renewal_and_gives_its_token_back() {
    let (fake, client, clock) = start(FakeAtlas::builder()).await;
    list(&client).await.unwrap();
    clock.advance(seconds(3300));
    let turnstile = Turnstile::new();
    fake.inject_for(token_endpoint(), Fault::delay(&turnstile));
    list(&client).await.unwrap();
    turnstile.arrived(1).await;
    let revoking = tokio::spawn({
        let client = client.clone();
        async move { client.revoke_token().await }
    });
    crowd(&client, 20).await;
    assert_eq!(requests_to(&fake, REVOKE), 0);
    turnstile.open();
    revoking.await.unwrap().unwrap();
    // The old one is good until it expires; the one in its place is gone.
    assert_eq!(fake.live_tokens(), 1);
    let revoked = fake.requests();
    let revoked = revoked.iter().find(|r| r.path == REVOKE).unwrap();
    let body = String::from_utf8_lossy(&revoked.body).into_owned();
    assert!(body.ends_with("&token_type_hint=access_token"), "{body}");
}

#[tokio::test]
async fn calls_that_come_during_a_revocation_wait_and_get_a_token_that_stays() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    list(&client).await.unwrap();
    let turnstile = Turnstile::new();
    let revocation = Match::request(Method::POST, REVOKE);
    fake.inject_for(revocation, Fault::delay(&turnstile));
    let calls = async {
        turnstile.arrived(1).await;
        let calls = tokio::spawn({
            let client = client.clone();
            async move { crowd(&client, 50).await }
        });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(requests_to(&fake, TOKEN), 1);
        turnstile.open();
        calls.await.unwrap();
    };
    let (revoked, ()) = join(client.revoke_token(), calls).await;
    revoked.unwrap();
    assert_eq!(requests_to(&fake, TOKEN), 2);
    assert_eq!(fake.live_tokens(), 1);
    assert!(!fake.requests().iter().any(|r| r.answered(401)));
}

#[tokio::test]
async fn many_revocations_at_once_are_one() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    list(&client).await.unwrap();
    for outcome in join_all((0..50).map(|_| client.revoke_token())).await {
        outcome.unwrap();
    }
    assert_eq!(requests_to(&fake, REVOKE), 1);
}

#[tokio::test]
async fn a_revocation_that_fails_says_so_and_keeps_the_token() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    list(&client).await.unwrap();
    let revocation = || Match::request(Method::POST, REVOKE);
    fake.inject_for(revocation(), Fault::status(StatusCode::UNAUTHORIZED));
    let error = client.revoke_token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(
        error
            .to_string()
            .starts_with("the access token was not revoked: 401")
    );
    list(&client).await.unwrap();
    assert_eq!(requests_to(&fake, TOKEN), 1);
    // What passes is tried again.
    fake.inject_for(revocation(), Fault::reset());
    client.revoke_token().await.unwrap();
    assert_eq!(fake.live_tokens(), 0);
}

#[tokio::test]
async fn a_revocation_that_nobody_polls_holds_up_no_call() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    list(&client).await.unwrap();
    let mut kept = Box::pin(client.revoke_token());
    begin(&mut kept).await;
    crowd(&client, 20).await;
    drop(kept);
    crowd(&client, 20).await;
    assert_eq!(
        (requests_to(&fake, REVOKE), requests_to(&fake, TOKEN)),
        (1, 2)
    );
}
