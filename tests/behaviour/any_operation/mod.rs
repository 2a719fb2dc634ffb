//! Any operation: a custom request goes through the same pipeline as a modelled call.

mod options;
mod pages;
mod paths;

use std::{sync::Arc, time::Duration};

use atlas_export::{
    ApiVersion, Client, ErrorKind,
    request::{CallOptions, CustomRequest, Method},
    retry::RetryPolicy,
};
use atlas_export_fake::{Bucket, FakeAtlas, RateLimit};
use atlas_export_tests::{
    BUCKET, CLUSTER, CredentialKind, PROJECT, ROLE, Reply, ScriptedServer, TestClock, client_of,
    key,
};
use serde::Deserialize;
use serde_json::{Value, json};

const BUCKETS: &str = "/groups/{groupId}/backup/exportBuckets";
const A_BUCKET: &str = "/groups/{groupId}/backup/exportBuckets/{exportBucketId}";
const JOBS: &str = "/groups/{groupId}/clusters/{clusterName}/backup/exports";
const VERSION: &str = "2024-05-30";

#[derive(Debug, Deserialize)]
struct Named {
    #[serde(rename = "bucketName")]
    name: String,
}

/// A request of the buckets of the project.
fn of_buckets<T>(client: &Client, method: Method) -> CustomRequest<T> {
    let request = client.request(method, BUCKETS).path("groupId", PROJECT);
    request.version(VERSION)
}

fn new_bucket() -> Value {
    json!({"bucketName": "new", "cloudProvider": "AWS", "iamRoleId": ROLE})
}

async fn fake() -> FakeAtlas {
    let bucket = Bucket::aws("standing", ROLE).id(BUCKET);
    let builder = FakeAtlas::builder().cluster(PROJECT, CLUSTER);
    builder.bucket(PROJECT, bucket).start().await.unwrap()
}

/// A server that says this, and a client whose sleeps pass by themselves.
async fn scripted(script: Vec<Reply>) -> (ScriptedServer, Client, TestClock) {
    let server = ScriptedServer::start(script).await;
    let clock = TestClock::default();
    let client = Client::builder()
        .base_url(server.url())
        .credentials(key())
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    (server, client, clock)
}

/// How many requests had this method.
fn sent(server: &ScriptedServer, method: &str) -> usize {
    let requests = server.requests();
    requests.iter().filter(|r| r.starts_with(method)).count()
}

#[tokio::test]
async fn it_shakes_hands_and_names_its_version() {
    for kind in CredentialKind::BOTH {
        let fake = fake().await;
        let client = client_of(&fake)
            .credentials(kind.of(&fake))
            .build()
            .unwrap();
        let page: Value = of_buckets(&client, Method::GET).await.unwrap();
        assert_eq!(page["results"][0]["bucketName"], "standing");
        let statuses: Vec<bool> = fake.requests().iter().map(|r| r.answered(401)).collect();
        assert_eq!(statuses, [kind == CredentialKind::ApiKey, false]);
        for request in fake.requests().split_off(1) {
            let accept = &request.headers["accept"];
            assert_eq!(accept, "application/vnd.atlas.2024-05-30+json");
            assert!(!request.headers.contains_key("content-type"));
        }
        // The next one knows the nonce, and shares it with modelled calls.
        client
            .project(PROJECT)
            .export_buckets()
            .list()
            .await
            .unwrap();
        of_buckets::<Value>(&client, Method::GET).await.unwrap();
        assert_eq!(fake.requests().len(), 4);
    }
}

#[tokio::test]
async fn a_body_goes_up_with_the_media_type_of_its_version() {
    let fake = fake().await;
    let client = client_of(&fake).build().unwrap();
    let request = of_buckets(&client, Method::POST).json(&new_bucket());
    let made: Named = request.await.unwrap();
    assert_eq!(
        (made.name.as_str(), fake.buckets(PROJECT).len()),
        ("new", 2)
    );
    let request = fake.requests().pop().unwrap();
    let sent = &request.headers["content-type"];
    assert_eq!(sent, "application/vnd.atlas.2024-05-30+json");
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        new_bucket()
    );
}

