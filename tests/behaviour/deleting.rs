//! Deleting a bucket that schedules export to: who does, and how to end it.

use atlas_export::{ErrorKind, buckets::DeleteBucketError};
use atlas_export_api::operations::ids;
use atlas_export_fake::{Bucket, FakeAtlasBuilder, Fault};
use atlas_export_tests::{BUCKET, PROJECT, ROLE, Scene, parsed, with_bucket};
use http::StatusCode;

const OTHER: &str = "604f6322dc786a5341d4f7fc";

/// Two clusters export to the bucket, one elsewhere, one nowhere, and one cannot.
fn furnished() -> FakeAtlasBuilder {
    with_bucket()
        .bucket(PROJECT, Bucket::aws("others", ROLE).id(OTHER))
        .auto_export(PROJECT, "Orders", BUCKET, "monthly")
        .auto_export(PROJECT, "Elsewhere", OTHER, "monthly")
        .cluster(PROJECT, "Nowhere")
        .tier(PROJECT, "Small", "FLEX")
        .auto_export(PROJECT, "Users", BUCKET, "yearly")
}

#[tokio::test]
async fn a_bucket_that_nobody_uses_is_deleted_in_one_request() {
    let Scene { fake, buckets, .. } = Scene::start(with_bucket()).await;
    let deleted = buckets.delete_safely(&parsed(BUCKET)).await.unwrap();
    assert!(deleted.detached.is_empty());
    assert_eq!(fake.requests().len(), 2); // a challenge and its answer
    assert!(fake.buckets(PROJECT).is_empty());
}

#[tokio::test]
async fn who_uses_it_is_named_and_nothing_is_changed() {
    let Scene { fake, buckets, .. } = Scene::start(furnished()).await;
    let before = fake.schedule(PROJECT, "Orders");
    let error = buckets.delete_safely(&parsed(BUCKET)).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("Orders, Users"), "{message}");
    let DeleteBucketError::InUse {
        users,
        detached,
        source,
        ..
    } = error
    else {
        panic!("{error:?}")
    };
    let names: Vec<_> = users
        .clusters
        .iter()
        .map(atlas_export::ClusterName::as_str)
        .collect();
    assert_eq!(names, ["Orders", "Users"]);
    assert!(users.unknown.is_empty() && detached.is_empty());
    assert_eq!(source.status(), Some(400));
    assert_eq!(fake.schedule(PROJECT, "Orders"), before);
    assert_eq!(fake.buckets(PROJECT).len(), 2);
}

#[tokio::test]
async fn detaching_changes_the_schedules_that_name_it_and_no_more_of_them() {
    let Scene { fake, buckets, .. } = Scene::start(furnished()).await;
    let (elsewhere, orders) = (
        fake.schedule(PROJECT, "Elsewhere"),
        fake.schedule(PROJECT, "Orders"),
    );
    let deleted = buckets
        .delete_safely(&parsed(BUCKET))
        .detach()
        .await
        .unwrap();
    assert_eq!(deleted.detached.len(), 2);
    assert_eq!(fake.schedule(PROJECT, "Elsewhere"), elsewhere);
    let now = fake.schedule(PROJECT, "Orders");
    assert_eq!(now["autoExportEnabled"], false);
    assert_eq!(now["policies"], orders["policies"]);
    assert_eq!(fake.buckets(PROJECT).len(), 1);
}

#[tokio::test]
async fn a_schedule_that_still_names_it_is_told_with_what_was_switched_off() {
    let Scene { fake, buckets, .. } = Scene::start(furnished().schedules_keep_export()).await;
    let error = buckets
        .delete_safely(&parsed(BUCKET))
        .detach()
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("off now on Orders, Users"),
        "{error}"
    );
    let DeleteBucketError::InUse {
        users, detached, ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!((users.clusters.len(), detached.len()), (2, 2));
    assert_eq!(fake.buckets(PROJECT).len(), 2);
}

#[tokio::test]
async fn a_schedule_that_cannot_be_read_may_use_it_too() {
    let scene = Scene::start(furnished()).await;
    scene.inject(
        ids::GET_BACKUP_SCHEDULE,
        Fault::status(StatusCode::FORBIDDEN),
    );
    let error = scene
        .buckets
        .delete_safely(&parsed(BUCKET))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("1 that may use it"), "{error}");
}

#[tokio::test]
async fn a_list_of_clusters_that_cannot_be_read_hides_no_refusal() {
    let scene = Scene::start(furnished()).await;
    scene.inject(ids::LIST_CLUSTERS, Fault::status(StatusCode::FORBIDDEN));
    let error = scene
        .buckets
        .delete_safely(&parsed(BUCKET))
        .await
        .unwrap_err();
    let DeleteBucketError::InUse { users, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!((users.clusters.len(), users.unknown.len()), (0, 1));
}

#[tokio::test]
async fn an_export_that_cannot_be_switched_off_is_told_with_its_cluster() {
    let scene = Scene::start(furnished()).await;
    scene.inject(
        ids::UPDATE_BACKUP_SCHEDULE,
        Fault::status(StatusCode::FORBIDDEN),
    );
    let error = scene
        .buckets
        .delete_safely(&parsed(BUCKET))
        .detach()
        .await
        .unwrap_err();
    let DeleteBucketError::Detach {
        cluster, detached, ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!((cluster.as_str(), detached.len()), ("Orders", 0));
}

#[tokio::test]
async fn another_refusal_is_handed_on() {
    let scene = Scene::start(furnished()).await;
    let missing = parsed("0123456789abcdef01234567");
    let error = scene.buckets.delete_safely(&missing).await.unwrap_err();
    assert!(matches!(error, DeleteBucketError::Delete(error) if error.is_not_found()));
    let wrong = atlas_export::ExportBucketId::received("{BUCKET-ID}");
    let error = scene.buckets.delete_safely(&wrong).await.unwrap_err();
    assert!(matches!(error, DeleteBucketError::Delete(error) if error.kind() == ErrorKind::Config));
}
