//! What is told of calls that fail, and an observer that fails itself.

use std::{
    future::IntoFuture as _,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use atlas_export::{
    ErrorKind, ExportBuckets,
    observe::{ObservedAttempt, ObservedCall, ObservedRequest, Observer, Outcome, Purpose},
    request::Method,
    retry::RetryPolicy,
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, Moment};
use atlas_export_tests::{
    CredentialKind, PROJECT, Recorder, Reply, Scene, ScriptedServer, buckets_of, client_at,
    new_bucket, seconds,
};
use futures_util::{FutureExt as _, future::join_all};

use super::{observed, warm};
use crate::crowds::watched;

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_told_as_ambiguous() {
    for kind in CredentialKind::BOTH {
        let (scene, recorder) = warm(kind).await;
        scene.inject(ids::CREATE_EXPORT_BUCKET, Fault::reset().at(Moment::Acted));
        let create = scene.buckets.create(new_bucket("example-bucket"));
        create.await.unwrap_err();
        let [request] = recorder.requests().try_into().unwrap();
        assert_eq!((request.status, request.error), (None, Some("broken")));
        assert_eq!(request.error_type().as_deref(), Some("broken"));
        assert!(request.bytes_sent > 0);
        let [attempt] = recorder.attempts().try_into().unwrap();
        assert_eq!((attempt.error, attempt.next_wait), (Some("broken"), None));
        let [call] = recorder.calls().try_into().unwrap();
        assert_eq!((call.outcome, call.status), (Outcome::Failed, None));
        assert_eq!(call.error_kind, Some(ErrorKind::Ambiguous));
    }
}

#[tokio::test]
async fn a_refusal_has_its_code_and_wrong_credentials_their_kind() {
    let (scene, recorder) = observed(CredentialKind::ApiKey).await;
    scene.jobs.list().await.unwrap_err();
    let [call] = recorder.calls().try_into().unwrap();
    assert_eq!(call.error_code.as_deref(), Some("CLUSTER_NOT_FOUND"));
    assert_eq!(
        (call.status, call.error_kind),
        (Some(404), Some(ErrorKind::Api))
    );
    let [attempt] = recorder.attempts().try_into().unwrap();
    assert_eq!(attempt.error_code, call.error_code);
    for kind in CredentialKind::BOTH {
        recorder.clear();
        let wrong = kind.wrong(&scene.fake);
        let client = scene
            .another()
            .credentials(wrong)
            .observer(recorder.clone());
        buckets_of(client).list().await.unwrap_err();
        let [call] = recorder.calls().try_into().unwrap();
        assert_eq!(call.error_kind, Some(ErrorKind::Authentication), "{kind:?}");
        // Where there is no token, no attempt was made.
        let attempts = usize::from(kind == CredentialKind::ApiKey);
        assert_eq!(recorder.attempts().len(), attempts);
        assert_eq!(call.attempts as usize, attempts);
    }
}

#[tokio::test]
async fn what_is_no_success_to_the_caller_is_none_to_the_observer() {
    let recorder = Arc::new(Recorder::default());
    let html = Reply::with_headers(200, "Content-Type: text/html\r\n", "<html>");
    let server = ScriptedServer::start([html, Reply::json(200, "7")]).await;
    let client = server
        .client()
        .retry(RetryPolicy::none())
        .observer(recorder.clone());
    let client = client.build().unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    buckets.list().await.unwrap_err();
    // The request went well, and its answer was somebody else's.
    assert_eq!(recorder.requests()[0].error_type(), None);
    assert_eq!(recorder.attempts()[0].error, Some("foreign"));
    assert_eq!(recorder.calls()[0].error_kind, Some(ErrorKind::Transport));
    recorder.clear();
    buckets.list().await.unwrap_err();
    // The attempt went well, and what it gave does not decode.
    assert_eq!(recorder.attempts()[0].outcome, Outcome::Succeeded);
    let [call] = recorder.calls().try_into().unwrap();
    assert_eq!(
        (call.error_kind, call.status),
        (Some(ErrorKind::Decode), Some(200))
    );
    recorder.clear();
    let own = client.request::<String>(Method::GET, "/any");
    own.version("2023-01-01").await.unwrap_err();
    assert_eq!(recorder.calls()[0].error_kind, Some(ErrorKind::Decode));
}

#[tokio::test]
async fn a_body_that_breaks_off_or_is_too_long_says_how_much_was_read() {
    let recorder = Arc::new(Recorder::default());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let cut = Reply::raw(format!("{head}Content-Length: 1000\r\n\r\n{{\"re"));
    let long = Reply::json(200, &"7".repeat(100));
    let server = ScriptedServer::start([cut, long]).await;
    let client = server.client().retry(RetryPolicy::none());
    let client = client.max_response_bytes(2_000).observer(recorder.clone());
    let client = client.build().unwrap();
    client
        .project(PROJECT)
        .export_buckets()
        .list()
        .await
        .unwrap_err();
    let request = &recorder.requests()[0];
    assert_eq!((request.status, request.error), (Some(200), Some("broken")));
    assert_eq!(request.bytes_received, 4);
    let small = atlas_export::request::CallOptions::new().max_response_bytes(10);
    let small = client.with_options(small).project(PROJECT).export_buckets();
    small.list().await.unwrap_err();
    // The same observer, and a length that is refused before anything is read.
    let request = &recorder.requests()[1];
    assert_eq!(
        (request.error, request.bytes_received),
        (Some("too large"), 0)
    );
}

#[tokio::test]
async fn what_takes_too_long_is_told_as_a_time_out_with_its_time() {
    for kind in CredentialKind::BOTH {
        let (scene, recorder) = warm(kind).await;
        scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::silence());
        let list = scene.buckets.list().retry(RetryPolicy::none());
        list.await.unwrap_err();
        let request = &recorder.requests()[0];
        assert_eq!(
            (request.error, request.duration),
            (Some("timeout"), seconds(60))
        );
        assert_eq!(recorder.attempts()[0].error, Some("timeout"));
        assert_eq!(recorder.calls()[0].error_kind, Some(ErrorKind::Timeout));
        recorder.clear();
        // The deadline of the call, before that of its attempt.
        scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::silence());
        scene.buckets.list().timeout(seconds(5)).await.unwrap_err();
        // Where the lane went with the first, a challenge comes before.
        let silent = recorder.requests().pop().unwrap();
        assert_eq!(silent.error, Some("timeout"));
        let attempt = &recorder.attempts()[0];
        assert_eq!(
            (attempt.error, attempt.duration),
            (Some("timeout"), seconds(5))
        );
        let call = &recorder.calls()[0];
        assert_eq!(
            (call.error_kind, call.duration),
            (Some(ErrorKind::Timeout), seconds(5))
        );
    }
}

