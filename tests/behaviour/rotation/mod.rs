//! Credentials of a provider: asked for once however many calls want them, and anew where the
//! server refuses those that there are.

mod accounts;
mod failing;
mod keys;
mod tasks;

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use atlas_export::{Client, Credentials, Error};
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{PROJECT, TestClock, client_of};
use futures_util::future::join_all;

/// Where a provider of the tests reads its secrets, and how often it has.
#[derive(Clone)]
struct Vault {
    holds: Arc<Mutex<Result<Credentials, &'static str>>>,
    reads: Arc<AtomicUsize>,
    gate: Arc<tokio::sync::Semaphore>,
}

impl Vault {
    fn of(credentials: Credentials) -> Self {
        Self {
            holds: Arc::new(Mutex::new(Ok(credentials))),
            reads: Arc::default(),
            gate: Arc::new(tokio::sync::Semaphore::new(1)),
        }
    }

    fn put(&self, holds: Result<Credentials, &'static str>) {
        *self.holds.lock().unwrap() = holds;
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }

    /// Lets no reading end from now on.
    fn close(&self) {
        self.gate.forget_permits(1);
    }

    fn open(&self) {
        self.gate.add_permits(1);
    }

    fn provider(&self) -> Credentials {
        let vault = self.clone();
        Credentials::provider(move || {
            let vault = vault.clone();
            async move {
                vault.reads.fetch_add(1, Ordering::Relaxed);
                let _open = vault.gate.acquire().await.unwrap();
                let held = vault.holds.lock().unwrap().clone();
                held.map_err(std::io::Error::other)
            }
        })
    }
}

fn first_key(fake: &FakeAtlas) -> Credentials {
    let (public, private) = fake.credentials();
    Credentials::api_key(public, private)
}

const NEW_KEY: (&str, &str) = ("newkeyyy", "11111111-0000-4000-8000-111111111111");

fn new_key() -> Credentials {
    Credentials::api_key(NEW_KEY.0, NEW_KEY.1)
}

fn account(fake: &FakeAtlas, secret: &str) -> Credentials {
    Credentials::service_account(fake.service_account().0, secret)
}

/// A fake, a client of it whose credentials are in a vault, and the clock of both.
async fn start(
    first: impl FnOnce(&FakeAtlas) -> Credentials,
) -> (FakeAtlas, Client, Vault, TestClock) {
    let clock = TestClock::default();
    let fake = FakeAtlas::builder()
        .project(PROJECT)
        .clock(Arc::new(clock.clone()));
    let fake = fake.start().await.unwrap();
    let vault = Vault::of(first(&fake));
    let client = client_of(&fake)
        .credentials(vault.provider())
        .clock(Arc::new(clock.clone()));
    (fake, client.build().unwrap(), vault, clock)
}

async fn list(client: &Client) -> Result<(), Error> {
    let list = client.project(PROJECT).export_buckets().list();
    list.await.map(drop)
}

/// So many calls at once, all of which succeed.
async fn crowd(client: &Client, calls: usize) {
    for outcome in join_all((0..calls).map(|_| list(client))).await {
        outcome.unwrap();
    }
}

/// Until the server has seen so many requests.
async fn seen(fake: &FakeAtlas, requests: usize) {
    while fake.requests().len() < requests {
        tokio::task::yield_now().await;
    }
}

/// Polls a future once, which is not over by then.
async fn begin<F: Future + Unpin>(future: &mut F) {
    poll_fn(|context| {
        assert!(Pin::new(&mut *future).poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}
