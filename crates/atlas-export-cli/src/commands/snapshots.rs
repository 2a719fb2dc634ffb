//! `snapshots`: the backup snapshots of a cluster.

use atlas_export::ClusterName;
use clap::{Args, Subcommand};

use crate::{
    context::{Context, quoted},
    exit::Stop,
    export::WatchArgs,
    interrupt::interrupted,
    progress::Bars,
};

#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotsCommand {
    /// List the snapshots of a cluster
    #[command(after_help = "Examples:
  atlas-export snapshots list Cluster0
  atlas-export snapshots list Shards0 --sharded -o json")]
    List {
        /// The cluster
        cluster: ClusterName,
        /// The cluster is sharded
        #[arg(long)]
        sharded: bool,
    },
    /// Take a snapshot now; its storage is billed
    #[command(after_help = "Example:
  atlas-export snapshots take Cluster0 --description 'before the move' --retention-days 7 --yes")]
    Take(TakeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TakeArgs {
    /// The cluster
    cluster: ClusterName,
    /// What it is taken for
    #[arg(long, visible_alias = "desc")]
    description: Option<String>,
    /// How many days Atlas keeps it
    #[arg(long, visible_alias = "retention", value_name = "DAYS")]
    retention_days: Option<u32>,
    /// Watch until it is there
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    how: WatchArgs,
    /// Take it; without it nothing is done
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn run(context: &Context, command: SnapshotsCommand) -> Result<(), Stop> {
    let project = context.project()?;
    match command {
        SnapshotsCommand::List { cluster, sharded } => {
            let snapshots = project.cluster(cluster).snapshots();
            if !sharded {
                return context.output.list(snapshots.list()).await;
            }
            let listing = snapshots.list_sharded().await?;
            for undecodable in &listing.undecodable {
                crate::channel::Channel::Stderr.line(undecodable);
            }
            context.output.some(&listing.items)
        }
        SnapshotsCommand::Take(args) => take(context, args).await,
    }
}

async fn take(context: &Context, args: TakeArgs) -> Result<(), Stop> {
    if !args.yes {
        context.tell(format_args!("would take a snapshot of {}", args.cluster));
        return Err(Stop::NotConfirmed);
    }
    let name = args.cluster.to_string();
    let snapshots = context.project()?.cluster(args.cluster).snapshots();
    let mut take = snapshots.take();
    if let Some(description) = args.description {
        take = take.description(description);
    }
    if let Some(days) = args.retention_days {
        take = take.retention_days(days);
    }
    let begun = take.await?;
    context.tell(format_args!("began snapshot {}", begun.id));
    if !args.watch {
        return context.output.one(&begun);
    }
    let bars = Bars::on(context.channel());
    let (view, shown_name) = (bars.clone(), name.clone());
    let mut wait = snapshots
        .wait_until_completed(&begun.id)
        .max_wait(args.how.max_wait())
        .on_progress(move |progress| {
            view.show(&shown_name, progress.item.status.as_ref(), progress);
        });
    if let Some(pause) = args.how.poll_interval() {
        wait = wait.poll_interval(pause);
    }
    let outcome = tokio::select! {
        outcome = wait.into_future() => outcome.map_err(Stop::from),
        () = interrupted() => {
            let list = context.command(&format!("snapshots list {}", quoted(&name)));
            Err(Stop::Interrupted(format!(
                "interrupted: Atlas goes on with the snapshot; look at it with `{list}`"
            )))
        }
    };
    bars.leave();
    context.output.one(&outcome?)
}
