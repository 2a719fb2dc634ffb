//! What Atlas may send tomorrow: nothing else is lost, and what does not decode is visible.

use atlas_export::{ErrorKind, models::CloudProvider};
use atlas_export_api::operations::ids;
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{BUCKET, CLUSTER, PROJECT, Scene};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

fn job(n: usize) -> Value {
    json!({"id": format!("{n:024x}"), "exportBucketId": BUCKET, "state": "Successful"})
}

/// A fake whose cluster has these jobs.
async fn jobs_of(jobs: impl IntoIterator<Item = Value>) -> Scene {
    let builder = FakeAtlas::builder().cluster(PROJECT, CLUSTER);
    let builder = jobs
        .into_iter()
        .fold(builder, |builder, job| builder.job(PROJECT, CLUSTER, job));
    Scene::start(builder).await
}

#[tokio::test]
async fn an_unknown_state_and_an_unknown_field_are_kept() {
    let mut odd = job(1);
    odd["state"] = "Paused".into();
    odd["pausedBy"] = json!({"user": "ops"});
    let scene = jobs_of([job(0), odd, job(2)]).await;
    let page = scene.jobs.list().await.unwrap();
    assert_eq!((page.items.len(), page.undecodable.len()), (3, 0));
    let odd = &page.items[1];
    assert_eq!(odd.state.as_ref().unwrap().as_str(), "Paused");
    assert!(!odd.state.as_ref().unwrap().is_known());
    assert_eq!(odd.extra["pausedBy"]["user"], "ops");
    assert_eq!(
        serde_json::to_value(odd).unwrap()["pausedBy"]["user"],
        "ops"
    );
}

#[tokio::test]
async fn an_unknown_provider_is_kept() {
    let moon = json!({"_id": BUCKET, "cloudProvider": "MOON", "crater": "Tycho"});
    let scene = Scene::start(FakeAtlas::builder().bucket(PROJECT, moon)).await;
    let page = scene.buckets.list().await.unwrap();
    assert_eq!(page.items[0].cloud_provider, CloudProvider::from("MOON"));
    assert_eq!(page.items[0].extra["crater"], "Tycho");
}

#[tokio::test]
async fn one_undecodable_item_among_a_hundred_costs_nothing_else() {
    let mut items: Vec<Value> = (0..100).map(job).collect();
    items[41] = json!({"id": 41, "note": "not a job"});
    let scene = jobs_of(items).await;

    let page = scene.jobs.list().await.unwrap();
    assert_eq!((page.items.len(), page.undecodable.len()), (99, 1));
    assert_eq!(page.undecodable[0].index(), 41);
    assert!(page.undecodable[0].raw().contains("not a job"));

    let all: Vec<_> = scene.jobs.list().by_item().collect().await;
    assert_eq!(all.len(), 100);
    let error = all[41].as_ref().unwrap_err();
    // The list, the cluster, the item and the field.
    let message = error.to_string();
    for part in [
        "listExportJobs of cluster Cluster0: ",
        "item 41",
        "field id: ",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.raw().unwrap().contains("not a job"));
    assert!(
        !format!("{error} {error:?}").contains("not a job"),
        "{error:?}"
    );
    assert_eq!(error.operation(), Some(ids::LIST_EXPORT_JOBS));
    assert_eq!(all.iter().filter(|item| item.is_ok()).count(), 99);
    assert_eq!(
        all[99].as_ref().unwrap().id.to_string(),
        format!("{:024x}", 99)
    );
}

#[tokio::test]
async fn null_stands_for_absent() {
    let scene = jobs_of([json!({
        "id": format!("{:024x}", 7), "exportBucketId": BUCKET, "state": null, "createdAt": null,
        "customData": null, "components": null, "exportStatus": null, "links": null,
    })])
    .await;
    let page = scene.jobs.list().await.unwrap();
    assert!(page.undecodable.is_empty(), "{:?}", page.undecodable);
    assert!(page.items[0].custom_data.is_empty());
}
