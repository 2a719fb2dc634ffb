//! TLS and HTTP/2, which is all that the real service speaks.

use atlas_export::{Client, ErrorKind, retry::RetryPolicy};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, Match};
use atlas_export_tests::{CredentialKind, PROJECT, Scene, buckets_of, client_of, new_bucket};
use futures_util::future::join_all;

/// A fake with a certificate of its own, and a client that trusts it.
async fn secure() -> Scene {
    Scene::start(FakeAtlas::builder().project(PROJECT).tls().http2_only()).await
}

#[tokio::test]
async fn a_root_certificate_that_is_given_is_trusted() {
    let scene = secure().await;
    assert!(scene.fake.url().starts_with("https://"));
    scene.buckets.list().await.unwrap();
}

#[tokio::test]
async fn an_unknown_root_is_no_connection() {
    let Scene { fake, .. } = secure().await;
    untrusted(client_of(&fake).build().unwrap(), "root_certificates").await;
    assert!(fake.requests().is_empty());
}

/// An address that leads to the same server and is not in its certificate.
fn elsewhere(fake: &FakeAtlas) -> atlas_export::ClientBuilder {
    client_of(fake)
        .root_certificates(fake.root_pem().unwrap())
        .base_url(fake.url().replace("localhost", "0.0.0.0"))
        .no_proxy()
}

async fn untrusted(client: Client, told: &str) {
    let buckets = client.project(PROJECT).export_buckets();
    let error = buckets.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
    assert!(error.to_string().contains(told), "{error}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_tried_again() {
    let Scene { fake, .. } = secure().await;
    untrusted(elsewhere(&fake).build().unwrap(), "the base URL").await;
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_crowd_of_creations_shares_one_connection() {
    for kind in CredentialKind::BOTH {
        let Scene { fake, buckets, .. } = secure().await.known_by(kind);
        buckets.list().await.unwrap();
        let creations = (0..32).map(|n| {
            let buckets = &buckets;
            async move { buckets.create(new_bucket(&format!("bucket-{n}"))).await }
        });
        for outcome in join_all(creations).await {
            outcome.unwrap();
        }
        assert_eq!(fake.buckets(PROJECT).len(), 32);
        assert_eq!(fake.connections(), 1);
    }
}

#[tokio::test]
async fn a_stream_that_is_refused_and_a_connection_that_goes_away_are_survived() {
    for kind in CredentialKind::BOTH {
        for fault in [
            Fault::refuse_stream(),
            Fault::go_away(),
            Fault::last_answer(),
        ] {
            let Scene { fake, buckets, .. } = secure().await.known_by(kind);
            buckets.list().await.unwrap();
            fake.inject_for(Match::operation(ids::CREATE_EXPORT_BUCKET), fault.clone());
            buckets.create(new_bucket("example-bucket")).await.unwrap();
            assert_eq!(fake.faults_left(), 0);
            assert_eq!(fake.buckets(PROJECT).len(), 1, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_refused_is_repeated_below_the_retries_of_the_client() {
    let scene = secure().await;
    let scene = scene.with(|client| client.retry(RetryPolicy::none()));
    scene.buckets.list().await.unwrap();
    scene.fake.inject_for(
        Match::operation(ids::CREATE_EXPORT_BUCKET),
        Fault::refuse_stream(),
    );
    let new = new_bucket("example-bucket");
    scene.buckets.create(new).await.unwrap();
    assert_eq!(scene.fake.faults_left(), 0);
    assert_eq!(scene.fake.buckets(PROJECT).len(), 1);
}

#[tokio::test]
async fn refusals_that_do_not_end_are_an_error_that_says_that_nothing_happened() {
    for kind in CredentialKind::BOTH {
        let Scene { fake, buckets, .. } = secure().await.known_by(kind);
        buckets.list().await.unwrap();
        fake.faults_by(|head| (head.method == "POST").then(Fault::refuse_stream));
        let error = buckets
            .create(new_bucket("example-bucket"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert!(!error.may_have_taken_effect() && error.is_retryable());
        assert_eq!(error.attempts(), 4);
        assert!(fake.buckets(PROJECT).is_empty());
    }
}

#[tokio::test]
async fn the_key_is_refused_over_tls_as_everywhere() {
    for kind in CredentialKind::BOTH {
        let scene = secure().await;
        let wrong = kind.wrong(&scene.fake);
        let buckets = buckets_of(scene.another().credentials(wrong));
        let error = buckets.list().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
    }
}

#[cfg(feature = "native-tls")]
#[tokio::test]
async fn the_tls_library_of_the_system_does_as_well() {
    let Scene { fake, .. } = secure().await;
    let with = |client: atlas_export::ClientBuilder| client.native_tls().build().unwrap();
    let trusting = with(client_of(&fake).root_certificates(fake.root_pem().unwrap()));
    let buckets = trusting.project(PROJECT).export_buckets();
    buckets.list().await.unwrap();
    untrusted(with(client_of(&fake)), "root_certificates").await;
    untrusted(with(elsewhere(&fake)), "the base URL").await;
}
