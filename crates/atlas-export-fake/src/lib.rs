//! `FakeAtlas`: a stateful Atlas in the process, on a real loopback port, for tests of
//! whatever talks to Atlas's snapshot exports.
//!
//! It speaks HTTP/1.1 to any client, `curl --digest` included: HTTP Digest with Jetty's nonce rules,
//! both API generations (`/api/atlas/v1.0` and `/api/atlas/v2`), export buckets, export jobs that
//! move from Queued to their end, snapshots, pages, envelopes, and Atlas's errors. Every request on
//! the wire is kept for a test to count.
//!
//! It shares no code with any client on purpose: it would agree with the client's mistakes. It never
//! limits rates, never fails by itself, and knows neither service accounts, schedules nor restores.
//! Where nothing is known of how Atlas answers, the documentation here says *unconfirmed*.
//!
//! Start at [`FakeAtlas`].

mod answer;
mod buckets;
mod builder;
mod clock;
mod digest;
mod error;
mod fake;
mod front;
mod jobs;
mod life;
mod log;
mod page;
mod query;
mod routes;
mod server;
mod snapshots;
mod state;
mod validate;
mod version;

pub use answer::EnvelopeSpelling;
pub use buckets::Bucket;
pub use builder::{DEFAULT_PRIVATE_KEY, DEFAULT_PROJECT_ID, DEFAULT_PUBLIC_KEY, FakeAtlasBuilder};
pub use clock::{Clock, ManualClock, SystemClock};
pub use fake::FakeAtlas;
pub use life::{JobOutcome, JobProgress};
pub use log::RecordedRequest;
pub use page::TotalCount;
pub use snapshots::Snapshot;
