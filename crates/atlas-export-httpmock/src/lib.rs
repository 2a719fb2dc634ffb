//! Typed [`httpmock`] helpers for the MongoDB Atlas snapshot-export API, generated from its
//! OpenAPI contract.
//!
//! For each operation there is a *when* with a method for each parameter, and a *then* with a
//! method for each success. Both convert to httpmock's own with `into_inner()`, for what the
//! contract does not say: headers, errors, broken bodies. Paths match below any prefix, so
//! the same client serves a mock and the real service.
//!
//! A body is anything that serde writes, JSON as a rule, and is checked: one that does not read as
//! the type of the contract is a panic of the test, which says what does not fit.
//!
//! ```
//! use atlas_export_httpmock::MockServerExt as _;
//!
//! let server = httpmock::MockServer::start();
//! let project = "32b6e34b3d91647abb20e7b8".parse()?;
//! let mock = server.list_export_buckets(|when, then| {
//!     when.group_id(&project);
//!     then.ok(&serde_json::json!({"results": []}));
//! });
//! assert_eq!(mock.calls(), 0);
//! # Ok::<(), atlas_export_types::InvalidId>(())
//! ```

mod fitting;
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

pub(crate) use fitting::fitting;
pub use generated::{MockServerExt, operations};

#[cfg(test)]
mod tests {
    use super::MockServerExt as _;

    #[test]
    #[should_panic(expected = "does not fit ExportBucketPage of the contract: missing field")]
    fn an_answer_that_atlas_cannot_give_is_refused() {
        let server = httpmock::MockServer::start();
        server.list_export_buckets(|_, then| drop(then.ok(&serde_json::json!({"items": []}))));
    }
}
