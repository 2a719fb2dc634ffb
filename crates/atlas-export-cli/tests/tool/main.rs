//! The tool, run as a person runs it: as a process, against FakeAtlas.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic: that is how it fails"
)]

mod changes;
mod credentials;
mod demo;
mod fleets;
mod harness;
mod kubernetes;
mod pages;
mod preflights;
mod reads;
mod requests;
mod shell;
#[cfg(unix)]
mod terminal;
