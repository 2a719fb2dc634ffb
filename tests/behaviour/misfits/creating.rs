//! What `ensure` needs of a job and of a bucket.

use atlas_export::{ErrorKind, NewExportBucket};
use atlas_export_tests::{BUCKET, ROLE, Reply, SNAPSHOT, ScriptedServer, parsed};
use serde_json::json;

use super::{JOB, check_refused, job, misfits, page, with};

#[tokio::test]
async fn ensuring_an_export_needs_what_tells_whether_it_is_the_same_and_how_far() {
    let unknown = with(job(), "state", &json!("Archived"));
    for (job, field) in [
        (job(), "snapshotId"),
        (job(), "exportBucketId"),
        (job(), "state"),
        (unknown, "finishedAt"),
    ] {
        for value in misfits() {
            let server = ScriptedServer::start([page(&[with(job.clone(), field, &value)])]).await;
            let jobs = server.jobs();
            let ensured = jobs.ensure(&parsed(SNAPSHOT), &parsed(BUCKET)).await;
            check_refused(&server, &ensured.unwrap_err(), field);
        }
    }
    let mut without_bucket = job();
    without_bucket
        .as_object_mut()
        .unwrap()
        .remove("exportBucketId");
    let server = ScriptedServer::start([page(&[without_bucket])]).await;
    let jobs = server.jobs();
    let error = jobs
        .ensure(&parsed(SNAPSHOT), &parsed(BUCKET))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("exportBucketId"), "{error}");
}

#[tokio::test]
async fn ensuring_an_export_needs_nothing_else() {
    for field in [
        "createdAt",
        "finishedAt",
        "prefix",
        "exportStatus",
        "links",
        "components",
    ] {
        let server = ScriptedServer::start([page(&[with(job(), field, &json!(true))])]).await;
        let jobs = server.jobs();
        let ensured = jobs
            .ensure(&parsed(SNAPSHOT), &parsed(BUCKET))
            .await
            .unwrap();
        assert_eq!(ensured.get().id.as_str(), JOB, "{field}");
    }
    // Another snapshot's export is another, whatever its bucket and state.
    let other = with(job(), "id", &json!(SNAPSHOT));
    let other = with(other, "snapshotId", &json!("5fb6a0e0e5a4d31b5b8ef0b3"));
    let other = with(with(other, "exportBucketId", &json!(7)), "state", &json!(7));
    let server = ScriptedServer::start([page(&[other, job()])]).await;
    let jobs = server.jobs();
    let ensured = jobs
        .ensure(&parsed(SNAPSHOT), &parsed(BUCKET))
        .await
        .unwrap();
    assert_eq!(ensured.get().id.as_str(), JOB);
    // What is told to differ differs.
    let odd = with(job(), "customData", &json!(7));
    let server = ScriptedServer::start([page(&[odd])]).await;
    let jobs = server.jobs();
    let existing = jobs
        .ensure(&parsed(SNAPSHOT), &parsed(BUCKET))
        .existing()
        .await;
    assert_eq!(existing.unwrap().unwrap().differences, ["customData"]);
}

#[tokio::test]
async fn looking_for_a_lost_export_needs_the_same() {
    for field in ["snapshotId", "exportBucketId", "state"] {
        let created_badly = Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{");
        let server = ScriptedServer::start([
            page(&[]),
            page(&[]),
            created_badly,
            page(&[with(job(), field, &json!(7))]),
        ])
        .await;
        let jobs = server.jobs();
        let error = jobs
            .ensure(&parsed(SNAPSHOT), &parsed(BUCKET))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ambiguous, "{error}");
        assert!(
            error.to_string().contains(&format!("field {field}: ")),
            "{error}"
        );
        let methods = server.methods();
        assert_eq!(methods.iter().filter(|method| *method == "POST").count(), 1);
    }
}

#[tokio::test]
async fn ensuring_a_bucket_needs_what_its_cloud_tells_buckets_apart_by() {
    let url = "https://storage.blob.core.windows.net/exports";
    let aws = || NewExportBucket::aws("exports", parsed(ROLE)).unwrap();
    let azure = || NewExportBucket::azure(url, parsed(ROLE)).unwrap();
    let gcp = || NewExportBucket::gcp("exports", parsed(ROLE)).unwrap();
    let bucket = |cloud: &str| {
        json!({"_id": BUCKET, "cloudProvider": cloud, "bucketName": "exports",
            "iamRoleId": ROLE, "roleId": ROLE, "serviceUrl": url})
    };
    for (wanted, cloud, field) in [
        (aws(), "AWS", "bucketName"),
        (aws(), "AWS", "iamRoleId"),
        (azure(), "AZURE", "bucketName"),
        (azure(), "AZURE", "roleId"),
        (azure(), "AZURE", "serviceUrl"),
        (gcp(), "GCP", "bucketName"),
        (gcp(), "GCP", "roleId"),
    ] {
        let server = ScriptedServer::start([page(&[with(bucket(cloud), field, &json!(7))])]).await;
        let ensured = server.buckets().ensure(wanted).await;
        check_refused(&server, &ensured.unwrap_err(), field);
    }
    // A bucket of another cloud is another, and what is not compared is not needed.
    for (odd, field) in [(bucket("GCP"), "bucketName"), (bucket("AWS"), "region")] {
        let server = ScriptedServer::start([page(&[
            with(with(odd, "_id", &json!(JOB)), field, &json!(7)),
            bucket("AWS"),
        ])])
        .await;
        let ensured = server.buckets().ensure(aws()).await;
        assert!(!ensured.unwrap().is_created(), "{field}");
    }
}
