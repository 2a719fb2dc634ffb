//! The backup schedule as a whole: read as it came, and deleted.

use atlas_export::{ApiVersion, ErrorKind, models::Frequency};
use atlas_export_tests::{
    BUCKET, CLUSTER, PROJECT, Reply, Scene, ScriptedServer, exportable, parsed,
};
use serde_json::{Value, json};

#[tokio::test]
async fn all_that_is_documented_is_read_and_written_back_as_it_came() {
    let body = json!({
        "clusterId": "5f9f1c3e2b4d6a7c8e9f0a1b",
        "clusterName": "Cluster0",
        "autoCopySettingsEnabled": false,
        "autoExportEnabled": true,
        "copyPolicyItemsEnabled": true,
        "copySettings": [{"cloudProvider": "AWS", "regionName": "EU_WEST_1", "zoneId": "z",
            "copyPolicyItems": [{"frequencyType": "daily", "retentionUnit": "days", "retentionValue": 3}],
            "shouldCopyOplogs": true}],
        "export": {"exportBucketId": BUCKET, "frequencyType": "monthly"},
        "extraRetentionSettings": [{"frequencyType": "DAILY", "retentionDays": 2}],
        "nextSnapshot": "2026-08-10T04:30:00Z",
        "policies": [{"id": "x", "policyItems": [{"frequencyInterval": 40, "odd": [1.5]}]}],
        "referenceHourOfDay": 4,
        "referenceMinuteOfHour": 30,
        "restoreWindowDays": 7,
        "useOrgAndGroupNamesInExportPrefix": true,
    });
    let server = ScriptedServer::start([Reply::json(200, &body.to_string())]).await;
    let schedule = server.cluster().backup_schedule().get().await.unwrap();
    let policies: Vec<&Value> = schedule.policies.items().collect();
    assert_eq!(policies, [&body["policies"][0]]);
    assert_eq!(
        schedule.copy_settings.items().next(),
        Some(&body["copySettings"][0])
    );
    let extra = schedule.extra_retention_settings.items().next();
    assert_eq!(extra, Some(&body["extraRetentionSettings"][0]));
    assert_eq!(schedule.reference_hour_of_day, Some(4));
    assert_eq!(schedule.reference_minute_of_hour, Some(30));
    assert_eq!(schedule.restore_window_days, Some(7));
    assert_eq!(schedule.auto_copy_settings_enabled, Some(false));
    assert_eq!(schedule.copy_policy_items_enabled, Some(true));
    assert_eq!(
        schedule.use_org_and_group_names_in_export_prefix,
        Some(true)
    );
    // All of it has a field of its own.
    assert!(schedule.extra.is_empty(), "{:?}", schedule.extra);
    assert_eq!(serde_json::to_value(&schedule).unwrap(), body);
}

#[tokio::test]
async fn a_deletion_answers_with_the_emptied_schedule() {
    let scene = Scene::start(exportable().auto_export(PROJECT, CLUSTER, BUCKET, "monthly")).await;
    let schedule = scene.cluster.backup_schedule();
    let before = schedule.get().await.unwrap();
    assert_eq!(before.policies.len(), 1);
    let emptied = schedule.delete().await.unwrap();
    assert!(emptied.policies.is_empty() && emptied.export.is_none());
    assert_eq!(emptied.auto_export_enabled, Some(false));
    assert_eq!(schedule.get().await.unwrap(), emptied);
    // The snapshots stay, and so nobody uses the bucket any more.
    assert_eq!(scene.fake.snapshots(PROJECT, CLUSTER).len(), 1);
    scene.buckets.delete(&parsed(BUCKET)).await.unwrap();
}

#[tokio::test]
async fn a_change_of_the_export_leaves_the_policies_that_are_read() {
    let scene = Scene::start(exportable()).await;
    let schedule = scene.cluster.backup_schedule();
    let before = schedule.get().await.unwrap();
    let export = scene.cluster.auto_export();
    let after = export
        .enable(&parsed(BUCKET), Frequency::Monthly)
        .await
        .unwrap();
    assert_eq!(after.schedule.policies, before.policies);
    let named = export.names_in_prefix(true).await.unwrap();
    assert!(named.names_in_prefix);
    let schedule = schedule.get().await.unwrap();
    assert_eq!(
        schedule.use_org_and_group_names_in_export_prefix,
        Some(true)
    );
}

#[tokio::test]
async fn a_cluster_without_a_schedule_and_version_1_are_told() {
    let scene = Scene::start(exportable().tier(PROJECT, "Small", "FLEX")).await;
    let small = scene.project.cluster("Small").backup_schedule();
    assert_eq!(small.delete().await.unwrap_err().status(), Some(400));
    let nowhere = scene.project.cluster("Nowhere").backup_schedule();
    assert!(nowhere.delete().await.unwrap_err().is_not_found());
    let scene = scene.with(|client| client.api_version(ApiVersion::V1));
    let schedule = scene.cluster.backup_schedule();
    schedule.get().await.unwrap();
    let error = schedule.delete().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("ApiVersion::V2"), "{error}");
}
