//! TLS over real sockets, apart from the other behaviour, so that each choice of a library for it is
//! tried without building the rest.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic: that is how it fails"
)]

mod connections;
mod options;
