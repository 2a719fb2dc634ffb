//! What goes on the wire, for both generations of the API: seen by the fake and by mocks.

use atlas_export::{
    ApiVersion, ErrorKind, ExportJobId, PageSize, SnapshotId, codes, models::Frequency,
};
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, RecordedRequest};
use atlas_export_httpmock::MockServerExt as _;
use atlas_export_tests::{
    BUCKET, CLUSTER, CredentialKind, PROJECT, ROLE, SNAPSHOT, Scene, client_at, exportable,
    new_bucket, parsed,
};
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};

/// One call, and what the server must have seen of it.
struct Expected {
    method: &'static str,
    path: String,
    query: Option<&'static str>,
    v2_date: &'static str,
    body: Option<Value>,
}

fn furnished() -> FakeAtlasBuilder {
    exportable().demo()
}

/// The last request that the fake did not challenge.
fn last(fake: &FakeAtlas) -> RecordedRequest {
    fake.requests()
        .into_iter()
        .rfind(|request| !request.answered(401))
        .unwrap()
}

fn check(seen: &RecordedRequest, version: ApiVersion, expected: &Expected) {
    let (prefix, media_type) = match version {
        ApiVersion::V1 => ("/api/atlas/v1.0", "application/json".to_owned()),
        _ => (
            "/api/atlas/v2",
            format!("application/vnd.atlas.{}+json", expected.v2_date),
        ),
    };
    assert_eq!(seen.method.as_str(), expected.method);
    assert_eq!(seen.path, format!("{prefix}{}", expected.path));
    assert_eq!(seen.query.as_deref(), expected.query, "{}", seen.path);
    assert_eq!(seen.headers[ACCEPT], media_type.as_str(), "{}", seen.path);
    assert!(!seen.headers.contains_key("api-version"));
    if let Some(body) = &expected.body {
        assert_eq!(seen.headers[CONTENT_TYPE], media_type.as_str());
        let sent: Value = serde_json::from_slice(&seen.body).unwrap();
        assert_eq!(&sent, body);
    } else {
        assert!(!seen.headers.contains_key(CONTENT_TYPE), "{}", seen.path);
        assert!(seen.body.is_empty());
    }
    assert!(
        seen.status.is_some_and(|status| status.is_success()),
        "{seen:?}"
    );
}

/// Every operation, in both generations.
async fn every_operation(version: ApiVersion, pretty: bool) {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(furnished()).await.known_by(kind);
        let scene = scene.with(|client| client.api_version(version).pretty(pretty));
        call_every_operation(&scene, version, pretty).await;
    }
}

#[tokio::test]
async fn every_operation_asks_for_an_envelope_if_the_client_does() {
    let scene = Scene::start(furnished()).await;
    let scene = scene.with(|client| client.envelope(true));
    let Scene {
        fake,
        project,
        cluster,
        buckets,
        jobs,
        ..
    } = scene;
    let snapshots = cluster.snapshots();
    let (snapshot, bucket): (SnapshotId, _) = (parsed(SNAPSHOT), parsed(BUCKET));
    buckets.list().await.unwrap();
    let new = new_bucket("example-bucket");
    let created = buckets.create(new).await.unwrap();
    buckets.get(&created.id).await.unwrap();
    buckets.delete(&created.id).await.unwrap();
    jobs.list().await.unwrap();
    let job = jobs.create(&snapshot, &bucket).await.unwrap();
    jobs.get(&job.id).await.unwrap();
    snapshots.list().await.unwrap();
    snapshots.get(&snapshot).await.unwrap();
    snapshots.take().await.unwrap();
    cluster.auto_export().get().await.unwrap();
    cluster.auto_export().disable().await.unwrap();
    project.clusters().list().await.unwrap();
    let roles = project.access_roles().list().await.unwrap();
    assert_eq!(roles.aws_iam_roles.len(), 1);
    let update = buckets.update(&bucket).require_private_networking(true);
    assert_eq!(update.await.unwrap().require_private_networking, Some(true));
    for request in fake.requests() {
        assert_eq!(
            request.query.as_deref(),
            Some("envelope=true"),
            "{}",
            request.path
        );
    }
}

