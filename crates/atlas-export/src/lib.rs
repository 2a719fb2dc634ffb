#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//!
//! # By task
//!
//! | You want to | Begin with |
//! |---|---|
//! | export for the first time | [`AccessRoles::set_up_aws`], then [`ExportBuckets::ensure`] and [`ExportJobs::ensure`] |
//! | know whether an export would succeed | [`Project::preflight`] |
//! | export every night, or a fleet | [`Project::export_fleet`], [`Client::export_fleet`], and the module [`fleet`] |
//! | keep exports off the public network | [`PrivateEndpoints`] |
//! | use a service account, or a secret that rotates | [`Credentials`] |
//! | test your code | [FakeAtlas](https://docs.rs/atlas-export-fake), an Atlas inside the process, or [typed mocks](https://docs.rs/atlas-export-httpmock) |
//! | upgrade a resource version | [`ClientBuilder::resource_version`] |
//! | find out what went wrong | [`codes`] and [`ErrorKind`], each with cause and remedy; [`Error::help_url`] leads there |
//! | call an operation that is not here | [`Client::request`] |
//!
//! The repository has these as pages with numbered steps, in `docs/`, and one about reading what
//! was exported. Each command and program in them is run.
//!
//! # The shape of it
//!
//! Handles ([`Client`], [`Project`], [`Cluster`] and the resources of these) are cheap and make no
//! request. Whatever makes a request is an owned value that is awaited, with options in between:
//! `jobs.create(&snapshot, &bucket).custom_data("ticket", "OPS-7").await?`. Every call fails with
//! an [`Error`], and a wait with a [`WaitError`](wait::WaitError), which `?` turns into one.
//!
//! What everybody needs is here; the rest lies with what it is about: [`list`], [`wait`],
//! [`fleet`], [`buckets`], [`access_roles`], [`private_endpoints`], [`jobs`], [`snapshots`], [`models`], [`id`], [`codes`], and what a client
//! is set up with: [`retry`], [`rate`], [`clock`], [`variables`].
//!
//! # What you can rely on
//!
//! - Credentials go to the configured origin alone, over TLS (this machine excepted), and are
//!   in no log line, `Debug` or error.
//! - A creation is sent again only where the server provably did not act on it. Where nobody
//!   can tell, the error is [`ErrorKind::Ambiguous`], and `ensure` finds out by looking.
//! - Nothing received is lost in silence: an item of a list that does not decode is reported
//!   beside its neighbours, and unknown fields and enum values survive.
//! - Every wait, retry and body has a bound that you can set.
//! - Rate limits are kept once they are known, bursts included; callers take turns.
//! - The library prints nothing. It emits [`tracing`] spans and events, without queries,
//!   headers or bodies.
//!
//! Calls need a tokio runtime with time and I/O enabled; without a runtime they are a `Config`
//! error. A call, stream or wait that is kept and not polled holds up no other: requests run on
//! tasks of their own.
//!
//! # Features
//!
//! - `schemars`: the models describe themselves as JSON Schemas.
//! - `profile`: the profiles of the Atlas CLI, in the module `profile`.
//! - `keyring`: what newer versions of it keep in the keychain of the system.
//! - `aws-lc-rs`, which is the default, and `ring`: TLS by rustls, with the cryptography of one or
//!   the other. With both it is aws-lc, unless `ClientBuilder::ring` is called.
//! - `native-tls`: `ClientBuilder::native_tls` uses the TLS library of the system.
//! - `webpki-roots`: `ClientBuilder::webpki_roots` trusts Mozilla's roots in place of the system's.
//! - `reqwest`: `ClientBuilder::http_client` gives the HTTP client underneath its options, tied to
//!   reqwest 0.13.
//!
//! Without any of `aws-lc-rs`, `ring` and `native-tls`, a client reaches this machine over plain
//! HTTP, and an `https` URL is a `Config` error.

