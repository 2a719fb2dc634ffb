//! What is told of calls that nobody wants any more.

use std::{future::IntoFuture as _, pin::pin, time::Duration};

use atlas_export::{ErrorKind, observe::Outcome};
use atlas_export_api::operations::ids;
use atlas_export_fake::{Fault, Turnstile};
use atlas_export_tests::{CredentialKind, Recorder, Scene, exportable, seconds, slow_down};
use futures_util::FutureExt as _;

use super::{observed, warm};

#[tokio::test]
async fn a_call_that_is_dropped_is_told_with_its_attempt_and_its_request() {
    for kind in CredentialKind::BOTH {
        let (scene, recorder) = warm(kind).await;
        let turnstile = Turnstile::new();
        scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::delay(&turnstile));
        {
            let mut call = pin!(scene.buckets.list().into_future());
            assert!(call.as_mut().now_or_never().is_none());
            turnstile.arrived(1).await;
            assert!(recorder.calls().is_empty() && recorder.requests().is_empty());
        }
        // At once, both.
        let [call] = recorder.calls().try_into().unwrap();
        assert_eq!((call.outcome, call.attempts), (Outcome::Cancelled, 1));
        assert_eq!((call.error_kind, call.status), (None, None));
        let [attempt] = recorder.attempts().try_into().unwrap();
        assert_eq!((attempt.outcome, attempt.number), (Outcome::Cancelled, 1));
        // And the request with its task.
        assert_eq!(scene.client.shutdown(seconds(600)).await, 0);
        let [request] = recorder.requests().try_into().unwrap();
        assert_eq!((request.error, request.status), (Some("cancelled"), None));
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_between_attempts_has_no_attempt_under_way() {
    let scene = Scene::start(exportable()).await;
    let recorder = std::sync::Arc::new(Recorder::default());
    let scene = scene.with(|client| client.observer(recorder.clone()));
    scene.buckets.list().await.unwrap();
    recorder.clear();
    scene.clock.hold_sleeps();
    scene.inject(ids::LIST_EXPORT_BUCKETS, slow_down(30));
    {
        let mut call = pin!(scene.buckets.list().into_future());
        while recorder.attempts().is_empty() {
            assert!(call.as_mut().now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        scene.clock.advance(seconds(4));
    }
    let [attempt] = recorder.attempts().try_into().unwrap();
    assert_eq!(
        (attempt.outcome, attempt.next_wait),
        (Outcome::Failed, Some(seconds(30)))
    );
    let [call] = recorder.calls().try_into().unwrap();
    assert_eq!((call.outcome, call.attempts), (Outcome::Cancelled, 1));
    assert_eq!(
        (call.waited.backoff, call.duration),
        (seconds(4), seconds(4))
    );
}

#[tokio::test]
async fn a_call_that_was_never_polled_is_none() {
    let (scene, recorder) = observed(CredentialKind::ApiKey).await;
    drop(scene.buckets.list());
    drop(scene.buckets.list().into_future());
    assert!(recorder.calls().is_empty());
}

#[tokio::test]
async fn what_a_shutdown_cuts_off_is_told_as_failed() {
    for kind in CredentialKind::BOTH {
        let (scene, recorder) = warm(kind).await;
        scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::silence());
        let (listed, cut_off) = tokio::join!(scene.buckets.list().into_future(), async {
            scene.clock.pass(seconds(1)).await;
            scene.client.shutdown(Duration::ZERO).await
        });
        assert_eq!(
            (listed.unwrap_err().kind(), cut_off),
            (ErrorKind::Config, 1)
        );
        let [call] = recorder.calls().try_into().unwrap();
        let expected = (Outcome::Failed, Some(ErrorKind::Config));
        assert_eq!((call.outcome, call.error_kind), expected);
        assert_eq!(recorder.attempts()[0].error, Some("shut down"));
        assert_eq!(recorder.requests()[0].error, Some("cancelled"));
    }
}
