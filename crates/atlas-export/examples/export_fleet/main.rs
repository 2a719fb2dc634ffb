//! Exports the newest snapshot of every cluster of a project, once.
//!
//! Without credentials in the environment it runs on a FakeAtlas in the process, which costs
//! nothing. With one it shows the plan, and starts nothing without `--yes`. With `--report` it
//! stores what came of each cluster, and goes on from there when it is run again.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to the person who runs it"
)]

mod bars;

use std::{error::Error, path::PathBuf, process::ExitCode, time::Duration};

use atlas_export::{
    Client, ClusterName, Credentials, ExportBucketId, ProjectId,
    fleet::{FleetReport, FleetStatus},
    variables::{self, Variables},
};
use atlas_export_fake::{Bucket, FakeAtlas, JobProgress, Snapshot};
use clap::Parser;

use bars::Bars;

/// Exports the newest snapshot of every cluster of a project, once.
#[derive(Parser)]
struct Args {
    /// The project; by default the one in `MONGODB_ATLAS_PROJECT_ID`.
    #[arg(long)]
    project: Option<ProjectId>,
    /// The id of the export bucket.
    #[arg(long)]
    bucket: Option<ExportBucketId>,
    /// Only this cluster; may be given several times.
    #[arg(long)]
    cluster: Vec<ClusterName>,
    /// How many exports run at once.
    #[arg(long, default_value_t = 8)]
    concurrency: usize,
    /// Where the report is stored, and read from if it is there.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Starts the exports; without it only the plan is shown. Exports are billed per gigabyte.
    #[arg(long)]
    yes: bool,
}

impl Args {
    /// The first argument that only means something on the real service.
    fn first_given(&self) -> Option<&'static str> {
        [
            ("--project", self.project.is_some()),
            ("--bucket", self.bucket.is_some()),
            ("--cluster", !self.cluster.is_empty()),
            ("--report", self.report.is_some()),
            ("--yes", self.yes),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run(mut args: Args) -> Result<bool, Box<dyn Error>> {
    if variables::is_set() {
        let variables = Variables::of_process()?;
        let project = args.project.take().or_else(|| variables.project_id.clone());
        let project = project.ok_or("--project is missing")?;
        let bucket = args
            .bucket
            .take()
            .ok_or("--bucket is missing: the id of an export bucket")?;
        let atlas = Client::builder().variables(variables).build()?;
        return export(&atlas, project, &bucket, args).await;
    }
    if let Some(flag) = args.first_given() {
        return Err(format!(
            "{flag} is for the real service, and there are no credentials in the environment: set \
             MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET (a service account), or \
             MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY (an API key), or leave \
             {flag} out for the demo on FakeAtlas"
        )
        .into());
    }
    println!(
        "There are no credentials in the environment, so this runs on FakeAtlas. Nothing leaves this machine.\n"
    );
    let fake = furnished().start().await?;
    let (public, private) = fake.credentials();
    let atlas = Client::builder()
        .base_url(fake.url())
        .credentials(Credentials::api_key(public, private))
        .build()?;
    args.yes = true;
    export(&atlas, fake.project_id().parse()?, &BUCKET.parse()?, args).await
}

/// Plans, shows the plan, and carries it out. Whether all went well.
async fn export(
    atlas: &Client,
    project: ProjectId,
    bucket: &ExportBucketId,
    args: Args,
) -> Result<bool, Box<dyn Error>> {
    let bars = Bars::default();
    let shown = bars.clone();
    let mut fleet = atlas
        .project(project)
        .export_fleet(bucket)
        .concurrency(args.concurrency)
        .custom_data("source", "atlas-export fleet example")
        .await_exports()
        .on_progress(move |cluster, progress| shown.show(&cluster.cluster, progress));
    if !args.cluster.is_empty() {
        fleet = fleet.only(args.cluster);
    }
    if let Some(path) = args.report.as_ref().filter(|path| path.exists()) {
        fleet = fleet.resume(FleetReport::read(path)?);
    }
    let plan = fleet.plan().await?;
    println!("{plan}\n");
    if !args.yes {
        println!("Nothing was started: --yes starts it.");
        return Ok(true);
    }
    let mut run = plan.run();
    while let Some(cluster) = run.next().await {
        if cluster.status != FleetStatus::Started {
            bars.end(&cluster);
        }
        if let Some(path) = &args.report {
            run.report().write(path)?;
        }
    }
    let report = run.into_report();
    let count = |status| report.count(status);
    println!(
        "\n{} exported, {} skipped, {} failed",
        count(FleetStatus::Successful),
        count(FleetStatus::Skipped),
        count(FleetStatus::Failed) + count(FleetStatus::Cancelled) + count(FleetStatus::Error)
    );
    let bad = [
        FleetStatus::Failed,
        FleetStatus::Cancelled,
        FleetStatus::Error,
    ];
    Ok(report.is_complete() && bad.into_iter().all(|status| report.count(status) == 0))
}

const BUCKET: &str = "6a79f0c20000000000000001";

/// A small company: what can be exported, what cannot, and what is exported already.
fn furnished() -> atlas_export_fake::FakeAtlasBuilder {
    let project = atlas_export_fake::DEFAULT_PROJECT_ID;
    let bucket = Bucket::aws("fleet-exports", "12345678f901a234dbdb00ca").id(BUCKET);
    let names = [
        "Orders", "Users", "Billing", "Search", "Archive", "Metrics", "Mail", "Audit",
    ];
    let builder = FakeAtlas::builder()
        .bucket(project, bucket)
        .collections(40)
        .job_progress(JobProgress::ByClock {
            queued: Duration::from_millis(500),
            in_progress: Duration::from_secs(4),
        });
    let builder = (1..).zip(names).fold(builder, |builder, (n, name)| {
        let snapshot = Snapshot::completed(format!("5f3a1b2c4d5e6f70819{n:05x}"));
        builder.snapshot(project, name, snapshot.storage_bytes(1_200_000_000 * n))
    });
    builder
        .tier(project, "Playground", "FLEX")
        .tier(project, "Free", "M0")
        .cluster(project, "Empty")
        .backup_off(project, "Scratch")
}
