//! What the tests of the workspace share: a clock that they move, a FakeAtlas with a client that
//! knows its key, and a server that answers what they say.
#![expect(clippy::expect_used, reason = "a test may panic: that is how it fails")]

mod clock;
mod credential_kind;
pub mod every_operation;
pub mod fake_process;
mod operation_storm;
#[cfg(doctest)]
mod pages;
mod recorder;
mod refusals;
mod scene;
mod scripted;
mod storm;
mod tls_front;

use std::time::Duration;

use atlas_export::{Client, ClientBuilder, Credentials, ExportBuckets, NewExportBucket};

pub use clock::TestClock;
pub use credential_kind::CredentialKind;
pub use fake_process::FakeProcess;
pub use operation_storm::storm_of_operations;
pub use recorder::Recorder;
pub use refusals::{empty_bucket, slow_down};
pub use scene::{Scene, client_of, exportable, exportable_clusters, with_bucket};
pub use scripted::{Reply, ScriptedServer};
pub use storm::{Report, fault, storm, storm_of};
pub use tls_front::{Clients, HOST, Hello, Pem, TlsFront};

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

/// A client of whatever is at this address, with a key that nobody there asks for.
pub fn client_at(url: impl Into<String>) -> ClientBuilder {
    Client::builder().base_url(url).credentials(key())
}

/// The export buckets of [`PROJECT`], by a client of these options.
///
/// # Panics
/// Where the options are wrong.
pub fn buckets_of(client: ClientBuilder) -> ExportBuckets {
    let client = client.build().expect("good options");
    client.project(PROJECT).export_buckets()
}

/// A bucket to register.
///
/// # Panics
/// Where no bucket can have this name.
pub fn new_bucket(name: &str) -> NewExportBucket {
    NewExportBucket::aws(name, parsed(ROLE)).expect("a good name")
}

/// So many seconds.
pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A client of a fake, with its service account.
pub fn account_client_of(fake: &atlas_export_fake::FakeAtlas) -> ClientBuilder {
    client_of(fake).credentials(CredentialKind::ServiceAccount.of(fake))
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
