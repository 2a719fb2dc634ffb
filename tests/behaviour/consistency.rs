//! A list that changes while it is read.

use atlas_export::{ErrorKind, PageSize};
use atlas_export_fake::{Bucket, FakeAtlas};
use atlas_export_tests::{PROJECT, ROLE, Scene};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;

fn bucket(n: usize) -> Bucket {
    Bucket::aws("b-1", ROLE).id(&format!("604f6322dc786a53{n:08x}"))
}

#[tokio::test]
async fn a_list_that_keeps_changing_is_an_error_that_says_so() {
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().buckets(PROJECT, 30)).await;
    let mut n = 1_000;
    fake.before_bucket_pages(move |buckets| {
        n += 1;
        buckets.insert(0, bucket(n));
    });
    let list = buckets.list().page_size(PageSize::new(10).unwrap());
    let mut items = list.consistent().max_passes(3).by_item();
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.is_retryable());
    let message = error.to_string();
    assert!(
        message.contains("no two of 3 consecutive readings matched"),
        "{message}"
    );
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_list_of_one_page_is_read_once_and_a_longer_one_twice() {
    for (count, pages) in [(500, 1), (501, 4)] {
        let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, count)).await;
        let all: Vec<_> = scene
            .buckets
            .list()
            .consistent()
            .by_item()
            .try_collect()
            .await
            .unwrap();
        assert_eq!(all.len(), count);
        assert_eq!(scene.answered(200), pages);
    }
}

#[tokio::test]
async fn an_item_that_does_not_decode_takes_part_and_stays_in_its_place() {
    let builder = FakeAtlas::builder()
        .bucket(PROJECT, bucket(1))
        .bucket(PROJECT, json!({"cloudProvider": "AWS"}))
        .bucket(PROJECT, bucket(2));
    let scene = Scene::start(builder).await;
    let list = scene.buckets.list().page_size(PageSize::MIN).consistent();
    let all: Vec<_> = list.by_item().collect().await;
    assert_eq!(all.len(), 3);
    let odd = all[1].as_ref().unwrap_err();
    assert_eq!(odd.kind(), ErrorKind::Decode);
    assert_eq!(odd.raw(), Some(r#"{"cloudProvider":"AWS"}"#));
}

#[tokio::test]
async fn a_consistent_list_begins_at_its_beginning() {
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().buckets(PROJECT, 3)).await;
    let error = buckets.list().page(2).consistent().by_item().next().await;
    assert_eq!(error.unwrap().unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(fake.requests().len(), 0);
}
