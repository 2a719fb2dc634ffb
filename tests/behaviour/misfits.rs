//! A value that does not fit its field costs no item; but a decision that needs it is refused.

use std::collections::HashSet;

use atlas_export::{
    Client, Cluster, Error, ErrorKind, FleetStatus, Intent, NewExportBucket, Project, WaitError,
    models::ExportJobState,
};
use atlas_export_tests::{
    BUCKET, CLUSTER, PROJECT, ROLE, Reply, SNAPSHOT, ScriptedServer, key, parsed,
};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

const JOB: &str = "605ccba3c1c7613f423e1585";

/// What does not fit any field that is not a list of something.
fn misfits() -> [Value; 3] {
    [json!({"a": 1}), json!([7]), json!(true)]
}

fn page(results: &[Value]) -> Reply {
    Reply::json(200, &json!({"results": results, "links": []}).to_string())
}

fn with(mut item: Value, field: &str, value: &Value) -> Value {
    item[field] = value.clone();
    item
}

fn job() -> Value {
    json!({
        "id": JOB, "exportBucketId": BUCKET, "snapshotId": SNAPSHOT, "state": "Successful",
        "createdAt": "2021-03-25T16:49:23Z",
    })
}

fn snapshot() -> Value {
    json!({
        "id": SNAPSHOT, "status": "completed", "snapshotType": "scheduled",
        "createdAt": "2021-03-25T16:49:23Z",
    })
}

struct World {
    server: ScriptedServer,
    project: Project,
    cluster: Cluster,
}

async fn serving(replies: Vec<Reply>) -> World {
    let server = ScriptedServer::start(replies).await.unwrap();
    let client = Client::builder()
        .base_url(server.url())
        .credentials(key())
        .build()
        .unwrap();
    let project = client.project(parsed(PROJECT));
    World {
        server,
        cluster: project.cluster(parsed(CLUSTER)),
        project,
    }
}

impl World {
    /// The methods of all requests.
    fn methods(&self) -> HashSet<String> {
        let requests = self.server.requests();
        let methods = requests
            .iter()
            .filter_map(|request| request.split(' ').next());
        methods.map(str::to_owned).collect()
    }

    /// That an error names the field, and that nothing but reading was done.
    fn check_refused(&self, error: &Error, field: &str) {
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let message = error.to_string();
        assert!(message.contains(&format!("field {field}: ")), "{message}");
        assert!(
            error.raw().is_some_and(|raw| raw.contains(field)),
            "{message}"
        );
        assert_eq!(self.methods(), HashSet::from(["GET".to_owned()]));
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_costs_no_item_and_is_told() {
    let odd = json!({
        "id": JOB, "exportBucketId": BUCKET, "state": "Successful", "createdAt": "",
        "exportStatus": "all", "customData": {"a": 1}, "errMsg": 7,
    });
    let world = serving(vec![page(&[odd.clone()])]).await;
    let page = world.cluster.export_jobs().list().await.unwrap();
    assert!(page.skipped.is_empty());
    let job = &page.items[0];
    assert_eq!(job.state, Some(ExportJobState::Successful));
    let told: Vec<_> = job.undecodable_fields().collect();
    assert_eq!(told, ["createdAt", "customData", "errMsg", "exportStatus"]);
    assert_eq!(serde_json::to_value(job).unwrap(), odd);
}

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
            let world = serving(vec![page(&[with(job.clone(), field, &value)])]).await;
            let jobs = world.cluster.export_jobs();
            let ensured = jobs.ensure(&parsed(SNAPSHOT), &parsed(BUCKET)).await;
            world.check_refused(&ensured.unwrap_err(), field);
        }
    }
    let mut without_bucket = job();
    without_bucket
        .as_object_mut()
        .unwrap()
        .remove("exportBucketId");
    let world = serving(vec![page(&[without_bucket])]).await;
    let jobs = world.cluster.export_jobs();
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
        let world = serving(vec![page(&[with(job(), field, &json!(true))])]).await;
        let jobs = world.cluster.export_jobs();
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
    let world = serving(vec![page(&[other, job()])]).await;
    let jobs = world.cluster.export_jobs();
    let ensured = jobs
        .ensure(&parsed(SNAPSHOT), &parsed(BUCKET))
        .await
        .unwrap();
    assert_eq!(ensured.get().id.as_str(), JOB);
    // What is told to differ differs.
    let odd = with(job(), "customData", &json!(7));
    let world = serving(vec![page(&[odd])]).await;
    let jobs = world.cluster.export_jobs();
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
        let world = serving(vec![
            page(&[]),
            page(&[]),
            created_badly,
            page(&[with(job(), field, &json!(7))]),
        ])
        .await;
        let jobs = world.cluster.export_jobs();
        let error = jobs
            .ensure(&parsed(SNAPSHOT), &parsed(BUCKET))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ambiguous, "{error}");
        assert!(
            error.to_string().contains(&format!("field {field}: ")),
            "{error}"
        );
        let requests = world.server.requests();
        let posts = requests
            .iter()
            .filter(|request| request.starts_with("POST"));
        assert_eq!(posts.count(), 1);
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
        let world = serving(vec![page(&[with(bucket(cloud), field, &json!(7))])]).await;
        let ensured = world.project.export_buckets().ensure(wanted).await;
        world.check_refused(&ensured.unwrap_err(), field);
    }
    // A bucket of another cloud is another, and what is not compared is not needed.
    for (odd, field) in [(bucket("GCP"), "bucketName"), (bucket("AWS"), "region")] {
        let world = serving(vec![page(&[
            with(with(odd, "_id", &json!(JOB)), field, &json!(7)),
            bucket("AWS"),
        ])])
        .await;
        let ensured = world.project.export_buckets().ensure(aws()).await;
        assert!(!ensured.unwrap().is_created(), "{field}");
    }
}

