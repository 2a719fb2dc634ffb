//! What a transport sees of this crate, through its public face alone.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cross_check;
mod interleavings;
mod redaction;
mod rules;
mod toy_server;
