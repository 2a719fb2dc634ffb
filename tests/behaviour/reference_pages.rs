//! Every JSON example of MongoDB's v1.0 reference pages, to the letter, decodes: through the
//! generated types, and through the client from a mock that serves it.

use atlas_export::{
    ApiVersion, ErrorKind, Project,
    models::{ExportBucket, ExportJob},
};
use atlas_export_api::types::{ExportBucketPage, ExportJobPage};
use atlas_export_httpmock::MockServerExt as _;
use atlas_export_tests::{CLUSTER, PROJECT, ROLE, client_at, new_bucket, parsed};
use httpmock::MockServer;
use serde_json::Value;

const LIST_BUCKETS: [&str; 2] = [
    include_str!("../fixtures/v1.0/list-export-buckets.json"),
    include_str!("../fixtures/v1.0/list-export-buckets-web-page.json"),
];
const CREATE_BUCKET: &str = include_str!("../fixtures/v1.0/create-export-bucket.json");
const LIST_JOBS: [&str; 2] = [
    include_str!("../fixtures/v1.0/list-export-jobs-replica-set.json"),
    include_str!("../fixtures/v1.0/list-export-jobs-replica-set-web-page.json"),
];
const LIST_JOBS_SHARDED: &str =
    include_str!("../fixtures/v1.0/list-export-jobs-sharded-cluster.json");

/// A project of a client of version 1.0.
fn project(server: &MockServer) -> Project {
    let client = client_at(server.base_url()).api_version(ApiVersion::V1);
    client.build().unwrap().project(PROJECT)
}

/// Lists that are empty are not written again.
fn without_empty_lists(mut value: Value) -> Value {
    match &mut value {
        Value::Object(map) => {
            map.retain(|_, value| value != &Value::Array(vec![]));
            for value in map.values_mut() {
                *value = without_empty_lists(value.take());
            }
        }
        Value::Array(values) => {
            for value in values {
                *value = without_empty_lists(value.take());
            }
        }
        _ => {}
    }
    value
}

/// Reads an example as `T` and checks that nothing of it is lost.
fn lossless<T: serde::de::DeserializeOwned + serde::Serialize>(example: &str) -> T {
    let decoded: T = serde_json::from_str(example).unwrap();
    let original: Value = serde_json::from_str(example).unwrap();
    assert_eq!(
        without_empty_lists(serde_json::to_value(&decoded).unwrap()),
        without_empty_lists(original)
    );
    decoded
}

fn check_buckets(buckets: &[ExportBucket]) {
    let [bucket] = buckets else {
        panic!("one bucket, not {buckets:?}");
    };
    assert_eq!(bucket.id.as_str(), "{BUCKET-ID}");
    assert_eq!(bucket.bucket_name.as_deref(), Some("example-bucket"));
    assert_eq!(bucket.cloud_provider.as_str(), "AWS");
    assert_eq!(bucket.iam_role_id.as_ref().unwrap().as_str(), ROLE);
}

fn check_job(job: &ExportJob) {
    assert_eq!(job.id.as_str(), "605ccba3c1c7613f423e1585");
    assert_eq!(job.snapshot_id.as_ref().unwrap().as_str(), "{SNAPSHOT-ID}");
    assert_eq!(job.state.as_ref().unwrap().as_str(), "InProgress");
    assert_eq!(
        job.created_at.unwrap().to_rfc3339(),
        "2021-03-25T16:49:23+00:00"
    );
    assert!(
        job.prefix
            .as_ref()
            .unwrap()
            .starts_with("/exported_snapshots/{ORG-NAME}/")
    );
    assert!(job.components.is_empty() && job.export_status.is_none());
}

fn check_sharded_jobs(jobs: &[ExportJob]) {
    assert_eq!(jobs.len(), 2);
    let components: Vec<_> = jobs[0].components.items().collect();
    assert_eq!(
        components[1].export_id.as_ref().unwrap().as_str(),
        "60675896c37241327a557132"
    );
    assert_eq!(
        components[1].replica_set_name.as_deref(),
        Some("atlas-wnvwfd-shard-1")
    );
    assert!(jobs[1].state.as_ref().unwrap().is_finished());
}

#[test]
fn the_generated_types_decode_lists_of_buckets() {
    for example in LIST_BUCKETS {
        let page: ExportBucketPage = lossless(example);
        let buckets: Vec<_> = page.results.items().cloned().collect();
        check_buckets(&buckets);
        assert_eq!(page.links.len(), 1);
    }
}

#[test]
fn the_generated_types_decode_a_created_bucket() {
    let bucket: ExportBucket = lossless(CREATE_BUCKET);
    assert_eq!(bucket.project_id.as_ref().unwrap().as_str(), "{PROJECT-ID}");
    check_buckets(&[bucket]);
}

#[test]
fn the_generated_types_decode_lists_of_jobs() {
    for example in LIST_JOBS {
        let page: ExportJobPage = lossless(example);
        check_job(page.results.items().next().unwrap());
    }
    let page: ExportJobPage = lossless(LIST_JOBS_SHARDED);
    let jobs: Vec<_> = page.results.items().cloned().collect();
    check_sharded_jobs(&jobs);
}

#[tokio::test]
async fn the_client_decodes_lists_of_buckets() {
    for example in LIST_BUCKETS {
        let server = MockServer::start_async().await;
        server.list_export_buckets(|when, then| {
            when.group_id(&parsed(PROJECT));
            then.into_inner().status(200).body(example);
        });
        let page = project(&server).export_buckets().list().await.unwrap();
        check_buckets(&page.items);
        assert_eq!((page.total_count, page.has_next), (Some(1), false));
    }
}

#[tokio::test]
async fn the_client_decodes_a_created_bucket() {
    let server = MockServer::start_async().await;
    // The probe for a challenge, which this server does not have.
    server.list_export_buckets(|_, then| {
        then.into_inner().status(200).body("{}");
    });
    server.create_export_bucket(|_, then| {
        then.into_inner().status(200).body(CREATE_BUCKET);
    });
    let bucket = project(&server)
        .export_buckets()
        .create(new_bucket("example-bucket"))
        .await
        .unwrap();
    assert_eq!(bucket.project_id.as_ref().unwrap().as_str(), "{PROJECT-ID}");
    check_buckets(&[bucket]);
}

#[tokio::test]
async fn the_client_decodes_lists_of_jobs() {
    for example in LIST_JOBS.into_iter().chain([LIST_JOBS_SHARDED]) {
        let server = MockServer::start_async().await;
        server.list_export_jobs(|when, then| {
            when.cluster_name(&parsed(CLUSTER));
            then.into_inner().status(200).body(example);
        });
        let page = project(&server)
            .cluster(CLUSTER)
            .export_jobs()
            .list()
            .await
            .unwrap();
        assert!(page.undecodable.is_empty());
        if example == LIST_JOBS_SHARDED {
            check_sharded_jobs(&page.items);
        } else {
            check_job(&page.items[0]);
        }
    }
}

#[tokio::test]
async fn an_id_that_is_a_placeholder_is_refused_before_anything_is_sent() {
    let server = MockServer::start_async().await;
    let mock = server.mock(|_, then| {
        then.status(200);
    });
    let buckets = project(&server).export_buckets();
    let bucket: ExportBucket = serde_json::from_str(CREATE_BUCKET).unwrap();
    for error in [
        buckets.get(&bucket.id).await.unwrap_err(),
        buckets.delete(&bucket.id).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("{BUCKET-ID}"), "{error}");
    }
    assert_eq!(mock.calls_async().await, 0);
}
