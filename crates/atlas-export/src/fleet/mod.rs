//! Fleets: the newest snapshot of every cluster of one project or of many, exported once.
//!
//! A *plan* looks and changes nothing. A *run* carries the plan out, through
//! [`ensure`](crate::ExportJobs::ensure), and keeps a *report* that can be stored at any time.
//! A plan made from a stored report goes on where the run before it ended, with the same
//! snapshots, so that nothing is exported twice however often it is interrupted.
//!
//! ```text
//! mod.rs         what is asked for
//! scope.rs       of which projects, and to which bucket of each
//! shard.rs       which part of the clusters a worker has
//! look.rs        what there is to do, found out without doing it
//! plan.rs        the same, as a value that is shown and run
//! run.rs         a plan that is carried out
//! report.rs      what came of it; stored.rs, merged.rs, text.rs: as JSON, of many workers, for people
//! ```

mod incomplete;
mod look;
mod merged;
mod plan;
mod reason;
mod report;
mod run;
#[cfg(all(test, feature = "schemars"))]
mod schema;
mod scope;
mod shard;
mod stored;
mod text;

use std::{collections::HashSet, fmt, sync::Arc, time::Duration};

use atlas_export_api::types::{ClusterDescription, CustomData, ExportJob};
use atlas_export_types::{ClusterName, ExportBucketId, InvalidId, ProjectId};

use self::{scope::Scope, shard::Shard};
use crate::{
    Client, Error, Project, Request,
    request::call_options,
    wait::{MAX_WAIT, Progress},
};

pub use incomplete::IncompleteFleet;
pub use plan::{FleetPlan, Intent, PlannedCluster};
pub use reason::SkipReason;
pub use report::{ClusterReport, FleetReport, FleetStatus, ProjectReport};
pub use run::FleetRun;

/// How many clusters are worked on at once, by default.
const AT_ONCE: usize = 8;

type Choice = Arc<dyn Fn(&ClusterDescription) -> bool + Send + Sync>;
type OnProgress = Arc<dyn Fn(&ClusterReport, &Progress<ExportJob>) + Send + Sync>;

