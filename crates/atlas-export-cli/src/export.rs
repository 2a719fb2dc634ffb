//! One export: its plan, its start, its end.

use std::{fmt, time::Duration};

use atlas_export::{
    Cluster, ClusterName, Ensured, Existing, ExportJobId, Project, ProjectId,
    jobs::EnsureExportJob,
    models::{ExportJob, Snapshot},
    wait::{Wait, Waitable},
};
use clap::Args;

use crate::{
    context::{Context, quoted},
    exit::{self, Stop},
    interrupt::interrupted,
    progress::Bars,
    rows::{gigabytes, shown},
    target::Target,
};

/// How a job is watched.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct WatchArgs {
    /// How long to watch
    #[arg(long, default_value_t = 240, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    max_wait: u64,
    /// The pause between two looks; by default a quarter of the export's age, 1 to 60 seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) poll_interval: Option<Duration>,
}

impl WatchArgs {
    pub(crate) fn max_wait(self) -> Duration {
        Duration::from_secs(self.max_wait * 60)
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok();
    let pause = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    pause
        .filter(|pause| !pause.is_zero())
        .ok_or("give a number of seconds that is above zero")
}

/// An export that has not begun.
pub(crate) struct Plan {
    project: ProjectId,
    cluster: ClusterName,
    pub(crate) snapshot: Snapshot,
    pub(crate) target: Target,
}

impl Plan {
    pub(crate) fn new(cluster: &Cluster, snapshot: Snapshot, target: Target) -> Result<Self, Stop> {
        Ok(Self {
            project: cluster.project().id()?.clone(),
            cluster: cluster.name()?.clone(),
            snapshot,
            target,
        })
    }

    /// The export that is there already, if there is one.
    pub(crate) async fn existing(
        &self,
        cluster: &Cluster,
    ) -> Result<Option<Existing<ExportJob>>, Stop> {
        let Some(bucket) = self.target.bucket() else {
            return Ok(None);
        };
        let jobs = cluster.export_jobs();
        let ensure = jobs.ensure(&self.snapshot.id, &bucket.id);
        Ok(ensure.existing().await?)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Plan")?;
        writeln!(f, "  project   {}", self.project)?;
        writeln!(f, "  cluster   {}", self.cluster)?;
        write!(f, "  snapshot  {}", self.snapshot.id)?;
        if let Some(created) = self.snapshot.created_at {
            write!(f, " of {}", created.format("%Y-%m-%d %H:%M UTC"))?;
        }
        if let Some(bytes) = self.snapshot.storage_size_bytes.filter(|bytes| *bytes > 0) {
            write!(f, ", {}, billed per GB", gigabytes(bytes))?;
        }
        writeln!(f, "\n  bucket    {}", self.target)
    }
}

/// Registers the bucket where it is not, and starts the export where it is not there.
pub(crate) async fn start(
    context: &Context,
    project: &Project,
    cluster: &Cluster,
    plan: Plan,
    options: impl FnOnce(EnsureExportJob) -> EnsureExportJob,
) -> Result<ExportJob, Stop> {
    let bucket = match plan.target {
        Target::Registered { bucket, .. } => *bucket,
        Target::New { name, new, .. } => {
            // Registers nothing twice, even where the answer is lost.
            let bucket = project.export_buckets().ensure(new).await?.into_inner();
            context.tell(format_args!("registered bucket {name} as {}", bucket.id));
            bucket
        }
    };
    let ensure = cluster.export_jobs().ensure(&plan.snapshot.id, &bucket.id);
    let ensured = options(ensure).await?;
    match &ensured {
        Ensured::Created(job) => context.tell(format_args!("started export job {}", job.id)),
        Ensured::Existing(job) => {
            context.tell(format_args!("export job {} exports it already", job.id));
        }
    }
    Ok(ensured.into_inner())
}

/// Watches a job to its end.
pub(crate) async fn watch_job(
    context: &Context,
    cluster: &Cluster,
    id: &ExportJobId,
    how: WatchArgs,
) -> Result<ExportJob, Stop> {
    let name = cluster.name()?.as_str();
    let wait = cluster.export_jobs().wait_until_finished(id);
    let go_on = format!("jobs watch {} {id}", quoted(name));
    let state = |job: &ExportJob| shown(job.state.as_ref());
    watch(context, name, wait, how, state, &go_on).await
}

/// Watches something to its end. `go_on` is the command that looks at it again.
pub(crate) async fn watch<T: Waitable>(
    context: &Context,
    name: &str,
    wait: Wait<T>,
    how: WatchArgs,
    state: fn(&T) -> String,
    go_on: &str,
) -> Result<T, Stop> {
    let bars = Bars::on(context.channel());
    let (view, shown_name) = (bars.clone(), name.to_owned());
    let mut wait = wait
        .max_wait(how.max_wait())
        .on_progress(move |progress| view.show(&shown_name, &state(&progress.item), progress));
    if let Some(pause) = how.poll_interval {
        wait = wait.poll_interval(pause);
    }
    let outcome = tokio::select! {
        outcome = wait.into_future() => outcome.map_err(Stop::from),
        () = interrupted() => Err(Stop::new(exit::INTERRUPTED, format!(
            "interrupted: Atlas goes on; look again with `{}`",
            context.command(go_on)
        ))),
    };
    bars.leave();
    outcome
}
