//! A list as a whole, and streams that need no other crate.

use atlas_export::{ErrorKind, PageSize, wait::wait_all};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault};
use atlas_export_tests::{BUCKET, CLUSTER, PROJECT, Scene, seconds};
use http::StatusCode;
use serde_json::{Value, json};

/// Eleven jobs in pages of four, the seventh of which is none.
async fn eleven_jobs() -> Scene {
    let job = |n: usize| -> Value {
        match n {
            6 => json!({"id": 6, "note": "not a job"}),
            n => json!({"id": format!("{n:024x}"), "exportBucketId": BUCKET, "state": "Queued"}),
        }
    };
    let builder = FakeAtlas::builder().cluster(PROJECT, CLUSTER);
    let builder = (0..11).fold(builder, |all, n| all.job(PROJECT, CLUSTER, job(n)));
    Scene::start(builder).await
}

#[tokio::test]
async fn all_of_a_list_has_what_does_not_decode_apart() {
    let scene = eleven_jobs().await;
    let list = || scene.jobs.list().page_size(PageSize::new(4).unwrap());
    for all in [
        list().all().await.unwrap(),
        list().concurrency(3).all().await.unwrap(),
        list().consistent().all().await.unwrap(),
    ] {
        let ids: Vec<_> = all.items.iter().map(|job| job.id.to_string()).collect();
        let good = (0..11).filter(|n| *n != 6).map(|n| format!("{n:024x}"));
        assert_eq!(ids, good.collect::<Vec<_>>());
        let [item] = &all.undecodable[..] else {
            panic!("{all:?}")
        };
        assert!(item.raw().contains("not a job"), "{item}");
        assert_eq!(item.index(), 6);
    }
}

#[tokio::test]
async fn a_page_that_fails_is_the_error_of_the_whole_list() {
    let scene = eleven_jobs().await;
    let list = || scene.jobs.list().page_size(PageSize::new(4).unwrap());
    scene.jobs.list().await.unwrap();
    let refuse = || scene.inject(ids::LIST_EXPORT_JOBS, Fault::status(StatusCode::FORBIDDEN));
    refuse();
    let error = list().all().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(403)));
    refuse();
    let error = list().consistent().all().await.unwrap_err();
    assert_eq!(error.status(), Some(403));
}

#[tokio::test]
async fn each_stream_gives_its_next_and_ends() {
    let scene = eleven_jobs().await;
    let list = || scene.jobs.list().page_size(PageSize::new(4).unwrap());
    let mut pages = list().by_page();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push((page.items.len(), page.undecodable.len()));
    }
    assert_eq!(sizes, [(4, 0), (3, 1), (3, 0)]);
    assert!(pages.next().await.is_none());

    let (mut items, mut consistent) = (list().by_item(), list().consistent().by_item());
    for n in 0..11 {
        for item in [
            items.next().await.unwrap(),
            consistent.next().await.unwrap(),
        ] {
            match item {
                Ok(_) => assert_ne!(n, 6),
                Err(error) => assert!(error.to_string().contains("item 6 of"), "{error}"),
            }
        }
    }
    assert!(items.next().await.is_none() && consistent.next().await.is_none());
}

#[tokio::test]
async fn snapshots_are_waited_for_as_jobs_are() {
    let scene = Scene::start(FakeAtlas::builder().cluster(PROJECT, CLUSTER)).await;
    let snapshots = scene.cluster.snapshots();
    let mut begun = Vec::new();
    for _ in 0..3 {
        begun.push(snapshots.take().await.unwrap().id);
    }
    let mut wait = snapshots.wait_until_completed(&begun[0]).into_stream();
    let mut seen = Vec::new();
    while let Some(progress) = wait.next().await {
        let progress = progress.unwrap();
        assert_eq!(progress.item.id, begun[0]);
        seen.push(progress.item.status.unwrap().to_string());
    }
    assert_eq!(seen.last().map(String::as_str), Some("completed"));
    assert!(seen.len() > 1 && wait.next().await.is_none(), "{seen:?}");

    let waits = || begun.iter().map(|id| snapshots.wait_until_completed(id));
    for (waited, id) in wait_all(waits()).await.into_iter().zip(&begun) {
        assert_eq!((&waited.id, &waited.outcome.unwrap().id), (id, id));
    }
    let mut ended = wait_all(waits());
    let mut left = begun.len();
    while let Some(waited) = ended.next().await {
        assert!(waited.outcome.is_ok() && begun.contains(&waited.id));
        left -= 1;
    }
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_time_of_a_stream_begins_with_its_first_poll() {
    let scene = Scene::start(FakeAtlas::builder().cluster(PROJECT, CLUSTER)).await;
    let snapshots = scene.cluster.snapshots();
    let id = snapshots.take().await.unwrap().id;
    let wait = || snapshots.wait_until_completed(&id).max_wait(seconds(5));
    let (mut kept, future) = (wait().into_stream(), wait().into_future());
    scene.clock.advance(seconds(60));
    assert!(kept.next().await.unwrap().is_ok());
    assert!(future.await.is_ok());
}