#[tokio::test]
async fn the_newest_snapshot_needs_what_tells_whether_it_is_exportable_and_how_old() {
    for field in ["status", "snapshotType", "createdAt"] {
        for value in misfits() {
            let odd = with(with(snapshot(), "id", &json!(JOB)), field, &value);
            let world = serving(vec![page(&[snapshot(), odd])]).await;
            let newest = world.cluster.snapshots().newest_exportable().await;
            world.check_refused(&newest.unwrap_err(), field);
        }
    }
}

#[tokio::test]
async fn the_newest_snapshot_needs_nothing_else() {
    let queued = with(
        with(snapshot(), "status", &json!("queued")),
        "id",
        &json!(JOB),
    );
    let queued = with(queued, "createdAt", &json!(""));
    let odd = with(snapshot(), "storageSizeBytes", &json!("4 GB"));
    let odd = with(
        with(odd, "mongodVersion", &json!(8.0)),
        "expiresAt",
        &json!(""),
    );
    let world = serving(vec![page(&[queued, odd])]).await;
    let newest = world.cluster.snapshots().newest_exportable().await.unwrap();
    assert_eq!(newest.unwrap().id.as_str(), SNAPSHOT);
}

#[tokio::test]
async fn waiting_for_a_job_needs_its_state_or_else_its_end() {
    let unknown = with(job(), "state", &json!("Archived"));
    for (job, field) in [(job(), "state"), (unknown, "finishedAt")] {
        let odd = with(job, field, &json!(7)).to_string();
        let world = serving(vec![Reply::json(200, &odd)]).await;
        let waited = world
            .cluster
            .export_jobs()
            .wait_until_finished(&parsed(JOB))
            .await;
        let Err(WaitError::Poll(error)) = waited else {
            panic!("{waited:?}");
        };
        world.check_refused(&error, field);
    }
    let odd = with(
        with(job(), "finishedAt", &json!("")),
        "exportStatus",
        &json!(7),
    )
    .to_string();
    let world = serving(vec![Reply::json(200, &odd)]).await;
    let waited = world
        .cluster
        .export_jobs()
        .wait_until_finished(&parsed(JOB))
        .await;
    assert!(waited.is_ok(), "{waited:?}");
}

#[tokio::test]
async fn waiting_for_a_snapshot_needs_its_status() {
    let odd = with(snapshot(), "status", &json!(7)).to_string();
    let world = serving(vec![Reply::json(200, &odd)]).await;
    let waited = world
        .cluster
        .snapshots()
        .wait_until_completed(&parsed(SNAPSHOT))
        .await;
    let Err(atlas_export::SnapshotWaitError::Poll(error)) = waited else {
        panic!("{waited:?}");
    };
    world.check_refused(&error, "status");
}

