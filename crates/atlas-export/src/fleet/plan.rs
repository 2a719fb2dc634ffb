//! What there is to do, found out without doing it.

use std::fmt;

use atlas_export_api::{operations::LIST_CLUSTERS, types::ClusterDescription};
use atlas_export_types::{
    ClusterName, ExportBucketId, ExportJobId, ExportJobState, ProjectId, SnapshotId,
};
use futures_util::{StreamExt as _, stream};

use super::{
    ClusterReport, ExportFleet, FleetReport, FleetRun, FleetStatus, Options, SkipReason, run,
};
use crate::{Error, Project, error::one_line, needed};

/// What a fleet would do. [`run`](Self::run) does it. `Display` is a line for each cluster,
/// and the sum.
#[derive(Clone)]
#[must_use = "a plan changes nothing until it is run"]
pub struct FleetPlan {
    pub(super) project: Project,
    project_id: ProjectId,
    pub(super) bucket: ExportBucketId,
    pub(super) options: Options,
    clusters: Vec<PlannedCluster>,
    undecodable: Vec<String>,
    /// Whether the clusters were asked for by name.
    named: bool,
    /// What came of the run that is resumed.
    resumed: Option<FleetReport>,
}

/// What would be done with one cluster.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlannedCluster {
    /// The cluster.
    pub cluster: ClusterName,
    /// What would be done.
    pub intent: Intent,
    /// The snapshot that it is about.
    pub snapshot: Option<SnapshotId>,
    /// The size of the snapshot, where Atlas tells it. Exports are billed per gigabyte.
    pub bytes: Option<u64>,
}

/// What would be done with a cluster, and why not.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Intent {
    /// Export its newest snapshot.
    Export,
    /// Its newest snapshot is being exported there already, by this job.
    Join(ExportJobId),
    /// Its newest snapshot is exported there already, by this job.
    AlreadyExported(ExportJobId),
    /// Nothing, and why.
    Skip(SkipReason),
    /// It could not be looked at, and why. A run tries again.
    LookFailed(String),
    /// Nothing, because it ended so in the run that is resumed.
    Ended(FleetStatus),
}

impl FleetPlan {
    /// The clusters, in the order of Atlas's list.
    pub fn clusters(&self) -> &[PlannedCluster] {
        &self.clusters
    }

    /// The clusters of the list that did not decode.
    pub fn undecodable(&self) -> &[String] {
        &self.undecodable
    }

    /// How many exports would be started.
    pub fn exports(&self) -> usize {
        self.to_export().count()
    }

    /// The bytes of the snapshots that would be exported, as far as Atlas tells them.
    pub fn bytes(&self) -> u64 {
        let sizes = self.to_export().filter_map(|cluster| cluster.bytes);
        sizes.fold(0, u64::saturating_add)
    }

    fn to_export(&self) -> impl Iterator<Item = &PlannedCluster> {
        let clusters = self.clusters.iter();
        clusters.filter(|cluster| cluster.intent == Intent::Export)
    }

    /// Carries the plan out. Nothing happens until the run is polled.
    pub fn run(self) -> FleetRun {
        run::begin(self)
    }

    /// What is known before anything is done. A resumed report loses nothing.
    pub(super) fn report(&self) -> FleetReport {
        if let Some(resumed) = &self.resumed {
            return resumed.clone();
        }
        let reports = self.clusters.iter().map(PlannedCluster::report);
        let clusters = reports.map(|report| report.named(self.named)).collect();
        FleetReport::new(
            self.project_id.clone(),
            self.bucket.clone(),
            clusters,
            self.undecodable.clone(),
        )
    }
}

