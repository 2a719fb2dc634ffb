//! The newest snapshot that can be exported, of a list of any length.

use atlas_export::{ErrorKind, models::SnapshotType};
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{CLUSTER, PROJECT, Reply, Scene, ScriptedServer};

/// A page of completed snapshots, each created in one of these years.
fn snapshots(years: &[&str], next: bool) -> Reply {
    let snapshot = |year: &&str| {
        format!(
            r#"{{"id":"{year:0>24}","status":"completed","createdAt":"{year}-01-01T00:00:00Z"}}"#
        )
    };
    let results: Vec<String> = years.iter().map(snapshot).collect();
    let link = if next {
        r#"{"rel":"next"}"#
    } else {
        r#"{"rel":"self"}"#
    };
    let page = format!(r#"{{"results":[{}],"links":[{link}]}}"#, results.join(","));
    Reply::json(200, &page)
}

#[tokio::test]
async fn the_newest_snapshot_may_be_on_any_page() {
    // Read twice, because a snapshot may slip from page to page meanwhile.
    let pages = || {
        [
            snapshots(&["2024", "2021"], true),
            snapshots(&["2026", "2023"], false),
        ]
    };
    let script = pages().into_iter().chain(pages());
    let server = ScriptedServer::start(script).await;
    let snapshots = server.cluster().snapshots();
    let newest = snapshots.newest_exportable().await.unwrap().unwrap();
    assert!(newest.id.as_str().ends_with("2026"));
    assert_eq!(server.requests().len(), 4);
    assert!(server.requests()[1].contains("pageNum=2"));
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_may_be_the_newest() {
    let page = r#"{"results":[
        {"id":"000000000000000000002020","status":"completed","createdAt":"2020-01-01T00:00:00Z"},
        {"id":"000000000000000000002026","status":"completed","createdAt":"2026-01-01"}]}"#;
    let server = ScriptedServer::start([Reply::json(200, page)]).await;
    let snapshots = server.cluster().snapshots();
    let error = snapshots.newest_exportable().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.raw().unwrap().contains("000000000000000000002026"));
}

#[tokio::test]
async fn the_newest_snapshot_that_can_be_exported_is_found() {
    let scene = Scene::start(FakeAtlas::builder().demo()).await;
    let snapshots = scene.cluster.snapshots();
    let newest = snapshots.newest_exportable().await.unwrap().unwrap();
    assert_eq!(newest.status.unwrap().as_str(), "completed");
    assert_ne!(
        newest.snapshot_type.as_ref().map(SnapshotType::as_str),
        Some("fallback")
    );
    for other in snapshots.list().await.unwrap().items {
        let exportable = other
            .status
            .as_ref()
            .is_some_and(|s| s.as_str() == "completed")
            && other
                .snapshot_type
                .as_ref()
                .is_none_or(|kind| kind.as_str() != "fallback");
        assert!(!exportable || other.created_at <= newest.created_at);
    }
}

#[tokio::test]
async fn of_a_sharded_cluster_the_newest_is_never_a_part() {
    let snapshot = |id: u8, kind: &str, year: u16| {
        format!(
            r#"{{"id":"{id:024}","status":"completed","type":{kind},
                "createdAt":"{year}-01-01T00:00:00Z"}}"#
        )
    };
    let (whole, part) = (r#""shardedCluster""#, r#""replicaSet""#);
    // Parts before the whole, after it, and newer than it; one without a type may be a part too.
    for (list, newest) in [
        (
            vec![(1, part, 2026), (2, whole, 2026), (3, part, 2026)],
            Some(2),
        ),
        (
            vec![(1, part, 2027), (2, whole, 2025), (3, whole, 2026)],
            Some(3),
        ),
        (vec![(1, whole, 2025), (2, "null", 2027)], Some(1)),
        (vec![(1, part, 2025), (2, part, 2026)], Some(2)),
        (vec![(1, "null", 2026)], Some(1)),
    ] {
        let results: Vec<_> = list
            .iter()
            .map(|(id, kind, year)| snapshot(*id, kind, *year))
            .collect();
        let page = format!(r#"{{"results":[{}],"links":[]}}"#, results.join(","));
        let server = ScriptedServer::start([Reply::json(200, &page)]).await;
        let found = server
            .cluster()
            .snapshots()
            .newest_exportable()
            .await
            .unwrap();
        let found = found.map(|found| found.id.to_string());
        assert_eq!(found, newest.map(|id| format!("{id:024}")), "{list:?}");
    }
    // A whole one that is still being taken says what the others are.
    let page = format!(
        r#"{{"results":[{},{{"id":"{:024}","status":"inProgress","type":{whole}}}],"links":[]}}"#,
        snapshot(1, part, 2026),
        2
    );
    let server = ScriptedServer::start([Reply::json(200, &page)]).await;
    let found = server
        .cluster()
        .snapshots()
        .newest_exportable()
        .await
        .unwrap();
    assert_eq!(found, None);
    // A type that does not fit tells nothing.
    let page = format!(r#"{{"results":[{}],"links":[]}}"#, snapshot(1, "7", 2026));
    let server = ScriptedServer::start([Reply::json(200, &page)]).await;
    let error = server
        .cluster()
        .snapshots()
        .newest_exportable()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("field type"), "{error}");
}

#[tokio::test]
async fn the_newest_of_a_sharded_fake_has_parts() {
    let fake = atlas_export_tests::exportable().sharded_cluster(PROJECT, CLUSTER, &["a", "b"]);
    let scene = Scene::start(fake).await;
    let snapshots = scene.cluster.snapshots();
    let newest = snapshots.newest_exportable().await.unwrap().unwrap();
    let whole = snapshots.get_sharded(&newest.id).await.unwrap();
    assert_eq!(whole.members.len(), 2);
    assert!(!whole.snapshot_ids.unwrap().contains(&newest.id));
}

#[tokio::test]
async fn a_cluster_without_snapshots_has_none_to_export() {
    let scene = Scene::start(FakeAtlas::builder().cluster(PROJECT, CLUSTER)).await;
    let newest = scene.cluster.snapshots().newest_exportable().await;
    assert_eq!(newest.unwrap(), None);
}
