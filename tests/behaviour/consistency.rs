//! A list that changes while it is read.

use std::collections::BTreeSet;

use atlas_export::{ErrorKind, PageSize};
use atlas_export_fake::{Bucket, FakeAtlas, FakeAtlasBuilder};
use atlas_export_tests::{PROJECT, ROLE, Scene};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;

/// Steele and Vigna's `SplitMix64`.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

fn id(n: usize) -> String {
    format!("604f6322dc786a53{n:08x}")
}

fn bucket(n: usize) -> Bucket {
    Bucket::aws("b-1", ROLE).id(&id(n))
}

fn with_buckets(count: usize) -> FakeAtlasBuilder {
    (0..count).fold(FakeAtlas::builder(), |builder, n| {
        builder.bucket(PROJECT, bucket(n))
    })
}

/// Begins with so many items, and changes the list before so many pages of it, at random:
/// insertions, deletions, and things that come and go. Items below `stay` are never deleted.
fn churn(fake: &FakeAtlas, seed: u64, stay: usize, count: usize, pages: usize) {
    let mut random = Random(seed);
    // What the list holds, and whether it may go.
    let mut mirror: Vec<usize> = (0..count).collect();
    let mut new = count;
    let mut left = pages;
    let mut begun = false;
    fake.before_bucket_pages(move |buckets| {
        if !begun {
            begun = true;
            *buckets = (0..count).map(bucket).collect();
        }
        if left == 0 {
            return;
        }
        left -= 1;
        for _ in 0..random.below(4) {
            if random.below(2) == 0 {
                let at = random.below(mirror.len() + 1);
                mirror.insert(at, new);
                buckets.insert(at, bucket(new));
                new += 1;
            } else {
                let at = random.below(mirror.len());
                if mirror[at] >= stay {
                    mirror.remove(at);
                    buckets.remove(at);
                }
            }
        }
    });
}

/// What a reading lost of what stayed, and what it doubled.
fn faults(read: &[String], stay: usize) -> (usize, usize) {
    let seen: BTreeSet<&String> = read.iter().collect();
    let lost = (0..stay).filter(|n| !seen.contains(&id(*n))).count();
    (lost, read.len() - seen.len())
}

#[tokio::test]
async fn over_1000_random_schedules_nothing_that_stayed_is_missed_and_nothing_doubled() {
    let (mut lost_otherwise, mut doubled_otherwise) = (0, 0);
    let (mut unsettled, mut repeated) = (0, 0);
    let Scene { fake, buckets, .. } = Scene::start(with_buckets(0)).await;
    for seed in 0..1_000 {
        let mut random = Random(seed ^ 0xA71A5);
        let stay = 5 + random.below(20);
        let count = stay + random.below(20);
        let size = PageSize::new(u16::try_from(2 + random.below(6)).unwrap()).unwrap();
        let pages = random.below(40);
        let concurrency = 1 + random.below(4);
        let read = async |consistent: bool, seed: u64| {
            churn(&fake, seed, stay, count, pages);
            let list = buckets.list().page_size(size).concurrency(concurrency);
            let ids = |bucket: atlas_export::models::ExportBucket| bucket.id.to_string();
            if consistent {
                let items = list.consistent().max_passes(40).by_item();
                items.map_ok(ids).try_collect::<Vec<_>>().await
            } else {
                // Page after page, as most read a list.
                let items = list.concurrency(1).by_item();
                items.map_ok(ids).try_collect::<Vec<_>>().await
            }
        };
        match read(true, seed).await {
            Ok(all) => assert_eq!(faults(&all, stay), (0, 0), "seed {seed}"),
            Err(error) => {
                assert!(
                    error.to_string().contains("kept changing"),
                    "seed {seed}: {error}"
                );
                unsettled += 1;
            }
        }
        for seed in [seed, seed + 1_000] {
            let read = match read(false, seed).await {
                Ok(read) => read,
                // So much is inserted that a short page comes three times.
                Err(error) => {
                    assert!(error.to_string().contains("third time"), "{error}");
                    repeated += 1;
                    continue;
                }
            };
            let (lost, doubled) = faults(&read, stay);
            lost_otherwise += lost;
            doubled_otherwise += doubled;
        }
    }
    println!(
        "1,000 schedules: 0 lost, 0 doubled, {unsettled} kept changing; 2,000 read once: \
         {lost_otherwise} lost, {doubled_otherwise} doubled"
    );
    assert!(lost_otherwise > 100 && doubled_otherwise > 100);
    assert!(repeated < 20, "{repeated}");
    assert_eq!(unsettled, 0);
}

#[tokio::test]
async fn a_list_that_keeps_changing_is_an_error_that_says_so() {
    let Scene { fake, buckets, .. } = Scene::start(with_buckets(30)).await;
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
        let scene = Scene::start(with_buckets(count)).await;
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
    let Scene { fake, buckets, .. } = Scene::start(with_buckets(3)).await;
    let error = buckets.list().page(2).consistent().by_item().next().await;
    assert_eq!(error.unwrap().unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(fake.requests().len(), 0);
}
