//! What takes its time: many calls, many changes, many clusters, many cases. Debug builds have a part
//! of each; `cargo test --profile storms`, as CI runs it, all.
#![allow(clippy::print_stdout, reason = "the figures are worth reading")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic: that is how it fails"
)]

mod calls;
mod churn;
mod fleets;
#[cfg(fuzzing_entries)]
mod parsers;