impl PlannedCluster {
    pub(super) fn report(&self) -> ClusterReport {
        let mut report = ClusterReport::new(self.cluster.clone(), FleetStatus::Planned);
        report.snapshot.clone_from(&self.snapshot);
        report.bytes = self.bytes;
        match &self.intent {
            Intent::Export => {}
            Intent::Join(job) => {
                report.status = FleetStatus::Started;
                report.job = Some(job.clone());
            }
            Intent::AlreadyExported(job) => {
                report.status = FleetStatus::Successful;
                report.job = Some(job.clone());
            }
            Intent::Skip(why) => {
                report.status = FleetStatus::Skipped;
                report.message = Some(why.explanation().to_owned());
                report.reason = Some(why.clone());
            }
            Intent::LookFailed(why) => {
                report.status = FleetStatus::Error;
                report.message = Some(why.clone());
            }
            Intent::Ended(status) => report.status = *status,
        }
        report
    }
}

impl fmt::Display for FleetPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.clusters.iter().map(|c| c.cluster.as_str().len());
        let width = widths.max().unwrap_or_default();
        for planned in &self.clusters {
            write!(f, "{:width$}  ", planned.cluster.as_str())?;
            match &planned.intent {
                Intent::Export => f.write_str("export")?,
                Intent::Join(job) => write!(f, "is being exported by {job}")?,
                Intent::AlreadyExported(job) => {
                    write!(f, "was exported by {job}")?;
                }
                Intent::Skip(why) => write!(f, "skip: {}", why.explanation())?,
                Intent::LookFailed(why) => write!(f, "cannot be looked at: {}", one_line(why))?,
                Intent::Ended(status) => write!(f, "ended before: {status:?}")?,
            }
            if let (Intent::Export, Some(bytes)) = (&planned.intent, planned.bytes) {
                write!(f, ", {}", Gigabytes(bytes))?;
            }
            writeln!(f)?;
        }
        for cluster in &self.undecodable {
            writeln!(f, "undecodable: {}", one_line(cluster))?;
        }
        let (exports, all) = (self.exports(), self.clusters.len());
        let sum = Gigabytes(self.bytes());
        write!(f, "{exports} of {all} clusters to export, {sum}")
    }
}

/// Tenths of a gigabyte, in whole numbers.
struct Gigabytes(u64);

impl fmt::Display for Gigabytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0 / 100_000_000;
        write!(f, "{}.{} GB", tenths / 10, tenths % 10)
    }
}

impl fmt::Debug for FleetPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetPlan")
            .field("bucket", &self.bucket)
            .field("clusters", &self.clusters)
            .finish_non_exhaustive()
    }
}

pub(super) async fn make(fleet: ExportFleet) -> Result<FleetPlan, Error> {
    let mut plan = FleetPlan {
        project_id: fleet.project.id()?.clone(),
        project: fleet.project.clone(),
        bucket: fleet.bucket.clone(),
        options: fleet.options.clone(),
        clusters: Vec::new(),
        undecodable: Vec::new(),
        named: fleet.names.is_some(),
        resumed: None,
    };
    if let Some(report) = &fleet.resumed {
        if report.project != plan.project_id || report.bucket != fleet.bucket {
            return Err(Error::config(format!(
                "the report is about project {} and bucket {}, not about this fleet's: resume it \
                 on the same ones",
                report.project, report.bucket
            )));
        }
        plan.undecodable.clone_from(&report.undecodable);
        plan.clusters = report.clusters.iter().map(resumed).collect();
        plan.resumed = Some(report.clone());
        return Ok(plan);
    }
    let mut chosen = Vec::new();
    let mut missing = fleet.names.clone().unwrap_or_default();
    let mut clusters = fleet.project.clusters().list().consistent().by_item();
    let mut places = 0..;
    while let (Some(cluster), Some(index)) = (clusters.next().await, places.next()) {
        match cluster {
            Ok(cluster) => {
                let named = fleet.names.as_ref();
                let named = named.is_none_or(|names| names.contains(&cluster.name));
                missing.remove(&cluster.name);
                if !named || !fleet.choice.as_ref().is_none_or(|choice| choice(&cluster)) {
                    continue;
                }
                match cluster.undecodable_for_export() {
                    None => chosen.push(cluster),
                    Some(field) => {
                        let error =
                            needed::undecodable(&cluster, field, LIST_CLUSTERS.id, None, index);
                        plan.undecodable.push(error.to_string());
                    }
                }
            }
            Err(error) if error.raw().is_some() => plan.undecodable.push(error.to_string()),
            Err(error) => return Err(error.with(|inner| inner.operation = Some(LIST_CLUSTERS.id))),
        }
    }
    let bucket = &fleet.bucket;
    let project = &fleet.project;
    plan.clusters = stream::iter(chosen)
        .map(|cluster| async move { look(project, bucket, cluster).await })
        .buffered(fleet.options.concurrency)
        .collect()
        .await;
    let mut missing: Vec<ClusterName> = missing.into_iter().collect();
    missing.sort();
    let nobody = |cluster| PlannedCluster {
        cluster,
        intent: Intent::Skip(SkipReason::NotFound),
        snapshot: None,
        bytes: None,
    };
    plan.clusters.extend(missing.into_iter().map(nobody));
    Ok(plan)
}

