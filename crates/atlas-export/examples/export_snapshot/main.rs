//! Exports the newest snapshot of a cluster to a bucket, and watches it arrive.
//!
//! Without an environment it starts a FakeAtlas in the process and exports there, which costs
//! nothing and needs nothing. With `MONGODB_ATLAS_*` set it does the same against the real
//! service; see `--help`.

// An example prints: that is its output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

/// Prints a line. A reader that has gone away, such as `head`, does not stop an export.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($line)*);
    }};
}

mod args;
mod plan;
mod progress;

use std::{error::Error as StdError, fmt, process::ExitCode, time::Duration};

use atlas_export::{
    Client, Cluster, Credentials, Ensured, Error, ErrorKind, Project, models::ExportJob, variables,
    wait::WaitError,
};
use atlas_export_fake::{FakeAtlas, JobProgress};
use clap::Parser as _;

use self::{
    args::{Args, Target},
    plan::{Bucket, Plan},
    progress::ProgressView,
};

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = if variables::is_set() {
        run_on_atlas(args).await
    } else {
        run_on_fake(&args).await
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("{stop}");
            stop.code()
        }
    }
}

/// Why the program ends without an export.
#[derive(Debug)]
enum Stop {
    /// The environment or the arguments are invalid.
    Usage(String),
    /// The plan was shown, and nobody said yes.
    NotConfirmed,
    /// There is nothing to export.
    NothingToExport(String),
    Call(Error),
    Wait(WaitError<ExportJob>),
    Fake(std::io::Error),
}

impl Stop {
    fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Fake(_) => 1,
            Self::Usage(_) => 2,
            Self::NotConfirmed => 3,
            Self::NothingToExport(_) => 4,
            Self::Call(error) => match error.kind() {
                ErrorKind::Config => 2,
                ErrorKind::Authentication => 5,
                ErrorKind::Ambiguous => 7,
                _ => 6,
            },
            Self::Wait(WaitError::MaxWaitExceeded { .. }) => 8,
            Self::Wait(WaitError::Failed(_) | WaitError::Cancelled(_)) => 9,
            Self::Wait(_) => 6,
        })
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(why) | Self::NothingToExport(why) => f.write_str(why),
            Self::NotConfirmed => {
                f.write_str("Nothing was done. Repeat the command with --yes to go ahead.")
            }
            Self::Call(error) => match error.operation() {
                Some(operation) => write!(f, "{operation}: {error}"),
                None => error.fmt(f),
            },
            Self::Wait(error) => error.fmt(f),
            Self::Fake(error) => write!(f, "FakeAtlas could not be started: {error}"),
        }
    }
}

impl StdError for Stop {}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

async fn run_on_fake(args: &Args) -> Result<(), Stop> {
    if let Some(flag) = args.first_given() {
        return Err(Stop::Usage(format!(
            "{flag} is for the real service, but the environment has no credentials for it: set \
             MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET (a service account), or \
             MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY (an API key), or run \
             without arguments to see an export on FakeAtlas"
        )));
    }
    let fake = FakeAtlas::builder()
        .demo()
        .job_progress(JobProgress::ByPolls {
            queued: 2,
            in_progress: 8,
        })
        .start()
        .await
        .map_err(Stop::Fake)?;
    say!(
        "The environment has no credentials for Atlas, so this runs on FakeAtlas, an Atlas inside\n\
         this process at {}. Nothing leaves this machine.\n",
        fake.url()
    );
    let (public, private) = fake.credentials();
    let atlas = Client::builder()
        .base_url(fake.url())
        .credentials(Credentials::api_key(public, private))
        .build()?;
    let project = fake.project_id().parse().map_err(Error::from)?;
    let target = Target {
        project,
        cluster: "Cluster0".parse().map_err(Error::from)?,
        bucket: "my-snapshot-exports".into(),
        role: Some("12345678f901a234dbdb00ca".parse().map_err(Error::from)?),
    };
    let interval = Some(Duration::from_millis(250));
    export(&atlas, target, true, Duration::from_secs(60), interval).await?;
    say!("\nFakeAtlas saw {} requests.", fake.requests().len());
    Ok(())
}

async fn run_on_atlas(args: Args) -> Result<(), Stop> {
    let variables = variables::Variables::of_process()?;
    let default_project = variables.project_id.clone();
    let atlas = Client::builder().variables(variables).build()?;
    let (yes, max_wait) = (args.yes, Duration::from_secs(args.max_wait_minutes * 60));
    let target = args.target(default_project).map_err(Stop::Usage)?;
    export(&atlas, target, yes, max_wait, None).await
}

/// The export, wherever it runs.
async fn export(
    atlas: &Client,
    target: Target,
    yes: bool,
    max_wait: Duration,
    interval: Option<Duration>,
) -> Result<(), Stop> {
    let project = atlas.project(&target.project);
    let cluster = project.cluster(&target.cluster);

    let plan = Plan::make(&project, &cluster, &target).await?;
    say!("{plan}");
    if !yes {
        return Err(Stop::NotConfirmed);
    }

    let job = start(&project, &cluster, plan).await?;
    let done = watch(&cluster, &job, max_wait, interval).await?;

    say!("\nThe export jobs of {}:", target.cluster);
    let page = cluster.export_jobs().list().await?;
    for job in &page.items {
        say!("  {}  {}", job.id, progress::state(job));
    }
    if page.has_next {
        say!("  … and more");
    }
    say!(
        "\n{}: the snapshot is in bucket {} under {}",
        progress::state(&done),
        target.bucket,
        done.prefix
            .as_deref()
            .unwrap_or("a prefix that Atlas does not tell")
    );
    Ok(())
}

async fn start(project: &Project, cluster: &Cluster, plan: Plan) -> Result<ExportJob, Stop> {
    let bucket = match plan.bucket {
        Bucket::Reuse { bucket, .. } => *bucket,
        Bucket::Register { name, new, .. } => {
            // Registers nothing twice, even where the answer is lost.
            let bucket = project.export_buckets().ensure(new).await?.into_inner();
            say!("registered bucket {name} as {}", bucket.id);
            bucket
        }
    };
    let ensured = cluster
        .export_jobs()
        .ensure(&plan.snapshot.id, &bucket.id)
        .custom_data("source", "atlas-export example")
        .await?;
    match &ensured {
        Ensured::Created(job) => say!("started export job {}", job.id),
        Ensured::Existing(job) => say!("export job {} exports it already", job.id),
    }
    Ok(ensured.into_inner())
}

async fn watch(
    cluster: &Cluster,
    job: &ExportJob,
    max_wait: Duration,
    interval: Option<Duration>,
) -> Result<ExportJob, Stop> {
    let view = ProgressView::new();
    let shown = view.clone();
    let mut wait = cluster
        .export_jobs()
        .wait_until_finished(&job.id)
        .max_wait(max_wait)
        .on_progress(move |progress| shown.show(progress));
    if let Some(interval) = interval {
        wait = wait.poll_interval(interval);
    }
    let outcome = wait.await;
    view.finish();
    outcome.map_err(Stop::Wait)
}
