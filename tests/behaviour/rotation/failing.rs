//! A provider that fails, or gives nothing new.

use std::{
    error::Error as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use atlas_export::{Credentials, Error, ErrorKind};
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{PROJECT, Scene};
use futures_util::future::join_all;

use super::{NEW_KEY, crowd, first_key, list, new_key, start};

/// What the provider itself failed with.
fn innermost(error: &Error) -> &std::io::Error {
    let source = error.source().and_then(std::error::Error::source);
    source.unwrap().downcast_ref().unwrap()
}

#[tokio::test]
async fn a_failure_is_told_to_all_with_its_source_and_remembered_for_a_second() {
    let (fake, client, vault, clock) = start(first_key).await;
    vault.put(Err("permission denied"));
    for outcome in join_all((0..100).map(|_| list(&client))).await {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert_eq!(
            error.to_string(),
            "the provider of credentials failed: permission denied; see what it reads them from"
        );
        assert_eq!(innermost(&error).to_string(), "permission denied");
        assert!(error.is_retryable() && error.attempts() == 0);
    }
    assert_eq!((vault.reads(), fake.requests().len()), (1, 0));
    clock.advance(Duration::from_millis(999));
    list(&client).await.unwrap_err();
    assert_eq!(vault.reads(), 1);
    vault.put(Ok(first_key(&fake)));
    clock.advance(Duration::from_millis(1));
    crowd(&client, 100).await;
    assert_eq!(vault.reads(), 2);
}

#[tokio::test]
async fn a_failure_after_a_refusal_is_what_calls_are_told_until_it_passes() {
    let (fake, client, vault, clock) = start(first_key).await;
    crowd(&client, 10).await;
    vault.put(Err("sealed"));
    fake.rotate_key(NEW_KEY.0, NEW_KEY.1);
    for outcome in join_all((0..100).map(|_| list(&client))).await {
        let error = outcome.unwrap_err();
        assert!(error.to_string().contains("sealed"), "{error}");
    }
    assert_eq!(vault.reads(), 2);
    vault.put(Ok(new_key()));
    clock.advance(Duration::from_secs(1));
    crowd(&client, 100).await;
    assert_eq!(vault.reads(), 3);
}

#[tokio::test]
async fn the_same_key_again_is_the_refusal_and_no_loop() {
    let (fake, client, vault, clock) = start(|_| new_key()).await;
    let refused = |error: Error| {
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Authentication, Some(401))
        );
        assert!(error.to_string().contains("refuses the API key"), "{error}");
    };
    refused(list(&client).await.unwrap_err());
    assert_eq!(vault.reads(), 2);
    for outcome in join_all((0..100).map(|_| list(&client))).await {
        refused(outcome.unwrap_err());
    }
    assert_eq!(vault.reads(), 2);
    clock.advance(Duration::from_secs(1));
    for outcome in join_all((0..100).map(|_| list(&client))).await {
        refused(outcome.unwrap_err());
    }
    assert_eq!(vault.reads(), 3);
    // It may become good: the server was the one that was late.
    fake.rotate_key(NEW_KEY.0, NEW_KEY.1);
    crowd(&client, 100).await;
    assert_eq!(vault.reads(), 3);
}

#[tokio::test]
async fn a_call_asks_for_other_credentials_once() {
    let (fake, client, vault, _) = start(first_key).await;
    crowd(&client, 1).await;
    // Another key than the one that the server has now.
    vault.put(Ok(Credentials::api_key("otherkey", "x")));
    fake.rotate_key(NEW_KEY.0, NEW_KEY.1);
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.status(), Some(401));
    assert_eq!(vault.reads(), 2);
}

#[tokio::test]
async fn what_is_no_pair_of_credentials_is_told() {
    let provider_of = |given: Credentials| {
        Credentials::provider(move || {
            let given = given.clone();
            async { Ok::<_, std::io::Error>(given) }
        })
    };
    for (given, told) in [
        (Credentials::api_key("abcdefgh", "s3cret "), "white space"),
        (
            Credentials::service_account("x", "s3cret"),
            "client id is none",
        ),
        (provider_of(new_key()), "another provider"),
    ] {
        let scene = Scene::start(FakeAtlas::builder()).await;
        let scene = scene.with(|client| client.credentials(provider_of(given)));
        let error = scene.buckets.list().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        let message = error.to_string();
        assert!(
            message.contains(told) && !message.contains("s3cret"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let scene = Scene::start(FakeAtlas::builder()).await;
    let broken = Credentials::provider(|| async {
        let secrets: Vec<Result<Credentials, std::io::Error>> = Vec::new();
        secrets.into_iter().next().expect("a secret")
    });
    let scene = scene.with(|client| client.credentials(broken));
    let error = scene.buckets.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.to_string().contains("panicked"), "{error}");
}

#[tokio::test]
async fn one_that_never_answers_has_the_time_of_an_attempt() {
    let scene = Scene::in_order(FakeAtlas::builder().project(PROJECT)).await;
    let (public, private) = scene.fake.credentials();
    let key = Credentials::api_key(public, private);
    let asked = Arc::new(AtomicUsize::new(0));
    let stuck = Credentials::provider({
        let asked = asked.clone();
        move || {
            let (first, key) = (asked.fetch_add(1, Ordering::Relaxed) == 0, key.clone());
            async move {
                if first {
                    std::future::pending::<()>().await;
                }
                Ok::<_, std::io::Error>(key)
            }
        }
    });
    let scene = scene.with(|client| client.credentials(stuck));
    let error = scene.buckets.list().await.unwrap_err();
    assert!(
        error.to_string().contains("gave none within 60 s"),
        "{error}"
    );
    assert_eq!(error.kind(), ErrorKind::Authentication);
    scene.clock.pass(Duration::from_secs(1)).await;
    scene.buckets.list().await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}
