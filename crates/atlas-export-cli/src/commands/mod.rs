//! A file for each command.

pub(crate) mod auto_export;
pub(crate) mod buckets;
pub(crate) mod clusters;
pub(crate) mod demo;
pub(crate) mod fleet;
pub(crate) mod jobs;
pub(crate) mod preflight;
pub(crate) mod request;
pub(crate) mod roles;
pub(crate) mod shell;
pub(crate) mod snapshots;
