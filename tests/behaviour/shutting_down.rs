//! Ends: of a client, of a runtime, of a task; and calls where there is no runtime at all.

use std::{
    future::IntoFuture as _,
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, Instant, SystemTime},
};

use atlas_export::{
    ErrorKind,
    clock::{Clock, Sleep, SystemClock},
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, Match, Moment, Turnstile};
use atlas_export_tests::{
    CredentialKind, PROJECT, Scene, TestClock, buckets_of, client_at, client_of, empty_bucket,
    new_bucket, seconds,
};
use futures_util::{FutureExt as _, future::join};
use tokio::runtime::{Builder, Runtime};

async fn one_bucket() -> Scene {
    Scene::in_order(FakeAtlas::builder().buckets(PROJECT, 1)).await
}

#[tokio::test]
async fn a_client_that_is_shut_down_lets_calls_end_and_none_begin() {
    for kind in CredentialKind::BOTH {
        let scene = one_bucket().await.known_by(kind);
        let turnstile = Turnstile::new();
        scene
            .fake
            .inject_for(Match::any().authenticated(), Fault::delay(&turnstile));
        let call = async { scene.buckets.list().await };
        let ending = async {
            turnstile.arrived(1).await;
            let (cut_off, refused) = join(scene.client.shutdown(seconds(60)), async {
                let refused = scene.buckets.list().await.unwrap_err();
                turnstile.open();
                refused
            })
            .await;
            assert_eq!((refused.kind(), refused.attempts()), (ErrorKind::Config, 0));
            assert!(refused.to_string().contains("shut down"), "{refused}");
            cut_off
        };
        let (listed, cut_off) = join(call, ending).await;
        listed.unwrap();
        assert_eq!((cut_off, scene.clock.elapsed()), (0, Duration::ZERO));
        // On every clone, and again without harm.
        assert_eq!(scene.client.clone().shutdown(seconds(1)).await, 0);
        scene.fake.clear_requests();
        scene.buckets.list().await.unwrap_err();
        assert!(scene.fake.requests().is_empty());
    }
}

