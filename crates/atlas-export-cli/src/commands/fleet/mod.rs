//! `fleet`: every cluster of a project, or of many.

mod files;
mod run;
mod scope;

use std::path::PathBuf;

use atlas_export::{ClusterName, fleet::ExportFleet};
use clap::{Args, Subcommand};

use self::{
    files::ReportFormat,
    run::RunArgs,
    scope::{ScopeArgs, shard},
};
use crate::{
    context::{Context, quoted},
    exit::Stop,
    output::{Format, json},
};

#[derive(Debug, Subcommand)]
pub(crate) enum FleetCommand {
    /// Show what would be exported, and what it would cost
    Plan {
        #[command(flatten)]
        fleet: FleetArgs,
        /// Where to store the plan, for `fleet resume`
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Export the newest snapshot of every cluster, once; billed per gigabyte
    Run {
        #[command(flatten)]
        fleet: FleetArgs,
        /// Where to store the report, again and again while the exports run
        #[arg(long, value_name = "FILE", default_value = "fleet-report.json")]
        report: PathBuf,
        /// Go on from the report if it is there; without it that is an error
        #[arg(long)]
        or_resume: bool,
        #[command(flatten)]
        how: RunArgs,
    },
    /// Go on from a stored report or plan; exports nothing twice
    Resume {
        /// The report, which is stored again
        report: PathBuf,
        #[command(flatten)]
        how: RunArgs,
    },
    /// Make one report of those of many workers
    Merge {
        /// The reports
        #[arg(required = true)]
        reports: Vec<PathBuf>,
        /// Where to store it; by default it is printed
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Print a stored report for people, or for a spreadsheet
    Report {
        /// The report
        report: PathBuf,
        /// As what
        #[arg(long, value_enum, default_value_t = ReportFormat::Markdown)]
        format: ReportFormat,
    },
}

/// Which clusters, and how the plan is shown.
#[derive(Debug, Args)]
pub(crate) struct FleetArgs {
    #[command(flatten)]
    scope: ScopeArgs,
    /// Only this cluster; may be given several times
    #[arg(long = "cluster", value_name = "NAME")]
    clusters: Vec<ClusterName>,
    /// Only the part of the clusters that is this worker's, counted from 0: 2/10 is the third of ten
    #[arg(long, value_name = "INDEX/OF", value_parser = shard)]
    shard: Option<(u32, u32)>,
    /// What a gigabyte costs, in the currency of your contract
    #[arg(long, value_name = "PRICE")]
    price_per_gb: Option<f64>,
}

impl FleetCommand {
    /// Whether it only reads files.
    pub(crate) fn is_offline(&self) -> bool {
        matches!(self, Self::Merge { .. } | Self::Report { .. })
    }
}

/// The commands that only read files.
pub(crate) fn run_offline(command: &FleetCommand) -> Result<(), Stop> {
    match command {
        FleetCommand::Merge { reports, report } => files::merge(reports, report.as_deref()),
        FleetCommand::Report { report, format } => files::print(report, *format),
        _ => Ok(()),
    }
}

pub(crate) async fn run(context: &Context, command: FleetCommand) -> Result<(), Stop> {
    match command {
        FleetCommand::Plan { fleet, report } => {
            let plan = fleet.chosen(context)?.plan().await?;
            context.tell(&plan);
            let planned = plan.run().into_report();
            if let Some(path) = report {
                planned
                    .write(&path)
                    .map_err(|error| Stop::of_file(&path, error))?;
                let path = quoted(&path.to_string_lossy());
                let resume = context.command(&format!("fleet resume {path} --yes"));
                context.tell(format_args!("carry it out with `{resume}`"));
            }
            match context.output {
                Format::Json => json(&planned),
                Format::Table => Ok(()),
            }
        }
        FleetCommand::Run {
            fleet,
            report,
            or_resume,
            how,
        } => {
            let start = match report.exists() {
                true if or_resume => context.atlas.resume_fleet(files::read(&report)?)?,
                true => {
                    let path = quoted(&report.to_string_lossy());
                    let resume = context.command(&format!("fleet resume {path}"));
                    return Err(Stop::usage(format!(
                        "the report {path} is there already: go on from it with `{resume}`, or \
                         give another --report"
                    )));
                }
                false => fleet.chosen(context)?,
            };
            run::run(context, start, &report, how).await
        }
        FleetCommand::Resume { report, how } => {
            let start = context.atlas.resume_fleet(files::read(&report)?)?;
            run::run(context, start, &report, how).await
        }
        FleetCommand::Merge { .. } | FleetCommand::Report { .. } => run_offline(&command),
    }
}

impl FleetArgs {
    fn chosen(self, context: &Context) -> Result<ExportFleet, Stop> {
        let mut fleet = self.scope.fleet(context)?;
        if !self.clusters.is_empty() {
            fleet = fleet.only(self.clusters);
        }
        if let Some((index, workers)) = self.shard {
            fleet = fleet.shard(index, workers);
        }
        if let Some(price) = self.price_per_gb {
            fleet = fleet.price_per_gigabyte(price);
        }
        Ok(fleet)
    }
}
