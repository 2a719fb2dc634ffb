//! `pretty` and `envelope`.

use atlas_export_fake::{Bucket, EnvelopeSpelling, FakeAtlas};
use serde_json::json;

use crate::peer::{call, get, send};
use crate::{BUCKET, Outcome, PROJECT, ROLE};

fn bucket(query: &str) -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/backup/exportBuckets/{BUCKET}{query}")
}

async fn fake(spelling: EnvelopeSpelling) -> std::io::Result<FakeAtlas> {
    FakeAtlas::builder()
        .bucket(PROJECT, Bucket::gcp("b01", ROLE).id(BUCKET))
        .envelope_spelling(spelling)
        .start()
        .await
}

#[tokio::test]
async fn pretty_changes_the_print_alone() -> Outcome {
    let fake = fake(EnvelopeSpelling::Content).await?;
    let plain = get(&fake, &bucket("")).await?;
    let pretty = get(&fake, &bucket("?pretty=true")).await?;
    assert!(!plain.body.contains('\n'));
    assert!(pretty.body.contains("\n  \"_id\""));
    assert_eq!(plain.json(), pretty.json());
    Ok(())
}

#[tokio::test]
async fn one_result_is_wrapped_in_either_spelling() -> Outcome {
    for (spelling, name) in [
        (EnvelopeSpelling::Content, "content"),
        (EnvelopeSpelling::Envelope, "envelope"),
    ] {
        let fake = fake(spelling).await?;
        let plain = get(&fake, &bucket("")).await?.json();
        let wrapped = get(&fake, &bucket("?envelope=true")).await?;
        assert_eq!(wrapped.json(), json!({ "status": 200, name: plain }));
    }
    Ok(())
}

#[tokio::test]
async fn a_list_gains_its_status() -> Outcome {
    let fake = fake(EnvelopeSpelling::Content).await?;
    let target = format!("/api/atlas/v2/groups/{PROJECT}/backup/exportBuckets");
    let mut expected = get(&fake, &target).await?.json();
    expected["status"] = 200.into();
    let wrapped = get(&fake, &format!("{target}?envelope=true")).await?;
    assert_eq!(wrapped.json(), expected);
    Ok(())
}

#[tokio::test]
async fn an_error_hides_behind_200() -> Outcome {
    let fake = fake(EnvelopeSpelling::Content).await?;
    let target = bucket("?envelope=true").replace(BUCKET, "aaaaaaaaaaaaaaaaaaaaaaaa");
    let wrapped = get(&fake, &target).await?;
    assert_eq!(wrapped.status, 200);
    let body = wrapped.json();
    assert_eq!(body["status"], 404);
    assert_eq!(body["content"]["errorCode"], "RESOURCE_NOT_FOUND");
    Ok(())
}

#[tokio::test]
async fn a_deletion_says_204_inside() -> Outcome {
    let fake = fake(EnvelopeSpelling::Content).await?;
    let wrapped = call(&fake, "DELETE", &bucket("?envelope=true"), None).await?;
    assert_eq!(wrapped.status, 200);
    assert_eq!(wrapped.json(), json!({ "status": 204, "content": {} }));
    Ok(())
}

#[tokio::test]
async fn a_challenge_is_never_wrapped() -> Outcome {
    let fake = fake(EnvelopeSpelling::Content).await?;
    let refused = send(&fake, "GET", &bucket("?envelope=true"), &[], "").await?;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json()["error"], 401);
    Ok(())
}
