//! Fleets: the newest snapshot of every cluster of a project, exported once.
//!
//! A *plan* looks and changes nothing. A *run* carries the plan out, through
//! [`ensure`](crate::ExportJobs::ensure), and keeps a *report* that can be stored at any time.
//! A plan made from a stored report goes on where the run before it ended, with the same
//! snapshots, so that nothing is exported twice however often it is interrupted.

mod incomplete;
mod plan;
mod reason;
mod report;
mod run;

use std::{collections::HashSet, fmt, sync::Arc, time::Duration};

use atlas_export_api::types::{ClusterDescription, CustomData, ExportJob};
use atlas_export_types::{ClusterName, ExportBucketId};

use crate::{
    Error, Project, Request,
    request::call_options,
    wait::{MAX_WAIT, Progress},
};

pub use incomplete::IncompleteFleet;
pub use plan::{FleetPlan, Intent, PlannedCluster};
pub use reason::SkipReason;
pub use report::{ClusterReport, FleetReport, FleetStatus};
pub use run::FleetRun;

/// How many clusters are worked on at once, by default.
const AT_ONCE: usize = 8;

type Choice = Arc<dyn Fn(&ClusterDescription) -> bool + Send + Sync>;
type OnProgress = Arc<dyn Fn(&ClusterName, &Progress<ExportJob>) + Send + Sync>;

/// An export of many clusters that is about to be planned. Made by
/// [`Project::export_fleet`](crate::Project::export_fleet).
///
/// ```no_run
/// # async fn example(project: atlas_export::Project, bucket: atlas_export::ExportBucketId)
/// #     -> Result<(), Box<dyn std::error::Error>> {
/// let plan = project.export_fleet(&bucket).await_exports().plan().await?;
/// println!("{plan}");
///
/// let mut run = plan.run();
/// while let Some(cluster) = run.next().await {
///     println!("{}: {:?}", cluster.cluster, cluster.status);
///     run.report().write("report.json")?; // for FleetReport::read and resume()
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is planned until plan() is awaited"]
pub struct ExportFleet {
    project: Project,
    bucket: ExportBucketId,
    options: Options,
    names: Option<HashSet<ClusterName>>,
    choice: Option<Choice>,
    resumed: Option<FleetReport>,
}

/// How each cluster is exported.
#[derive(Clone)]
struct Options {
    concurrency: usize,
    custom_data: Vec<CustomData>,
    wait: bool,
    max_wait: Duration,
    poll_interval: Option<Duration>,
    on_progress: Option<OnProgress>,
}

impl ExportFleet {
    pub(crate) fn new(project: &Project, bucket: ExportBucketId) -> Self {
        // One caller among others, and no call of it fails because a rate limit is slow.
        let caller = project.client().caller().of_many().patient(MAX_WAIT);
        Self {
            project: project.made_for(caller),
            bucket,
            options: Options {
                concurrency: AT_ONCE,
                custom_data: Vec::new(),
                wait: false,
                max_wait: MAX_WAIT,
                poll_interval: None,
                on_progress: None,
            },
            names: None,
            choice: None,
            resumed: None,
        }
    }

    /// Only the clusters of these names; by default all of the project.
    pub fn only(mut self, names: impl IntoIterator<Item = ClusterName>) -> Self {
        self.names = Some(names.into_iter().collect());
        self
    }

    /// Only the clusters that `choice` is true for.
    pub fn filter(
        mut self,
        choice: impl Fn(&ClusterDescription) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.choice = Some(Arc::new(choice));
        self
    }

    /// Adds a pair that Atlas copies into the `.complete` file of every export.
    pub fn custom_data(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let pair = CustomData::new(key.into(), value.into());
        self.options.custom_data.push(pair);
        self
    }

    /// How many clusters are worked on at once; by default 8. Where the rate limit of the server is
    /// known, a fleet spreads its requests at its pace, however long that takes, up to a day for
    /// a single one. With
    /// [`await_exports`](Self::await_exports) it bounds the exports that run.
    pub fn concurrency(mut self, clusters: usize) -> Self {
        self.options.concurrency = clusters;
        self
    }

    /// Waits for each export to end; by default a run is over when all have been started.
    pub fn await_exports(mut self) -> Self {
        self.options.wait = true;
        self
    }

    /// How long each export is waited for at the most, by default 24 hours; see
    /// [`Wait::max_wait`](crate::wait::Wait::max_wait). One that takes longer stays
    /// [`Started`](FleetStatus::Started).
    pub fn max_wait(mut self, max_wait: Duration) -> Self {
        self.options.max_wait = max_wait;
        self
    }

    /// A fixed pause between two polls of an export that is waited for; see
    /// [`Wait::poll_interval`](crate::wait::Wait::poll_interval).
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.options.poll_interval = Some(interval);
        self
    }

    /// Is called after every poll of an export that is waited for.
    pub fn on_progress(
        mut self,
        on_progress: impl Fn(&ClusterName, &Progress<ExportJob>) + Send + Sync + 'static,
    ) -> Self {
        self.options.on_progress = Some(Arc::new(on_progress));
        self
    }

    call_options!(project);

    /// Goes on where the run that this report is from ended. What ended there, well or badly,
    /// and what was skipped stays so; the rest keeps its snapshot, even if there is a newer
    /// one now. Clusters that the report does not know are left out, and
    /// [`only`](Self::only) and [`filter`](Self::filter) choose nothing: the plan did.
    pub fn resume(mut self, report: FleetReport) -> Self {
        self.resumed = Some(report);
        self
    }

    /// Looks what there is to do. Changes nothing.
    ///
    /// # Errors
    /// `Config` where an option is invalid, or a resumed report is about another project
    /// or bucket; and where the list of clusters cannot be read. What is wrong with one
    /// cluster is in the plan.
    pub fn plan(self) -> Request<FleetPlan> {
        let client = self.project.client().clone();
        Request::new(&client, move |client| async move {
            self.bucket.well_formed()?;
            if self.options.concurrency == 0 {
                return Err(Error::config(
                    "the concurrency of a fleet is 0, so nothing would be exported: give it a \
                     number",
                ));
            }
            let project = self.project.map_client(|_| client);
            plan::make(Self { project, ..self }).await
        })
    }
}

impl fmt::Debug for ExportFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportFleet")
            .field("project", &self.project.id().ok())
            .field("bucket", &self.bucket)
            .field("names", &self.names)
            .field("resumed", &self.resumed.is_some())
            .field("concurrency", &self.options.concurrency)
            .field("wait", &self.options.wait)
            .finish_non_exhaustive()
    }
}
