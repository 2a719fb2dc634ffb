//! Waiting for something that Atlas does by itself, by looking at it again and again.
//!
//! A job, a snapshot, an access role or a private endpoint is waited for in the same way: [`Wait`] is made by
//! [`ExportJobs::wait_until_finished`](crate::ExportJobs::wait_until_finished),
//! [`Snapshots::wait_until_completed`](crate::Snapshots::wait_until_completed),
//! [`AccessRoles::wait_until_usable`](crate::AccessRoles::wait_until_usable) and
//! [`PrivateEndpoints::wait_until_active`](crate::PrivateEndpoints::wait_until_active). Await it, read it as a
//! stream, or hand many of them to [`wait_all`].
//!
//! ```no_run
//! # async fn example(jobs: atlas_export::ExportJobs, id: atlas_export::ExportJobId) {
//! use std::time::Duration;
//! use atlas_export::wait::WaitError;
//!
//! match jobs.wait_until_finished(&id).max_wait(Duration::from_secs(60 * 60)).await {
//!     Ok(job) => println!("exported to {:?}", job.prefix),
//!     Err(WaitError::MaxWaitExceeded { .. }) => println!("still running"),
//!     Err(error) => println!("{error}"),
//! }
//! # }
//! ```
//!
//! The pause between two looks grows with the age of what is waited for, so that a short one
//! is noticed soon and a long one costs little. A look that fails in a way that passes is
//! repeated with the next one; every wait has an end.

mod all;
mod builder;
mod error;
mod newborn;
mod polling;
mod progress;
mod turns;
mod waitable;

pub use all::{WaitAll, Waited, wait_all};
pub use builder::Wait;
pub use error::WaitError;
pub(crate) use polling::MAX_WAIT;
pub use progress::{Progress, ProgressStream};
pub use waitable::Waitable;
pub(crate) use waitable::{End, Looking, sealed::Sealed};
