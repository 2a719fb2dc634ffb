//! TLS over real sockets, apart from the other behaviour, which need not be built anew where there
//! is another library for it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic: that is how it fails"
)]

mod connections;
mod options;
