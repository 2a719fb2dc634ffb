//! What is told of calls that go well, or are repeated until they do.

use std::time::Duration;

use atlas_export::{
    ApiVersion, PageSize,
    observe::{ObservedRequest, Outcome, Purpose, Waits},
    request::Method,
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, JobProgress, Turnstile};
use atlas_export_tests::{
    CredentialKind, PROJECT, Recorder, Scene, empty_bucket, exportable, new_bucket, seconds,
    slow_down,
};
use futures_util::future::join;
use http::StatusCode;

use super::{observed, outline, warm};

#[tokio::test]
async fn a_cold_read_is_one_call_one_attempt_and_its_requests() {
    for kind in CredentialKind::BOTH {
        let (scene, recorder) = observed(kind).await;
        scene.buckets.list().await.unwrap();
        let requests = recorder.requests();
        let first = match kind {
            CredentialKind::ApiKey => (Purpose::Challenge, "GET", Some(401)),
            CredentialKind::ServiceAccount => (Purpose::Token, "POST", Some(200)),
        };
        let read = (Purpose::Operation, "GET", Some(200));
        assert_eq!(outline(&requests), [first, read]);
        let request = &requests[1];
        assert_eq!((request.attempt, request.error), (Some(1), None));
        assert_eq!((request.bytes_sent, request.bytes_received > 0), (0, true));
        assert_eq!(request.error_type(), None);

        let operation = &request.operation;
        assert_eq!(operation.id, ids::LIST_EXPORT_BUCKETS);
        assert_eq!(operation.method, "GET");
        let template = "/groups/{groupId}/backup/exportBuckets";
        assert_eq!(operation.path_template, template);
        assert_eq!(operation.api_version, ApiVersion::V2);
        let server = format!(
            "http://{}:{}",
            operation.server_address, operation.server_port
        );
        assert_eq!(server, scene.fake.url());

        let [attempt] = recorder.attempts().try_into().unwrap();
        assert_eq!((attempt.number, attempt.outcome), (1, Outcome::Succeeded));
        assert_eq!((attempt.status, attempt.error), (Some(200), None));
        assert_eq!((attempt.next_wait, &attempt.operation), (None, operation));
        let [call] = recorder.calls().try_into().unwrap();
        assert_eq!((call.attempts, call.outcome), (1, Outcome::Succeeded));
        assert_eq!((call.status, call.error_kind), (Some(200), None));
        assert_eq!(call.waited, Waits::default());
        // A token is everybody's, a challenge is the call's own.
        let own = requests.iter().filter(|request| request.attempt.is_some());
        let received: u64 = own.map(|request| request.bytes_received).sum();
        assert_eq!(call.bytes_received, received);
        assert_eq!(attempt.bytes_received, received);
    }
}

#[tokio::test]
async fn a_token_and_its_revocation_are_requests_of_no_call() {
    let (scene, recorder) = observed(CredentialKind::ServiceAccount).await;
    scene.buckets.list().await.unwrap();
    scene.client.revoke_token().await.unwrap();
    let requests = recorder.requests();
    assert_eq!(requests.len(), 3);
    let (token, revocation) = (&requests[0], &requests[2]);
    assert_eq!(token.operation.path_template, "/api/oauth/token");
    assert_eq!(token.attempt, None);
    let form = "grant_type=client_credentials".len();
    assert_eq!(token.bytes_sent, u64::try_from(form).unwrap());
    assert!(token.bytes_received > 0);
    assert_eq!(revocation.purpose, Purpose::Revocation);
    assert_eq!(revocation.operation.id, "/api/oauth/revoke");
    assert_eq!(recorder.calls().len(), 1);

    // One that fails for a while is told as often as it was asked, and still of no call.
    recorder.clear();
    for _ in 0..2 {
        scene.fake.inject(Fault::status(StatusCode::BAD_GATEWAY));
    }
    scene.buckets.list().await.unwrap();
    let asked: Vec<_> = recorder.requests().iter().map(|r| r.status).collect();
    assert_eq!(asked, [Some(502), Some(502), Some(200), Some(200)]);
    let [call] = recorder.calls().try_into().unwrap();
    assert_eq!(call.attempts, 1);
    assert!(call.waited.token > Duration::ZERO, "{:?}", call.waited);
    assert_eq!(call.waited.total(), call.waited.token);
    assert_eq!(recorder.attempts()[0].waited.token, call.waited.token);
}

#[tokio::test]
async fn a_cold_creation_says_what_went_up_and_that_its_challenge_was_a_get() {
    let (scene, recorder) = observed(CredentialKind::ApiKey).await;
    scene
        .buckets
        .create(new_bucket("example-bucket"))
        .await
        .unwrap();
    let requests = recorder.requests();
    let challenge = (Purpose::Challenge, "GET", Some(401));
    let created = (Purpose::Operation, "POST", Some(200));
    assert_eq!(outline(&requests), [challenge, created]);
    assert_eq!(requests[0].operation.method, "POST");
    let body = scene.fake.requests()[1].body.len();
    let body = u64::try_from(body).unwrap();
    assert_eq!((requests[0].bytes_sent, requests[1].bytes_sent), (0, body));
    assert_eq!(recorder.attempts()[0].bytes_sent, body);
    assert_eq!(recorder.calls()[0].bytes_sent, body);
}

#[tokio::test]
async fn a_stale_nonce_is_a_challenge_and_no_failure() {
    let (scene, recorder) = warm(CredentialKind::ApiKey).await;
    scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::stale_nonce());
    scene.buckets.list().await.unwrap();
    let purposes: Vec<_> = recorder.requests().iter().map(|r| r.purpose).collect();
    assert_eq!(purposes, [Purpose::Challenge, Purpose::Operation]);
    assert_eq!(recorder.attempts().len(), 1);
}

