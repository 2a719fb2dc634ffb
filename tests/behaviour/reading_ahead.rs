//! Pages read ahead: whole, in order, bounded, and no more requests than it takes.

use std::time::Duration;

use atlas_export::{ErrorKind, PageSize};
use atlas_export_fake::{FakeAtlas, Fault, RecordedRequest, TotalCount};
use atlas_export_tests::{BUCKET, CLUSTER, PROJECT, Scene, seconds};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::StatusCode;
use serde_json::json;

const MANY: usize = 2_508;

fn bucket_ids(fake: &FakeAtlas) -> Vec<String> {
    let buckets = fake.buckets(PROJECT);
    let ids = buckets
        .iter()
        .map(|bucket| bucket["_id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// The page that a request asks for.
fn page_number(request: &RecordedRequest) -> Option<u32> {
    let query = request.query.as_deref()?;
    let (_, number) = query.split_once("pageNum=")?;
    number.split('&').next()?.parse().ok()
}

fn job(n: usize) -> serde_json::Value {
    json!({"id": format!("605ccba3c1c7613f{n:08x}"), "exportBucketId": BUCKET, "state": "Successful"})
}

#[tokio::test]
async fn many_buckets_from_afar_come_once_in_order_and_in_as_many_requests_as_pages() {
    let builder = FakeAtlas::builder().latency(Duration::from_millis(40));
    let scene = Scene::start(builder.buckets(PROJECT, MANY)).await;
    let all: Vec<_> = scene
        .buckets
        .list()
        .page_size(PageSize::MAX)
        .concurrency(8)
        .by_item()
        .map_ok(|bucket| bucket.id.to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all, bucket_ids(&scene.fake));
    let (pages, handshakes) = (scene.answered(200), scene.answered(401));
    assert_eq!(pages, 6);
    assert_eq!(scene.fake.requests().len(), pages + handshakes);
    let most = scene.fake.most_in_flight();
    println!("2,508 buckets: {pages} pages, {handshakes} handshakes, {most} in flight");
    assert!((2..=8).contains(&most), "{most}");
}

#[tokio::test]
async fn many_jobs_from_afar_come_once_in_order_and_in_as_many_requests_as_pages() {
    for concurrency in [1, 8] {
        let builder = (0..10_000).fold(
            FakeAtlas::builder().latency(Duration::from_millis(40)),
            |builder, n| builder.job(PROJECT, CLUSTER, job(n)),
        );
        let scene = Scene::start(builder).await;
        let list = scene
            .jobs
            .list()
            .page_size(PageSize::MAX)
            .concurrency(concurrency);
        let begun = std::time::Instant::now();
        let all: Vec<_> = list.by_item().try_collect().await.unwrap();
        let took = begun.elapsed().as_millis();
        assert_eq!(all.len(), 10_000);
        for (n, read) in all.iter().enumerate() {
            assert_eq!(read.id.as_str(), job(n)["id"].as_str().unwrap());
        }
        let (pages, handshakes) = (scene.answered(200), scene.answered(401));
        assert_eq!(scene.fake.requests().len(), pages + handshakes);
        assert_eq!(pages, 20);
        let most = scene.fake.most_in_flight();
        println!(
            "10,000 scene.jobs, concurrency {concurrency}: {pages} pages, {handshakes} handshakes, \
             {most} in flight, {took} ms"
        );
        assert!(
            most <= concurrency && (concurrency == 1 || most > 1),
            "{most}"
        );
    }
}

/// The highest page that was asked for before the first one was answered.
async fn first_wave(items: usize, expected: u64, concurrency: usize) -> (usize, usize) {
    let builder = FakeAtlas::builder().latency(Duration::from_millis(10));
    let scene = Scene::start(builder.buckets(PROJECT, items)).await;
    let list = scene.buckets.list().page_size(PageSize::new(2).unwrap());
    let list = list.concurrency(concurrency).expecting(expected);
    let all = list.by_item().map_ok(|bucket| bucket.id.to_string());
    let all: Vec<_> = all.try_collect().await.unwrap();
    assert_eq!(all, bucket_ids(&scene.fake), "expecting {expected}");
    (scene.fake.most_in_flight(), scene.answered(200))
}

#[tokio::test]
async fn a_list_that_is_expected_to_be_long_begins_with_all_its_first_pages() {
    let builder = FakeAtlas::builder().latency(Duration::from_millis(40));
    let scene = Scene::start(builder.buckets(PROJECT, 30)).await;
    let list = scene.buckets.list().page_size(PageSize::new(2).unwrap());
    let mut pages = list.concurrency(8).expecting(30).by_page();
    pages.next().await.unwrap().unwrap();
    // None had an answer when the others went out, so each of them met a challenge.
    assert_eq!(scene.answered(401), 8);
    assert_eq!(scene.fake.most_in_flight(), 8);
}

#[tokio::test]
async fn what_is_expected_is_a_hint_that_bounds_the_first_wave_and_nothing_else() {
    // Items, expected, pages at once; then how many were in flight at the most in the first
    // wave, and how many pages were read at the most.
    for (items, expected, concurrency, pages) in [
        // Expected rightly, too long, too short, far too short.
        (30, 30, 8, 15),
        (4, 6, 8, 3),
        (30, 4, 8, 15),
        (30, 0, 8, 15),
        // One by one it has no effect.
        (10, 10, 1, 5),
        // Far too long: no more than the pages at once.
        (4, 1_000, 3, 3),
    ] {
        let (most, read) = first_wave(items, expected, concurrency).await;
        assert!(read <= pages, "{items}, {expected}: {read} pages");
        assert!(most <= concurrency, "{items}, {expected}: {most} in flight");
    }
}

#[tokio::test]
async fn before_the_first_page_no_page_is_asked_for_beyond_what_is_expected() {
    for (expected, asked) in [(0, 1), (1, 1), (4, 2), (5, 3), (16, 8), (1_000, 8)] {
        let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, 30)).await;
        // No page is given, so what is asked for is asked for blindly.
        scene.fake.faults_by(|head| {
            head.authenticated
                .then(|| Fault::status(StatusCode::FORBIDDEN))
        });
        let list = scene.buckets.list().page_size(PageSize::new(2).unwrap());
        let mut items = list.concurrency(8).expecting(expected).by_item();
        items.next().await.unwrap().unwrap_err();
        let requests = scene.fake.requests();
        let number = |request| page_number(request).unwrap_or(1);
        let highest = requests.iter().map(number).max().unwrap();
        assert!(highest <= asked, "{expected}: page {highest}");
    }
}

#[tokio::test]
async fn one_by_one_a_page_is_asked_for_when_it_is_wanted_and_not_before() {
    let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, 30)).await;
    let mut items = scene
        .buckets
        .list()
        .page_size(PageSize::new(10).unwrap())
        .by_item();
    for _ in 0..10 {
        items.next().await.unwrap().unwrap();
    }
    assert_eq!(scene.answered(200), 1);
    let ahead = scene
        .buckets
        .list()
        .page_size(PageSize::new(10).unwrap())
        .concurrency(2);
    let mut ahead = ahead.by_page();
    ahead.next().await.unwrap().unwrap();
    // One is read, and the other is under way: it has been sent, whether it has arrived or not.
    ahead.next().await.unwrap().unwrap();
    assert!(scene.answered(200) <= 4);
}

