//! What a fleet would do, as a value that is shown and run.

use std::{collections::HashMap, fmt};

use atlas_export_api::types::ExportJob;
use atlas_export_types::{ClusterName, ExportJobId, ProjectId, SnapshotId};
use chrono::{DateTime, Utc};

use super::{
    ClusterReport, FleetReport, FleetRun, FleetStatus, Options, ProjectReport, SkipReason, run,
    scope::Target,
};
use crate::error::one_line;

/// How many replica sets Atlas exports at once; it queues the jobs beyond.
const AT_ONCE: u64 = 5;

/// The bytes of a gigabyte.
const GIGABYTE: u64 = 1_000_000_000;

/// What a fleet would do. [`run`](Self::run) does it. `Display` is a line for each cluster, in the
/// order in which exports are started, and the sum.
#[derive(Clone)]
#[must_use = "a plan changes nothing until it is run"]
pub struct FleetPlan {
    pub(super) options: Options,
    pub(super) targets: HashMap<ProjectId, Target>,
    pub(super) projects: Vec<ProjectReport>,
    pub(super) clusters: Vec<PlannedCluster>,
    /// Whether the clusters were asked for by name.
    pub(super) named: bool,
    pub(super) price: Option<f64>,
    /// What came of the run that is resumed.
    pub(super) resumed: Option<FleetReport>,
}

/// What would be done with one cluster.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlannedCluster {
    /// The project that it is in.
    pub project: ProjectId,
    /// The cluster.
    pub cluster: ClusterName,
    /// What would be done.
    pub intent: Intent,
    /// The snapshot that it is about.
    pub snapshot: Option<SnapshotId>,
    /// When the snapshot was taken.
    pub snapshot_at: Option<DateTime<Utc>>,
    /// The size of the snapshot, where Atlas tells it. Exports are billed per gigabyte.
    pub bytes: Option<u64>,
    /// How many replica sets it has: its shards, or 1.
    pub replica_sets: u32,
    /// The job that is there already.
    pub(super) job: Option<Box<ExportJob>>,
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
    /// The clusters, in the order of Atlas's lists: the order in which exports are started.
    pub fn clusters(&self) -> &[PlannedCluster] {
        &self.clusters
    }

    /// The projects, where each exports to, and what of it could not be looked at.
    pub fn projects(&self) -> &[ProjectReport] {
        &self.projects
    }

    /// The clusters of the lists that did not decode.
    pub fn undecodable(&self) -> impl Iterator<Item = &str> {
        let projects = self.projects.iter();
        projects.flat_map(|project| project.undecodable.iter().map(String::as_str))
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

    /// What the exports would cost, where
    /// [`price_per_gigabyte`](super::ExportFleet::price_per_gigabyte) says what a gigabyte does:
    /// of the snapshots whose size Atlas tells.
    ///
    /// ```
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let plan = atlas.export_fleet("my-exports").price_per_gigabyte(0.125).plan().await?;
    /// assert!(plan.cost() < Some(100.0), "too much for one night: {plan}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn cost(&self) -> Option<f64> {
        // Up to 2⁵³ bytes, which is 9 PB, this is exact.
        #[allow(
            clippy::cast_precision_loss,
            reason = "a sum of money is no count of bytes"
        )]
        let gigabytes = self.bytes() as f64 / GIGABYTE as f64;
        self.price.map(|price| price * gigabytes)
    }

    /// How many replica sets would be exported. Atlas exports five at once and queues the jobs
    /// beyond (its documentation of exports); whether it counts them by project or by organization
    /// is unconfirmed.
    pub fn replica_sets(&self) -> u64 {
        self.to_export()
            .map(|cluster| u64::from(cluster.replica_sets))
            .fold(0, u64::saturating_add)
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
        let known = self.resumed.as_ref();
        let known = known.map_or(&[][..], |report| report.clusters.as_slice());
        let planned = self.clusters.iter().skip(known.len());
        let planned = planned.map(|planned| self.report_of(planned).named(self.named));
        let clusters = known.iter().cloned().chain(planned).collect();
        let fresh = FleetReport::new(self.projects.clone(), clusters);
        match &self.resumed {
            Some(resumed) => resumed.with(fresh),
            None => fresh,
        }
    }

    /// What is known of one cluster before anything is done.
    pub(super) fn report_of(&self, planned: &PlannedCluster) -> ClusterReport {
        planned.report(self.targets.get(&planned.project))
    }
}

