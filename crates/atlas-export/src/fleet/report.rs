//! What came of a fleet, in a form that stands alone: it can be stored, read again, and handed to
//! who was not there.

use std::fmt;

use atlas_export_api::types::{ExportBucket, ExportJob};
use atlas_export_types::{
    ClusterName, ExportBucketId, ExportJobId, ExportJobState, OneLine, ProjectId, SnapshotId,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    PlannedCluster, SkipReason,
    incomplete::{IncompleteFleet, is_done},
    stored,
};

/// What came of a run, cluster by cluster, in the order of the plan. Complete from the
/// beginning: what has not been done yet is [`Planned`](FleetStatus::Planned).
///
/// It is stored as JSON with `"version": 1`, and checked as a whole when it is read: a higher
/// version, a cluster that is there twice, or a text in the place of an id is refused. Fields
/// that this version of the library does not know are kept and written back. With the feature
/// `schemars` it has a JSON Schema.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FleetReport {
    pub(super) version: u32,
    /// The projects, and where each exports to.
    pub projects: Vec<ProjectReport>,
    /// The clusters.
    pub clusters: Vec<ClusterReport>,
    #[serde(flatten)]
    pub(super) unknown: Map<String, Value>,
}

impl FleetReport {
    pub(super) fn new(projects: Vec<ProjectReport>, clusters: Vec<ClusterReport>) -> Self {
        Self {
            version: stored::VERSION,
            projects,
            clusters,
            unknown: Map::new(),
        }
    }

    /// The same report with what is known now.
    pub(super) fn with(&self, fresh: Self) -> Self {
        Self {
            version: self.version,
            unknown: self.unknown.clone(),
            ..fresh
        }
    }

    /// How many clusters are in a status.
    pub fn count(&self, status: FleetStatus) -> usize {
        let clusters = self.clusters.iter();
        clusters.filter(|cluster| cluster.status == status).count()
    }

    /// The clusters of the lists that did not decode.
    pub fn undecodable(&self) -> impl Iterator<Item = &str> {
        let projects = self.projects.iter();
        projects.flat_map(|project| project.undecodable.iter().map(String::as_str))
    }

    /// What exports that failed or were cancelled have left in the bucket: a part of the files,
    /// below [`location`](ClusterReport::location). Atlas does not delete them, and neither does
    /// this library.
    ///
    /// ```
    /// # fn example(report: &atlas_export::fleet::FleetReport) {
    /// for cluster in report.leftovers() {
    ///     println!("delete {}", cluster.location.as_deref().unwrap_or("what its job wrote"));
    /// }
    /// # }
    /// ```
    pub fn leftovers(&self) -> impl Iterator<Item = &ClusterReport> {
        self.clusters.iter().filter(|cluster| {
            let status = cluster.status;
            matches!(status, FleetStatus::Failed | FleetStatus::Cancelled) && cluster.job.is_some()
        })
    }

    /// The report, if every cluster is exported that was to be.
    ///
    /// ```no_run
    /// # async fn example(plan: atlas_export::fleet::FleetPlan) -> Result<(), atlas_export::Error> {
    /// let report = plan.run().finish().await.into_result()?;
    /// println!("{} clusters, all exported", report.clusters.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`IncompleteFleet`], which has the report, where a cluster is not exported, a project could
    /// not be looked at, or one cluster of a list did not decode. An export that was started and
    /// whose end was not waited for is not exported yet.
    pub fn into_result(self) -> Result<Self, IncompleteFleet> {
        let is_whole = self.projects.iter().all(ProjectReport::is_whole);
        if is_whole && self.clusters.iter().all(is_done) {
            Ok(self)
        } else {
            Err(IncompleteFleet::new(self))
        }
    }

    /// Whether nothing is left that [`resume`](super::ExportFleet::resume) would do.
    pub fn is_complete(&self) -> bool {
        let mut projects = self.projects.iter();
        projects.all(|project| project.message.is_none())
            && !self.clusters.iter().any(|cluster| cluster.status.is_open())
    }
}

/// How many clusters came to which end, on one line.
impl fmt::Display for FleetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use FleetStatus::{Cancelled, Error, Failed, Planned, Skipped, Started, Successful};
        let failed = [Failed, Cancelled, Error].map(|status| self.count(status));
        let (exported, skipped) = (self.count(Successful), self.count(Skipped));
        let failed: usize = failed.iter().sum();
        write!(f, "{exported} exported, {skipped} skipped, {failed} failed")?;
        for (status, words) in [(Started, "still being exported"), (Planned, "not started")] {
            let number = self.count(status);
            if number > 0 {
                write!(f, ", {number} {words}")?;
            }
        }
        Ok(())
    }
}

