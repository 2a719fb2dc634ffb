//! Export buckets, created, shown and deleted in both generations.

use atlas_export_fake::{Bucket, FakeAtlas};
use serde_json::{Value, json};

use crate::peer::{call, get};
use crate::{BUCKET, Outcome, PROJECT, ROLE};

fn v1() -> String {
    format!("/api/atlas/v1.0/groups/{PROJECT}/backup/exportBuckets")
}

fn v2() -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/backup/exportBuckets")
}

fn aws() -> Value {
    json!({ "cloudProvider": "AWS", "bucketName": "example-bucket", "iamRoleId": ROLE })
}

#[tokio::test]
async fn v1_answers_with_the_keys_of_its_pages() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let created = call(&fake, "POST", &v1(), Some(&aws())).await?;
    assert_eq!(created.status, 200);
    let created = created.json();
    let id = created["_id"].as_str().ok_or("no _id")?;
    let listed = json!({ "_id": id, "bucketName": "example-bucket", "cloudProvider": "AWS", "iamRoleId": ROLE });
    let mut expected = listed.clone();
    expected["projectId"] = PROJECT.into();
    assert_eq!(created, expected);
    assert_eq!(get(&fake, &v1()).await?.json()["results"], json!([listed]));
    Ok(())
}

#[tokio::test]
async fn v2_keeps_the_region_for_a_get_of_one() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let created = call(&fake, "POST", &v2(), Some(&aws())).await?.json();
    assert_eq!(created["requirePrivateNetworking"], false);
    assert_eq!(created.get("region"), None);
    assert_eq!(created.get("projectId"), None);
    let id = created["_id"].as_str().ok_or("no _id")?;
    let one = get(&fake, &format!("{}/{id}", v2())).await?.json();
    assert_eq!(one["region"], "us-east-1");
    assert_eq!(get(&fake, &v2()).await?.json()["results"], json!([created]));
    Ok(())
}

#[tokio::test]
async fn the_same_request_makes_another_bucket() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let first = call(&fake, "POST", &v2(), Some(&aws())).await?.json();
    let second = call(&fake, "POST", &v2(), Some(&aws())).await?.json();
    assert_ne!(first["_id"], second["_id"]);
    assert_eq!(fake.buckets(PROJECT).len(), 2);
    Ok(())
}

#[tokio::test]
async fn other_clouds_are_a_matter_of_v2() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let azure = json!({
        "cloudProvider": "AZURE",
        "roleId": ROLE,
        "serviceUrl": "https://account.blob.core.windows.net/container",
    });
    let refused = call(&fake, "POST", &v1(), Some(&azure)).await?;
    let expected = (400, "VALIDATION_ERROR".into(), "cloudProvider".into());
    assert_eq!(refused.refusal(), expected);
    let created = call(&fake, "POST", &v2(), Some(&azure)).await?;
    assert_eq!(created.json()["bucketName"], "container");
    assert_eq!(get(&fake, &v1()).await?.json()["results"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_raw_bucket_is_shown_as_it_is() -> Outcome {
    let raw = json!({ "_id": "{BUCKET-ID}", "cloudProvider": "MOON", "crater": 7 });
    let fake = FakeAtlas::builder()
        .bucket(PROJECT, raw.clone())
        .start()
        .await?;
    for list in [v1(), v2()] {
        assert_eq!(get(&fake, &list).await?.json()["results"], json!([raw]));
    }
    Ok(())
}

#[tokio::test]
async fn a_deletion_answers_204_with_a_type_and_no_body() -> Outcome {
    let fake = FakeAtlas::builder()
        .bucket(PROJECT, Bucket::aws("b01", ROLE).id(BUCKET))
        .start()
        .await?;
    let target = format!("{}/{BUCKET}", v2());
    let deleted = call(&fake, "DELETE", &target, None).await?;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(
        deleted.header("content-type"),
        Some("application/vnd.atlas.2023-01-01+json;charset=utf-8")
    );
    assert!(fake.buckets(PROJECT).is_empty());
    assert_eq!(get(&fake, &target).await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_a_schedule_uses_stays() -> Outcome {
    let bucket = Bucket::aws("b01", ROLE).id(BUCKET);
    let fake = FakeAtlas::builder()
        .bucket(PROJECT, bucket)
        .auto_export(PROJECT, "Cluster0", BUCKET, "monthly")
        .start()
        .await?;
    let refused = call(&fake, "DELETE", &format!("{}/{BUCKET}", v2()), None).await?;
    let code = "EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE";
    assert_eq!(refused.status, 400);
    assert_eq!(refused.header("x-error-code"), Some(code));
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    Ok(())
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_refused_by_field() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let with = |key: &str, value: Value| {
        let mut body = aws();
        body[key] = value;
        body
    };
    for (body, field) in [
        (
            with("iamRoleId", json!("arn:aws:iam::1:role/r")),
            "iamRoleId",
        ),
        (with("bucketName", json!("ab")), "bucketName"),
        (with("extra", json!(1)), "extra"),
        (
            json!({ "cloudProvider": "AWS", "bucketName": "abc" }),
            "iamRoleId",
        ),
    ] {
        let refused = call(&fake, "POST", &v2(), Some(&body)).await?;
        let expected = (400, "VALIDATION_ERROR".into(), field.into());
        assert_eq!(refused.refusal(), expected, "{body}");
    }
    assert!(fake.buckets(PROJECT).is_empty());
    Ok(())
}
