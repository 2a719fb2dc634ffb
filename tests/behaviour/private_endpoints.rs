//! Private endpoints: made, waited for, and what one lacks, so that private networking can be required.

use std::time::Duration;

use atlas_export::{
    ApiVersion, ErrorKind,
    models::{MissingEndpoint, PrivateEndpointStatus},
    wait::WaitError,
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, JobProgress, Moment};
use atlas_export_tests::{BUCKET, PROJECT, Reply, Scene, ScriptedServer, parsed, with_bucket};
use serde_json::{Value, json};

use atlas_export_tests::every_operation::ENDPOINT;

fn sent(scene: &Scene) -> Value {
    serde_json::from_slice(&scene.fake.requests().pop().unwrap().body).unwrap()
}

#[tokio::test]
async fn from_nothing_to_a_bucket_that_requires_private_networking() {
    let by_polls = JobProgress::ByPolls {
        queued: 1,
        in_progress: 1,
    };
    let scene = Scene::start(with_bucket().endpoint_progress(by_polls)).await;
    let endpoints = scene.project.private_endpoints();
    let begun = endpoints.create("US_EAST_1").await.unwrap();
    let body = json!({"cloudProvider": "AWS", "regionName": "US_EAST_1"});
    assert_eq!(sent(&scene), body);
    assert_eq!(begun.missing(), Some(MissingEndpoint::InTheMaking));
    let mut seen = Vec::new();
    let mut wait = endpoints.wait_until_active(&begun.id).into_stream();
    while let Some(progress) = wait.next().await {
        seen.push(progress.unwrap().item.missing());
    }
    let lacked = [MissingEndpoint::InTheMaking, MissingEndpoint::Acceptance];
    let [making, acceptance] = lacked.map(Some);
    assert_eq!(seen, [making, acceptance, None]);
    let active = endpoints.get(&begun.id).await.unwrap();
    assert_eq!(active.status, Some(PrivateEndpointStatus::Active));
    assert!(active.private_endpoint_connection_name.is_some());
    assert_eq!(active.vpc_region_name.as_deref(), Some("US_EAST_1"));
    assert_eq!(endpoints.list().all().await.unwrap().items, [active]);
    let update = scene.buckets.update(&parsed(BUCKET));
    let bucket = update.require_private_networking(true).await.unwrap();
    assert_eq!(bucket.require_private_networking, Some(true));
    endpoints.delete(&begun.id).await.unwrap();
    assert!(scene.fake.private_endpoints(PROJECT).is_empty());
    assert!(endpoints.get(&begun.id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn one_from_another_region_says_both_and_a_second_is_refused() {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let endpoints = scene.project.private_endpoints();
    let create = || endpoints.create("US_EAST_1").from_region("EU_WEST_1");
    let begun = create().await.unwrap();
    assert_eq!(sent(&scene)["vpcRegionName"], "EU_WEST_1");
    assert_eq!(begun.vpc_region_name.as_deref(), Some("EU_WEST_1"));
    let error = create().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(409)));
    assert_eq!(scene.fake.private_endpoints(PROJECT).len(), 1);
}

#[tokio::test]
async fn a_failed_one_and_one_that_goes_end_the_wait() {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT).endpoints_fail()).await;
    let endpoints = scene.project.private_endpoints();
    let begun = endpoints.create("US_EAST_1").await.unwrap();
    let error = endpoints.wait_until_active(&begun.id).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("could not be reached"), "{message}");
    let WaitError::Failed(failed) = error else {
        panic!("{message}")
    };
    let missing = failed.missing().unwrap().to_string();
    assert!(missing.contains("delete it, and make another"), "{missing}");

    let fake = FakeAtlas::builder().private_endpoint(PROJECT, ENDPOINT, "US_EAST_1", "DELETING");
    let scene = Scene::start(fake).await;
    let endpoints = scene.project.private_endpoints();
    let error = endpoints
        .wait_until_active(&parsed(ENDPOINT))
        .await
        .unwrap_err();
    assert!(matches!(error, WaitError::Cancelled(_)), "{error}");
}

#[tokio::test]
async fn a_status_that_is_not_known_is_no_end_and_one_that_does_not_fit_an_error() {
    for (status, poll) in [("\"PAUSED\"", false), ("7", true)] {
        let body = format!(r#"{{"id": "{ENDPOINT}", "status": {status}}}"#);
        let server = ScriptedServer::start([Reply::json(200, &body)]).await;
        let endpoints = server.project().private_endpoints();
        let wait = endpoints.wait_until_active(&parsed(ENDPOINT));
        let error = wait.max_wait(Duration::from_secs(60)).await.unwrap_err();
        assert_eq!(matches!(error, WaitError::Poll(_)), poll, "{error}");
        assert_eq!(
            matches!(error, WaitError::MaxWaitExceeded { .. }),
            !poll,
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_is_no_region_of_atlas_is_refused_with_what_is_meant() {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let endpoints = scene.project.private_endpoints();
    for (create, meant) in [
        (endpoints.create("us-east-1"), "US_EAST_1"),
        (endpoints.create(""), "US_EAST_1"),
        (endpoints.create("eu west"), "US_EAST_1"),
        (
            endpoints.create("US_EAST_1").from_region("eu-west-2"),
            "EU_WEST_2",
        ),
    ] {
        let error = create.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.operation(), Some(ids::CREATE_PRIVATE_ENDPOINT));
        assert!(
            error.to_string().ends_with(&format!("{meant:?}")),
            "{error}"
        );
    }
    assert!(scene.fake.requests().is_empty());
}

#[tokio::test]
async fn one_whose_answer_is_lost_is_not_made_twice_and_version_1_knows_none() {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    scene.inject(
        ids::CREATE_PRIVATE_ENDPOINT,
        Fault::close().at(Moment::Acted),
    );
    let create = scene.project.private_endpoints().create("US_EAST_1");
    assert_eq!(create.await.unwrap_err().kind(), ErrorKind::Ambiguous);
    assert_eq!(scene.fake.private_endpoints(PROJECT).len(), 1);
    let scene = scene.with(|client| client.api_version(ApiVersion::V1));
    let endpoints = scene.project.private_endpoints();
    for error in [
        endpoints.list().await.unwrap_err(),
        endpoints.create("US_EAST_1").await.unwrap_err(),
        endpoints.get(&parsed(ENDPOINT)).await.unwrap_err(),
        endpoints.delete(&parsed(ENDPOINT)).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("ApiVersion::V2"), "{error}");
    }
}
