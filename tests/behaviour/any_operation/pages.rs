//! Lists that the contract does not have.

use atlas_export::{Error, ErrorKind, PageSize, request::Method};
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{CLUSTER, PROJECT, Reply, client_of};
use futures_util::StreamExt as _;
use serde::Deserialize;

use super::{Named, of_buckets, scripted};

#[derive(Debug, Deserialize)]
struct Restore {
    id: String,
}

const RESTORES: &str = "/groups/{groupId}/clusters/{clusterName}/backup/restoreJobs";

#[tokio::test]
async fn pages_are_a_list_like_any_other() {
    let fake = FakeAtlas::builder()
        .buckets(PROJECT, 7)
        .start()
        .await
        .unwrap();
    let client = client_of(&fake).build().unwrap();
    let list = || of_buckets(&client, Method::GET).pages::<Named>();
    let two = PageSize::new(2).unwrap();
    let all = list().page_size(two).all().await.unwrap();
    assert_eq!((all.items.len(), all.undecodable.len()), (7, 0));
    let pages = fake.requests().iter().filter(|r| r.answered(200)).count();
    assert_eq!(pages, 4);
    let queries: Vec<_> = fake
        .requests()
        .into_iter()
        .filter_map(|r| r.query)
        .collect();
    assert_eq!(queries[1], "itemsPerPage=2");
    assert_eq!(queries[2], "pageNum=2&itemsPerPage=2");
    let ahead: Vec<_> = list()
        .page_size(two)
        .concurrency(3)
        .by_item()
        .collect()
        .await;
    assert_eq!(ahead.into_iter().flatten().count(), 7);
    let consistent = list().page_size(two).consistent().all().await.unwrap();
    assert_eq!(consistent.items.len(), 7);
    let page = list().page(2).page_size(two).await.unwrap();
    assert_eq!(
        (page.items.len(), page.total_count, page.has_next),
        (2, Some(7), true)
    );
    let error = of_buckets(&client, Method::GET)
        .query("pageNum", 2)
        .pages::<Named>();
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("use page()"), "{error}");
}

#[tokio::test]
async fn an_item_that_does_not_decode_costs_no_other() {
    let page = r#"{"results": [{"id": "a"}, {"id": 7, "note": "s3cret"}, {"id": "c"}]}"#;
    let (_server, client, _) = scripted(vec![Reply::json(200, page)]).await;
    let request = client
        .request(Method::GET, RESTORES)
        .path("groupId", PROJECT);
    let request = request.path("clusterName", CLUSTER).version("2023-01-01");
    let restores = request.pages::<Restore>().by_item();
    let all: Vec<Result<Restore, Error>> = restores.collect().await;
    let ids: Vec<_> = all
        .iter()
        .flatten()
        .map(|restore| restore.id.as_str())
        .collect();
    assert_eq!(ids, ["a", "c"]);
    let error = all[1].as_ref().unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Decode, Some(RESTORES))
    );
    assert!(error.raw().unwrap().contains("s3cret"));
    assert!(
        !format!("{error} {error:?}").contains("s3cret"),
        "{error:?}"
    );
}