pub mod access_roles;
mod auto_export;
mod base_url;
pub mod buckets;
mod builder;
#[cfg(feature = "profile")]
mod chain;
mod client;
pub mod clock;
mod clusters;
pub mod codes;
mod connection;
mod convert;
mod credentials;
mod ensure;
mod environment;
mod error;
pub mod fleet;
#[cfg(any(test, fuzzing, fuzzing_entries))]
#[doc(hidden)]
pub mod fuzzing;
pub mod jobs;
pub mod list;
mod media_type;
mod needed;
pub mod observe;
pub mod preflight;
pub mod private_endpoints;
#[cfg(feature = "profile")]
pub mod profile;
mod project;
mod projects;
mod proxy;
mod redact;
pub mod request;
mod schedule;
pub mod snapshots;
mod transport;
pub mod variables;
mod version;
pub mod wait;

pub use access_roles::AccessRoles;
pub use atlas_export_types::{
    ClusterName, ExportBucketId, ExportJobId, PageSize, ProjectId, RoleId, SnapshotId,
};
pub use auto_export::AutoExport;
pub use buckets::{ExportBuckets, NewExportBucket};
pub use builder::ClientBuilder;
pub use client::Client;
pub use clusters::Clusters;
pub use credentials::Credentials;
pub use ensure::{Ensured, Existing};
pub use environment::Environment;
pub use error::{Error, ErrorKind};
pub use jobs::ExportJobs;
pub use private_endpoints::PrivateEndpoints;
pub use project::{Cluster, Project};
pub use projects::Projects;
pub use request::Request;
/// The HTTP client underneath, for [`ClientBuilder::http_client`].
#[cfg(feature = "reqwest")]
pub use reqwest;
pub use schedule::Schedule;
pub use snapshots::Snapshots;
pub use version::ApiVersion;

/// Ids and names: what they are of, how a configuration checks them, and what is said of an invalid
/// one, or of an invalid page size.
pub mod id {
    pub use atlas_export_types::{
        ClusterId, ExportBucketId, ExportJobId, Id, IdKind, InvalidClusterName, InvalidId,
        InvalidPageSize, OrganizationId, PrivateEndpointId, ProjectId, RoleId, SnapshotId, strict,
    };
}

/// When a call is tried again.
pub mod retry {
    pub use crate::transport::{Backoff, RetryPolicy};
}

/// Keeping to the rate limits of Atlas.
pub mod rate {
    pub use crate::transport::RateGovernor;
}

/// What Atlas sends, generated from the contract, with the enumerations in it; and what this crate
/// makes of it: settings, tiers, why a cluster cannot be exported, what Atlas says of a refusal.
pub mod models {
    pub use atlas_export_api::types::{
        AccessListEntry, AccessRole, AccessRoleList, ApiKeyDescription, AwsIamRole,
        AzureServicePrincipal, BackupSchedule, ClusterDescription, ClusterSummary, CustomData,
        ExportBucket, ExportJob, ExportJobComponent, ExportStatus, GcpServiceAccount, HardwareSpec,
        Link, PrivateEndpoint, ProjectClusters, ProjectDescription, ProviderSettings, RegionConfig,
        ReplicationSpec, RoleAssignment, ScheduleExport, ShardedSnapshot, Snapshot, SnapshotMember,
        SystemStatus,
    };
    pub use atlas_export_api::{MissingEndpoint, RoleCheck, UnknownRole};
    pub use atlas_export_types::{
        AccessRoleStatus, CloudProvider, ClusterState, ClusterType, ExportJobState,
        ExportStateReason, Frequency, PrivateEndpointStatus, RetentionUnit, SnapshotFrequency,
        SnapshotStatus, SnapshotType, UnknownValue,
    };

    pub use crate::error::{ApiError, FieldError};
    pub use crate::{
        auto_export::AutoExportSettings,
        clusters::{NotExportable, Tier},
    };
}