/// An export of many clusters that is about to be planned. Made by
/// [`Project::export_fleet`](crate::Project::export_fleet), and for several projects by
/// [`Client::export_fleet`](crate::Client::export_fleet).
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
    client: Client,
    scope: Scope,
    options: Options,
    names: Option<HashSet<ClusterName>>,
    choice: Option<Choice>,
    shard: Option<Shard>,
    price: Option<f64>,
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
    /// A fleet of one project, whose bucket is known.
    pub(crate) fn of_project(project: &Project, bucket: ExportBucketId) -> Self {
        let project = project.clone();
        let scope = |client: &Client| Scope::One {
            project: project.map_client(|_| client.clone()),
            bucket,
        };
        Self::new(project.client(), scope)
    }

    /// A fleet of all projects, each with a bucket of this name.
    pub(crate) fn of_client(client: &Client, bucket_name: String) -> Self {
        Self::new(client, |_| Scope::Many {
            bucket_name,
            projects: None,
        })
    }

    /// The fleet that a report is of: one project with its bucket, or many with a name.
    pub(crate) fn of_report(client: &Client, report: FleetReport) -> Result<Self, Error> {
        if let [project] = report.projects.as_slice()
            && let Some(bucket) = &project.bucket
        {
            let fleet = Self::of_project(&client.project(&project.project), bucket.clone());
            return Ok(fleet.resume(report));
        }
        let mut names = report
            .projects
            .iter()
            .map(|project| project.bucket_name.as_ref());
        let name = names.find_map(|name| name).ok_or_else(|| {
            Error::config(
                "the report does not tell the name of its bucket, as none of its projects could be \
                 looked at: begin anew with Client::export_fleet",
            )
        })?;
        let projects: Vec<ProjectId> = report
            .projects
            .iter()
            .map(|it| it.project.clone())
            .collect();
        let fleet = Self::of_client(client, name.clone()).projects(projects);
        Ok(fleet.resume(report))
    }

    fn new(client: &Client, scope: impl FnOnce(&Client) -> Scope) -> Self {
        // One caller among others, and no call of it fails because a rate limit is slow.
        let client = client.made_for(client.caller().of_many().patient(MAX_WAIT));
        Self {
            scope: scope(&client),
            client,
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
            shard: None,
            price: None,
            resumed: None,
        }
    }

    /// Only these projects, by id or text; by default all that the credentials see. Of a fleet of
    /// one project this is a `Config` error when it is planned.
    ///
    /// ```
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let projects = ["32b6e34b3d91647abb20e7b8", "5f1b6a2c4d5e6f7081920a00"];
    /// let plan = atlas.export_fleet("my-exports").projects(projects).plan().await?;
    /// println!("{plan}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn projects<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator<Item: TryInto<ProjectId, Error: Into<InvalidId>>>,
    {
        let ids = ids.into_iter().map(|id| id.try_into().map_err(Into::into));
        self.scope.choose(ids.collect());
        self
    }

    /// Only the clusters of these names; by default all of each project.
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

    /// Only the part of the clusters that is this worker's, of so many workers, counted from 0. Which
    /// part a cluster is in depends on its project, its name and the number of workers alone, so
    /// that each is exported by one of them, with no word between them.
    /// [`FleetReport::merge`] makes one report of theirs.
    ///
    /// ```
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// // In an Indexed Job of Kubernetes:
    /// let index = std::env::var("JOB_COMPLETION_INDEX")?.parse()?;
    /// let plan = atlas.export_fleet("my-exports").shard(index, 10).plan().await?;
    /// # let _ = plan;
    /// # Ok(())
    /// # }
    /// ```
    pub fn shard(mut self, index: u32, workers: u32) -> Self {
        self.shard = Some(Shard { index, workers });
        self
    }

    /// What a gigabyte costs, in the currency of your contract, so that the plan shows the sum.
    /// Atlas bills per gigabyte exported; a gigabyte is taken for 10⁹ bytes.
    pub fn price_per_gigabyte(mut self, price: f64) -> Self {
        self.price = Some(price);
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
        on_progress: impl Fn(&ClusterReport, &Progress<ExportJob>) + Send + Sync + 'static,
    ) -> Self {
        self.options.on_progress = Some(Arc::new(on_progress));
        self
    }

    call_options!(client);

    /// Goes on where the run that this report is from ended. What ended there, well or badly,
    /// and what was skipped stays so; the rest keeps its snapshot, even if there is a newer
    /// one now. Clusters that the report does not know are left out, and
    /// [`only`](Self::only), [`filter`](Self::filter) and [`shard`](Self::shard) choose nothing:
    /// the plan did. A project that could not be looked at is looked at again.
    pub fn resume(mut self, report: FleetReport) -> Self {
        self.resumed = Some(report);
        self
    }

    /// Looks what there is to do. Changes nothing.
    ///
    /// # Errors
    /// `Config` where an option is invalid, or a resumed report is about other projects or
    /// another bucket; and where the projects cannot be read, or of a fleet of one project its
    /// bucket or its clusters. What is wrong with one project of several, or with one cluster, is
    /// in the plan.
    pub fn plan(self) -> Request<FleetPlan> {
        let client = self.client.clone();
        Request::new(&client, move |client| async move {
            self.check()?;
            let scope = self.scope.map_client(&client);
            let fleet = Self {
                client,
                scope,
                ..self
            };
            look::make(fleet).await
        })
    }

    fn check(&self) -> Result<(), Error> {
        self.scope.check()?;
        if self.options.concurrency == 0 {
            return Err(Error::config(
                "the concurrency of a fleet is 0, so nothing would be exported: give it a number",
            ));
        }
        if let Some(shard) = self.shard {
            shard.check()?;
        }
        match self.price {
            Some(price) if !price.is_finite() || price < 0.0 => Err(Error::config(format!(
                "the price per gigabyte is {price}: give a number that is not below zero"
            ))),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for ExportFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportFleet")
            .field("scope", &self.scope)
            .field("names", &self.names)
            .field("shard", &self.shard)
            .field("resumed", &self.resumed.is_some())
            .field("concurrency", &self.options.concurrency)
            .field("wait", &self.options.wait)
            .finish_non_exhaustive()
    }
}
