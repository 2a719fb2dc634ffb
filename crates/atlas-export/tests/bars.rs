//! The bars of the examples, whose own tests are in their files: cargo does not run the tests of
//! an example and build its program, which other tests run.
#![allow(
    dead_code,
    clippy::print_stdout,
    reason = "a test uses only a part, and the examples print"
)]

macro_rules! say {
    ($($what:tt)*) => { println!($($what)*) };
}

#[path = "../examples/export_fleet/bars.rs"]
mod export_fleet;
#[path = "../examples/export_snapshot/progress.rs"]
mod export_snapshot;
