//! Who is measured.

#[cfg(feature = "peers")]
mod atlas_cli;
#[cfg(feature = "peers")]
mod diqwest;
mod floor;
mod floor_digest;
mod models;
mod ours;

use std::{env, future::Future, hint::black_box};

use tokio::runtime::{Builder, Runtime};

use crate::{
    Failure,
    figures::{Figures, Seen, Start},
    work::{Place, Work},
};

/// Something that can do the work.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    does: fn(Work, &Place) -> Result<Figures, Failure>,
}

impl Contender {
    pub(crate) fn run(&self, work: Work, place: &Place) -> Result<Figures, Failure> {
        (self.does)(work, place)
    }
}

/// The one that the others are measured against first.
pub(crate) const CONTENDERS: &[Contender] = &[
    Contender {
        name: "floor",
        what: "by hand on reqwest and serde: one nonce, got once and shared; one page after the other",
        does: floor::one_by_one,
    },
    Contender {
        name: "floor-8",
        what: "by hand: one challenge, the first page alone, then eight pages at a time",
        does: floor::eight,
    },
    Contender {
        name: "ours",
        what: "the SDK as it comes",
        does: ours::one_by_one,
    },
    Contender {
        name: "ours-8",
        what: "the SDK, list().concurrency(8)",
        does: ours::eight,
    },
    Contender {
        name: "ours-8-long",
        what: "the SDK, list().concurrency(8).expecting(items)",
        does: ours::eight_expecting,
    },
    #[cfg(feature = "peers")]
    Contender {
        name: "diqwest",
        what: "diqwest 3, credentials with each request",
        does: diqwest::each,
    },
    #[cfg(feature = "peers")]
    Contender {
        name: "diqwest-session",
        what: "diqwest 3, a session",
        does: diqwest::session,
    },
    #[cfg(feature = "peers")]
    Contender {
        name: "atlas-cli",
        what: "mongodb-atlas-cli 0.3, operations of one's own",
        does: atlas_cli::all,
    },
];

/// What is said of a contender that has no way to do a work.
pub(crate) fn cannot(why: &str) -> Result<Figures, Failure> {
    Err(format!("cannot: {why}").into())
}

/// A runtime as programs have it, or, where instructions are counted, one of a single thread.
fn runtime() -> Result<Runtime, Failure> {
    let mut builder = if env::var_os("CONTENDER_ONE_THREAD").is_some() {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    Ok(builder.enable_all().build()?)
}

fn measured(
    runtime: &Runtime,
    work: impl Future<Output = Result<Seen, Failure>>,
) -> Result<Figures, Failure> {
    let start = Start::now();
    let seen = black_box(counted(runtime, work))?;
    start.end(seen)
}

/// Inside which a profiler counts instructions: its option names this function.
#[inline(never)]
fn counted(
    runtime: &Runtime,
    work: impl Future<Output = Result<Seen, Failure>>,
) -> Result<Seen, Failure> {
    runtime.block_on(work)
}

/// Builds something again and again.
fn measured_building<T>(
    times: usize,
    build: impl Fn() -> Result<T, Failure>,
) -> Result<Figures, Failure> {
    let start = Start::now();
    built(times, build)?;
    let count = u64::try_from(times)?;
    start.end(Seen { count, checksum: 0 })
}

/// As [`counted`].
#[inline(never)]
fn built<T>(times: usize, build: impl Fn() -> Result<T, Failure>) -> Result<(), Failure> {
    for _ in 0..times {
        black_box(build()?);
    }
    Ok(())
}