#[tokio::test]
async fn a_stream_that_is_dropped_sends_nothing_more() {
    let builder = FakeAtlas::builder().latency(Duration::from_millis(5));
    let Scene { fake, buckets, .. } = Scene::start(builder.buckets(PROJECT, MANY)).await;
    let mut some = buckets
        .list()
        .page_size(PageSize::new(20).unwrap())
        .concurrency(8)
        .by_item();
    for _ in 0..1_000 {
        some.next().await.unwrap().unwrap();
    }
    drop(some);
    // 50 were read, and of the others at most 8 were under way or held.
    let highest = |fake: &FakeAtlas| {
        let requests = fake.requests();
        requests.iter().filter_map(page_number).max().unwrap()
    };
    // Whatever was on the way has arrived once this has been there and back a few times.
    for _ in 0..5 {
        buckets.list().page_size(PageSize::MIN).await.unwrap();
    }
    let after = fake.requests().len();
    assert!(highest(&fake) <= 58, "{}", highest(&fake));
    for _ in 0..5 {
        buckets.list().page_size(PageSize::MIN).await.unwrap();
    }
    assert_eq!(fake.requests().len(), after + 5);
}

#[tokio::test]
async fn no_page_more_is_asked_for_than_the_window_has() {
    for concurrency in [1, 2, 3, 8] {
        let scene = Scene::in_order(FakeAtlas::builder().buckets(PROJECT, 100)).await;
        let list = scene.buckets.list().page_size(PageSize::new(2).unwrap());
        let mut some = list.concurrency(concurrency).by_item();
        for item in 0..20 {
            some.next().await.unwrap().unwrap();
            // Whatever was asked for has come.
            scene.clock.pass(seconds(1)).await;
            let read = item / 2 + 1;
            assert_eq!(scene.answered(200), read + concurrency - 1, "item {item}");
        }
    }
}