#[tokio::test]
async fn each_attempt_says_why_it_failed_and_what_is_waited_for_after_it() {
    for kind in CredentialKind::BOTH {
        let (scene, recorder) = warm(kind).await;
        let unavailable = Fault::status(StatusCode::SERVICE_UNAVAILABLE);
        scene.inject(ids::LIST_EXPORT_BUCKETS, unavailable);
        scene.inject(ids::LIST_EXPORT_BUCKETS, slow_down(7));
        scene.buckets.list().await.unwrap();

        let attempts = recorder.attempts();
        let failed: Vec<_> = attempts
            .iter()
            .map(|a| (a.number, a.status, a.error))
            .collect();
        let expected = [
            (1, Some(503), Some("status")),
            (2, Some(429), Some("status")),
            (3, Some(200), None),
        ];
        assert_eq!(failed, expected, "{kind:?}");
        assert_eq!(attempts[1].next_wait, Some(seconds(7)));
        assert_eq!(attempts[2].next_wait, None);
        assert_eq!(attempts[0].next_wait, Some(attempts[1].waited.backoff));
        assert_eq!(attempts[2].waited.backoff, seconds(7));
        assert_eq!(attempts[2].outcome, Outcome::Succeeded);
        let types: Vec<_> = recorder
            .requests()
            .iter()
            .map(ObservedRequest::error_type)
            .collect();
        assert_eq!(types, [Some("503".into()), Some("429".into()), None]);

        let [call] = recorder.calls().try_into().unwrap();
        assert_eq!((call.attempts, call.outcome), (3, Outcome::Succeeded));
        let slept: Duration = scene.clock.sleeps().iter().sum();
        assert_eq!((call.waited.backoff, call.waited.total()), (slept, slept));
        assert!(call.duration >= slept);
    }
}

#[tokio::test]
async fn a_rate_limit_and_a_slot_are_waited_for_by_name() {
    let (scene, recorder) = warm(CredentialKind::ApiKey).await;
    scene.inject(ids::LIST_EXPORT_BUCKETS, empty_bucket(r#"["/",12,1,1,12]"#));
    scene.buckets.list().await.unwrap();
    let attempts = recorder.attempts();
    assert_eq!(
        attempts[0].error_code.as_deref(),
        Some("RATE_LIMITED_TOKEN_BUCKET")
    );
    recorder.clear();
    // The one token is gone.
    let before = scene.clock.elapsed();
    scene.buckets.list().await.unwrap();
    let [call] = recorder.calls().try_into().unwrap();
    let took = scene.clock.elapsed().saturating_sub(before);
    assert!(took > seconds(1), "{took:?}");
    assert_eq!((call.waited.rate_limit, call.waited.total()), (took, took));

    let recorder = std::sync::Arc::new(Recorder::default());
    let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, 1)).await;
    let scene = scene.with(|client| client.max_in_flight(1).observer(recorder.clone()));
    scene.buckets.list().await.unwrap();
    recorder.clear();
    let turnstile = Turnstile::new();
    scene.fake.inject(Fault::delay(&turnstile));
    let first = async { scene.buckets.list().await.unwrap() };
    let second = async {
        turnstile.arrived(1).await;
        let second = async { scene.buckets.list().await.unwrap() };
        let release = async {
            tokio::task::yield_now().await;
            scene.clock.advance(seconds(3));
            turnstile.open();
        };
        join(second, release).await
    };
    join(first, second).await;
    let calls = recorder.calls();
    assert_eq!(
        (calls[0].waited.slot, calls[0].duration),
        (Duration::ZERO, seconds(3))
    );
    assert_eq!(calls[1].waited.slot, seconds(3));
    let attempts = recorder.attempts();
    assert_eq!(
        (attempts[1].waited.slot, attempts[1].duration),
        (seconds(3), Duration::ZERO)
    );
}

#[tokio::test]
async fn each_page_each_poll_and_each_request_of_one_s_own_is_a_call() {
    let by_polls = JobProgress::ByPolls {
        queued: 1,
        in_progress: 1,
    };
    let fake = exportable().buckets(PROJECT, 9).job_progress(by_polls);
    let recorder = std::sync::Arc::new(Recorder::default());
    let scene = Scene::start(fake).await;
    let scene = scene.with(|client| client.observer(recorder.clone()));
    let list = scene.buckets.list().page_size(PageSize::new(4).unwrap());
    assert_eq!(list.all().await.unwrap().items.len(), 10);
    let job = scene.begin_export().await;
    scene.jobs.wait_until_finished(&job).await.unwrap();
    let template = "/groups/{groupId}/backup/exportBuckets";
    let own = scene.client.request::<()>(Method::GET, template);
    own.path("groupId", PROJECT)
        .version("2024-05-30")
        .await
        .unwrap();
    let calls = recorder.calls();
    let of = |id| calls.iter().filter(|call| call.operation.id == id).count();
    assert_eq!(of(ids::LIST_EXPORT_BUCKETS), 3);
    assert_eq!(of(ids::CREATE_EXPORT_JOB), 1);
    assert!(of(ids::GET_EXPORT_JOB) >= 2);
    assert_eq!(of(template), 1);
    assert!(calls.iter().all(|call| call.outcome == Outcome::Succeeded));
    let told = format!("{calls:?}");
    assert!(
        !told.contains(PROJECT) && !told.contains("itemsPerPage"),
        "{told}"
    );
}
