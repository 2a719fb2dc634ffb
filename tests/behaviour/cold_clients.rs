//! A crowd on a cold client: over TLS one request goes first, and the others share its connection.

use std::{sync::Arc, time::Duration};

use atlas_export::{ClientBuilder, Error, ErrorKind, PageSize, retry::RetryPolicy};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, Fault, Turnstile};
use atlas_export_tests::{CredentialKind, PROJECT, Recorder, Scene, new_bucket, seconds};
use futures_util::{
    FutureExt as _, StreamExt as _, TryStreamExt as _,
    future::{join, join_all},
    stream::FuturesUnordered,
};

use super::crowds::watched;

/// Longer than anything that is waited for here.
const HOUR: Duration = Duration::from_secs(60 * 60);

fn secure() -> FakeAtlasBuilder {
    FakeAtlas::builder().buckets(PROJECT, 16).tls()
}

/// By a clock that moves to the next guard when nothing else is left to do, with none but that of
/// the turn before an hour is over. It knows nothing of threads, so that no name is looked up.
async fn patient(options: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Scene {
    let scene = Scene::in_order(secure()).await;
    let url = scene.fake.url().replace("localhost", "127.0.0.1");
    scene.with(|client| {
        let client = client.base_url(url).retry(RetryPolicy::none());
        options(client.attempt_timeout(HOUR).call_timeout(HOUR))
    })
}

/// Holds the first request that comes, whoever sends it.
fn hold_the_first(scene: &Scene) -> Turnstile {
    let turnstile = Turnstile::new();
    scene.fake.inject(Fault::delay(&turnstile));
    turnstile
}

async fn list(scene: &Scene) -> Result<(), Error> {
    scene.buckets.list().await.map(drop)
}

async fn create(scene: &Scene, n: usize) -> Result<(), Error> {
    let new = new_bucket(&format!("new-bucket-{n}"));
    scene.buckets.create(new).await.map(drop)
}

#[tokio::test]
async fn a_cold_crowd_of_creations_shares_one_connection() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(secure()).await.known_by(kind);
        let created = join_all((0..32).map(|n| create(&scene, n))).await;
        created.into_iter().collect::<Result<(), _>>().unwrap();
        assert_eq!(scene.fake.buckets(PROJECT).len(), 16 + 32);
        let (connections, requests) = (scene.fake.connections(), scene.fake.requests().len());
        println!("32 cold creations, {kind:?}: {connections} connection, {requests} requests");
        assert_eq!(connections, 1);
    }
}

#[tokio::test]
async fn a_cold_list_of_eight_pages_at_once_shares_one_connection() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(secure()).await.known_by(kind);
        let pages = scene.buckets.list().page_size(PageSize::new(2).unwrap());
        let all = pages.concurrency(8).expecting(16).by_item();
        assert_eq!(all.try_collect::<Vec<_>>().await.unwrap().len(), 16);
        assert_eq!(scene.fake.connections(), 1);
    }
}

#[tokio::test]
async fn after_the_first_answer_a_crowd_by_http_1_is_under_way_at_once() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(secure().http1_only()).await.known_by(kind);
        let turnstile = Turnstile::new();
        let held = turnstile.clone();
        scene.fake.faults_by(move |head| {
            let is_creation = head.operation == Some(ids::CREATE_EXPORT_BUCKET);
            (is_creation && head.authenticated).then(|| Fault::delay(&held))
        });
        let all_at_once = async {
            turnstile.arrived(8).await;
            turnstile.open();
        };
        let crowd = join_all((0..8).map(|n| create(&scene, n)));
        let (created, ()) = watched(join(crowd, all_at_once)).await;
        created.into_iter().collect::<Result<(), _>>().unwrap();
        assert!(scene.fake.connections() >= 8);
    }
}

