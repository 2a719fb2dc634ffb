//! **Nothing that is kept and not polled stops anything else.**
//!
//! Every operation, and all that makes many requests, is begun and driven up to its n-th event,
//! for each n from none to its end: an event is a request that reaches the server, or an answer
//! that leaves it. Then nobody polls it any more, and nobody drops it. Other calls are made, which
//! must come through, and in time. What counts is what happens on the wire: the request of a future
//! that is not polled goes on by itself.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use atlas_export::{Client, PageSize, wait::wait_all};
use atlas_export_api::{OPERATIONS, operations::ids};
use atlas_export_fake::{FakeAtlas, JobProgress};
use atlas_export_tests::{
    BUCKET, CLUSTER, CredentialKind, PROJECT, SNAPSHOT, Scene, empty_bucket, exportable,
    new_bucket, parsed, seconds,
};
use futures_util::{FutureExt as _, StreamExt as _, future::join_all, stream::FuturesUnordered};
use serde_json::json;

use atlas_export_tests::every_operation::{JOB, call};

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What makes many requests, in tests that run side by side.
const LISTS: [&str; 4] = ["items", "items ahead", "pages", "consistent items"];
const LOOKUPS: [&str; 4] = [
    "newest snapshot",
    "ensured bucket",
    "ensured export",
    "safe deletion",
];
const WAITS: [&str; 3] = ["wait", "waits", "fleet"];

/// An operation of each family that has a rate limit of its own.
const FAMILIES: [&str; 6] = [
    ids::LIST_EXPORT_BUCKETS,
    ids::LIST_EXPORT_JOBS,
    ids::LIST_SNAPSHOTS,
    ids::GET_BACKUP_SCHEDULE,
    ids::LIST_CLUSTERS,
    ids::LIST_ACCESS_ROLES,
];

fn begin(what: &'static str, client: Client) -> Boxed {
    let project = client.project(PROJECT);
    let cluster = project.cluster(CLUSTER);
    let buckets = project.export_buckets();
    let list = buckets.list().page_size(PageSize::new(2).unwrap());
    let job = || parsed(JOB);
    Box::pin(async move {
        match what {
            "items" => drop(list.by_item().collect::<Vec<_>>().await),
            "items ahead" => drop(list.concurrency(3).by_item().collect::<Vec<_>>().await),
            "pages" => drop(list.by_page().collect::<Vec<_>>().await),
            "consistent items" => drop(list.consistent().by_item().collect::<Vec<_>>().await),
            "newest snapshot" => drop(cluster.snapshots().newest_exportable().await),
            "ensured bucket" => {
                drop(buckets.ensure(new_bucket("another")).await);
            }
            "ensured export" => {
                let jobs = cluster.export_jobs();
                drop(jobs.ensure(&parsed(SNAPSHOT), &parsed(BUCKET)).await);
            }
            "wait" => drop(cluster.export_jobs().wait_until_finished(&job()).await),
            "waits" => {
                let jobs = cluster.export_jobs();
                let waits = (0..3).map(|_| jobs.wait_until_finished(&job()));
                drop(wait_all(waits).collect::<Vec<_>>().await);
            }
            "safe deletion" => drop(buckets.delete_safely(&parsed(BUCKET)).await),
            "fleet" => {
                let fleet = project.export_fleet(&parsed(BUCKET)).await_exports();
                drop(fleet.plan().await.unwrap().run().finish().await);
            }
            operation => drop(call(&client, operation).await),
        }
    })
}

#[derive(Clone, Copy, Debug)]
struct Setting {
    in_flight: usize,
    warm: bool,
    limited: bool,
    kind: CredentialKind,
}

const SETTINGS: [Setting; 10] = {
    let mut settings = [Setting {
        in_flight: 1,
        warm: false,
        limited: false,
        kind: CredentialKind::ApiKey,
    }; 10];
    let mut n = 0;
    while n < 8 {
        settings[n] = Setting {
            in_flight: if n & 1 == 0 { 1 } else { 8 },
            warm: n & 2 != 0,
            limited: n & 4 != 0,
            kind: CredentialKind::ApiKey,
        };
        n += 1;
    }
    // A token is another way to the same slots and limits: with and without one.
    settings[8].kind = CredentialKind::ServiceAccount;
    settings[9].kind = CredentialKind::ServiceAccount;
    settings[9].warm = true;
    settings
};

