//! What the tests of the workspace share: a clock that they move, a server that answers what
//! they say, and a FakeAtlas with a client that knows its key.
#![expect(clippy::expect_used, reason = "a test may panic: that is how it fails")]

mod clock;
mod scripted;
mod storm;

use atlas_export::{Client, ClientBuilder, Credentials};
use atlas_export_fake::FakeAtlas;

pub use clock::TestClock;
pub use scripted::{Reply, ScriptedServer};
pub use storm::{Report, fault, storm, storm_of};

/// A project.
pub const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
/// A cluster of it.
pub const CLUSTER: &str = "Cluster0";
/// A cloud-provider access role.
pub const ROLE: &str = "12345678f901a234dbdb00ca";
/// A bucket.
pub const BUCKET: &str = "604f6322dc786a5341d4f7fb";
/// A snapshot.
pub const SNAPSHOT: &str = "5fb6a0e0e5a4d31b5b8ef0b2";
/// A private key, easy to find in a log.
pub const PRIVATE_KEY: &str = "5ec2e75e-c2e7-4000-8000-5ec2e75ec2e7";

/// The key that [`ScriptedServer`]s and mocks do not ask for.
pub fn key() -> Credentials {
    Credentials::api_key("abcdefgh", PRIVATE_KEY)
}

/// A client of a fake, with its key.
pub fn client_of(fake: &FakeAtlas) -> ClientBuilder {
    let (public, private) = fake.credentials();
    Client::builder()
        .base_url(fake.url())
        .credentials(Credentials::api_key(public, private))
}

/// A client of a fake, with its service account.
pub fn account_client_of(fake: &FakeAtlas) -> ClientBuilder {
    let (client_id, client_secret) = fake.service_account();
    client_of(fake).credentials(Credentials::service_account(client_id, client_secret))
}

/// The page of buckets with these results, and nothing else.
pub fn page_of(results: &[String]) -> String {
    format!(r#"{{"results":[{}],"links":[]}}"#, results.join(","))
}

/// Parses what the test itself wrote.
///
/// # Panics
/// Where the test wrote nonsense.
pub fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("the test writes what parses")
}

/// The examples of the README, compiled and, but for the first, run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