fn cluster() -> Value {
    json!({"name": CLUSTER, "backupEnabled": true, "replicationSpecs": [{"regionConfigs": [
        {"providerName": "AWS", "electableSpecs": {"instanceSize": "M10"}}]}]})
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
        let world = serving(vec![page(&[odd])]).await;
        let bucket = parsed(BUCKET);
        let plan = world.project.export_fleet(&bucket).plan().await.unwrap();
        assert!(plan.clusters().is_empty(), "{field}");
        let report = plan.run().finish().await;
        assert!(
            report.unreadable[0].contains(&format!("field {field}: ")),
            "{:?}",
            report.unreadable
        );
        assert_eq!(world.methods(), HashSet::from(["GET".to_owned()]));
    }
    let odd = with(
        with(cluster(), "paused", &json!("no")),
        "diskSizeGB",
        &json!("10"),
    );
    let world = serving(vec![page(&[odd]), page(&[snapshot()]), page(&[job()])]).await;
    let plan = world
        .project
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
        let world = serving(vec![page(&[cluster()]), page(&[snapshot]), jobs]).await;
        let plan = world
            .project
            .export_fleet(&parsed(BUCKET))
            .plan()
            .await
            .unwrap();
        assert!(
            matches!(plan.clusters()[0].intent, Intent::Unreadable(_)),
            "{plan}"
        );
        assert_eq!(world.methods(), HashSet::from(["GET".to_owned()]));
    }
}

#[tokio::test]
async fn a_fleet_that_joins_a_job_needs_its_state() {
    let active = with(job(), "state", &json!("InProgress"));
    let odd = with(job(), "state", &json!(7)).to_string();
    let world = serving(vec![
        page(&[cluster()]),
        page(&[snapshot()]),
        page(&[active]),
        Reply::json(200, &odd),
    ])
    .await;
    let plan = world
        .project
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
        let world = serving(vec![page(&[cluster()]), schedule]).await;
        let users = world
            .project
            .export_buckets()
            .users(&parsed(BUCKET))
            .await
            .unwrap();
        assert!(users.clusters.is_empty());
        let (name, error) = &users.unchecked[0];
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
    let world = serving(vec![page(&[odd]), Reply::json(200, &schedule)]).await;
    let users = world
        .project
        .export_buckets()
        .users(&parsed(BUCKET))
        .await
        .unwrap();
    assert_eq!(users.clusters, [parsed(CLUSTER)]);
}

#[tokio::test]
async fn settings_of_automatic_exports_need_what_they_tell() {
    for (schedule, field) in [
        (json!({"autoExportEnabled": "no"}), "autoExportEnabled"),
        (
            json!({"useOrgAndGroupNamesInExportPrefix": 0}),
            "useOrgAndGroupNamesInExportPrefix",
        ),
        (json!({"export": {"frequencyType": 7}}), "frequencyType"),
    ] {
        let world = serving(vec![Reply::json(200, &schedule.to_string())]).await;
        let settings = world.cluster.auto_export().get().await;
        world.check_refused(&settings.unwrap_err(), field);
    }
    let odd = json!({"nextSnapshot": "", "clusterName": 7}).to_string();
    let world = serving(vec![Reply::json(200, &odd)]).await;
    assert!(world.cluster.auto_export().get().await.is_ok());
}

#[tokio::test]
async fn a_role_that_is_not_found_may_be_one_that_does_not_tell() {
    let arn = "arn:aws:iam::123456789012:role/exports";
    let role = json!({"roleId": ROLE, "iamAssumedRoleArn": 7});
    for (roles, field) in [
        (json!({"awsIamRoles": [role]}), "iamAssumedRoleArn"),
        (json!({"awsIamRoles": 7}), "awsIamRoles"),
    ] {
        let world = serving(vec![Reply::json(200, &roles.to_string())]).await;
        let found = world.project.access_roles().find_aws(arn).await;
        world.check_refused(&found.unwrap_err(), field);
    }
    let roles = json!({"awsIamRoles": 7, "gcpServiceAccounts": []}).to_string();
    let world = serving(vec![Reply::json(200, &roles)]).await;
    assert_eq!(
        world.project.access_roles().find_gcp("a@b").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_link_whose_relation_does_not_fit_may_be_the_next_one() {
    let first: Vec<Value> = (0..500)
        .map(|n| json!({"id": format!("{n:024x}")}))
        .collect();
    let links = json!([{"rel": "self"}, {"rel": 7, "href": "x"}]);
    let first = json!({"results": first, "links": links}).to_string();
    let world = serving(vec![Reply::json(200, &first), page(&[job()])]).await;
    let all: Vec<_> = world
        .cluster
        .export_jobs()
        .list()
        .by_item()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 501);
}
