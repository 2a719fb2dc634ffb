//! What Atlas does for a request whose sender is known: one handler an operation, the routes that lead
//! to it, and the answer.

pub(crate) mod access_roles;
pub(crate) mod atlas;
pub(crate) mod buckets;
pub(crate) mod call;
pub(crate) mod clusters;
pub(crate) mod handlers;
pub(crate) mod jobs;
pub(crate) mod oauth;
pub(crate) mod options;
pub(crate) mod private_endpoints;
pub(crate) mod projects;
pub(crate) mod response;
pub(crate) mod routes;
pub(crate) mod schedules;
pub(crate) mod service;
pub(crate) mod sharded_snapshots;
pub(crate) mod snapshots;
pub(crate) mod system_status;
