//! Requests: how a call is awaited, and calls of any operation of the API.
//!
//! Atlas has some hundreds of operations, and this crate has methods for those of snapshot
//! exports. Any other is called by its path template, through the same pipeline: authentication,
//! retries, rate limits, bounds, envelope, spans and errors are those of every call, and nothing
//! leaves the configured origin.
//!
//! ```no_run
//! use atlas_export::request::Method;
//!
//! #[derive(serde::Deserialize)]
//! struct RestoreJob {
//!     id: String,
//! }
//!
//! # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
//! let mut jobs = atlas
//!     .request(Method::GET, "/groups/{groupId}/clusters/{clusterName}/backup/restoreJobs")
//!     .path("groupId", "32b6e34b3d91647abb20e7b8")
//!     .path("clusterName", "Cluster0")
//!     .version("2023-01-01")
//!     .pages::<RestoreJob>()
//!     .by_item();
//! while let Some(job) = jobs.next().await {
//!     println!("{}", job?.id);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What is sent and received is JSON; operations that answer with files are not for it.

mod awaited;
mod custom;
mod method;
mod options;
mod pages;
mod template;

pub use crate::transport::CallOptions;
pub use awaited::Request;
pub use custom::CustomRequest;
pub use method::Method;
pub(crate) use options::call_options;
