//! Snapshots as they are taken and shown.

use atlas_export_fake::{FakeAtlas, Snapshot};
use serde_json::json;

use crate::peer::{call, get};
use crate::{Outcome, PROJECT, SNAPSHOT};

fn cluster(generation: &str) -> String {
    format!("/api/atlas/{generation}/groups/{PROJECT}/clusters/Cluster0")
}

#[tokio::test]
async fn a_snapshot_just_taken_has_no_size_no_copies_and_two_links() -> Outcome {
    for generation in ["v1.0", "v2"] {
        let fake = FakeAtlas::builder()
            .cluster(PROJECT, "Cluster0")
            .start()
            .await?;
        let cluster = cluster(generation);
        let order = json!({ "description": "before the release", "retentionInDays": 3 });
        let target = format!("{cluster}/backup/snapshots");
        let taken = call(&fake, "POST", &target, Some(&order)).await?.json();
        let id = taken["id"].as_str().ok_or("no id")?;
        let own = format!("{}{target}/{id}", fake.url());
        assert_eq!(taken["status"], "queued");
        assert_eq!(taken["storageSizeBytes"], 0);
        assert_eq!(taken["copyRegions"], json!([]));
        let links = json!([
            { "href": own, "rel": "self" },
            { "href": format!("{}{cluster}", fake.url()), "rel": "https://cloud.mongodb.com/cluster" },
        ]);
        assert_eq!(taken["links"], links);
        let found = get(&fake, &format!("{target}/{id}")).await?.json();
        assert_eq!(found["links"], links);
    }
    Ok(())
}

#[tokio::test]
async fn a_snapshot_has_its_size_once_it_is_completed() -> Outcome {
    for (status, size) in [("inProgress", 0), ("completed", 7)] {
        let snapshot = Snapshot::completed(SNAPSHOT).status(status);
        let fake = FakeAtlas::builder()
            .snapshot(PROJECT, "Cluster0", snapshot.storage_bytes(7))
            .start()
            .await?;
        let target = format!("{}/backup/snapshots/{SNAPSHOT}", cluster("v2"));
        let shown = get(&fake, &target).await?.json();
        assert_eq!(shown["storageSizeBytes"], size, "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn a_sharded_cluster_s_snapshot_tells_of_no_copies() -> Outcome {
    let fake = FakeAtlas::builder()
        .sharded_cluster(PROJECT, "Wide", &["shard-0", "shard-1"])
        .snapshot(PROJECT, "Wide", Snapshot::completed(SNAPSHOT))
        .start()
        .await?;
    let snapshots = fake.snapshots(PROJECT, "Wide");
    let snapshot = snapshots.first().ok_or("no snapshot")?;
    assert_eq!(snapshot.get("copyRegions"), None);
    assert_eq!(snapshot["links"][0]["rel"], "self");
    Ok(())
}
