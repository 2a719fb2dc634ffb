//! Service accounts: one token for all, and what comes of one that there is not.

mod counts;
mod refusals;
mod revoking;
mod tasks;

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use atlas_export::{Client, Error, ErrorKind};
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, Match};
use atlas_export_tests::{PROJECT, TestClock, account_client_of};
use futures_util::future::join_all;
use http::Method;

const TOKEN: &str = "/api/oauth/token";
const REVOKE: &str = "/api/oauth/revoke";

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A fake, a client of it with its service account, and the clock of both.
async fn start(builder: FakeAtlasBuilder) -> (FakeAtlas, Client, TestClock) {
    let clock = TestClock::default();
    let fake = builder.clock(Arc::new(clock.clone())).start().await;
    let fake = fake.unwrap();
    let client = account_client_of(&fake).clock(Arc::new(clock.clone()));
    (fake, client.build().unwrap(), clock)
}

/// The requests to the token endpoint.
fn token_endpoint() -> Match {
    Match::request(Method::POST, TOKEN)
}

/// How many requests went to this path.
fn requests_to(fake: &FakeAtlas, path: &str) -> usize {
    let requests = fake.requests();
    requests.iter().filter(|r| r.path == path).count()
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

/// Polls a future once, which is not over by then.
async fn begin<F: Future + Unpin>(future: &mut F) {
    poll_fn(|context| {
        assert!(Pin::new(&mut *future).poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// The kind and the words of a call that fails.
async fn refusal(client: &Client) -> (ErrorKind, String) {
    let error = list(client).await.unwrap_err();
    (error.kind(), error.to_string())
}
