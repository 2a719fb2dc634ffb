//! What fleets and safe deletion need of a cluster, its snapshots, its jobs and its schedule.

use atlas_export::{
    ErrorKind,
    fleet::{FleetStatus, Intent},
};
use atlas_export_tests::{BUCKET, CLUSTER, Reply, ScriptedServer, parsed};
use serde_json::{Value, json};

use super::{JOB, check_only_read, job, page, snapshot, with};

fn cluster() -> Value {
    json!({"name": CLUSTER, "backupEnabled": true, "replicationSpecs": [{"regionConfigs": [
        {"providerName": "AWS", "electableSpecs": {"instanceSize": "M10"}}]}]})
}

/// The bucket, which a plan looks at first.
fn bucket() -> Reply {
    let bucket = json!({"_id": BUCKET, "cloudProvider": "AWS", "bucketName": "my-bucket"});
    Reply::json(200, &bucket.to_string())
}

#[tokio::test]
async fn a_fleet_needs_what_tells_whether_a_cluster_can_be_exported() {
    let region = |region: Value| json!([{"regionConfigs": [region]}]);
    let v1 = |settings: Value| json!({"name": CLUSTER, "providerSettings": settings});
    for (odd, field) in [
        (
            with(cluster(), "backupEnabled", &json!("no")),
            "backupEnabled",
        ),
        (
            with(cluster(), "providerBackupEnabled", &json!(0)),
            "providerBackupEnabled",
        ),
        (
            with(cluster(), "replicationSpecs", &json!(7)),
            "replicationSpecs",
        ),
        (
            with(
                cluster(),
                "replicationSpecs",
                &json!([{"regionConfigs": 7}]),
            ),
            "regionConfigs",
        ),
        (
            with(
                cluster(),
                "replicationSpecs",
                &region(json!({"providerName": 7})),
            ),
            "providerName",
        ),
        (
            with(
                cluster(),
                "replicationSpecs",
                &region(json!({"electableSpecs": 7})),
            ),
            "electableSpecs",
        ),
        (
            with(
                cluster(),
                "replicationSpecs",
                &region(json!({"electableSpecs": {"instanceSize": 7}})),
            ),
            "instanceSize",
        ),
        (v1(json!(7)), "providerSettings"),
        (v1(json!({"providerName": 7})), "providerName"),
        (v1(json!({"instanceSizeName": 7})), "instanceSizeName"),
    ] {
        let server = ScriptedServer::start([bucket(), page(&[odd])]).await;
        let bucket = parsed(BUCKET);
        let plan = server.project().export_fleet(&bucket).plan().await.unwrap();
        assert!(plan.clusters().is_empty(), "{field}");
        let report = plan.run().finish().await;
        assert_eq!(report.undecodable().count(), 1);
        assert!(
            report
                .undecodable()
                .all(|cluster| cluster.contains(&format!("field {field}: "))),
            "{report:?}"
        );
        check_only_read(&server);
    }
    let odd = with(
        with(cluster(), "paused", &json!("no")),
        "diskSizeGB",
        &json!("10"),
    );
    let server =
        ScriptedServer::start([bucket(), page(&[odd]), page(&[snapshot()]), page(&[job()])]).await;
    let plan = server
        .project()
        .export_fleet(&parsed(BUCKET))
        .plan()
        .await
        .unwrap();
    assert!(matches!(
        plan.clusters()[0].intent,
        Intent::AlreadyExported(_)
    ));
}

#[tokio::test]
async fn a_fleet_exports_nothing_from_a_cluster_whose_snapshots_or_jobs_do_not_tell() {
    for (snapshot, job) in [
        (with(snapshot(), "createdAt", &json!("")), job()),
        (snapshot(), with(job(), "state", &json!(7))),
        (snapshot(), with(job(), "exportBucketId", &json!(7))),
    ] {
        let jobs = page(&[job]);
        let server =
            ScriptedServer::start([bucket(), page(&[cluster()]), page(&[snapshot]), jobs]).await;
        let plan = server
            .project()
            .export_fleet(&parsed(BUCKET))
            .plan()
            .await
            .unwrap();
        assert!(
            matches!(plan.clusters()[0].intent, Intent::LookFailed(_)),
            "{plan}"
        );
        check_only_read(&server);
    }
}

#[tokio::test]
async fn a_fleet_that_joins_a_job_needs_its_state() {
    let active = with(job(), "state", &json!("InProgress"));
    let odd = with(job(), "state", &json!(7)).to_string();
    let server = ScriptedServer::start([
        bucket(),
        page(&[cluster()]),
        page(&[snapshot()]),
        page(&[active]),
        Reply::json(200, &odd),
    ])
    .await;
    let plan = server
        .project()
        .export_fleet(&parsed(BUCKET))
        .plan()
        .await
        .unwrap();
    let report = plan.run().finish().await;
    assert_eq!(report.clusters[0].status, FleetStatus::Error);
    let message = report.clusters[0].message.as_deref().unwrap();
    assert!(message.contains("field state: "), "{message}");
    // It is known, so that nobody starts another.
    assert_eq!(report.clusters[0].job, Some(parsed(JOB)));
}

#[tokio::test]
async fn who_uses_a_bucket_is_unchecked_where_a_schedule_does_not_tell() {
    for schedule in [
        json!({"export": 7}),
        json!({"export": {"exportBucketId": 7}}),
    ] {
        let schedule = Reply::json(200, &schedule.to_string());
        let server = ScriptedServer::start([page(&[cluster()]), schedule]).await;
        let users = server.buckets().users(&parsed(BUCKET)).await.unwrap();
        assert!(users.clusters.is_empty());
        let (name, error) = &users.unknown[0];
        assert_eq!(name.as_ref().unwrap().as_str(), CLUSTER);
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
    // A cluster whose hardware does not tell may have a schedule.
    let odd = with(
        cluster(),
        "replicationSpecs",
        &json!([{"regionConfigs": [{"providerName": "FLEX", "electableSpecs": 7}]}]),
    );
    let schedule = json!({"export": {"exportBucketId": BUCKET}}).to_string();
    let server = ScriptedServer::start([page(&[odd]), Reply::json(200, &schedule)]).await;
    let users = server.buckets().users(&parsed(BUCKET)).await.unwrap();
    assert_eq!(users.clusters, [parsed(CLUSTER)]);
}
