//! Long lists: complete, in order, and in no more requests than pages.

use atlas_export::{ErrorKind, PageSize};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, Snapshot, TotalCount};
use atlas_export_tests::{CLUSTER, PROJECT, Reply, Scene, ScriptedServer};
use futures_util::{StreamExt as _, TryStreamExt as _, stream::FusedStream as _};
use serde_json::{Value, json};

/// As many as one recorded project holds.
const MANY: usize = 2_508;

fn ids(fake: &FakeAtlas) -> Vec<String> {
    fake.buckets(PROJECT)
        .iter()
        .filter_map(|bucket| Some(bucket["_id"].as_str()?.to_owned()))
        .collect()
}

/// Reads all buckets at 500 a page, and checks that they are all there in six pages.
async fn check_complete(builder: FakeAtlasBuilder) {
    let scene = Scene::start(builder.buckets(PROJECT, MANY)).await;
    let all: Vec<_> = scene
        .buckets
        .list()
        .page_size(PageSize::MAX)
        .by_item()
        .map_ok(|bucket| bucket.id.to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), MANY);
    assert_eq!(all, ids(&scene.fake));
    assert_eq!(scene.answered(200), 6);
}

#[tokio::test]
async fn a_long_list_is_complete_and_in_order() {
    check_complete(FakeAtlas::builder()).await;
}

#[tokio::test]
async fn the_total_count_decides_nothing() {
    for count in [
        TotalCount::Absent,
        TotalCount::Fixed(0),
        TotalCount::Fixed(7),
        TotalCount::Fixed(1_000_000),
    ] {
        check_complete(FakeAtlas::builder().total_count(count)).await;
    }
}

#[tokio::test]
async fn a_total_count_that_is_no_number_loses_nothing() {
    let page = r#"{"results":[{"_id":"604f6322dc786a5341d4f7fb","cloudProvider":"AWS"}],
        "links":[{"rel":"self","href":"x"}],"totalCount":"many"}"#;
    let server = ScriptedServer::start([Reply::json(200, page)]).await;
    let page = server.buckets().list().await.unwrap();
    assert_eq!((page.items.len(), page.total_count), (1, None));
}

#[tokio::test]
async fn without_links_a_short_page_is_the_last() {
    check_complete(FakeAtlas::builder().without_links()).await;
}

#[tokio::test]
async fn a_full_last_page_without_links_costs_one_more_request() {
    let scene = Scene::start(FakeAtlas::builder().without_links().buckets(PROJECT, 1000)).await;
    let all = scene.buckets.list().by_item().count().await;
    assert_eq!((all, scene.answered(200)), (1000, 3));
}

fn page(number: usize, items: usize, next: bool) -> Reply {
    let results: Vec<Value> = (0..items)
        .map(|n| json!({"_id": format!("{number:012x}{n:012x}"), "cloudProvider": "AWS"}))
        .collect();
    let mut links = vec![json!({
        "rel": "self", "href": "http://localhost:8080/elsewhere",
    })];
    if next {
        // A host that a proxy has rewritten: looked at, not followed.
        links.push(json!({"rel": "next", "href": "http://192.0.2.1/nowhere"}));
    }
    links.push(json!({"rel": "https://cloud.mongodb.com/cluster", "href": "x"}));
    Reply::json(
        200,
        &json!({"results": results, "links": links}).to_string(),
    )
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_not_the_end() {
    let server =
        ScriptedServer::start([page(1, 2, true), page(2, 0, true), page(3, 1, false)]).await;
    let all: Vec<_> = server
        .buckets()
        .list()
        .by_item()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_short_page_with_a_next_link_is_not_the_end() {
    let server = ScriptedServer::start([page(1, 1, true), page(2, 1, false)]).await;
    assert_eq!(server.buckets().list().by_item().count().await, 2);
}

#[tokio::test]
async fn a_failed_page_is_one_error_and_the_end() {
    let refusal = Reply::json(403, r#"{"error":403,"errorCode":"X","detail":"no"}"#);
    let server = ScriptedServer::start([page(1, 2, true), refusal]).await;
    let mut items = server.buckets().list().by_item();
    assert!(items.next().await.unwrap().is_ok());
    assert!(items.next().await.unwrap().is_ok());
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(403)));
    assert_eq!(error.operation(), Some(ids::LIST_EXPORT_BUCKETS));
    assert!(items.next().await.is_none());
    assert!(items.is_terminated());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn pages_can_be_read_one_by_one_from_anywhere() {
    let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, 12)).await;
    let pages: Vec<_> = scene
        .buckets
        .list()
        .page_size(PageSize::new(5).unwrap())
        .page(2)
        .by_page()
        .map_ok(|page| (page.items.len(), page.total_count, page.has_next))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages, [(5, Some(12), true), (2, Some(12), false)]);
}

