//! The Rust SDK for MongoDB Atlas snapshot exports.
//!
//! Atlas can copy backup snapshots of a cluster into a bucket of yours. This crate registers
//! *export buckets*, runs, watches and lists *export jobs*, takes and lists the *snapshots* that
//! there are to export, sets what clusters export by themselves, and exports whole *fleets*.
//!
//! ```no_run
//! use atlas_export::{Client, NewExportBucket};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let atlas = Client::from_env()?; // or Client::builder()
//! let project = atlas.project("32b6e34b3d91647abb20e7b8".parse()?);
//! let cluster = project.cluster("Cluster0".parse()?);
//!
//! let role = "12345678f901a234dbdb00ca".parse()?;
//! let bucket = project
//!     .export_buckets()
//!     .ensure(NewExportBucket::aws("my-bucket", role)?)
//!     .await?
//!     .into_inner();
//! let snapshot = cluster.snapshots().newest_exportable().await?.ok_or("no snapshot yet")?;
//!
//! let jobs = cluster.export_jobs();
//! let job = jobs.ensure(&snapshot.id, &bucket.id).await?.into_inner();
//! let done = jobs.wait_until_finished(&job.id).await?;
//! println!("exported to {}", done.prefix.unwrap_or_default());
//! # Ok(())
//! # }
//! ```
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
//! Calls want a tokio runtime with time and I/O enabled; outside of one they are a `Config`
//! error. A call, stream or wait that is kept and not polled holds up no other: requests run on
//! tasks of their own.
//!
//! # Features
//!
//! - `schemars`: the models describe themselves as JSON Schemas.
//! - `native-tls`: `ClientBuilder::native_tls` uses the TLS library of the system.

mod access_roles;
mod auto_export;
mod base_url;
mod buckets;
mod builder;
mod client;
pub mod clock;
mod clusters;
mod connection;
mod convert;
mod credentials;
mod ensure;
mod environment;
mod error;
mod fleet;
#[cfg(feature = "raw")]
#[doc(hidden)]
pub mod fuzzing;
mod jobs;
mod media_type;
mod needed;
mod page;
mod project;
mod proxy;
mod redact;
mod snapshots;
mod transport;
pub mod variables;
mod version;
mod wait;

pub use access_roles::AccessRoles;
pub use atlas_export_api::{BucketTarget, JobReason, NotExportable, Tier};
pub use atlas_export_types::{
    ClusterId, ClusterName, Entry, ExportBucketId, ExportJobId, Frequency, Id, InvalidClusterName,
    InvalidId, InvalidPageSize, Kind, PageSize, ProjectId, RoleId, SnapshotId, TolerantList,
    Undecodable,
};
pub use auto_export::{AutoExport, AutoExportSettings};
pub use buckets::{
    BucketUsers, DeleteBucketError, DeleteSafely, DeletedBucket, EnsureExportBucket, ExportBuckets,
    NewExportBucket, UpdateExportBucket,
};
pub use builder::ClientBuilder;
pub use client::Client;
pub use clusters::Clusters;
pub use credentials::Credentials;
pub use ensure::{Ensured, Existing};
pub use environment::Environment;
pub use error::{ApiError, Error, ErrorKind, FieldError};
pub use fleet::{
    ClusterReport, ExportFleet, FleetPlan, FleetReport, FleetRun, FleetStatus, Intent,
    PlannedCluster, SkipReason,
};
pub use jobs::{CreateExportJob, EnsureExportJob, ExportJobs};
pub use page::{ConsistentItems, ConsistentList, Items, List, Page, Pages};
pub use project::{Cluster, Project};
pub use snapshots::{Snapshots, TakeSnapshot};
pub use transport::{Backoff, RateGovernor, RetryPolicy};
pub use version::ApiVersion;
pub use wait::{
    Progress, ProgressStream, SnapshotWaitError, WaitAll, WaitError, WaitUntilCompleted,
    WaitUntilFinished, Waited, wait_all,
};

/// What Atlas sends, generated from the contract, and the enumerations in it.
pub mod models {
    pub use atlas_export_api::types::{
        AccessRoles, AwsIamRole, AzureServicePrincipal, BackupSchedule, ClusterDescription,
        CustomData, ExportBucket, ExportJob, ExportJobComponent, ExportStatus, GcpServiceAccount,
        HardwareSpec, Link, ProviderSettings, RegionConfig, ReplicationSpec, ScheduleExport,
        Snapshot, SnapshotMember,
    };
    pub use atlas_export_types::{
        CloudProvider, ClusterState, ClusterType, ExportJobState, ExportStateReason,
        SnapshotFrequency, SnapshotStatus, SnapshotType, UnknownValue,
    };
}
