//! Snapshots are kept longer or shorter, and deleted unless they are being exported.

use atlas_export::{
    ApiVersion, Error, ErrorKind,
    snapshots::{DeleteSnapshotError, Retention},
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlasBuilder, Fault, JobProgress, Snapshot};
use atlas_export_tests::{
    BUCKET, CLUSTER, PROJECT, Reply, SNAPSHOT, Scene, ScriptedServer, exportable, page_of, parsed,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const JOB: &str = "605ccba3c1c7613f423e1585";
const OTHER: &str = "5fb6a0e0e5a4d31b5b8ef0b3";

/// Snapshots of the cluster that are left.
fn left(scene: &Scene) -> usize {
    scene.fake.snapshots(PROJECT, CLUSTER).len()
}

fn with_job(state: &str, snapshot: &str) -> FakeAtlasBuilder {
    let job = json!({"id": JOB, "exportBucketId": BUCKET, "snapshotId": snapshot, "state": state});
    exportable()
        .snapshot(PROJECT, CLUSTER, Snapshot::completed(OTHER))
        .job(PROJECT, CLUSTER, job)
}

#[tokio::test]
async fn a_snapshot_whose_exports_have_ended_is_deleted() {
    for state in ["Successful", "Failed", "Cancelled"] {
        let scene = Scene::start(with_job(state, SNAPSHOT)).await;
        scene
            .cluster
            .snapshots()
            .delete(&parsed(SNAPSHOT))
            .await
            .unwrap();
        assert_eq!(left(&scene), 1, "{state}");
        let gone = scene.cluster.snapshots().get(&parsed(SNAPSHOT)).await;
        assert!(gone.unwrap_err().is_not_found());
    }
}

#[tokio::test]
async fn one_that_is_being_exported_is_not_deleted_and_the_job_is_told() {
    // A state that is not known, or none, is no end.
    for state in [
        json!("Queued"),
        json!("InProgress"),
        json!("Paused"),
        Value::Null,
    ] {
        let job =
            json!({"id": JOB, "exportBucketId": BUCKET, "snapshotId": SNAPSHOT, "state": state});
        let scene = Scene::start(exportable().job(PROJECT, CLUSTER, job)).await;
        let error = scene.cluster.snapshots().delete(&parsed(SNAPSHOT)).await;
        let error = error.unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains(JOB) && message.contains("wait_until_finished"),
            "{message}"
        );
        let DeleteSnapshotError::Exporting { snapshot, jobs, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!((snapshot, jobs), (parsed(SNAPSHOT), vec![parsed(JOB)]));
        let methods = scene
            .fake
            .requests()
            .into_iter()
            .map(|request| request.method);
        assert!(methods.into_iter().all(|method| method == "GET"), "{state}");
        assert_eq!(left(&scene), 1);
    }
}

#[tokio::test]
async fn an_export_of_another_snapshot_does_not_keep_it() {
    let scene = Scene::start(with_job("InProgress", OTHER)).await;
    scene
        .cluster
        .snapshots()
        .delete(&parsed(SNAPSHOT))
        .await
        .unwrap();
    assert_eq!(left(&scene), 1);
}

#[tokio::test]
async fn it_is_deleted_once_its_export_has_ended() {
    let by_polls = JobProgress::ByPolls {
        queued: 1,
        in_progress: 1,
    };
    let scene = Scene::start(exportable().job_progress(by_polls)).await;
    let job = scene.begin_export().await;
    let snapshots = scene.cluster.snapshots();
    let error: Error = snapshots
        .delete(&parsed(SNAPSHOT))
        .await
        .unwrap_err()
        .into();
    assert_eq!(error.kind(), ErrorKind::Config);
    let back = DeleteSnapshotError::from(error);
    assert!(
        matches!(back, DeleteSnapshotError::Exporting { .. }),
        "{back:?}"
    );
    scene.jobs.wait_until_finished(&job).await.unwrap();
    snapshots.delete(&parsed(SNAPSHOT)).await.unwrap();
    assert_eq!(left(&scene), 0);
}

#[tokio::test]
async fn a_job_that_may_export_it_keeps_it() {
    for (job, field) in [
        (
            json!({"id": JOB, "snapshotId": 7, "state": "Queued"}),
            "snapshotId",
        ),
        (json!({"id": JOB, "state": "Queued"}), "snapshotId"),
        (
            json!({"id": JOB, "snapshotId": SNAPSHOT, "state": 7}),
            "state",
        ),
        (json!({"snapshotId": SNAPSHOT, "state": "Queued"}), "id"),
    ] {
        let scene = Scene::start(exportable().job(PROJECT, CLUSTER, job)).await;
        let error = scene.cluster.snapshots().delete(&parsed(SNAPSHOT)).await;
        let DeleteSnapshotError::Delete(error) = error.unwrap_err() else {
            panic!("{field}")
        };
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains(field), "{error}");
        assert_eq!(left(&scene), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_looked_at_keeps_it() {
    for operation in [ids::GET_SNAPSHOT, ids::LIST_EXPORT_JOBS] {
        let scene = Scene::start(exportable()).await;
        scene.inject(operation, Fault::status(http::StatusCode::FORBIDDEN));
        let error = scene.cluster.snapshots().delete(&parsed(SNAPSHOT)).await;
        let error = Error::from(error.unwrap_err());
        assert_eq!(error.operation(), Some(operation));
        assert_eq!(left(&scene), 1);
    }
}

#[tokio::test]
async fn of_a_sharded_cluster_it_goes_with_its_parts() {
    let fake = exportable().sharded_cluster(PROJECT, CLUSTER, &["a", "b"]);
    let scene = Scene::start(fake).await;
    scene
        .cluster
        .snapshots()
        .delete(&parsed(SNAPSHOT))
        .await
        .unwrap();
    let deleted = scene.fake.requests().pop().unwrap();
    assert_eq!(deleted.method, "DELETE");
    let path = format!("/backup/snapshots/shardedCluster/{SNAPSHOT}");
    assert!(deleted.path.ends_with(&path), "{}", deleted.path);
    assert_eq!(left(&scene), 0);

    let scene = Scene::start(exportable()).await;
    let sharded = scene.cluster.snapshots();
    let error = sharded.delete_sharded_unchecked(&parsed(SNAPSHOT)).await;
    assert!(error.unwrap_err().is_not_found());
    // What kind it is has to be known.
    let snapshot = format!(r#"{{"id": "{SNAPSHOT}", "type": 7}}"#);
    let empty = Reply::json(200, &page_of(&[]));
    let server = ScriptedServer::start([Reply::json(200, &snapshot), empty]).await;
    let error = server.cluster().snapshots().delete(&parsed(SNAPSHOT)).await;
    assert!(error.unwrap_err().to_string().contains("field type"));
    assert_eq!(server.methods(), ["GET"]);
}

#[tokio::test]
async fn the_expiry_is_moved() {
    let created: DateTime<Utc> = "2026-01-31T12:00:00Z".parse().unwrap();
    let snapshot = Snapshot::completed(OTHER).created_at(created);
    let scene = Scene::start(exportable().snapshot(PROJECT, CLUSTER, snapshot)).await;
    let snapshots = scene.cluster.snapshots();
    for (retention, sent, expires) in [
        (Retention::days(3), ("DAYS", 3), "2026-02-03T12:00:00Z"),
        (Retention::weeks(6), ("WEEKS", 6), "2026-03-14T12:00:00Z"),
        (Retention::months(1), ("MONTHS", 1), "2026-02-28T12:00:00Z"),
        (Retention::years(7), ("YEARS", 7), "2033-01-31T12:00:00Z"),
    ] {
        let moved = snapshots
            .set_retention(&parsed(OTHER), retention)
            .await
            .unwrap();
        assert_eq!(moved.expires_at, Some(expires.parse().unwrap()));
        let body: Value =
            serde_json::from_slice(&scene.fake.requests().pop().unwrap().body).unwrap();
        assert_eq!(
            body,
            json!({"retentionUnit": sent.0, "retentionValue": sent.1})
        );
        assert_eq!(snapshots.get(&parsed(OTHER)).await.unwrap(), moved);
    }
}

#[tokio::test]
async fn a_retention_that_none_is_and_a_snapshot_that_is_not_there_are_told() {
    let scene = Scene::start(exportable()).await;
    let snapshots = scene.cluster.snapshots();
    for retention in [Retention::days(0), Retention::years(u32::MAX)] {
        let error = snapshots.set_retention(&parsed(SNAPSHOT), retention).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.operation(), Some(ids::UPDATE_SNAPSHOT));
        assert!(error.to_string().contains("1 to 2147483647"), "{error}");
    }
    assert!(scene.fake.requests().is_empty());
    let missing = snapshots
        .set_retention(&parsed(OTHER), Retention::days(7))
        .await;
    assert!(missing.unwrap_err().is_not_found());
    // Longer than dates have years.
    let beyond = snapshots
        .set_retention(&parsed(SNAPSHOT), Retention::years(9000))
        .await;
    assert_eq!(beyond.unwrap_err().status(), Some(400));
}

#[tokio::test]
async fn version_1_moves_and_deletes_nothing() {
    let scene = Scene::start(exportable()).await;
    let scene = scene.with(|client| client.api_version(ApiVersion::V1));
    let snapshots = scene.cluster.snapshots();
    let moved = snapshots
        .set_retention(&parsed(SNAPSHOT), Retention::days(7))
        .await;
    let deleted = snapshots.delete(&parsed(SNAPSHOT)).await;
    for error in [moved.unwrap_err(), deleted.unwrap_err().into()] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("ApiVersion::V2"), "{error}");
    }
    assert_eq!(left(&scene), 1);
}
