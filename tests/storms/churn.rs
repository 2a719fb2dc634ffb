//! A list that changes while it is read, by random schedules.
//!
//! There are 1,000 of them; in a debug build 100.

use std::collections::BTreeSet;

use atlas_export::PageSize;
use atlas_export_fake::{Bucket, FakeAtlas};
use atlas_export_tests::{PROJECT, ROLE, Scene};
use futures_util::TryStreamExt as _;

const SCHEDULES: u32 = if cfg!(debug_assertions) { 100 } else { 1_000 };

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
async fn whatever_changes_meanwhile_nothing_that_stayed_is_missed_and_nothing_doubled() {
    let (mut lost_otherwise, mut doubled_otherwise) = (0, 0);
    let (mut unsettled, mut repeated) = (0, 0);
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder().buckets(PROJECT, 0)).await;
    for seed in 0..u64::from(SCHEDULES) {
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
        for seed in [seed, seed + u64::from(SCHEDULES)] {
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
        "{SCHEDULES} schedules: 0 lost, 0 doubled, {unsettled} kept changing; twice as many read \
         once: {lost_otherwise} lost, {doubled_otherwise} doubled"
    );
    // Schedules under which nothing would be lost anyway would show nothing.
    let few = usize::try_from(SCHEDULES / 10).unwrap();
    assert!(lost_otherwise > few && doubled_otherwise > few);
    assert!(repeated < SCHEDULES / 50, "{repeated}");
    assert_eq!(unsettled, 0);
}
