//! The fake over its socket: what a client that shares no code with it gets to see.

mod auth;
mod buckets;
mod contract;
mod curl;
mod damage;
mod dates;
mod faults;
mod furniture;
mod goaways;
mod http2;
mod ids;
mod jobs;
mod limits;
mod lists;
mod matching;
mod media;
mod oauth;
mod paths;
mod peer;
mod random_world;
mod raw;
mod schedules;
mod snapshots;
mod style;
mod tls;

/// The project of most tests.
const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
/// An Atlas role.
const ROLE: &str = "12345678f901a234dbdb00ca";
/// A completed snapshot.
const SNAPSHOT: &str = "5f3a1b2c4d5e6f7081920a01";
/// A bucket.
const BUCKET: &str = "6a79f0c20000000000000001";

/// What a test returns: `?` in place of `unwrap`.
type Outcome = Result<(), Box<dyn std::error::Error>>;
