//! `preflight`: whether an export would succeed, found out without beginning one.

use std::time::Duration;

use atlas_export::ClusterName;
use clap::Args;

use crate::{
    context::Context,
    exit::{self, Stop},
    output::{Format, json},
    target::{BucketArg, Target},
};

#[derive(Debug, Args)]
pub(crate) struct PreflightArgs {
    /// The cluster that would be exported; without one, what is about a cluster is left out
    cluster: Option<ClusterName>,
    /// The bucket that it would be exported to, by its id or its name
    #[arg(long, value_name = "BUCKET")]
    bucket: BucketArg,
    /// How long an export takes: a snapshot that expires sooner fails its check
    #[arg(long, default_value_t = 60, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    export_takes: u64,
}

pub(crate) async fn run(context: &Context, args: PreflightArgs) -> Result<(), Stop> {
    let project = context.project()?;
    let bucket = match &args.bucket {
        // What is found of it is a check.
        BucketArg::Id(id) => Some(id.clone()),
        name @ BucketArg::Name(_) => {
            let target = Target::find(&project, name, None).await?;
            target.bucket().map(|bucket| bucket.id.clone())
        }
    };
    let bucket = bucket.ok_or_else(Stop::not_confirmed)?;
    let takes = Duration::from_secs(args.export_takes.saturating_mul(60));
    let mut preflight = project.preflight(&bucket).export_takes(takes);
    if let Some(cluster) = args.cluster {
        preflight = preflight.cluster(cluster);
    }
    let report = preflight.await?;
    match context.output {
        Format::Json => json(&report.checks)?,
        Format::Table => context.tell(&report),
    }
    if report.is_ready() {
        return Ok(());
    }
    Err(Stop::new(
        exit::NOT_READY,
        "not ready: each check that is not passed says what to do",
    ))
}
