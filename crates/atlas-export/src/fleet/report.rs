//! What came of a fleet, in a form that can be stored and read again.

use std::{
    collections::HashSet,
    fmt, fs,
    io::{self, Write as _},
    path::Path,
};

use atlas_export_types::{
    ClusterName, ExportBucketId, ExportJobId, InvalidId, OneLine, ProjectId, SnapshotId,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value};

use super::{
    SkipReason,
    incomplete::{IncompleteFleet, is_done},
};

/// The version of the form in which a report is stored.
const VERSION: u32 = 1;

/// What came of a run, cluster by cluster, in the order of the plan. Complete from the
/// beginning: what has not been done yet is [`Planned`](FleetStatus::Planned).
///
/// It is stored as JSON with `"version": 1`, and checked as a whole when it is read: a higher
/// version, a cluster that is there twice, or a text in the place of an id is refused. Fields
/// that this version of the library does not know are kept and written back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FleetReport {
    version: u32,
    /// The project whose clusters they are.
    pub project: ProjectId,
    /// Where they are exported to.
    pub bucket: ExportBucketId,
    /// The clusters.
    pub clusters: Vec<ClusterReport>,
    /// The clusters of the list that did not decode.
    pub undecodable: Vec<String>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

/// A report as it is stored, before it is checked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    /// Absent in reports that are older than their version.
    #[serde(default = "first_version")]
    version: u32,
    project: ProjectId,
    bucket: ExportBucketId,
    clusters: Vec<ClusterReport>,
    undecodable: Vec<String>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

fn first_version() -> u32 {
    VERSION
}

impl Stored {
    /// What is wrong with it, as an error.
    fn check(&self) -> Result<(), String> {
        let told = |error: InvalidId| error.to_string();
        self.project.well_formed().map_err(told)?;
        self.bucket.well_formed().map_err(told)?;
        let mut seen = HashSet::new();
        for cluster in &self.clusters {
            let name = &cluster.cluster;
            if !seen.insert(name) {
                return Err(format!("cluster {name} is there twice"));
            }
            let of_cluster = |error: InvalidId| format!("cluster {name}: {error}");
            if let Some(snapshot) = &cluster.snapshot {
                snapshot.well_formed().map_err(of_cluster)?;
            }
            if let Some(job) = &cluster.job {
                job.well_formed().map_err(of_cluster)?;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for FleetReport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        if stored.version == 0 || stored.version > VERSION {
            return Err(D::Error::custom(format!(
                "the report has version {}, and this library reads version {VERSION}: read it \
                 with the release that wrote it, or a newer one",
                stored.version
            )));
        }
        stored.check().map_err(|fault| {
            D::Error::custom(format!(
                "the report is damaged: {fault}; take an older copy of it, or plan anew"
            ))
        })?;
        Ok(Self {
            version: stored.version,
            project: stored.project,
            bucket: stored.bucket,
            clusters: stored.clusters,
            undecodable: stored.undecodable,
            unknown: stored.unknown,
        })
    }
}

impl FleetReport {
    pub(super) fn new(
        project: ProjectId,
        bucket: ExportBucketId,
        clusters: Vec<ClusterReport>,
        undecodable: Vec<String>,
    ) -> Self {
        Self {
            version: VERSION,
            project,
            bucket,
            clusters,
            undecodable,
            unknown: Map::new(),
        }
    }

    /// Reads a report from a file.
    ///
    /// This blocks the thread for as long as a small file takes.
    ///
    /// # Errors
    /// Where the file cannot be read; `InvalidData` where it holds no report, one of a higher
    /// version, or a damaged one.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        let text = fs::read(path)?;
        serde_json::from_slice(&text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Writes the report to a file, in whose place there is, whatever happens, either the old
    /// report or the new one: it is written beside the file, as `NAME.new`, and moved.
    ///
    /// This blocks the thread until the disk has it. One process writes a file at a time.
    ///
    /// ```
    /// # fn example(run: &atlas_export::fleet::FleetRun) -> std::io::Result<()> {
    /// use atlas_export::fleet::FleetReport;
    ///
    /// run.report().write("report.json")?;
    /// let stored = FleetReport::read("report.json")?; // for resume()
    /// # let _ = stored;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where the file cannot be written; the old one is then as it was.
    pub fn write(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let mut file = fs::File::create(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    }

    /// How many clusters are in a status.
    pub fn count(&self, status: FleetStatus) -> usize {
        let clusters = self.clusters.iter();
        clusters.filter(|cluster| cluster.status == status).count()
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
    /// [`IncompleteFleet`], which has the report, where a cluster is not exported, or one of the
    /// list did not decode. An export that was started and whose end was not waited for is not exported yet.
    pub fn into_result(self) -> Result<Self, IncompleteFleet> {
        if self.clusters.iter().all(is_done) && self.undecodable.is_empty() {
            Ok(self)
        } else {
            Err(IncompleteFleet::new(self))
        }
    }

    /// Whether nothing is left that [`resume`](super::ExportFleet::resume) would do.
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
    /// Whether it was asked for by its name, so that not to export it is an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
    /// The snapshot that is exported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotId>,
    /// The size of the snapshot, where Atlas tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<ExportJobId>,
    /// Why it is not exported, where that is known as a code. One that this version does not
    /// know is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SkipReason>,
    /// Why it was skipped, or what went wrong, in words. Of a stored report, it holds what the
    /// report held: `Display` of this type shows it on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(flatten)]
    pub(super) unknown: Map<String, Value>,
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

    pub(super) fn new(cluster: ClusterName, status: FleetStatus) -> Self {
        Self {
            cluster,
            status,
            named: false,
            snapshot: None,
            bytes: None,
            job: None,
            reason: None,
            message: None,
            unknown: Map::new(),
        }
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