impl PlannedCluster {
    pub(super) fn new(project: ProjectId, cluster: ClusterName, replica_sets: u32) -> Self {
        Self {
            project,
            cluster,
            intent: Intent::Export,
            snapshot: None,
            snapshot_at: None,
            bytes: None,
            replica_sets,
            job: None,
        }
    }

    fn report(&self, target: Option<&Target>) -> ClusterReport {
        let mut report = ClusterReport::new(self, FleetStatus::Planned);
        if let Some(job) = &self.job {
            report.tell_facts(job, target.and_then(|target| target.bucket.as_ref()));
        }
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
        let places = self.exports().to_string().len();
        let mut order = 1_usize..;
        let mut project = None;
        for planned in &self.clusters {
            if self.projects.len() > 1 && project != Some(&planned.project) {
                project = Some(&planned.project);
                writeln!(f, "project {}", planned.project)?;
            }
            let place = match &planned.intent {
                Intent::Export => order.next().unwrap_or_default().to_string(),
                _ => String::new(),
            };
            writeln!(
                f,
                "{place:>places$}  {:width$}  {}",
                planned.cluster.as_str(),
                Line(planned)
            )?;
        }
        for project in &self.projects {
            if let Some(why) = &project.message {
                let id = &project.project;
                writeln!(f, "project {id} cannot be looked at: {}", one_line(why))?;
            }
        }
        for cluster in self.undecodable() {
            writeln!(f, "undecodable: {}", one_line(cluster))?;
        }
        let unsized_count = self.to_export().filter(|c| c.bytes.is_none()).count();
        if unsized_count > 0 {
            writeln!(
                f,
                "{unsized_count} of the sizes are not told, and in no sum"
            )?;
        }
        let replica_sets = self.replica_sets();
        if replica_sets > AT_ONCE {
            writeln!(
                f,
                "{replica_sets} replica sets: Atlas exports {AT_ONCE} at once, so the others wait \
                 in its queue"
            )?;
        }
        let (exports, all) = (self.exports(), self.clusters.len());
        let sum = Gigabytes(self.bytes());
        write!(f, "{exports} of {all} clusters to export, {sum}")?;
        match self.cost() {
            Some(cost) => write!(f, ", {cost:.2} in money"),
            None => Ok(()),
        }
    }
}

/// What would be done with a cluster, on one line.
struct Line<'p>(&'p PlannedCluster);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.intent {
            Intent::Export => f.write_str("export")?,
            Intent::Join(job) => return write!(f, "is being exported by {job}"),
            Intent::AlreadyExported(job) => return write!(f, "was exported by {job}"),
            Intent::Skip(why) => return write!(f, "skip: {}", why.explanation()),
            Intent::LookFailed(why) => return write!(f, "cannot be looked at: {}", one_line(why)),
            Intent::Ended(status) => return write!(f, "ended before: {status:?}"),
        }
        if let Some(bytes) = self.0.bytes {
            write!(f, ", {}", Gigabytes(bytes))?;
        }
        match self.0.snapshot_at {
            Some(taken) => write!(f, ", of {}", taken.format("%Y-%m-%d %H:%M UTC")),
            None => Ok(()),
        }
    }
}

/// Tenths of a gigabyte, in whole numbers.
pub(super) struct Gigabytes(pub(super) u64);

impl fmt::Display for Gigabytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0 / (GIGABYTE / 10);
        write!(f, "{}.{} GB", tenths / 10, tenths % 10)
    }
}

impl fmt::Debug for FleetPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetPlan")
            .field("projects", &self.projects)
            .field("clusters", &self.clusters)
            .finish_non_exhaustive()
    }
}