#[tokio::test]
async fn what_does_not_end_in_time_is_cut_off_and_told() {
    for kind in CredentialKind::BOTH {
        let scene = one_bucket().await.known_by(kind);
        scene.buckets.list().await.unwrap();
        scene.inject(
            ids::CREATE_EXPORT_BUCKET,
            Fault::silence().at(Moment::Acted),
        );
        scene
            .fake
            .inject_for(Match::operation(ids::LIST_EXPORT_BUCKETS), Fault::silence());
        let calls = join(
            async { scene.buckets.create(new_bucket("example-bucket")).await },
            async { scene.buckets.list().await },
        );
        let ((created, listed), cut_off) = join(calls, async {
            // Once both are on the wire.
            scene.clock.pass(seconds(1)).await;
            scene.client.shutdown(seconds(10)).await
        })
        .await;
        assert_eq!((cut_off, scene.clock.elapsed()), (2, seconds(11)));
        assert_eq!(created.unwrap_err().kind(), ErrorKind::Ambiguous);
        assert_eq!(listed.unwrap_err().kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn a_call_that_nobody_polls_does_not_keep_a_client_from_ending() {
    let scene = one_bucket().await;
    let mut kept = Box::pin(async { scene.buckets.list().await });
    assert!(kept.as_mut().now_or_never().is_none());
    assert_eq!(scene.client.shutdown(seconds(10)).await, 1);
    // Its request had ended; it was only not told.
    kept.await.unwrap();
}

#[tokio::test]
async fn a_call_that_is_dropped_stops_its_request() {
    for kind in CredentialKind::BOTH {
        let scene = one_bucket().await.known_by(kind);
        // A token would be nobody's own.
        scene.buckets.list().await.unwrap();
        scene.fake.clear_requests();
        let turnstile = Turnstile::new();
        scene.fake.inject(Fault::delay(&turnstile));
        {
            let mut call = pin!(scene.buckets.list().into_future());
            assert!(call.as_mut().now_or_never().is_none());
            turnstile.arrived(1).await;
        }
        // Nothing is left of it.
        assert_eq!(scene.client.shutdown(seconds(600)).await, 0);
        assert_eq!(scene.fake.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_call_that_a_rate_limit_holds_back_is_cut_off_too() {
    for kind in CredentialKind::BOTH {
        let scene = one_bucket().await.known_by(kind);
        let refusal = empty_bucket(r#"["/",200,1,1,200]"#);
        scene.fake.inject_for(Match::any().authenticated(), refusal);
        let (listed, (cut_off, when)) = join(
            async { (scene.buckets.list().await, scene.clock.elapsed()) },
            async {
                scene.clock.pass(seconds(1)).await;
                let cut_off = scene.client.shutdown(seconds(5)).await;
                (cut_off, scene.clock.elapsed())
            },
        )
        .await;
        assert_eq!((cut_off, when), (1, seconds(6)));
        assert_eq!(listed.0.unwrap_err().kind(), ErrorKind::Config);
        assert_eq!(listed.1, seconds(6));
    }
}

#[test]
fn outside_of_a_runtime_and_beside_one_that_stands_still_shutting_down_comes_to_an_end() {
    let still = Builder::new_current_thread().enable_all().build().unwrap();
    let (other, servers) = (runtime(), runtime());
    let turnstile = Turnstile::new();
    let fake = servers.block_on(FakeAtlas::builder().buckets(PROJECT, 1).start());
    let fake = fake.unwrap();
    fake.inject(Fault::delay(&turnstile));
    let client = client_of(&fake).build().unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    let mut kept = Box::pin(async { buckets.list().await });
    still.block_on(async {
        assert!(kept.as_mut().now_or_never().is_none());
        turnstile.arrived(1).await;
    });
    assert_eq!(
        other.block_on(client.shutdown(Duration::from_millis(10))),
        1
    );
    let again = client.shutdown(seconds(600)).now_or_never();
    assert_eq!(again, Some(1));
    drop((kept, still));
}

/// Whether its randomness panics.
#[derive(Debug)]
struct Broken {
    clock: TestClock,
    panics: AtomicBool,
}

impl Clock for Broken {
    fn now(&self) -> Instant {
        Clock::now(&self.clock)
    }

    fn wall(&self) -> SystemTime {
        Clock::wall(&self.clock)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.clock.sleep(duration)
    }

    fn guard(&self, duration: Duration) -> Sleep {
        self.clock.guard(duration)
    }

    fn random(&self) -> io::Result<[u8; 16]> {
        assert!(!self.panics.load(Ordering::Relaxed), "no randomness");
        Ok([0; 16])
    }
}

#[tokio::test]
async fn a_task_that_panics_is_an_error_of_its_call_alone() {
    let scene = Scene::start(FakeAtlas::builder().buckets(PROJECT, 1)).await;
    let clock = Arc::new(Broken {
        clock: TestClock::default(),
        panics: AtomicBool::new(true),
    });
    let client = scene.another().clock(clock.clone());
    let buckets = buckets_of(client.max_in_flight(1));
    let error = buckets
        .create(new_bucket("example-bucket"))
        .await
        .unwrap_err();
    // Nothing had gone out, so nothing is ambiguous about it.
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("panicked"), "{error}");
    clock.panics.store(false, Ordering::Relaxed);
    // It has given its slot back.
    buckets.list().await.unwrap();
}

#[test]
fn outside_of_a_runtime_a_call_is_an_error_that_says_so() {
    let buckets = buckets_of(client_at("http://127.0.0.1:9"));
    let mut call = pin!(buckets.list().into_future());
    let Poll::Ready(outcome) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits for what cannot come");
    };
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
    assert!(error.to_string().contains("runtime"), "{error}");
}

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_client_outlives_one_of_its_two_runtimes() {
    let (first, second, servers) = (runtime(), runtime(), runtime());
    let turnstile = Turnstile::new();
    let fake = servers.block_on(FakeAtlas::builder().buckets(PROJECT, 1).start());
    let fake = fake.unwrap();
    let buckets = buckets_of(client_of(&fake).clock(Arc::new(SystemClock)));
    // Connections and lanes are those of the first.
    first.block_on(async { buckets.list().await.unwrap() });
    let acted = Match::operation(ids::CREATE_EXPORT_BUCKET).authenticated();
    fake.inject_for(acted, Fault::delay(&turnstile).at(Moment::Acted));
    let mut creating = Box::pin(async { buckets.create(new_bucket("example-bucket")).await });
    // The request runs on the first, its caller waits on the second.
    first.block_on(async {
        assert!(creating.as_mut().now_or_never().is_none());
        turnstile.arrived(1).await;
    });
    first.shutdown_background();
    let error = second.block_on(creating).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
    assert!(
        error.to_string().contains("runtime was shut down"),
        "{error}"
    );
    turnstile.open();
    second.block_on(async { buckets.list().await.unwrap() });
    drop(fake);
}