#[tokio::test]
async fn a_total_count_is_a_hint_and_decides_nothing() {
    for (count, most_pages) in [
        // Without a count the list may be of any length, so up to seven pages too many are asked for.
        (TotalCount::Absent, 13),
        (TotalCount::Fixed(0), 6),
        (TotalCount::Fixed(7), 6),
        (TotalCount::Fixed(1_000_000), 13),
    ] {
        for links in [true, false] {
            let mut builder = FakeAtlas::builder()
                .total_count(count)
                .buckets(PROJECT, MANY);
            if !links {
                builder = builder.without_links();
            }
            let scene = Scene::start(builder).await;
            let all: Vec<_> = scene
                .buckets
                .list()
                .concurrency(8)
                .by_item()
                .map_ok(|bucket| bucket.id.to_string())
                .try_collect()
                .await
                .unwrap();
            assert_eq!(all, bucket_ids(&scene.fake), "{count:?}");
            let pages = scene.answered(200);
            assert!(
                (6..=most_pages).contains(&pages),
                "{count:?}: {pages} pages"
            );
        }
    }
}

#[tokio::test]
async fn a_page_that_fails_is_one_error_after_what_came_before_it_and_then_the_end() {
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().buckets(PROJECT, 60)).await;
    fake.faults_by(|head| {
        let third = head
            .query
            .as_deref()
            .unwrap_or_default()
            .contains("pageNum=3");
        (third && head.authenticated).then(|| Fault::status(StatusCode::FORBIDDEN))
    });
    let list = buckets.list().page_size(PageSize::new(10).unwrap());
    let all: Vec<_> = list.concurrency(4).by_item().collect().await;
    assert_eq!(all.len(), 21);
    assert!(all[..20].iter().all(Result::is_ok));
    assert_eq!(all[20].as_ref().unwrap_err().status(), Some(403));
}

#[tokio::test]
async fn a_page_beyond_the_end_that_fails_is_no_error() {
    let builder = FakeAtlas::builder().total_count(TotalCount::Fixed(1_000));
    let Scene { fake, buckets, .. } = Scene::start(builder.buckets(PROJECT, 25)).await;
    fake.faults_by(|head| {
        let query = head.query.as_deref().unwrap_or_default();
        let beyond = ["pageNum=4", "pageNum=5", "pageNum=6"];
        let beyond = beyond.iter().any(|page| query.ends_with(page));
        (beyond && head.authenticated).then(|| Fault::status(StatusCode::FORBIDDEN))
    });
    let list = buckets
        .list()
        .page_size(PageSize::new(10).unwrap())
        .concurrency(8);
    let all: Vec<_> = list.by_item().try_collect().await.unwrap();
    assert_eq!(all.len(), 25);
}

#[tokio::test]
async fn concurrency_of_zero_is_refused_and_more_than_there_are_pages_is_fine() {
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().buckets(PROJECT, 30)).await;
    let mut none = buckets.list().concurrency(0).by_item();
    let error = none.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().starts_with("concurrency"), "{error}");
    assert!(none.next().await.is_none());
    assert_eq!(fake.requests().len(), 0);
    let list = buckets.list().page_size(PageSize::MIN).concurrency(1_000);
    assert_eq!(list.by_page().count().await, 30);
}
