//! Lists that do not end by themselves, or do not tell their items apart: each reading ends.

use atlas_export::{Client, ErrorKind, PageSize};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Snapshot, TotalCount};
use atlas_export_tests::{
    CLUSTER, PROJECT, Reply, Scene, ScriptedServer, buckets_of, key, page_of, seconds,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;

fn bucket(n: u32) -> String {
    json!({"_id": format!("604f6322dc786a53{n:08x}"), "cloudProvider": "AWS"}).to_string()
}

/// A page of these items, with or without a link to a next one.
fn page(items: &[String], next: bool) -> Reply {
    let rel = if next { "next" } else { "self" };
    let results = items.join(",");
    let page = format!(r#"{{"results":[{results}],"links":[{{"rel":"{rel}"}}]}}"#);
    Reply::json(200, &page)
}

#[tokio::test]
async fn the_same_page_for_every_page_is_an_error_the_third_time() {
    let odd = |field: &str| format!("{{{field}:7}}");
    for items in [
        vec![bucket(1), bucket(2)],
        // What does not decode tells a page as well.
        vec![odd(r#""cloudProvider""#), odd(r#""bucketName""#)],
    ] {
        for concurrency in [1, 8] {
            let same = ScriptedServer::start([page(&items, true)]).await;
            let list = || same.buckets().list().concurrency(concurrency);
            let read: Vec<_> = list().by_page().take(1_000).collect().await;
            assert_eq!(read.len(), 3, "{items:?}, {concurrency}");
            let error = read[2].as_ref().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Transport);
            assert_eq!(error.operation(), Some(ids::LIST_EXPORT_BUCKETS));
            assert!(!error.is_retryable());
            let message = error.to_string();
            for part in ["page 3 of the list", "third time", "cache"] {
                assert!(message.contains(part), "{message}");
            }
            let read: Vec<_> = list().consistent().by_item().take(1_000).collect().await;
            assert_eq!(read.len(), 1);
            let message = read[0].as_ref().unwrap_err().to_string();
            assert!(message.contains("third time"), "{message}");
        }
    }
}

#[tokio::test]
async fn the_same_page_twice_may_be_an_insertion_and_another_order_is_another_page() {
    let (one, other) = ([bucket(1), bucket(2)], [bucket(2), bucket(1)]);
    let script = vec![
        page(&one, true),
        page(&one, true),
        page(&other, true),
        page(&other, true),
        page(&[bucket(3)], false),
    ];
    let server = ScriptedServer::start(script).await;
    let read: Vec<_> = server
        .buckets()
        .list()
        .by_item()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(read.len(), 9);
}

#[tokio::test]
async fn a_window_of_any_size_asks_for_64_pages_and_no_more() {
    for count in [TotalCount::Absent, TotalCount::Fixed(u64::MAX)] {
        for concurrency in [1_000, usize::MAX] {
            let builder = FakeAtlas::builder().total_count(count);
            let scene = Scene::in_order(builder.buckets(PROJECT, 1_000)).await;
            let scene = scene.with(|client| client.max_in_flight(usize::MAX));
            let list = scene.buckets.list();
            let list = list.page_size(PageSize::MIN).concurrency(concurrency);
            let mut items = list.by_item();
            items.next().await.unwrap().unwrap();
            // Whatever was asked for has come.
            scene.clock.pass(seconds(1)).await;
            assert_eq!(scene.answered(200), 64, "{count:?}, {concurrency}");
        }
    }
}

#[tokio::test]
async fn equal_items_that_do_not_decode_are_not_taken_for_one_seen_twice() {
    let odd = || r#"{"cloudProvider":"AWS"}"#.to_owned();
    let pages = || {
        [
            page(&[odd(), bucket(1), odd()], true),
            page(&[odd(), bucket(2)], false),
        ]
    };
    let server = ScriptedServer::start(pages().into_iter().chain(pages())).await;
    let list = server.buckets().list();
    let read: Vec<_> = list.consistent().by_item().collect().await;
    assert_eq!(read.iter().filter(|item| item.is_ok()).count(), 2);
    assert_eq!(read.len(), 5);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn one_equal_item_less_that_does_not_decode_is_another_reading() {
    let odd = || r#"{"cloudProvider":"AWS"}"#.to_owned();
    let reading = |first: &[String]| [page(first, true), page(&[bucket(2)], false)];
    let script = [
        reading(&[odd(), odd(), bucket(1)]),
        reading(&[odd(), bucket(1)]),
        reading(&[odd(), bucket(1)]),
    ];
    let server = ScriptedServer::start(script.into_iter().flatten()).await;
    let list = server.buckets().list();
    let read: Vec<_> = list.consistent().by_item().collect().await;
    assert_eq!((read.len(), server.requests().len()), (3, 6));
}

#[tokio::test]
async fn two_readings_in_another_order_do_not_agree() {
    let reading = |a, b, c| {
        [
            page(&[bucket(a), bucket(b)], true),
            page(&[bucket(c)], false),
        ]
    };
    let script = [reading(1, 2, 3), reading(3, 1, 2), reading(3, 1, 2)];
    let server = ScriptedServer::start(script.into_iter().flatten()).await;
    let list = server.buckets().list();
    let read: Vec<_> = list.consistent().by_item().try_collect().await.unwrap();
    assert_eq!(server.requests().len(), 6);
    assert!(read[0].id.as_str().ends_with('3'), "{read:?}");
}

#[tokio::test]
async fn what_does_not_decode_counts_for_a_full_page() {
    let odd = r#"{"cloudProvider":"AWS"}"#.to_owned();
    for first in [[odd.clone(), bucket(1)], [odd.clone(), odd]] {
        let script = [first.to_vec(), vec![bucket(2)]];
        let script = script.map(|items| Reply::json(200, &page_of(&items)));
        let server = ScriptedServer::start(script).await;
        let list = server.buckets().list();
        let list = list.page_size(PageSize::new(2).unwrap());
        let read: Vec<_> = list.by_item().collect().await;
        assert_eq!((read.len(), server.requests().len()), (3, 2));
    }
}

#[tokio::test]
async fn a_list_of_more_pages_than_the_bound_is_an_error() {
    let pages = (1..=5).map(|n| page(&[bucket(n)], n < 5));
    let pages: Vec<_> = pages.collect();
    for (bound, read) in [(4, 4), (5, 5), (6, 5)] {
        for concurrency in [1, 3] {
            let server = ScriptedServer::start(pages.clone()).await;
            let list = buckets_of(server.client().max_pages(bound)).list();
            let all: Vec<_> = list.concurrency(concurrency).by_page().collect().await;
            let good = all.iter().filter(|page| page.is_ok()).count();
            // What is asked for ahead comes in any order.
            if concurrency == 1 {
                assert_eq!((good, all.len()), (read, 5), "{bound}");
            }
            assert!(server.requests().len() <= usize::try_from(bound).unwrap());
            if bound < 5 && concurrency == 1 {
                let error = all[4].as_ref().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Transport);
                let message = error.to_string();
                assert!(message.contains("max_pages"), "{message}");
                assert!(message.contains("4 pages"), "{message}");
            }
        }
    }
    let none = Client::builder().credentials(key()).max_pages(0).build();
    let message = none.unwrap_err().to_string();
    assert!(message.starts_with("max_pages"), "{message}");
}

#[tokio::test]
async fn what_reads_a_whole_list_takes_no_longer_than_a_call_may() {
    // Each page answers within its time, and 100 of them take longer than a call may.
    let builder = FakeAtlas::builder().buckets(PROJECT, 100);
    let builder = (0..100).fold(builder, |builder, n| {
        let id = format!("604f6322dc786a53{n:08x}");
        let job = json!({"id": id, "exportBucketId": id, "state": "Queued"});
        let builder = builder.job(PROJECT, CLUSTER, job);
        builder.snapshot(PROJECT, CLUSTER, Snapshot::completed(id))
    });
    let scene = Scene::in_order(builder).await;
    let slow = scene.clock.clone();
    scene.fake.faults_by(move |_| {
        slow.advance(seconds(40));
        None
    });
    let scene = scene.with(|client| client.call_timeout(seconds(100)));
    let list = scene.buckets.list().page_size(PageSize::MIN);
    let error = list.consistent().by_item().next().await.unwrap();
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.is_retryable());
    assert_eq!(error.operation(), Some(ids::LIST_EXPORT_BUCKETS));
    let message = error.to_string();
    assert!(message.contains("within 100 s"), "{message}");
    assert!(message.contains("call_timeout"), "{message}");
    let took = scene.clock.elapsed();
    assert!(took < seconds(250), "{took:?}");
}