#[tokio::test]
async fn no_body_is_nothing_and_nothing_takes_any_answer() {
    let fake = fake().await;
    let client = client_of(&fake).build().unwrap();
    of_buckets::<()>(&client, Method::GET).await.unwrap();
    let request = client.request::<()>(Method::DELETE, A_BUCKET);
    let request = request
        .path("groupId", PROJECT)
        .path("exportBucketId", BUCKET);
    request.version(VERSION).await.unwrap();
    assert!(fake.buckets(PROJECT).is_empty());
    let (_server, client, _) = scripted(vec![Reply::json(204, "")]).await;
    let request = of_buckets::<Option<Value>>(&client, Method::PUT).json(&1);
    assert_eq!(request.await.unwrap(), None);
}

#[tokio::test]
async fn version_1_has_no_dates() {
    let fake = fake().await;
    let client = client_of(&fake)
        .api_version(ApiVersion::V1)
        .build()
        .unwrap();
    let request = client.request::<Value>(Method::GET, BUCKETS);
    request.path("groupId", PROJECT).await.unwrap();
    let request = fake.requests().pop().unwrap();
    assert_eq!(request.headers["accept"], "application/json");
    assert!(request.path.starts_with("/api/atlas/v1.0/groups/"));
    let error = of_buckets::<()>(&client, Method::GET).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn a_read_is_repeated_and_a_creation_whose_answer_is_lost_is_not() {
    let (server, client, clock) = scripted(vec![
        Reply::json(503, ""),
        Reply::raw(""),
        Reply::json(200, "[7]"),
    ])
    .await;
    let answer: Vec<u8> = of_buckets(&client, Method::GET).await.unwrap();
    assert_eq!(
        (answer, clock.sleeps().len(), sent(&server, "GET")),
        (vec![7], 2, 3)
    );

    for method in [Method::POST, Method::PATCH] {
        // The request for a challenge, then the answer that is lost.
        let script = vec![Reply::json(200, ""), Reply::raw("")];
        let (server, client, _) = scripted(script).await;
        let request = of_buckets::<Value>(&client, method).json(&new_bucket());
        let error = request.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ambiguous);
        assert!(error.may_have_taken_effect() && !error.is_retryable());
        assert_eq!(sent(&server, method.as_str()), 1);
        let message = error.to_string();
        assert!(
            message.starts_with(&format!(
                "{method} {BUCKETS} may or may not have taken effect"
            )),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_creation_that_is_called_idempotent_is_repeated() {
    let script = vec![
        Reply::json(200, ""),
        Reply::raw(""),
        Reply::json(200, ""),
        Reply::json(200, "7"),
    ];
    let (server, client, _) = scripted(script).await;
    let request = of_buckets::<u8>(&client, Method::POST).json(&new_bucket());
    assert_eq!(request.idempotent().await.unwrap(), 7);
    assert_eq!(sent(&server, "POST"), 2);
}

#[tokio::test]
async fn what_the_server_did_not_act_on_is_repeated_also_where_it_creates() {
    let too_many = Reply::with_headers(429, "Retry-After: 3\r\n", "");
    let script = vec![
        Reply::json(200, ""),
        too_many,
        Reply::json(200, ""),
        Reply::json(200, "7"),
    ];
    let (server, client, clock) = scripted(script).await;
    let request = of_buckets::<u8>(&client, Method::POST).json(&new_bucket());
    assert_eq!(request.await.unwrap(), 7);
    assert_eq!(
        (sent(&server, "POST"), clock.sleeps()),
        (2, vec![Duration::from_secs(3)])
    );
}

#[tokio::test]
async fn it_draws_from_the_bucket_of_its_project_and_resource() {
    let limit = RateLimit {
        capacity: 5,
        refill: 1,
        period: Duration::from_secs(1),
    };
    let clock = TestClock::in_order();
    let builder = FakeAtlas::builder().project(PROJECT).rate_limit(limit);
    let builder = builder.clock(Arc::new(clock.clone()));
    let fake = builder.start().await.unwrap();
    let client = client_of(&fake).clock(Arc::new(clock.clone()));
    let client = client
        .call_timeout(Duration::from_secs(100))
        .build()
        .unwrap();
    for _ in 0..20 {
        of_buckets::<()>(&client, Method::GET).await.unwrap();
        client
            .project(PROJECT)
            .export_buckets()
            .list()
            .await
            .unwrap();
    }
    let refused = fake.requests().iter().filter(|r| r.answered(429)).count();
    let time = clock.elapsed().as_secs();
    println!("40 calls, half of them custom, with 5 tokens: {refused} refused, in {time} s");
    // The handshake takes a token too: 41 requests, of which 5 may go at once.
    assert!(time >= 35, "{time} s");
    assert!(refused <= 1, "{refused}");
    // What is known of the bucket holds for a hasty client too, which sends nothing.
    let before = fake.requests().len();
    let mut hasty = of_buckets::<()>(&client, Method::GET).timeout(Duration::from_millis(1));
    hasty = hasty.retry(RetryPolicy::none());
    let error = hasty.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    assert_eq!(fake.requests().len(), before);
}

#[tokio::test]
async fn an_envelope_is_asked_for_and_opened() {
    let fake = fake().await;
    let client = client_of(&fake).envelope(true).build().unwrap();
    let page: Value = of_buckets(&client, Method::GET).await.unwrap();
    assert_eq!(page["results"][0]["bucketName"], "standing");
    let request = client.request::<Value>(Method::GET, A_BUCKET);
    let request = request.path("groupId", PROJECT).version(VERSION);
    let none = request
        .path("exportBucketId", "0".repeat(24))
        .await
        .unwrap_err();
    assert_eq!(none.status(), Some(404));
    assert!(
        fake.requests()
            .iter()
            .all(|r| r.query.as_deref() == Some("envelope=true"))
    );
    let error = of_buckets::<()>(&client, Method::GET).query("envelope", false);
    assert!(
        error
            .await
            .unwrap_err()
            .to_string()
            .contains("ClientBuilder::envelope")
    );
}

#[tokio::test]
async fn a_refusal_is_atlas_s_own_with_the_template_for_an_operation() {
    let fake = fake().await;
    let client = client_of(&fake).build().unwrap();
    let request = client.request::<Value>(Method::GET, JOBS);
    let request = request
        .path("groupId", PROJECT)
        .path("clusterName", "Nobody");
    let error = request.version(VERSION).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(404)));
    assert_eq!(error.code(), Some(atlas_export::codes::CLUSTER_NOT_FOUND));
    assert_eq!(error.operation(), Some(JOBS));
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn what_does_not_decode_is_told_without_its_values() {
    let script = vec![Reply::json(
        200,
        r#"{"bucketName": "s3cret", "n": "s3cret"}"#,
    )];
    let (_server, client, _) = scripted(script).await;
    let error = of_buckets::<Vec<u8>>(&client, Method::GET)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Decode, Some(200))
    );
    assert_eq!(error.operation(), Some(BUCKETS));
    let request = of_buckets::<Vec<u8>>(&client, Method::POST).json(&1);
    let creation = request.await.unwrap_err();
    // It has succeeded, whatever its answer is.
    assert_eq!(creation.kind(), ErrorKind::Ambiguous);
    for error in [error, creation] {
        let told = format!("{error} {error:?}");
        assert!(
            told.contains("the answer is not what is asked for"),
            "{told}"
        );
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[tokio::test]
async fn bounds_and_redirects_are_those_of_every_call() {
    let (_server, client, _) = scripted(vec![Reply::json(200, &"1".repeat(2_000))]).await;
    let small = client.with_options(CallOptions::new().max_response_bytes(1_000));
    let error = of_buckets::<()>(&small, Method::GET).await.unwrap_err();
    assert!(
        error.to_string().contains("larger than 1000 bytes"),
        "{error}"
    );
    of_buckets::<()>(&client, Method::GET).await.unwrap();

    let elsewhere = ScriptedServer::start([Reply::json(200, "7")]).await;
    let location = format!("Location: {}/api/atlas/v2/x\r\n", elsewhere.url());
    let (_server, client, _) = scripted(vec![Reply::with_headers(302, &location, "")]).await;
    let error = of_buckets::<u8>(&client, Method::GET).await.unwrap_err();
    assert!(error.to_string().contains("redirect"), "{error}");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_and_that_finds_nothing_has_succeeded() {
    let gone = Reply::json(404, r#"{"error": 404, "errorCode": "RESOURCE_NOT_FOUND"}"#);
    let (server, client, _) = scripted(vec![Reply::raw(""), gone]).await;
    let delete = || {
        let request = client.request::<()>(Method::DELETE, A_BUCKET);
        let request = request.path("groupId", PROJECT).version(VERSION);
        request.path("exportBucketId", BUCKET)
    };
    delete().await.unwrap();
    assert_eq!(sent(&server, "DELETE"), 2);
    // Nothing was lost of the next one, so what it finds is what there is.
    assert!(delete().await.unwrap_err().is_not_found());
}