async fn scene(setting: Setting) -> Scene {
    let by_polls = JobProgress::ByPolls {
        queued: 1,
        in_progress: 1,
    };
    let job = json!({"id": JOB, "exportBucketId": BUCKET, "state": "Successful"});
    let builder = exportable()
        .job_progress(by_polls)
        .buckets(PROJECT, 6)
        .job(PROJECT, CLUSTER, job);
    let scene = Scene::in_order(builder).await.known_by(setting.kind);
    let scene = scene.with(|client| client.max_in_flight(setting.in_flight));
    if setting.limited {
        let taught = FAMILIES.map(|operation| {
            scene.inject(operation, empty_bucket(r#"["/",2,4,2,4]"#));
            call(&scene.client, operation)
        });
        for called in join_all(taught).await {
            called.unwrap().unwrap();
        }
    }
    if setting.warm != setting.limited {
        // Warm, or cold again: a nonce that is idle for so long is not good any more.
        if setting.warm {
            scene.buckets.list().await.unwrap();
        } else {
            scene.clock.advance(seconds(61));
        }
    }
    scene.fake.clear_requests();
    scene
}

/// Requests that have come, and answers that have left.
fn events(fake: &FakeAtlas) -> usize {
    let answered = fake.count_requests(|request| request.status.is_some());
    fake.count_requests(|_| true) + answered
}

/// Where something is left: not begun at all, polled once, or after so many events.
#[derive(Clone, Copy, Debug)]
enum Left {
    Unpolled,
    PolledOnce,
    After(usize),
}

/// Polls a future, whenever it is woken, until it is to be left. `None` where it has ended
/// before; otherwise what is kept.
async fn drive(
    mut future: Boxed,
    fake: Arc<FakeAtlas>,
    left: Left,
) -> Option<FuturesUnordered<Kept>> {
    let mut kept: FuturesUnordered<Kept> = FuturesUnordered::new();
    let most = match left {
        Left::After(events) => events,
        Left::PolledOnce if future.as_mut().now_or_never().is_some() => return None,
        Left::PolledOnce | Left::Unpolled => {
            kept.push(Box::pin(future.map(|()| Driven::Ended)));
            return Some(kept);
        }
    };
    kept.push(Box::pin(async move {
        while events(&fake) < most {
            tokio::task::yield_now().await;
        }
        Driven::Watched
    }));
    kept.push(Box::pin(future.map(|()| Driven::Ended)));
    match kept.next().await {
        Some(Driven::Watched) => Some(kept),
        _ => None,
    }
}

type Kept = Pin<Box<dyn Future<Output = Driven> + Send>>;

enum Driven {
    Ended,
    Watched,
}

/// Drives one thing up to an event, keeps it, and makes other calls. Whether it has ended before.
async fn keep(what: &'static str, setting: Setting, left: Left) -> bool {
    let Scene {
        fake,
        clock,
        client,
        project,
        cluster,
        ..
    } = scene(setting).await;
    let fake = Arc::new(fake);
    let kept = begin(what, client.clone());
    let Some(kept) = drive(kept, fake.clone(), left).await else {
        return true;
    };
    let start = clock.elapsed();
    let others = async {
        project.export_buckets().list().await.unwrap();
        cluster.export_jobs().list().await.unwrap();
        cluster.snapshots().list().await.unwrap();
        project.clusters().list().await.unwrap();
    };
    let watchdog = tokio::time::timeout(Duration::from_secs(60), others).await;
    assert!(
        watchdog.is_ok(),
        "{what} left {left:?} stops others: {setting:?}"
    );
    // A token for each of four calls, and one that was let lapse for each.
    let took = clock.elapsed().saturating_sub(start);
    assert!(
        took <= Duration::from_secs(4 * 4),
        "{what} left {left:?} held others up for {took:?}: {setting:?}"
    );
    drop(kept);
    false
}

/// The settings in which the thing of this number is tried: each in two of them, each setting with
/// a fifth of all things, and a read and a creation, the first two, in all.
fn settings(number: usize) -> impl Iterator<Item = Setting> + Send {
    let of_all = number < 2;
    let places = SETTINGS.into_iter().enumerate();
    let chosen = places.filter(move |(place, _)| of_all || (place + number).is_multiple_of(5));
    chosen.map(|(_, setting)| setting)
}

/// As [`settings`], all for each.
fn all_settings(_: usize) -> impl Iterator<Item = Setting> + Send {
    SETTINGS.into_iter()
}

async fn every<S: Iterator<Item = Setting> + Send>(
    things: impl IntoIterator<Item = &'static str, IntoIter: Send> + Send,
    settings: impl Fn(usize) -> S + Send,
) -> usize {
    let mut scenes = 0;
    for (number, what) in things.into_iter().enumerate() {
        for setting in settings(number) {
            let lefts = (1..1_000).map(Left::After);
            let mut ended = false;
            for left in [Left::Unpolled, Left::PolledOnce].into_iter().chain(lefts) {
                scenes += 1;
                ended = keep(what, setting, left).await;
                if ended {
                    break;
                }
            }
            assert!(ended, "{what} does not end");
        }
    }
    scenes
}

#[tokio::test]
async fn an_operation_that_nobody_polls_any_more_stops_no_other_call() {
    let scenes = every(OPERATIONS.iter().map(|operation| operation.id), settings).await;
    println!("operations: {scenes} scenes");
}

#[tokio::test]
async fn a_list_that_nobody_polls_any_more_stops_no_other_call() {
    let scenes = every(LISTS, all_settings).await;
    println!("lists: {scenes} scenes");
}

#[tokio::test]
async fn a_lookup_that_nobody_polls_any_more_stops_no_other_call() {
    let scenes = every(LOOKUPS, all_settings).await;
    println!("lookups: {scenes} scenes");
}

#[tokio::test]
async fn a_wait_that_nobody_polls_any_more_stops_no_other_call() {
    let scenes = every(WAITS, all_settings).await;
    println!("waits: {scenes} scenes");
}