/// What is left to do of a cluster of an earlier run.
fn resumed(report: &ClusterReport) -> PlannedCluster {
    let intent = match (report.status, &report.job, &report.snapshot) {
        // A job that is known is looked at by its id, and never started again.
        (status, Some(job), _) if status.is_open() => Intent::Join(job.clone()),
        (FleetStatus::Error, None, None) => {
            Intent::LookFailed(report.message.clone().unwrap_or_default())
        }
        (status, _, Some(_)) if status.is_open() => Intent::Export,
        (status, _, None) if status.is_open() => Intent::LookFailed(String::new()),
        (status, ..) => Intent::Ended(status),
    };
    PlannedCluster {
        cluster: report.cluster.clone(),
        intent,
        snapshot: report.snapshot.clone(),
        bytes: report.bytes,
    }
}

/// Looks what there is to do with one cluster.
pub(super) async fn look(
    project: &Project,
    bucket: &ExportBucketId,
    description: ClusterDescription,
) -> PlannedCluster {
    if let Some(why) = description.why_not_exportable() {
        return PlannedCluster {
            cluster: description.name,
            intent: Intent::Skip(why.into()),
            snapshot: None,
            bytes: None,
        };
    }
    look_at(project, bucket, description.name).await
}

pub(super) async fn look_at(
    project: &Project,
    bucket: &ExportBucketId,
    name: ClusterName,
) -> PlannedCluster {
    let cluster = project.cluster(&name);
    let mut planned = PlannedCluster {
        cluster: name,
        intent: Intent::Export,
        snapshot: None,
        bytes: None,
    };
    let snapshot = match cluster.snapshots().newest_exportable().await {
        Ok(Some(snapshot)) => match snapshot.id.well_formed() {
            Ok(_) => snapshot,
            Err(error) => {
                planned.intent = Intent::LookFailed(error.to_string());
                return planned;
            }
        },
        Ok(None) => {
            planned.intent = Intent::Skip(SkipReason::NoSnapshot);
            return planned;
        }
        Err(error) => {
            planned.intent = Intent::LookFailed(error.to_string());
            return planned;
        }
    };
    planned.bytes = snapshot
        .storage_size_bytes
        .and_then(|b| u64::try_from(b).ok());
    let ensure = cluster.export_jobs().ensure(&snapshot.id, bucket);
    planned.snapshot = Some(snapshot.id);
    match ensure.existing().await {
        Ok(None) => {}
        Ok(Some(job)) if job.state == Some(ExportJobState::Successful) => {
            planned.intent = Intent::AlreadyExported(job.item.id);
        }
        Ok(Some(job)) => planned.intent = Intent::Join(job.item.id),
        Err(error) => planned.intent = Intent::LookFailed(error.to_string()),
    }
    planned
}