#[tokio::test]
async fn in_plain_text_nobody_goes_first() {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let turnstile = Turnstile::new();
    let held = turnstile.clone();
    scene
        .fake
        .faults_by(move |head| (!head.authenticated).then(|| Fault::delay(&held)));
    let all_at_once = async {
        turnstile.arrived(8).await;
        turnstile.open();
    };
    let crowd = join_all((0..8).map(|_| list(&scene)));
    let (listed, ()) = watched(join(crowd, all_at_once)).await;
    listed.into_iter().collect::<Result<(), _>>().unwrap();
}

#[tokio::test]
async fn a_first_request_that_is_not_answered_holds_the_others_for_a_second() {
    let scene = patient(|client| client).await;
    let turnstile = hold_the_first(&scene);
    let mut crowd: FuturesUnordered<_> = (0..8).map(|_| list(&scene)).collect();
    watched(async {
        for _ in 1..8 {
            crowd.next().await.unwrap().unwrap();
        }
        turnstile.arrived(1).await;
        assert_eq!(scene.clock.elapsed(), seconds(1));
        // Another has had its answer since, so nobody waits any more.
        list(&scene).await.unwrap();
        assert_eq!(scene.clock.elapsed(), seconds(1));
        assert!(crowd.next().now_or_never().is_none());
        turnstile.open();
        crowd.next().await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn nobody_waits_for_more_than_half_of_its_own_time() {
    let limit = Duration::from_millis(500);
    let of_call = patient(|client| client).await;
    let of_attempts = patient(|client| client.attempt_timeout(limit)).await;
    for (scene, timeout) in [(of_call, limit), (of_attempts, HOUR)] {
        let turnstile = hold_the_first(&scene);
        let mut first = Box::pin(list(&scene));
        assert!(first.as_mut().now_or_never().is_none());
        watched(scene.buckets.list().timeout(timeout))
            .await
            .unwrap();
        assert_eq!(scene.clock.elapsed(), limit / 2);
        turnstile.open();
        watched(first).await.unwrap();
    }
}

#[tokio::test]
async fn a_first_request_that_is_dropped_passes_the_turn_on() {
    let scene = Scene::start(secure()).await;
    let turnstile = hold_the_first(&scene);
    let mut first = Box::pin(list(&scene));
    let mut others = Box::pin(join_all((0..3).map(|_| list(&scene))));
    assert!(first.as_mut().now_or_never().is_none());
    assert!(others.as_mut().now_or_never().is_none());
    watched(turnstile.arrived(1)).await;
    assert_eq!(scene.fake.requests().len(), 1);
    drop(first);
    for listed in watched(others).await {
        listed.unwrap();
    }
    assert_eq!(scene.fake.connections(), 1);
}

#[tokio::test]
async fn a_first_request_that_fails_passes_the_turn_on() {
    let scene = Scene::start(secure()).await;
    let scene = scene.with(|client| client.retry(RetryPolicy::none()));
    scene.fake.inject(Fault::reset());
    let listed = watched(join_all((0..8).map(|_| list(&scene)))).await;
    let failed: Vec<_> = listed.into_iter().filter_map(Result::err).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    // That of the failed one, and one that all others share.
    assert_eq!(
        (failed[0].kind(), scene.fake.connections()),
        (ErrorKind::Transport, 2)
    );
}

#[tokio::test]
async fn a_creation_that_waits_to_go_has_not_gone() {
    let recorder = Arc::new(Recorder::default());
    let scene = patient(|client| client.observer(recorder.clone())).await;
    let turnstile = hold_the_first(&scene);
    let mut first = Box::pin(list(&scene));
    assert!(first.as_mut().now_or_never().is_none());
    let cut_off = async {
        turnstile.arrived(1).await;
        scene.client.shutdown(Duration::ZERO).await
    };
    let (created, cut_off) = watched(join(create(&scene, 0), cut_off)).await;
    let error = created.unwrap_err();
    assert!(!error.may_have_taken_effect(), "{error}");
    assert_eq!((cut_off, scene.clock.elapsed()), (2, Duration::ZERO));
    // The first one alone.
    assert_eq!(recorder.requests().len(), 1);
}
