//! Behaviour across the crates, over real sockets: a module for each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic: that is how it fails"
)]

mod access_roles;
mod admission;
mod any_operation;
mod cold_clients;
mod completeness;
mod connecting;
mod consistency;
mod contract;
mod counting;
mod crowds;
mod deadlines;
mod deleting;
mod deleting_snapshots;
mod digest;
mod ended_waits;
mod endless_lists;
mod ensuring;
mod export_fleets;
mod failures;
mod faults;
mod fleet_reports;
mod handles;
mod http_client;
mod media;
mod misfits;
mod newest_snapshot;
mod nonces;
mod observing;
mod paging;
mod preflight;
mod private_endpoints;
mod project_fleets;
mod projects;
mod providers;
mod rate_limited_tasks;
mod rate_limits;
mod reading_ahead;
mod recorded_life;
mod reference_pages;
mod resumed_fleets;
mod retrying;
mod rotation;
mod schedules;
mod service_accounts;
mod shutting_down;
mod standing_still;
mod system_status;
mod tolerance;
mod waiting;
mod whole_lists;
mod wire;
mod workflow;
