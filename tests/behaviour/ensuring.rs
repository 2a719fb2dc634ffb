//! Creations that are safe to repeat: never two, whatever gets lost.

mod random_faults;

use std::time::Duration;

use atlas_export::{
    Ensured, Error, ErrorKind, NewExportBucket,
    models::{ExportJob, ExportJobState},
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{Bucket, FakeAtlasBuilder, Fault, JobOutcome, JobProgress, Moment};
use atlas_export_tests::{
    BUCKET, CLUSTER, CredentialKind, PROJECT, ROLE, SNAPSHOT, Scene, exportable, new_bucket,
    parsed, seconds,
};
use http::StatusCode;
use serde_json::json;

async fn start(fake: FakeAtlasBuilder) -> Scene {
    // Waited out, in real time, by faults that send less than they announce.
    let patience = seconds(1);
    let scene = Scene::start(fake).await;
    scene.with(|client| client.attempt_timeout(patience))
}

fn wanted() -> NewExportBucket {
    new_bucket("my-bucket")
}

/// How many creations reached the server. Those of a token create nothing.
fn posts(scene: &Scene) -> usize {
    let requests = scene.fake.requests();
    let posts = requests.iter().filter(|r| r.method == "POST");
    let posts = posts.filter(|r| !r.path.starts_with("/api/oauth/"));
    posts.filter(|r| !r.answered(401)).count()
}

/// How many buckets there are of the wanted name.
fn registered(scene: &Scene) -> usize {
    let buckets = scene.fake.buckets(PROJECT);
    buckets
        .iter()
        .filter(|b| b["bucketName"] == "my-bucket")
        .count()
}

fn exports(scene: &Scene) -> usize {
    scene.fake.jobs(PROJECT, CLUSTER).len()
}

fn lose_the_answer_to(scene: &Scene, operation: &str) {
    scene.inject(operation, Fault::reset().at(Moment::Acted));
}

async fn ensure_job(scene: &Scene) -> Result<Ensured<ExportJob>, Error> {
    scene.jobs.ensure(&parsed(SNAPSHOT), &parsed(BUCKET)).await
}

#[tokio::test]
async fn two_calls_register_one_bucket() {
    for kind in CredentialKind::BOTH {
        let scene = start(exportable()).await.known_by(kind);
        let first = scene.buckets.ensure(wanted()).await.unwrap();
        assert!(first.is_created());
        let second = scene.buckets.ensure(wanted()).await.unwrap();
        let Ensured::Existing(bucket) = second else {
            panic!("created twice")
        };
        assert_eq!((&bucket.id, bucket.count), (&first.get().id, 1));
        assert_eq!((posts(&scene), registered(&scene)), (1, 1));
    }
}

#[tokio::test]
async fn existing_looks_for_a_bucket_and_registers_none() {
    let scene = start(exportable()).await;
    let existing = || scene.buckets.ensure(wanted()).existing();
    assert!(existing().await.unwrap().is_none());
    assert_eq!((posts(&scene), registered(&scene)), (0, 0));
    let created = scene.buckets.ensure(wanted()).await.unwrap().into_inner();
    let found = existing().await.unwrap().unwrap();
    assert_eq!((&found.id, found.count), (&created.id, 1));
    assert_eq!((posts(&scene), registered(&scene)), (1, 1));
}

#[tokio::test]
async fn of_several_buckets_the_oldest_is_chosen_and_their_number_told() {
    let same = |id: &str| Bucket::aws("my-bucket", ROLE).id(id);
    let scene = start(
        exportable()
            .bucket(PROJECT, same("6a79f0c30000000000000000"))
            .bucket(PROJECT, same("5f79f0c3000000000000000f"))
            .bucket(PROJECT, same("6a79f0c20000000000000001"))
            // Neither these nor what nobody knows is the same.
            .bucket(
                PROJECT,
                Bucket::aws("my-bucket", "22345678f901a234dbdb00ca"),
            )
            .bucket(PROJECT, Bucket::gcp("my-bucket", ROLE))
            .bucket(
                PROJECT,
                json!({"_id": "{BUCKET-ID}", "cloudProvider": "MOON"}),
            ),
    )
    .await;
    let Ensured::Existing(bucket) = scene.buckets.ensure(wanted()).await.unwrap() else {
        panic!("registered once more")
    };
    assert_eq!(bucket.count, 3);
    assert_eq!(bucket.id.as_str(), "5f79f0c3000000000000000f");
    assert_eq!(posts(&scene), 0);
}

#[tokio::test]
async fn a_difference_that_does_not_count_is_told() {
    let scene = start(exportable()).await;
    let _ = scene.buckets.ensure(wanted()).await.unwrap();
    let private = wanted().require_private_networking(true).unwrap();
    let Ensured::Existing(bucket) = scene.buckets.ensure(private).await.unwrap() else {
        panic!("registered twice")
    };
    assert_eq!(bucket.differences, ["requirePrivateNetworking"]);

    let _ = ensure_job(&scene).await.unwrap();
    let (snapshot, bucket) = (parsed(SNAPSHOT), parsed(BUCKET));
    let other = scene
        .jobs
        .ensure(&snapshot, &bucket)
        .custom_data("ticket", "OPS-7");
    let Ensured::Existing(job) = other.await.unwrap() else {
        panic!("exported twice")
    };
    assert_eq!(job.differences, ["customData"]);
}

#[tokio::test]
async fn an_azure_container_is_the_same_in_the_url_and_apart() {
    let service = "https://storage.blob.core.windows.net";
    let in_url = NewExportBucket::azure(format!("{service}/exports"), parsed(ROLE)).unwrap();
    let apart = NewExportBucket::azure_container(service, "exports", parsed(ROLE)).unwrap();
    let scene = start(exportable()).await;
    assert!(scene.buckets.ensure(in_url).await.unwrap().is_created());
    assert!(!scene.buckets.ensure(apart).await.unwrap().is_created());
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_looking() {
    for kind in CredentialKind::BOTH {
        let scene = start(exportable()).await.known_by(kind);
        lose_the_answer_to(&scene, ids::CREATE_EXPORT_BUCKET);
        assert!(scene.buckets.ensure(wanted()).await.unwrap().is_created());
        assert_eq!((posts(&scene), registered(&scene)), (1, 1));
        lose_the_answer_to(&scene, ids::CREATE_EXPORT_JOB);
        assert!(ensure_job(&scene).await.unwrap().is_created());
        assert_eq!((posts(&scene), exports(&scene)), (2, 1));
        // It was there at the first look, so nobody waited for it.
        assert_eq!(scene.clock.elapsed(), Duration::ZERO);
    }
}

#[tokio::test]
async fn an_effect_that_shows_within_the_settle_time_is_not_doubled() {
    let late = seconds(29);
    let scene = start(exportable().creations_show_after(late)).await;
    lose_the_answer_to(&scene, ids::CREATE_EXPORT_BUCKET);
    assert!(scene.buckets.ensure(wanted()).await.unwrap().is_created());
    assert_eq!((posts(&scene), registered(&scene)), (1, 1));
    assert_eq!(scene.clock.sleeps(), [seconds(30)]);
}

/// What `ensure` documents that it cannot know.
#[tokio::test]
async fn an_effect_that_shows_after_the_settle_time_is_doubled() {
    let late = seconds(29);
    let scene = start(exportable().creations_show_after(late)).await;
    lose_the_answer_to(&scene, ids::CREATE_EXPORT_BUCKET);
    let ensured = scene.buckets.ensure(wanted()).settle(seconds(5)).await;
    assert!(ensured.unwrap().is_created());
    assert_eq!((posts(&scene), registered(&scene)), (2, 2));
}

#[tokio::test]
async fn a_creation_that_came_to_nothing_is_made_again_three_times_at_the_most() {
    let scene = start(exportable()).await;
    scene.inject(ids::CREATE_EXPORT_BUCKET, Fault::reset());
    assert!(scene.buckets.ensure(wanted()).await.unwrap().is_created());
    assert_eq!((posts(&scene), registered(&scene)), (2, 1));

    let scene = start(exportable()).await;
    scene
        .fake
        .faults_by(|head| (head.method == "POST").then(Fault::reset));
    let error = scene.buckets.ensure(wanted()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
    assert_eq!((posts(&scene), registered(&scene)), (3, 0));
}

#[tokio::test]
async fn where_looking_fails_nothing_is_created_again_and_the_error_says_so() {
    let scene = start(exportable()).await;
    lose_the_answer_to(&scene, ids::CREATE_EXPORT_BUCKET);
    // The first look is answered; after the creation nothing is.
    let seen = std::sync::atomic::AtomicBool::new(false);
    scene.fake.faults_by(move |head| {
        if head.method == "POST" {
            seen.store(true, std::sync::atomic::Ordering::Relaxed);
            return None;
        }
        seen.load(std::sync::atomic::Ordering::Relaxed)
            .then(|| Fault::status(StatusCode::SERVICE_UNAVAILABLE))
    });
    let error = scene.buckets.ensure(wanted()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
    assert!(error.may_have_taken_effect());
    assert!(error.to_string().contains("call ensure again"), "{error}");
    assert_eq!(posts(&scene), 1);
    // And the next call finds it.
    scene.fake.faults_by(|_| None);
    assert!(!scene.buckets.ensure(wanted()).await.unwrap().is_created());
    assert_eq!(registered(&scene), 1);
}

#[tokio::test]
async fn a_refusal_is_no_reason_to_look_again() {
    let scene = start(exportable()).await;
    let missing = parsed("0123456789abcdef01234567");
    let error = scene
        .jobs
        .ensure(&parsed(SNAPSHOT), &missing)
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(posts(&scene), 1);
}

#[tokio::test]
async fn a_bucket_that_cannot_be_read_may_be_the_one() {
    let scene = start(exportable().bucket(PROJECT, json!({"_id": 17}))).await;
    let error = scene.buckets.ensure(wanted()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(posts(&scene), 0);
}

fn past(id: &str, state: &str, minute: u32) -> serde_json::Value {
    json!({
        "id": id, "exportBucketId": BUCKET, "snapshotId": SNAPSHOT, "state": state,
        "createdAt": format!("2026-08-01T00:{minute:02}:00Z"),
    })
}

#[tokio::test]
async fn an_export_that_succeeded_or_goes_on_is_not_started_again() {
    for (state, starts) in [
        ("Successful", false),
        ("Queued", false),
        ("InProgress", false),
        ("Paused", false),
        ("Failed", true),
        ("Cancelled", true),
    ] {
        let job = past("605ccba3c1c7613f423e1585", state, 0);
        let scene = start(exportable().job(PROJECT, CLUSTER, job)).await;
        let ensured = ensure_job(&scene).await.unwrap();
        assert_eq!(ensured.is_created(), starts, "{state}");
    }
}

#[tokio::test]
async fn again_exports_what_was_exported_but_not_what_is_being_exported() {
    let again = async |scene: &Scene| {
        let (snapshot, bucket) = (parsed(SNAPSHOT), parsed(BUCKET));
        scene.jobs.ensure(&snapshot, &bucket).export_again().await
    };
    let done = past("605ccba3c1c7613f423e1585", "Successful", 0);
    let scene = start(exportable().job(PROJECT, CLUSTER, done.clone())).await;
    assert!(again(&scene).await.unwrap().is_created());
    let active = past("605ccba3c1c7613f423e1586", "InProgress", 1);
    let scene = start(
        exportable()
            .job(PROJECT, CLUSTER, done)
            .job(PROJECT, CLUSTER, active),
    )
    .await;
    let Ensured::Existing(job) = again(&scene).await.unwrap() else {
        panic!("started beside an active one")
    };
    assert_eq!(job.id.as_str(), "605ccba3c1c7613f423e1586");
    // A lost answer is not mistaken for the job that was there.
    let done = past("605ccba3c1c7613f423e1585", "Successful", 0);
    let scene = start(exportable().job(PROJECT, CLUSTER, done)).await;
    lose_the_answer_to(&scene, ids::CREATE_EXPORT_JOB);
    let created = again(&scene).await.unwrap().into_inner();
    assert_ne!(created.id.as_str(), "605ccba3c1c7613f423e1585");
    assert_eq!((posts(&scene), exports(&scene)), (1, 2));
}

#[tokio::test]
async fn what_succeeded_comes_before_what_goes_on_and_the_older_before_the_newer() {
    let builder = [
        past("605ccba3c1c7613f423e1584", "Failed", 0),
        past("605ccba3c1c7613f423e1585", "InProgress", 1),
        past("605ccba3c1c7613f423e1586", "Successful", 3),
        past("605ccba3c1c7613f423e1587", "Successful", 2),
    ]
    .into_iter()
    .fold(exportable(), |builder, job| {
        builder.job(PROJECT, CLUSTER, job)
    });
    let Ensured::Existing(job) = ensure_job(&start(builder).await).await.unwrap() else {
        panic!("started once more")
    };
    assert_eq!(
        (job.id.as_str(), job.count),
        ("605ccba3c1c7613f423e1587", 3)
    );
}

#[tokio::test]
async fn a_job_whose_answer_was_lost_and_that_failed_at_once_is_found_and_not_repeated() {
    // By the clock, since a list is no poll: in it the job would go on being queued.
    let at_once = JobProgress::ByClock {
        queued: Duration::ZERO,
        in_progress: Duration::ZERO,
    };
    let outcome = JobOutcome::Failed {
        error_code: "EXPORT_FAILED".into(),
        message: "no access".into(),
    };
    let scene = start(exportable().job_progress(at_once).job_outcome(outcome)).await;
    lose_the_answer_to(&scene, ids::CREATE_EXPORT_JOB);
    let job = ensure_job(&scene).await.unwrap();
    assert!(job.is_created());
    assert_eq!(job.get().state, Some(ExportJobState::Failed));
    assert_eq!((posts(&scene), exports(&scene)), (1, 1));
}

#[tokio::test]
async fn a_refusal_of_the_request_itself_may_be_a_race_and_others_are_none() {
    for (status, race) in [
        (400, true),
        (409, true),
        (422, true),
        (402, false),
        (403, false),
        (404, false),
    ] {
        let scene = start(exportable()).await;
        // There is an export by the time of the refusal.
        let refusal = Fault::status(StatusCode::from_u16(status).unwrap()).at(Moment::Acted);
        scene.inject(ids::CREATE_EXPORT_JOB, refusal);
        match ensure_job(&scene).await {
            Ok(ensured) => assert!(race && !ensured.is_created(), "{status}"),
            Err(error) => {
                assert!(!race, "{error}");
                assert_eq!(error.status(), Some(status));
            }
        }
        assert_eq!((posts(&scene), exports(&scene)), (1, 1), "{status}");
    }
}
