//! Preflight: whether an export would succeed, found out without beginning one.
//!
//! Each check is passed, failed or unknown, with what was seen and what to do. It only reads, and
//! works with whatever the credentials may see: what they may not see is unknown, never guessed.
//!
//! ```text
//! mod.rs      what is asked for
//! check.rs    a check, and the report of all
//! looks.rs    what is read for them
//! of_bucket.rs, of_cluster.rs, of_key.rs   what it means
//! ```

mod check;
mod looks;
mod of_bucket;
mod of_cluster;
mod of_key;

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use atlas_export_types::{ClusterName, ExportBucketId, InvalidClusterName};

use self::looks::Looks;
use crate::{Error, Project, project::InvalidHandle, request::call_options};

pub use check::{Check, CheckKind, CheckOutcome, PreflightReport};

/// How long an export is taken to last, by default.
const EXPORT_TAKES: Duration = Duration::from_secs(3600);

/// The operations that an export through this library uses, by their ids.
const OPERATIONS: [&str; 5] = [
    "getExportBucket",
    "listSnapshots",
    "listExportJobs",
    "createExportJob",
    "getExportJob",
];

/// A preflight that is about to be made. Made by
/// [`Project::preflight`](crate::Project::preflight).
///
/// ```no_run
/// # async fn example(
/// #     project: atlas_export::Project,
/// #     bucket: atlas_export::ExportBucketId,
/// # ) -> Result<(), atlas_export::Error> {
/// let report = project.preflight(&bucket).cluster("Cluster0").await?;
/// for check in report.failed() {
///     println!("{check}"); // what was seen, and what to do
/// }
/// assert!(report.is_ready(), "{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is looked at until it is awaited"]
pub struct Preflight {
    project: Project,
    bucket: ExportBucketId,
    cluster: Option<Result<ClusterName, InvalidClusterName>>,
    export_takes: Duration,
    operations: Vec<String>,
}

impl Preflight {
    pub(crate) fn new(project: &Project, bucket: ExportBucketId) -> Self {
        Self {
            project: project.made_for_one(),
            bucket,
            cluster: None,
            export_takes: EXPORT_TAKES,
            operations: OPERATIONS.map(str::to_owned).to_vec(),
        }
    }

    /// Looks at this cluster too, by name or text: its tier, its backup, its newest snapshot and
    /// the exports of that.
    pub fn cluster<N>(mut self, name: N) -> Self
    where
        N: TryInto<ClusterName, Error: Into<InvalidClusterName>>,
    {
        self.cluster = Some(name.try_into().map_err(Into::into));
        self
    }

    /// How long an export takes, by default an hour: a snapshot that expires sooner fails its
    /// check.
    pub fn export_takes(mut self, duration: Duration) -> Self {
        self.export_takes = duration;
        self
    }

    /// Asks whether the roles suffice for another operation, by its id in the contract, besides
    /// those that an export uses.
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operations.push(operation.into());
        self
    }

    call_options!(project);

    async fn look(self) -> Result<PreflightReport, Error> {
        let Self { project, .. } = &self;
        let project_id = project.id()?;
        self.bucket.well_formed()?;
        let cluster = match self.cluster.clone().transpose() {
            Ok(cluster) => cluster.map(|name| project.cluster(name)),
            Err(invalid) => return Err(Error::from(InvalidHandle::Cluster(invalid))),
        };
        let looks = Looks::take(project, &self.bucket, cluster.as_ref()).await;
        let mut checks = of_key::checks(&looks, &self.operations, project_id);
        checks.extend(of_bucket::checks(&looks, &self.bucket));
        if cluster.is_some() {
            let now = project.client().clock().wall().into();
            checks.extend(of_cluster::checks(&looks, now, self.export_takes));
        }
        Ok(PreflightReport::new(checks))
    }
}

/// Looks, and changes nothing.
///
/// # Errors
/// `Config` where the project, the bucket or the cluster is no id or name. What Atlas refuses, or a
/// network loses, is in the report.
impl IntoFuture for Preflight {
    type Output = Result<PreflightReport, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.look())
    }
}

impl fmt::Debug for Preflight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preflight")
            .field("project", &self.project.id().ok())
            .field("bucket", &self.bucket)
            .field("cluster", &self.cluster)
            .field("export_takes", &self.export_takes)
            .finish_non_exhaustive()
    }
}
