//! `auto-export`: what a cluster exports by itself, as part of its backup schedule.

use atlas_export::{
    ClusterName,
    models::{AutoExportSettings, Frequency},
};
use atlas_export_types::OneLine;
use clap::Subcommand;

use crate::{
    context::Context,
    exit::Stop,
    output::{Format, json},
    rows::shown,
    target::{BucketArg, Target},
};

#[derive(Debug, Subcommand)]
pub(crate) enum AutoExportCommand {
    /// Show what a cluster exports by itself
    Get {
        /// The cluster
        cluster: ClusterName,
    },
    /// Let a cluster export by itself; billed per gigabyte
    Enable {
        /// The cluster
        cluster: ClusterName,
        /// The bucket to export to: its id, or its name
        #[arg(long, value_name = "ID|NAME")]
        bucket: BucketArg,
        /// Which snapshots: daily, weekly, monthly or yearly
        #[arg(long, default_value = "monthly")]
        frequency: Frequency,
        /// Change the schedule; without it nothing is done
        #[arg(long)]
        yes: bool,
    },
    /// Let a cluster export nothing by itself any more
    Disable {
        /// The cluster
        cluster: ClusterName,
        /// Change the schedule; without it nothing is done
        #[arg(long)]
        yes: bool,
    },
}

pub(crate) async fn run(context: &Context, command: AutoExportCommand) -> Result<(), Stop> {
    let project = context.project()?;
    match command {
        AutoExportCommand::Get { cluster } => show(
            context,
            &project.cluster(cluster).auto_export().get().await?,
        ),
        AutoExportCommand::Enable {
            cluster,
            bucket,
            frequency,
            yes,
        } => {
            let target = Target::find(&project, &bucket, None).await?;
            let auto_export = project.cluster(&cluster).auto_export();
            let Some(bucket) = target.bucket().filter(|_| yes) else {
                show(context, &auto_export.get().await?)?;
                context.tell(format_args!(
                    "would let {cluster} export by itself, {}, to bucket {target}",
                    OneLine(frequency.as_str())
                ));
                return Err(Stop::not_confirmed());
            };
            show(context, &auto_export.enable(&bucket.id, frequency).await?)
        }
        AutoExportCommand::Disable { cluster, yes } => {
            let auto_export = project.cluster(&cluster).auto_export();
            if !yes {
                show(context, &auto_export.get().await?)?;
                context.confirm(
                    false,
                    format_args!("would let {cluster} export nothing by itself"),
                )?;
            }
            show(context, &auto_export.disable().await?)
        }
    }
}

/// The schedule as Atlas sent it, or what of it is about exports.
fn show(context: &Context, settings: &AutoExportSettings) -> Result<(), Stop> {
    if context.output == Format::Json {
        return json(&settings.schedule);
    }
    let state = if settings.enabled { "on" } else { "off" };
    let bucket = shown(settings.bucket.as_ref());
    let frequency = shown(settings.frequency.as_ref());
    let frequency = OneLine(&frequency);
    context.tell(format_args!(
        "automatic export  {state}\nbucket            {bucket}\nfrequency         {frequency}"
    ));
    Ok(())
}
