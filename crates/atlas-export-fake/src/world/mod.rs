//! The state of a fake and its own rules: projects, their clusters, export buckets, snapshots and
//! export jobs. It knows no version of the API and no HTTP.

pub(crate) mod access_role;
pub(crate) mod bucket;
pub(crate) mod clock;
pub(crate) mod cluster;
pub(crate) mod endpoint;
pub(crate) mod export_queue;
pub(crate) mod ids;
pub(crate) mod indexed_list;
pub(crate) mod job;
pub(crate) mod job_list;
pub(crate) mod progress;
pub(crate) mod schedule;
pub(crate) mod snapshot;
pub(crate) mod state;
