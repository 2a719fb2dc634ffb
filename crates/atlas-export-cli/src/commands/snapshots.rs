//! `snapshots`: the backup snapshots of a cluster.

use atlas_export::{ClusterName, models::Snapshot};
use clap::{Args, Subcommand};

use crate::{
    context::{Context, quoted},
    exit::Stop,
    export::{self, WatchArgs},
    rows::shown,
};

#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotsCommand {
    /// List the snapshots of a cluster
    List {
        /// The cluster
        cluster: ClusterName,
        /// The cluster is sharded
        #[arg(long)]
        sharded: bool,
    },
    /// Take a snapshot now; its storage is billed
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
    context.confirm(
        args.yes,
        format_args!("would take a snapshot of {}", args.cluster),
    )?;
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
    let wait = snapshots.wait_until_completed(&begun.id);
    let go_on = format!("snapshots list {}", quoted(&name));
    let state = |snapshot: &Snapshot| shown(snapshot.status.as_ref());
    let snapshot = export::watch(context, &name, wait, args.how, state, &go_on).await?;
    context.output.one(&snapshot)
}
