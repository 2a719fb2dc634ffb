//! What a transport sees of this crate, through its public face alone.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cross_check;
mod interleavings;
mod redaction;
mod rules;
mod toy_server;
