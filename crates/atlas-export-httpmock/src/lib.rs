//! Typed [`httpmock`] helpers for the MongoDB Atlas snapshot-export API, generated from its
//! OpenAPI contract.
//!
//! For each operation there is a *when* with a method for each parameter, and a *then* with a
//! method for each success. Both convert to httpmock's own with `into_inner()`, for what the
//! contract does not say: headers, errors, broken bodies. Paths match below any prefix, so
//! the same client serves a mock and the real service.
//!
//! ```
//! use atlas_export_httpmock::MockServerExt as _;
//!
//! let server = httpmock::MockServer::start();
//! let project = "32b6e34b3d91647abb20e7b8".parse()?;
//! let mock = server.list_export_buckets(|when, then| {
//!     when.group_id(&project);
//!     then.into_inner()
//!         .status(200)
//!         .header("content-type", "application/json")
//!         .body(r#"{"results": []}"#);
//! });
//! assert_eq!(mock.calls(), 0);
//! # Ok::<(), atlas_export_types::InvalidId>(())
//! ```

// The generator's code is as the generator writes it.
#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used
)]
#[rustfmt::skip]
mod generated;

pub use generated::{MockServerExt, operations};
