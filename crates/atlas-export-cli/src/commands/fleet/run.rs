//! A fleet that is carried out: bars, a report that is stored again and again, and an end that
//! says how to go on.

use std::{
    path::Path,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use atlas_export::{
    Error, ErrorKind,
    fleet::{ClusterReport, ExportFleet, FleetReport, FleetRun, FleetStatus},
};
use atlas_export_types::OneLine;
use clap::Args;

use crate::{
    context::{Context, quoted},
    exit::{self, Stop},
    export::WatchArgs,
    interrupt::interrupted,
    output::{Format, json},
    progress::Bars,
    rows::shown,
};

/// The pause between two times that the report is stored: it has all clusters, and what an older
/// one does not know is found again.
const STORE_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// How many exports run at once
    #[arg(long, value_name = "N", default_value_t = 8)]
    concurrency: usize,
    /// Start the exports, and wait for none
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    how: WatchArgs,
    /// Start the exports; without it only the plan is shown
    #[arg(long)]
    yes: bool,
}

/// What clusters are called: of several projects, by project and name.
#[derive(Clone, Default)]
struct Names(Arc<AtomicBool>);

impl Names {
    fn of(&self, cluster: &ClusterReport) -> String {
        format!("{}{}", self.before(cluster), cluster.cluster)
    }

    /// The project and a slash, where there are several.
    fn before(&self, cluster: &ClusterReport) -> String {
        if self.0.load(Ordering::Relaxed) {
            format!("{}/", cluster.project)
        } else {
            String::new()
        }
    }
}

pub(super) async fn run(
    context: &Context,
    fleet: ExportFleet,
    path: &Path,
    args: RunArgs,
) -> Result<(), Stop> {
    let bars = Bars::on(context.channel());
    let view = bars.clone();
    let names = Names::default();
    let called = names.clone();
    let mut fleet = fleet
        .concurrency(args.concurrency)
        .max_wait(args.how.max_wait())
        .custom_data("source", "atlas-export")
        .on_progress(move |cluster, progress| {
            let state = shown(progress.item.state.as_ref());
            view.show(&called.of(cluster), &state, progress);
        });
    if !args.no_wait {
        fleet = fleet.await_exports();
    }
    if let Some(pause) = args.how.poll_interval {
        fleet = fleet.poll_interval(pause);
    }
    let plan = fleet.plan().await?;
    names.0.store(plan.projects().len() > 1, Ordering::Relaxed);
    context.tell(format_args!("{plan}\n"));
    let run = plan.run();
    if !args.yes {
        if context.output == Format::Json {
            json(run.report())?;
        }
        return Err(Stop::not_confirmed());
    }
    let resume = quoted(&path.to_string_lossy());
    let resume = context.command(&format!("fleet resume {resume} --yes"));
    let report = carry_out(run, (&bars, &names), path, &resume).await?;
    if context.output == Format::Json {
        json(&report)?;
    }
    for cluster in report.leftovers() {
        let place = cluster.location.as_deref().or(cluster.prefix.as_deref());
        context.tell(format_args!(
            "not complete, and nobody deletes it: {}",
            OneLine(place.unwrap_or("what the export of a cluster wrote"))
        ));
    }
    context.tell(format_args!("\n{report}"));
    verdict(report, &resume, &args)
}

/// Runs to the end, or until somebody interrupts it; the report is stored either way.
async fn carry_out(
    mut run: FleetRun,
    (bars, names): (&Bars, &Names),
    path: &Path,
    resume: &str,
) -> Result<FleetReport, Stop> {
    let store = |run: &FleetRun| {
        let stored = run.report().write(path);
        stored.map_err(|error| Stop::of_file(path, error))
    };
    store(&run)?;
    let mut stored_at = Instant::now();
    let mut interrupt = pin!(interrupted());
    loop {
        let next = tokio::select! {
            biased;
            () = &mut interrupt => {
                bars.leave();
                store(&run)?;
                return Err(Stop::new(exit::INTERRUPTED, format!(
                    "interrupted: {}; exports that were started go on in Atlas; go on with \
                     `{resume}`",
                    run.report()
                )));
            }
            next = run.next() => next,
        };
        let Some(cluster) = next else { break };
        if cluster.status != FleetStatus::Started {
            bars.end(
                &names.of(&cluster),
                format_args!("{}{cluster}", names.before(&cluster)),
            );
        }
        if stored_at.elapsed() >= STORE_PAUSE {
            store(&run)?;
            stored_at = Instant::now();
        }
    }
    bars.leave();
    store(&run)?;
    Ok(run.into_report())
}

/// Whether every cluster is exported that was to be.
fn verdict(report: FleetReport, resume: &str, args: &RunArgs) -> Result<(), Stop> {
    let Err(incomplete) = report.into_result() else {
        return Ok(());
    };
    let error = Error::from(incomplete);
    if error.kind() != ErrorKind::MaxWait {
        return Err(error.into());
    }
    if args.no_wait {
        return Ok(());
    }
    Err(Stop::new(
        exit::STILL_RUNNING,
        format!("the time is up, and exports go on in Atlas: look again with `{resume}`"),
    ))
}