async fn call_every_operation(scene: &Scene, version: ApiVersion, pretty: bool) {
    let Scene {
        fake,
        cluster,
        buckets,
        jobs,
        ..
    } = scene;
    let snapshots = cluster.snapshots();
    let query = pretty.then_some("pretty=true");
    let of_project = |rest: &str| format!("/groups/{PROJECT}/backup/exportBuckets{rest}");
    let of_cluster = |rest: &str| format!("/groups/{PROJECT}/clusters/{CLUSTER}/backup/{rest}");
    let expect = |method, path, query, v2_date, body| Expected {
        method,
        path,
        query,
        v2_date,
        body,
    };

    buckets.list().await.unwrap();
    let expected = expect("GET", of_project(""), query, "2024-05-30", None);
    check(&last(fake), version, &expected);

    let new = new_bucket("example-bucket");
    let created = buckets.create(new).await.unwrap();
    let body = json!({
        "iamRoleId": ROLE, "bucketName": "example-bucket", "cloudProvider": "AWS",
    });
    let expected = expect("POST", of_project(""), query, "2024-05-30", Some(body));
    check(&last(fake), version, &expected);

    let path = of_project(&format!("/{}", created.id));
    buckets.get(&created.id).await.unwrap();
    let expected = expect("GET", path.clone(), None, "2024-05-30", None);
    check(&last(fake), version, &expected);

    buckets.delete(&created.id).await.unwrap();
    let expected = expect("DELETE", path, None, "2023-01-01", None);
    check(&last(fake), version, &expected);

    jobs.list().await.unwrap();
    let expected = expect("GET", of_cluster("exports"), query, "2023-01-01", None);
    check(&last(fake), version, &expected);

    let (snapshot, bucket) = (parsed(SNAPSHOT), parsed(BUCKET));
    let job = jobs
        .create(&snapshot, &bucket)
        .custom_data("ticket", "OPS-7")
        .await
        .unwrap();
    let body = json!({
        "snapshotId": SNAPSHOT, "exportBucketId": BUCKET,
        "customData": [{"key": "ticket", "value": "OPS-7"}],
    });
    let expected = expect(
        "POST",
        of_cluster("exports"),
        None,
        "2023-01-01",
        Some(body),
    );
    check(&last(fake), version, &expected);

    jobs.get(&job.id).await.unwrap();
    let path = of_cluster(&format!("exports/{}", job.id));
    check(
        &last(fake),
        version,
        &expect("GET", path, None, "2023-01-01", None),
    );

    snapshots.list().await.unwrap();
    let expected = expect("GET", of_cluster("snapshots"), query, "2023-01-01", None);
    check(&last(fake), version, &expected);

    snapshots.get(&snapshot).await.unwrap();
    let path = of_cluster(&format!("snapshots/{SNAPSHOT}"));
    check(
        &last(fake),
        version,
        &expect("GET", path, query, "2023-01-01", None),
    );
    call_the_rest(scene, version, query).await;
}

/// What is around an export: snapshots on demand, schedules, clusters, roles.
async fn call_the_rest(scene: &Scene, version: ApiVersion, query: Option<&'static str>) {
    let Scene {
        fake,
        project,
        cluster,
        buckets,
        ..
    } = scene;
    let checks = |method, path: String, query, v2_date, body| {
        let expected = Expected {
            method,
            path: format!("/groups/{PROJECT}/{path}"),
            query,
            v2_date,
            body,
        };
        check(&last(fake), version, &expected);
    };
    let snapshots = cluster.snapshots();
    let take = snapshots.take().description("now").retention_days(3);
    take.await.unwrap();
    let body = json!({ "description": "now", "retentionInDays": 3 });
    let path = format!("clusters/{CLUSTER}/backup/snapshots");
    checks("POST", path, query, "2023-01-01", Some(body));

    let schedule = format!("clusters/{CLUSTER}/backup/schedule");
    cluster.auto_export().get().await.unwrap();
    checks("GET", schedule.clone(), query, "2024-08-05", None);

    let enable = cluster.auto_export();
    let bucket = parsed(BUCKET);
    enable.enable(&bucket, Frequency::Monthly).await.unwrap();
    let body = json!({
        "autoExportEnabled": true,
        "export": { "exportBucketId": BUCKET, "frequencyType": "monthly" },
    });
    checks("PATCH", schedule.clone(), query, "2024-08-05", Some(body));

    cluster.auto_export().disable().await.unwrap();
    let body = json!({ "autoExportEnabled": false });
    checks("PATCH", schedule.clone(), query, "2024-08-05", Some(body));

    cluster.auto_export().names_in_prefix(true).await.unwrap();
    let body = json!({ "useOrgAndGroupNamesInExportPrefix": true });
    checks("PATCH", schedule, query, "2024-08-05", Some(body));

    project.clusters().list().await.unwrap();
    checks("GET", "clusters".to_owned(), query, "2024-08-05", None);

    project.access_roles().list().await.unwrap();
    let roles = "cloudProviderAccess".to_owned();
    checks("GET", roles, query, "2023-01-01", None);

    if version == ApiVersion::V2 {
        let update = buckets.update(&bucket).require_private_networking(true);
        update.await.unwrap();
        let path = format!("backup/exportBuckets/{BUCKET}");
        let body = json!({ "requirePrivateNetworking": true });
        checks("PATCH", path, query, "2024-05-30", Some(body));
    }
}