#[tokio::test]
async fn page_zero_is_refused_before_anything_is_sent() {
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let error = buckets.list().page(0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let mut items = buckets.list().page(0).by_item();
    assert_eq!(
        items.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::Config
    );
    assert!(items.next().await.is_none());
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn streams_can_be_sent_to_another_task() {
    let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, 3)).await;
    let items = scene.buckets.list().by_item();
    let count = tokio::spawn(items.count()).await.unwrap();
    assert_eq!(count, 3);
}

#[tokio::test]
async fn jobs_and_snapshots_are_paged_like_buckets() {
    let many = 7;
    let builder = FakeAtlas::builder().cluster(PROJECT, CLUSTER);
    let builder = (0..many).fold(builder, |builder, n| {
        let id = format!("{n:024x}");
        let job = json!({"id": id, "exportBucketId": id, "state": "Queued"});
        builder
            .job(PROJECT, CLUSTER, job)
            .snapshot(PROJECT, CLUSTER, Snapshot::completed(id))
    });
    let Scene { fake, cluster, .. } = Scene::start(builder).await;
    let size = PageSize::new(3).unwrap();
    let expected: Vec<String> = (0..many).map(|n| format!("{n:024x}")).collect();

    let jobs = cluster
        .export_jobs()
        .list()
        .page_size(size)
        .include_count(false);
    let ids: Vec<_> = jobs
        .by_item()
        .map_ok(|job| job.id.to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, expected);
    let snapshots = cluster
        .snapshots()
        .list()
        .page_size(size)
        .include_count(false);
    let ids: Vec<_> = snapshots
        .by_item()
        .map_ok(|one| one.id.to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, expected);

    let queries: Vec<_> = fake
        .requests()
        .into_iter()
        .filter_map(|r| r.query)
        .collect();
    let expected = ["", "&pageNum=2", "&pageNum=3"]
        .map(|page| format!("includeCount=false&itemsPerPage=3{page}"));
    // The very first was challenged, and sent twice.
    assert_eq!(queries[1..4], expected);
    assert_eq!(queries[4..], expected);
}

#[tokio::test]
async fn a_list_that_never_ends_is_given_up() {
    let server = ScriptedServer::start([page(1, 0, true)]).await;
    let mut items = server.buckets().list().by_item();
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("does not end"), "{error}");
    assert!(items.next().await.is_none());
    assert_eq!(server.requests().len(), 100);
}

#[tokio::test]
async fn a_link_that_does_not_decode_ends_no_full_page() {
    let bucket = r#"{"_id":"604f6322dc786a5341d4f7fb","cloudProvider":"AWS"}"#;
    let page = format!(r#"{{"results":[{bucket}],"links":[{{"rel":["next"]}}]}}"#);
    let server = ScriptedServer::start([Reply::json(200, &page)]).await;
    let list = server.buckets().list().page_size(PageSize::MIN);
    assert!(list.await.unwrap().has_next);
}

#[tokio::test]
async fn a_page_without_links_and_size_is_full_at_a_hundred() {
    for (items, has_next) in [(99, false), (100, true)] {
        let bucket = r#"{"_id":"604f6322dc786a5341d4f7fb","cloudProvider":"AWS"}"#.to_owned();
        let body = format!(r#"{{"results":[{}]}}"#, vec![bucket; items].join(","));
        let server = ScriptedServer::start([Reply::json(200, &body)]).await;
        assert_eq!(
            server.buckets().list().await.unwrap().has_next,
            has_next,
            "{items}"
        );
    }
}
