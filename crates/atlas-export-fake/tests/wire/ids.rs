//! An id in capital letters is the same id, and is answered in small ones.

use atlas_export_fake::{AccessRole, Bucket, FakeAtlas, Snapshot};
use serde_json::{Value, json};

use crate::peer::{call, get};
use crate::{BUCKET, Outcome, PROJECT, ROLE, SNAPSHOT};

fn upper(id: &str) -> String {
    id.to_ascii_uppercase()
}

/// Told everything in capitals.
async fn furnished() -> std::io::Result<FakeAtlas> {
    let project = upper(PROJECT);
    FakeAtlas::builder()
        .snapshot(&project, "Cluster0", Snapshot::completed(upper(SNAPSHOT)))
        .bucket(
            &project,
            Bucket::aws("exports", &upper(ROLE)).id(&upper(BUCKET)),
        )
        .access_role(
            &project,
            AccessRole::aws(&upper(ROLE), "arn:aws:iam::1:role/x"),
        )
        .auto_export(&project, "Cluster0", &upper(BUCKET), "monthly")
        .start()
        .await
}

/// Every id that `body` holds, wherever it does.
fn in_capitals(body: &Value) -> bool {
    body.to_string()
        .split(|c: char| !c.is_ascii_hexdigit())
        .any(|word| word.len() == 24 && word.bytes().any(|b| b.is_ascii_uppercase()))
}

#[tokio::test]
async fn what_the_builder_is_told_is_kept_in_small_letters() -> Outcome {
    let fake = furnished().await?;
    assert_eq!(fake.project_id(), PROJECT);
    for project in [PROJECT.to_owned(), upper(PROJECT)] {
        let snapshots = fake.snapshots(&project, "Cluster0");
        assert_eq!(snapshots.len(), 1);
        assert_eq!(fake.cluster_names(&project), ["Cluster0"]);
        let held = json!([
            snapshots,
            fake.buckets(&project),
            fake.schedule(&project, "Cluster0"),
        ]);
        assert!(!in_capitals(&held), "{held}");
        assert_eq!(held[1][0]["_id"], BUCKET);
        assert_eq!(held[1][0]["iamRoleId"], ROLE);
        assert_eq!(held[2]["export"]["exportBucketId"], BUCKET);
    }
    Ok(())
}

#[tokio::test]
async fn an_id_in_a_path_may_have_capitals() -> Outcome {
    let fake = furnished().await?;
    let project = format!("/api/atlas/v2/groups/{}", upper(PROJECT));
    let cluster = format!("{project}/clusters/Cluster0/backup");
    for target in [
        format!("{project}/backup/exportBuckets"),
        format!("{project}/backup/exportBuckets/{}", upper(BUCKET)),
        format!("{project}/cloudProviderAccess"),
        format!("{project}/clusters"),
        format!("{cluster}/schedule"),
        format!("{cluster}/snapshots"),
        format!("{cluster}/snapshots/{}", upper(SNAPSHOT)),
        format!("{cluster}/exports"),
    ] {
        let answer = get(&fake, &target).await?;
        assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        assert!(!in_capitals(&answer.json()), "{target}: {}", answer.body);
    }
    let missing = format!("{project}/backup/exportBuckets/{}", "A".repeat(24));
    let missing = get(&fake, &missing).await?;
    assert_eq!(missing.json()["parameters"], json!(["a".repeat(24)]));
    Ok(())
}

#[tokio::test]
async fn an_id_in_a_body_may_have_capitals() -> Outcome {
    let fake = furnished().await?;
    let project = format!("/api/atlas/v2/groups/{PROJECT}");
    let bucket =
        json!({ "cloudProvider": "AWS", "bucketName": upper(BUCKET), "iamRoleId": upper(ROLE) });
    let buckets = format!("{project}/backup/exportBuckets");
    let created = call(&fake, "POST", &buckets, Some(&bucket)).await?.json();
    assert_eq!(created["iamRoleId"], ROLE);
    // A name is no id, whatever it looks like.
    assert_eq!(created["bucketName"], upper(BUCKET));

    let order = json!({
        "snapshotId": upper(SNAPSHOT),
        "exportBucketId": upper(BUCKET),
        "customData": [{ "key": "snapshotId", "value": upper(SNAPSHOT) }],
    });
    let exports = format!("{project}/clusters/Cluster0/backup/exports");
    let job = call(&fake, "POST", &exports, Some(&order)).await?.json();
    assert_eq!(job["snapshotId"], SNAPSHOT);
    assert_eq!(job["exportBucketId"], BUCKET);
    assert_eq!(job["customData"], order["customData"]);
    let id = upper(job["id"].as_str().ok_or("no id")?);
    assert_eq!(get(&fake, &format!("{exports}/{id}")).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn raw_items_stay_as_they_are_and_are_found() -> Outcome {
    let raw = json!({ "_id": upper(BUCKET), "cloudProvider": "AWS" });
    let job = json!({ "id": upper(SNAPSHOT), "state": "Resting" });
    let fake = FakeAtlas::builder()
        .bucket(PROJECT, raw.clone())
        .job(PROJECT, "Cluster0", job.clone())
        .start()
        .await?;
    let project = format!("/api/atlas/v2/groups/{PROJECT}");
    let bucket = format!("{project}/backup/exportBuckets/{BUCKET}");
    assert_eq!(get(&fake, &bucket).await?.json(), raw);
    let found = format!("{project}/clusters/Cluster0/backup/exports/{SNAPSHOT}");
    assert_eq!(get(&fake, &found).await?.json(), job);
    Ok(())
}
