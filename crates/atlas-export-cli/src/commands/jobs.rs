//! `jobs`: the exports of a cluster.

use atlas_export::{
    Cluster, ClusterName, ExportJobId, RoleId, SnapshotId, jobs::EnsureExportJob, models::Snapshot,
};
use clap::{Args, Subcommand};

use crate::{
    context::Context,
    exit::{self, Stop},
    export::{self, Plan, WatchArgs},
    target::{BucketArg, Target},
};

#[derive(Debug, Subcommand)]
pub(crate) enum JobsCommand {
    /// List the export jobs of a cluster
    List {
        /// The cluster
        cluster: ClusterName,
    },
    /// Show one export job
    Get {
        /// The cluster
        cluster: ClusterName,
        /// The job's id
        job: ExportJobId,
    },
    /// Export a snapshot, if it is not exported there; billed per gigabyte
    Start(StartArgs),
    /// Watch an export job to its end
    Watch {
        /// The cluster
        cluster: ClusterName,
        /// The job's id
        job: ExportJobId,
        #[command(flatten)]
        how: WatchArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// The cluster
    cluster: ClusterName,
    /// The bucket to export to: its id, or its name
    #[arg(long, value_name = "ID|NAME")]
    bucket: BucketArg,
    /// Register the bucket with this role where it is not registered, on AWS
    #[arg(long, visible_alias = "iamRoleId", value_name = "ID")]
    role: Option<RoleId>,
    /// The snapshot; by default the newest that can be exported
    #[arg(long, value_name = "ID")]
    snapshot: Option<SnapshotId>,
    /// A pair that Atlas copies into the .complete file of the export; may be given several times
    #[arg(long = "data", value_name = "KEY=VALUE", value_parser = pair)]
    custom_data: Vec<(String, String)>,
    /// Export once more what was exported there successfully
    #[arg(long)]
    again: bool,
    /// Watch the export to its end
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    how: WatchArgs,
    /// Start it; without it only the plan is shown
    #[arg(long)]
    yes: bool,
}

/// A key and a value.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(crate) async fn run(context: &Context, command: JobsCommand) -> Result<(), Stop> {
    let project = context.project()?;
    match command {
        JobsCommand::List { cluster } => {
            let jobs = project.cluster(cluster).export_jobs();
            context.output.list(jobs.list()).await
        }
        JobsCommand::Get { cluster, job } => {
            let jobs = project.cluster(cluster).export_jobs();
            context.output.one(&jobs.get(&job).await?)
        }
        JobsCommand::Start(args) => start(context, args).await,
        JobsCommand::Watch { cluster, job, how } => {
            let cluster = project.cluster(cluster);
            let done = export::watch_job(context, &cluster, &job, how).await?;
            context.output.one(&done)
        }
    }
}

async fn start(context: &Context, args: StartArgs) -> Result<(), Stop> {
    let project = context.project()?;
    let cluster = project.cluster(&args.cluster);
    let target = Target::find(&project, &args.bucket, args.role.as_ref()).await?;
    let snapshot = choose_snapshot(&cluster, args.snapshot.as_ref()).await?;
    let plan = Plan::new(&cluster, snapshot, target)?;
    context.tell(&plan);
    let job = if args.yes {
        let options = |ensure: EnsureExportJob| {
            let pairs = args.custom_data.into_iter();
            let ensure = pairs.fold(ensure, |ensure, (key, value)| {
                ensure.custom_data(key, value)
            });
            if args.again {
                ensure.export_again()
            } else {
                ensure
            }
        };
        export::start(context, &project, &cluster, plan, options).await?
    } else {
        // What is there already needs no yes.
        let existing = plan.existing(&cluster).await?;
        let Some(existing) = existing.filter(|_| !args.again) else {
            return Err(Stop::not_confirmed());
        };
        context.tell(format_args!(
            "export job {} exports it already",
            existing.id
        ));
        existing.item
    };
    if args.watch {
        let done = export::watch_job(context, &cluster, &job.id, args.how).await?;
        return context.output.one(&done);
    }
    context.output.one(&job)
}

/// The snapshot of this id, or the newest that can be exported.
async fn choose_snapshot(cluster: &Cluster, id: Option<&SnapshotId>) -> Result<Snapshot, Stop> {
    let snapshots = cluster.snapshots();
    if let Some(id) = id {
        return Ok(snapshots.get(id).await?);
    }
    let newest = snapshots.newest_exportable().await?;
    let name = cluster.name()?;
    newest.ok_or_else(|| {
        Stop::new(exit::NOTHING, format!(
            "{name} has no completed snapshot that can be exported (a fallback snapshot cannot): \
             take one with `atlas-export snapshots take {name}`"
        ))
    })
}
