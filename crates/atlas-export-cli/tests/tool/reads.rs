//! The commands that only read: what they print, as JSON and as tables.

use std::fmt::Write as _;

use atlas_export_fake::{AccessRole, Bucket, FakeAtlas, JobProgress};
use serde_json::{Value, json};

use crate::harness::{BUCKET, PROJECT, ROLE, Tool, run_on, service};

const JOB: &str = "6a79f0c22e2ac13ef8e8d8d2";

/// The service with one of everything.
async fn full() -> FakeAtlas {
    service()
        .bucket(
            PROJECT,
            Bucket::azure("container", ROLE, "https://store.blob.core.windows.net")
                .id("604f6322dc786a5341d4f7fc"),
        )
        .access_role(
            PROJECT,
            AccessRole::unauthorized_aws("12345678f901a234dbdb00cb"),
        )
        .access_role(
            PROJECT,
            AccessRole::gcp(
                "12345678f901a234dbdb00cc",
                "atlas@p.iam.gserviceaccount.com",
            ),
        )
        .sharded_cluster(PROJECT, "Shards", &["shard-00", "shard-01"])
        .backup_off(PROJECT, "Scratch")
        .auto_export(PROJECT, "Orders", BUCKET, "monthly")
        .job(PROJECT, "Orders", job())
        .start()
        .await
        .unwrap()
}

fn job() -> Value {
    json!({
        "id": JOB,
        "createdAt": "2026-11-21T01:00:00Z",
        "finishedAt": "2026-11-21T01:14:40Z",
        "exportBucketId": BUCKET,
        "exportStatus": {"exportedCollections": 12, "totalCollections": 12},
        "prefix": "exported_snapshots/a/b/c",
        "snapshotId": "5fb6a0e0e5a4d31b5b8ef0b1",
        "state": "Successful",
        "ofTomorrow": {"kept": true},
    })
}

const COMMANDS: &[&[&str]] = &[
    &["buckets", "list"],
    &["buckets", "get", BUCKET],
    &["jobs", "list", "Orders"],
    &["jobs", "get", "Orders", JOB],
    &["snapshots", "list", "Orders"],
    &["clusters", "list"],
    &["roles", "list"],
    &["auto-export", "get", "Orders"],
];

/// What all of them print.
async fn transcript(format: &str) -> String {
    let fake = full().await;
    let tool = Tool::of(&fake);
    let mut transcript = String::new();
    for command in COMMANDS {
        let arguments = [command, &["-o", format][..]].concat();
        let ended = tool.run(&arguments).await;
        let text = ended.success().replace(&fake.url(), "http://FAKE");
        assert!(ended.stderr.is_empty(), "{ended:?}");
        write!(
            transcript,
            "$ atlas-export {}\n{text}\n",
            arguments.join(" ")
        )
        .unwrap();
    }
    transcript
}

#[tokio::test]
async fn json_is_what_atlas_sent() {
    insta::assert_snapshot!("json", transcript("json").await);
}

#[tokio::test]
async fn tables_are_aligned() {
    insta::assert_snapshot!("table", transcript("table").await);
}

#[tokio::test]
async fn an_item_that_does_not_decode_is_printed_as_it_came_and_told() {
    let fake = service()
        .bucket(
            PROJECT,
            json!({"_id": 7, "cloudProvider": "AWS", "odd": "\u{1b}[2J"}),
        )
        .start()
        .await
        .unwrap();
    let ended = run_on(&fake, &["buckets", "list", "-o", "json"]).await;
    let items = ended.json();
    assert_eq!(items[1]["_id"], 7, "{ended:?}");
    assert_eq!(items.as_array().unwrap().len(), 2);
    assert!(ended.refusal(0).contains("does not decode"), "{ended:?}");

    let ended = run_on(&fake, &["buckets", "list"]).await;
    assert_eq!(ended.success().lines().count(), 2, "{ended:?}");
    assert!(ended.refusal(0).contains("does not decode"), "{ended:?}");
}

#[tokio::test]
async fn what_is_not_there_is_told_in_one_line() {
    let fake = full().await;
    let nowhere = "ffffffffffffffffffffffff";
    for (arguments, reason) in [
        (&["buckets", "get", nowhere][..], "404"),
        (&["jobs", "list", "Other"], "404 CLUSTER_NOT_FOUND"),
        (&["jobs", "get", "Orders", nowhere], "404"),
        (&["snapshots", "list", "Other"], "404 CLUSTER_NOT_FOUND"),
        (&["auto-export", "get", "Other"], "404 CLUSTER_NOT_FOUND"),
        (
            &["--project", nowhere, "clusters", "list"],
            "404 GROUP_NOT_FOUND",
        ),
        (
            &["--project", nowhere, "roles", "list"],
            "404 GROUP_NOT_FOUND",
        ),
    ] {
        let ended = run_on(&fake, arguments).await;
        assert!(ended.refusal(6).contains(reason), "{ended:?}");
        assert!(ended.stdout.is_empty(), "{ended:?}");
    }
}

#[tokio::test]
async fn what_is_no_id_or_name_is_refused_by_the_command_line() {
    let fake = full().await;
    for arguments in [
        &["buckets", "get", "my-bucket"][..],
        &["jobs", "get", "Orders", "1"],
        &["snapshots", "list", "../x"],
    ] {
        let ended = run_on(&fake, arguments).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains("invalid value"), "{ended:?}");
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn the_snapshots_of_a_sharded_cluster_have_a_list_of_their_own() {
    let fake = service()
        .sharded_cluster(PROJECT, "Shards", &["shard-00", "shard-01"])
        .snapshot_progress(JobProgress::ByPolls {
            queued: 0,
            in_progress: 0,
        })
        .start()
        .await
        .unwrap();
    let tool = Tool::of(&fake);
    tool.run(&["snapshots", "take", "Shards", "--yes"])
        .await
        .success();
    let sharded = ["snapshots", "list", "Shards", "--sharded", "-o", "json"];
    let items = tool.run(&sharded).await.json();
    assert_eq!(items[0]["members"].as_array().unwrap().len(), 2, "{items}");
    let ended = tool.run(&["snapshots", "list", "Other", "--sharded"]).await;
    assert_eq!(ended.code, Some(6), "{ended:?}");
}

#[tokio::test]
async fn every_page_is_read() {
    let fake = service().buckets(PROJECT, 1100).start().await.unwrap();
    let items = run_on(&fake, &["buckets", "list", "-o", "json"])
        .await
        .json();
    assert_eq!(items.as_array().unwrap().len(), 1101);
}