#[tokio::test]
async fn version_1_sends_what_its_reference_pages_show() {
    every_operation(ApiVersion::V1, true).await;
}

#[tokio::test]
async fn version_2_sends_the_dated_media_type_of_each_operation() {
    every_operation(ApiVersion::V2, false).await;
}

#[tokio::test]
async fn the_options_of_a_list_go_into_the_query() {
    let scene = Scene::start(furnished()).await;
    let scene = scene.with(|client| client.envelope(true));
    let page = scene
        .buckets
        .list()
        .page(2)
        .page_size(PageSize::new(7).unwrap())
        .include_count(false)
        .await
        .unwrap();
    assert_eq!(page.total_count, None);
    assert_eq!(
        last(&scene.fake).query.as_deref(),
        Some("envelope=true&includeCount=false&itemsPerPage=7&pageNum=2")
    );
}

#[tokio::test]
async fn typed_mocks_see_the_same() {
    let server = httpmock::MockServer::start_async().await;
    let probe = server.list_export_jobs(|when, then| {
        when.group_id(&parsed(PROJECT))
            .cluster_name(&parsed(CLUSTER));
        then.into_inner().status(200).body(r#"{"results":[]}"#);
    });
    let create = server.create_export_job(|when, then| {
        let when = when
            .group_id(&parsed(PROJECT))
            .cluster_name(&parsed(CLUSTER))
            .envelope(None)
            .into_inner()
            .header("accept", "application/vnd.atlas.2023-01-01+json")
            .header("content-type", "application/vnd.atlas.2023-01-01+json")
            .json_body(json!({ "snapshotId": SNAPSHOT, "exportBucketId": BUCKET }));
        drop(when);
        then.into_inner().status(200).body(format!(
            r#"{{"id":"605ccba3c1c7613f423e1585","exportBucketId":"{BUCKET}","state":"Queued"}}"#
        ));
    });
    let client = client_at(server.base_url()).build().unwrap();
    let cluster = client.project(PROJECT).cluster(CLUSTER);
    let (snapshot, bucket): (SnapshotId, _) = (parsed(SNAPSHOT), parsed(BUCKET));
    let job = cluster
        .export_jobs()
        .create(&snapshot, &bucket)
        .await
        .unwrap();
    assert_eq!(job.id, parsed::<ExportJobId>("605ccba3c1c7613f423e1585"));
    assert_eq!(
        (probe.calls_async().await, create.calls_async().await),
        (1, 1)
    );
}

#[tokio::test]
async fn envelopes_of_both_spellings_are_opened_and_their_status_wins() {
    use atlas_export_fake::EnvelopeSpelling::{Content, Envelope};
    for spelling in [Content, Envelope] {
        let fake = FakeAtlas::builder().envelope_spelling(spelling);
        let scene = Scene::start(fake.buckets(PROJECT, 3)).await;
        let Scene { fake, buckets, .. } = scene.with(|client| client.envelope(true));
        let page = buckets.list().await.unwrap();
        assert_eq!(page.items.len(), 3);
        let one = buckets.get(&page.items[0].id).await.unwrap();
        assert_eq!(one.id, page.items[0].id);
        buckets.delete(&one.id).await.unwrap();

        fake.clear_requests();
        let error = buckets.get(&one.id).await.unwrap_err();
        // On the wire it was a success.
        assert!(fake.requests().last().unwrap().answered(200));
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(404)));
        assert_eq!(error.code(), Some(codes::RESOURCE_NOT_FOUND));
    }
}