#[tokio::test]
async fn where_there_is_no_connection_nothing_was_sent() {
    let recorder = Arc::new(Recorder::default());
    let url = ScriptedServer::start([]).await.url();
    let client = client_at(url)
        .retry(RetryPolicy::none())
        .observer(recorder.clone());
    let buckets = buckets_of(client);
    buckets
        .create(new_bucket("example-bucket"))
        .await
        .unwrap_err();
    let [request] = recorder.requests().try_into().unwrap();
    assert_eq!((request.error, request.bytes_sent), (Some("connect"), 0));
    assert_eq!(request.purpose, Purpose::Challenge);
    assert_eq!(recorder.calls()[0].error_kind, Some(ErrorKind::Connect));
}

#[tokio::test]
async fn what_the_client_refuses_is_a_call_only_where_it_began() {
    let (scene, recorder) = observed(CredentialKind::ApiKey).await;
    let nowhere = scene.client.project("nowhere").export_buckets();
    nowhere.list().await.unwrap_err();
    let own = scene.client.request::<()>(Method::GET, "/x/../y");
    own.version("2023-01-01").await.unwrap_err();
    assert!(recorder.calls().is_empty());
    scene.client.shutdown(Duration::ZERO).await;
    scene.buckets.list().await.unwrap_err();
    let [call] = recorder.calls().try_into().unwrap();
    assert_eq!(
        (call.error_kind, call.attempts),
        (Some(ErrorKind::Config), 0)
    );
    assert!(recorder.attempts().is_empty() && recorder.requests().is_empty());
}

