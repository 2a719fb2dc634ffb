//! Pages, their links, and what is not there.

use atlas_export_fake::{FakeAtlas, Snapshot, TotalCount};
use serde_json::{Value, json};

use crate::peer::{call, get};
use crate::{Outcome, PROJECT, SNAPSHOT};

fn buckets(query: &str) -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/backup/exportBuckets{query}")
}

fn next(page: &Value) -> Option<&str> {
    page["links"]
        .as_array()?
        .iter()
        .find(|link| link["rel"] == "next")?["href"]
        .as_str()
}

#[tokio::test]
async fn following_next_visits_every_item_once() -> Outcome {
    let fake = FakeAtlas::builder().buckets(PROJECT, 250).start().await?;
    let mut names = Vec::new();
    let mut target = buckets("?itemsPerPage=100");
    loop {
        let page = get(&fake, &target).await?.json();
        assert_eq!(page["totalCount"], 250);
        let results = page["results"].as_array().ok_or("no results")?;
        names.extend(results.iter().map(|bucket| bucket["bucketName"].clone()));
        let Some(href) = next(&page) else { break };
        target = href
            .strip_prefix(&fake.url())
            .ok_or("foreign link")?
            .to_owned();
    }
    assert_eq!(names.len(), 250);
    assert_eq!(names.first(), Some(&json!("bucket-0001")));
    assert_eq!(names.last(), Some(&json!("bucket-0250")));
    Ok(())
}

#[tokio::test]
async fn a_page_past_the_end_is_empty() -> Outcome {
    let fake = FakeAtlas::builder().buckets(PROJECT, 3).start().await?;
    let page = get(&fake, &buckets("?pageNum=2")).await?;
    assert_eq!(page.status, 200);
    assert_eq!(page.json()["results"], json!([]));
    assert_eq!(next(&page.json()), None);
    Ok(())
}

#[tokio::test]
async fn a_parameter_out_of_range_is_refused_by_name() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    for (query, name) in [
        ("?itemsPerPage=501", "itemsPerPage"),
        ("?pageNum=0", "pageNum"),
        ("?pretty=maybe", "pretty"),
    ] {
        let refused = get(&fake, &buckets(query)).await?;
        let expected = (400, "VALIDATION_ERROR".into(), name.into());
        assert_eq!(refused.refusal(), expected);
    }
    Ok(())
}

#[tokio::test]
async fn links_and_counts_can_be_left_out() -> Outcome {
    let fake = FakeAtlas::builder()
        .buckets(PROJECT, 3)
        .without_links()
        .total_count(TotalCount::Absent)
        .start()
        .await?;
    let page = get(&fake, &buckets("?itemsPerPage=2")).await?.json();
    let keys: Vec<&String> = page
        .as_object()
        .into_iter()
        .flat_map(|p| p.keys())
        .collect();
    assert_eq!(keys, ["results"]);
    Ok(())
}

#[tokio::test]
async fn snapshots_are_listed_and_found() -> Outcome {
    let running = "5f3a1b2c4d5e6f7081920a02";
    let fake = FakeAtlas::builder()
        .snapshot(
            PROJECT,
            "Cluster0",
            Snapshot::completed(SNAPSHOT).storage_bytes(7),
        )
        .snapshot(
            PROJECT,
            "Cluster0",
            Snapshot::completed(running).status("queued"),
        )
        .start()
        .await?;
    let list = format!("/api/atlas/v2/groups/{PROJECT}/clusters/Cluster0/backup/snapshots");
    let page = get(&fake, &list).await?.json();
    assert_eq!(page["results"], json!(fake.snapshots(PROJECT, "Cluster0")));
    let done = get(&fake, &format!("{list}/{SNAPSHOT}")).await?.json();
    assert_eq!(done["frequencyType"], "ondemand");
    assert_eq!(done["storageSizeBytes"], 7);
    let queued = get(&fake, &format!("{list}/{running}")).await?.json();
    assert_eq!(queued["status"], "queued");
    assert_eq!(queued.get("createdAt"), None);
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_told_in_atlas_s_words() -> Outcome {
    let fake = FakeAtlas::builder()
        .cluster(PROJECT, "Cluster0")
        .start()
        .await?;
    let other = "aaaaaaaaaaaaaaaaaaaaaaaa";
    let cluster = format!("/api/atlas/v2/groups/{PROJECT}/clusters/Cluster0");
    for (target, status, code) in [
        (
            format!("/api/atlas/v2/groups/{other}/backup/exportBuckets"),
            404,
            "GROUP_NOT_FOUND",
        ),
        (
            format!("/api/atlas/v2/groups/{PROJECT}/clusters/C9/backup/exports"),
            404,
            "CLUSTER_NOT_FOUND",
        ),
        (buckets(&format!("/{other}")), 404, "RESOURCE_NOT_FOUND"),
        (
            format!("{cluster}/backup/exports/{other}"),
            404,
            "RESOURCE_NOT_FOUND",
        ),
        (
            format!("{cluster}/backup/snapshots/{other}"),
            404,
            "RESOURCE_NOT_FOUND",
        ),
        (
            format!("{cluster}/backup/exports/"),
            404,
            "RESOURCE_NOT_FOUND",
        ),
        ("/api/atlas/v3".into(), 404, "RESOURCE_NOT_FOUND"),
        (buckets("/NOT-AN-ID"), 400, "VALIDATION_ERROR"),
        (
            "/api/atlas/v2/groups/x/backup/exportBuckets".into(),
            400,
            "VALIDATION_ERROR",
        ),
    ] {
        let answer = get(&fake, &target).await?;
        assert_eq!(answer.status, status, "{target}");
        assert_eq!(answer.header("x-error-code"), Some(code), "{target}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.json()["error"], status);
        assert_eq!(answer.header("ratelimit-limit"), Some("1200"));
    }
    let refused = call(&fake, "PUT", &buckets(""), None).await?;
    assert_eq!(refused.status, 405);
    Ok(())
}
