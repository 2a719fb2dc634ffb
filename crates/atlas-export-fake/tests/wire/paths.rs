//! Which path and method belong to which operation, as it shows on the wire.

use atlas_export_fake::{FakeAtlas, Snapshot};
use serde_json::json;

use crate::peer::{call, get};
use crate::{BUCKET, Outcome, PROJECT, SNAPSHOT};

const CLUSTER: &str = "Eins & zwei/ü";
const ENCODED: &str = "Eins%20%26%20zwei%2F%C3%BC";

async fn fake() -> std::io::Result<FakeAtlas> {
    FakeAtlas::builder()
        .snapshot(PROJECT, CLUSTER, Snapshot::completed(SNAPSHOT))
        .start()
        .await
}

fn below(base: &str, path: &str) -> String {
    format!("/api/atlas/{base}/groups/{PROJECT}{path}")
}

#[tokio::test]
async fn a_segment_is_percent_decoded_once() -> Outcome {
    let fake = fake().await?;
    let exports = |cluster: &str| below("v2", &format!("/clusters/{cluster}/backup/exports"));
    assert_eq!(get(&fake, &exports(ENCODED)).await?.status, 200);
    let twice = get(&fake, &exports("Eins%2520zwei")).await?;
    assert_eq!(twice.json()["parameters"], json!(["Eins%20zwei", PROJECT]));
    // A plus is a plus in a path.
    let plus = get(&fake, &exports("Eins+zwei")).await?;
    assert_eq!(plus.json()["parameters"], json!(["Eins+zwei", PROJECT]));
    let bad = get(&fake, &exports("%FF")).await?;
    assert_eq!(
        bad.refusal(),
        (400, "VALIDATION_ERROR".into(), "path".into())
    );
    // What is no encoding stays as it is.
    let broken = get(&fake, &exports("%zz")).await?;
    assert_eq!(broken.json()["parameters"], json!(["%zz", PROJECT]));
    Ok(())
}

#[tokio::test]
async fn links_keep_the_encoding_of_the_path() -> Outcome {
    let fake = fake().await?;
    let snapshots = below("v2", &format!("/clusters/{ENCODED}/backup/snapshots"));
    let page = get(&fake, &snapshots).await?.json();
    let own = format!("{}{snapshots}", fake.url());
    assert_eq!(
        page["links"][0]["href"],
        format!("{own}?pageNum=1&itemsPerPage=100")
    );
    assert_eq!(
        page["results"][0]["links"][0]["href"],
        format!("{own}/{SNAPSHOT}")
    );
    Ok(())
}

#[tokio::test]
async fn what_is_no_path_of_an_operation_is_not_found() -> Outcome {
    let fake = fake().await?;
    let buckets = below("v2", "/backup/exportBuckets");
    for target in [
        "/".to_owned(),
        format!("/{buckets}"),
        format!("{buckets}/"),
        format!("{buckets}//"),
        buckets.replace("v2", "v2x"),
        buckets.replace("backup", "Backup"),
        buckets.replace("backup", "%62ackup"),
        below("v1.0", "/clusters/a/backup/exports//"),
        // A parameter is never empty.
        buckets.replace(PROJECT, ""),
        below("v1.0", "/clusters//backup/exports"),
    ] {
        let answer = get(&fake, &target).await?;
        assert_eq!(answer.status, 404, "{target}");
        assert_eq!(answer.json()["parameters"], json!([target]));
    }
    let list = below("v1.0", "/clusters/a/backup/exports/");
    assert_eq!(
        get(&fake, &list).await?.json()["errorCode"],
        "CLUSTER_NOT_FOUND"
    );
    Ok(())
}

#[tokio::test]
async fn another_method_is_told_the_ones_there_are() -> Outcome {
    let fake = fake().await?;
    let bucket = format!("/backup/exportBuckets/{BUCKET}");
    let sharded = format!("/clusters/{ENCODED}/backup/snapshots/shardedClusters");
    for (method, target, allowed) in [
        ("PUT", below("v2", "/backup/exportBuckets"), "GET,HEAD,POST"),
        ("OPTIONS", below("v2", "/clusters"), "GET,HEAD"),
        ("PATCH", below("v1.0", &bucket), "GET,HEAD,DELETE"),
        ("POST", below("v2", &bucket), "GET,HEAD,PATCH,DELETE"),
        ("BREW", below("v2", &bucket), "GET,HEAD,PATCH,DELETE"),
        // A literal segment goes before an id.
        ("POST", below("v2", &sharded), "GET,HEAD"),
    ] {
        let answer = call(&fake, method, &target, None).await?;
        assert_eq!(answer.status, 405, "{method} {target}");
        assert_eq!(answer.json()["parameters"], json!([method]));
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {target}");
    }
    Ok(())
}

#[tokio::test]
async fn a_head_is_a_get_without_its_body() -> Outcome {
    let fake = fake().await?;
    let buckets = below("v2", "/backup/exportBuckets");
    let whole = get(&fake, &buckets).await?;
    let head = call(&fake, "HEAD", &buckets, None).await?;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(
        head.header("content-length"),
        whole.header("content-length")
    );
    assert_eq!(head.header("x-java-method"), whole.header("x-java-method"));
    Ok(())
}
