//! What holds for every request, whatever the operation: credentials, versions, queries, pages,
//! request schemas, rates, deprecations, and the errors of all that. It acts on nothing.

pub(crate) mod allowance;
pub(crate) mod authenticator;
pub(crate) mod credentials;
pub(crate) mod deprecations;
pub(crate) mod error;
pub(crate) mod header;
pub(crate) mod invalid_option;
pub(crate) mod limiter;
pub(crate) mod operations;
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod rate_limit;
pub(crate) mod schedule;
#[cfg(feature = "schemas")]
pub(crate) mod schemas;
pub(crate) mod service_account;
pub(crate) mod timetable;
pub(crate) mod token_bucket;
pub(crate) mod version;
