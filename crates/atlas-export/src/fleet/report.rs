//! What came of a fleet, in a form that can be stored and read again.

use atlas_export_types::{ClusterName, ExportBucketId, ExportJobId, ProjectId, SnapshotId};
use serde::{Deserialize, Serialize};

/// What came of a run, cluster by cluster, in the order of the plan. Complete from the
/// beginning: what has not been done yet is [`Planned`](FleetStatus::Planned).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FleetReport {
    /// The project whose clusters they are.
    pub project: ProjectId,
    /// Where they are exported to.
    pub bucket: ExportBucketId,
    /// The clusters.
    pub clusters: Vec<ClusterReport>,
    /// What the list of clusters held that could not be read.
    pub unreadable: Vec<String>,
}

impl FleetReport {
    /// How many clusters are in a status.
    pub fn count(&self, status: FleetStatus) -> usize {
        let clusters = self.clusters.iter();
        clusters.filter(|cluster| cluster.status == status).count()
    }

    /// Whether nothing is left that [`resume`](crate::ExportFleet::resume) would do.
    pub fn is_complete(&self) -> bool {
        !self.clusters.iter().any(|cluster| cluster.status.is_open())
    }
}

/// What came of one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClusterReport {
    /// The cluster.
    pub cluster: ClusterName,
    /// How far it is.
    pub status: FleetStatus,
    /// The snapshot that is exported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotId>,
    /// The size of the snapshot, where Atlas tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<ExportJobId>,
    /// Why it was skipped, or what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl ClusterReport {
    pub(super) fn new(cluster: ClusterName, status: FleetStatus) -> Self {
        Self {
            cluster,
            status,
            snapshot: None,
            bytes: None,
            job: None,
            message: None,
        }
    }
}

/// How far a cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum FleetStatus {
    /// There is nothing to export.
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
    /// It could not be looked at, or its export not be started or watched. A resumed run tries
    /// again.
    Error,
}

impl FleetStatus {
    /// Whether a resumed run has something to do.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Started | Self::Error)
    }
}