/// A project of a fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProjectReport {
    /// The project.
    pub project: ProjectId,
    /// Where its clusters are exported to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<ExportBucketId>,
    /// The name of that bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket_name: Option<String>,
    /// Why none of its clusters could be looked at, in words. A resumed run tries again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The clusters of its list that did not decode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecodable: Vec<String>,
    #[serde(flatten)]
    pub(super) unknown: Map<String, Value>,
}

impl ProjectReport {
    pub(super) fn new(project: ProjectId) -> Self {
        Self {
            project,
            bucket: None,
            bucket_name: None,
            message: None,
            undecodable: Vec::new(),
            unknown: Map::new(),
        }
    }

    /// Whether all of its clusters are in the report.
    pub(super) fn is_whole(&self) -> bool {
        self.message.is_none() && self.undecodable.is_empty()
    }
}

/// What came of one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ClusterReport {
    /// The project that it is in.
    pub project: ProjectId,
    /// The cluster.
    pub cluster: ClusterName,
    /// How far it is.
    pub status: FleetStatus,
    /// Whether it was asked for by its name, so that not to export it is an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
    /// How many replica sets it has: its shards, or 1.
    #[serde(default = "one")]
    pub replica_sets: u32,
    /// The snapshot that is exported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotId>,
    /// When the snapshot was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_at: Option<DateTime<Utc>>,
    /// The size of the snapshot, where Atlas tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<ExportJobId>,
    /// The state of the export, as Atlas told it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ExportJobState>,
    /// When the export was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// When the export ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
    /// How long the export took, from its creation to its end, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
    /// Below which prefix its files lie in the bucket, as Atlas tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The URI below which its files lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Why it is not exported, where that is known as a code. One that this version does not
    /// know is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<String>"))]
    pub reason: Option<SkipReason>,
    /// Why it was skipped, or what went wrong, in words. Of a stored report, it holds what the
    /// report held: `Display` of this type shows it on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(flatten)]
    pub(super) unknown: Map<String, Value>,
}

fn one() -> u32 {
    1
}

impl ClusterReport {
    /// The same of a cluster that was asked for by its name, or was not. Who asks for a cluster
    /// by its name counts on its export.
    pub(super) fn named(mut self, named: bool) -> Self {
        self.named = named;
        if named && self.status == FleetStatus::Skipped {
            self.status = FleetStatus::Error;
        }
        self
    }

    pub(super) fn new(planned: &PlannedCluster, status: FleetStatus) -> Self {
        Self {
            project: planned.project.clone(),
            cluster: planned.cluster.clone(),
            status,
            named: false,
            replica_sets: planned.replica_sets,
            snapshot: planned.snapshot.clone(),
            snapshot_at: planned.snapshot_at,
            bytes: planned.bytes,
            job: None,
            state: None,
            created_at: None,
            finished_at: None,
            duration_seconds: None,
            prefix: None,
            location: None,
            reason: None,
            message: None,
            unknown: Map::new(),
        }
    }

    /// What Atlas tells of its export. What it does not tell any more stays.
    pub(super) fn tell_facts(&mut self, job: &ExportJob, bucket: Option<&ExportBucket>) {
        fn update<T: Clone>(known: &mut Option<T>, told: Option<&T>) {
            if told.is_some() {
                *known = told.cloned();
            }
        }
        update(&mut self.state, job.state.as_ref());
        update(&mut self.created_at, job.created_at.as_ref());
        update(&mut self.finished_at, job.finished_at.as_ref());
        if let (Some(from), Some(to)) = (self.created_at, self.finished_at) {
            let seconds = to.signed_duration_since(from).num_seconds();
            self.duration_seconds = u64::try_from(seconds).ok();
        }
        update(&mut self.prefix, job.prefix.as_ref());
        let location = bucket.and_then(|bucket| bucket.uri_of(job));
        update(&mut self.location, location.as_ref());
    }
}

/// The cluster, its status, and the words about it, on one line.
impl fmt::Display for ClusterReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.cluster, self.status)?;
        match &self.message {
            Some(message) => write!(f, ", {}", OneLine(message)),
            None => Ok(()),
        }
    }
}

/// How far a cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum FleetStatus {
    /// There is nothing to export, and the cluster was not asked for by its name.
    Skipped,
    /// Nothing has been done yet, as far as the report knows.
    Planned,
    /// Its export is active; nobody waited for the end.
    Started,
    /// It is exported.
    Successful,
    /// Its export failed. Atlas does not repeat it, and neither does a resumed run.
    Failed,
    /// Its export was cancelled.
    Cancelled,
    /// It could not be looked at, or its export not be started or watched; or it was asked for
    /// by name and cannot be exported. A resumed run tries again; an export that is known is
    /// looked at again, never started again.
    Error,
}

impl FleetStatus {
    /// Whether a resumed run has something to do.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Started | Self::Error)
    }
}