/// Panics whenever it is told anything, and counts that.
#[derive(Default)]
struct Panicking(AtomicUsize);

impl Panicking {
    fn panic(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic!("the observer panics, which is meant");
    }
}

impl Observer for Panicking {
    fn on_request(&self, _: &ObservedRequest) {
        self.panic();
    }

    fn on_attempt(&self, _: &ObservedAttempt) {
        self.panic();
    }

    fn on_call(&self, _: &ObservedCall) {
        self.panic();
    }
}

#[tokio::test]
async fn an_observer_that_panics_loses_no_call_and_spoils_nothing() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::in_order(FakeAtlas::builder().buckets(PROJECT, 3)).await;
        let observer = Arc::new(Panicking::default());
        let scene = scene.known_by(kind);
        // One slot: where one is lost, everything stands still.
        let scene = scene.with(|client| client.max_in_flight(1).observer(observer.clone()));
        scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::reset());
        let calls = (0..20).map(|_| scene.buckets.list().into_future());
        for outcome in watched(join_all(calls)).await {
            outcome.unwrap();
        }
        // Dropped while it is under way, and while everything unwinds.
        let mut call = scene.buckets.list().into_future();
        assert!(call.as_mut().now_or_never().is_none());
        drop(call);
        let buckets = scene.buckets.clone();
        let unwound = tokio::spawn(async move {
            let mut call = buckets.list().into_future();
            assert!(call.as_mut().now_or_never().is_none());
            let _dropped_by_the_panic = call;
            panic!("the caller panics, which is meant");
        });
        assert!(unwound.await.unwrap_err().is_panic());
        watched(scene.buckets.list()).await.unwrap();
        scene.client.revoke_token().await.unwrap();
        let told = observer.0.load(Ordering::Relaxed);
        assert!(told >= 22 + 22 + 22, "{told}");
        assert_eq!(scene.client.shutdown(seconds(60)).await, 0);
    }
}

/// Makes calls of its own whenever it is told anything.
#[derive(Default)]
struct Calling {
    buckets: OnceLock<ExportBuckets>,
    busy: AtomicBool,
    calls: AtomicUsize,
}

impl Calling {
    fn call(&self) {
        if let Some(buckets) = self.buckets.get()
            && !self.busy.swap(true, Ordering::Relaxed)
        {
            // Goes through every lock of the client, and back, as it is dropped.
            assert!(buckets.list().into_future().now_or_never().is_none());
            self.calls.fetch_add(1, Ordering::Relaxed);
            self.busy.store(false, Ordering::Relaxed);
        }
    }
}

impl Observer for Calling {
    fn on_request(&self, _: &ObservedRequest) {
        self.call();
    }

    fn on_attempt(&self, _: &ObservedAttempt) {
        self.call();
    }

    fn on_call(&self, _: &ObservedCall) {
        self.call();
    }
}

#[tokio::test]
async fn an_observer_may_make_calls_since_it_is_told_under_no_lock() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, 1)).await;
        let observer = Arc::new(Calling::default());
        let scene = scene.known_by(kind);
        let scene = scene.with(|client| client.observer(observer.clone()));
        observer.buckets.set(scene.buckets.clone()).unwrap();
        let own_thread = tokio::spawn({
            let buckets = scene.buckets.clone();
            async move { buckets.list().await.map(drop) }
        });
        watched(own_thread).await.unwrap().unwrap();
        assert!(observer.calls.load(Ordering::Relaxed) >= 3);
    }
}
