//! What people ask of the generated models: where a bucket is, why a job failed, what kind of
//! hardware a cluster has, whether a role can be used,
//! what a private endpoint lacks. Views only: nothing here changes what was received.

mod bucket;
mod cluster;
mod endpoint;
mod job;
mod location;
mod role;
mod status;

pub use bucket::{BucketTarget, split_service_url};
pub use cluster::{NotExportable, Tier};
pub use endpoint::MissingEndpoint;
pub use job::JobReason;
pub use status::{RoleCheck, UnknownRole};
