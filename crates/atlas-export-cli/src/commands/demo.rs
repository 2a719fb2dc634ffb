//! A whole export on FakeAtlas, with nothing set.

use std::time::Duration;

use atlas_export::{Client, Credentials, Error, RoleId};
use atlas_export_fake::{FakeAtlas, JobProgress};

use super::jobs;
use crate::{
    channel::Channel,
    context::Context,
    exit::{self, Stop},
    export::{self, Plan, WatchArgs},
    rows::shown,
    target::{BucketArg, Target},
};

const CLUSTER: &str = "Cluster0";
const BUCKET: &str = "my-snapshot-exports";

pub(crate) async fn run() -> Result<(), Stop> {
    let fake = FakeAtlas::builder()
        .demo()
        .job_progress(JobProgress::ByPolls {
            queued: 2,
            in_progress: 8,
        })
        .start()
        .await
        .map_err(|error| {
            Stop::new(
                exit::FAILURE,
                format!("FakeAtlas could not be started: {error}"),
            )
        })?;
    Channel::Stdout.line(format_args!(
        "This runs on FakeAtlas, an Atlas inside this process at {}.\n\
         Nothing leaves this machine.\n",
        fake.url()
    ));
    let (public, private) = fake.credentials();
    let atlas = Client::builder()
        .base_url(fake.url())
        .credentials(Credentials::api_key(public, private))
        .build()?;
    let context = Context::of(atlas, fake.project_id().parse().map_err(Error::from)?);

    let project = context.project()?;
    let cluster = project.cluster(CLUSTER);
    let role: RoleId = "12345678f901a234dbdb00ca".parse().map_err(Error::from)?;
    let bucket = BucketArg::Name(BUCKET.to_owned());
    let target = Target::find(&project, &bucket, Some(&role)).await?;
    let snapshot = jobs::choose_snapshot(&cluster, None).await?;
    let plan = Plan::new(&cluster, snapshot, target)?;
    context.tell(&plan);

    let job = export::start(&context, &project, &cluster, plan, |ensure| ensure).await?;
    let how = WatchArgs::new(1, Duration::from_millis(250));
    let done = export::watch_job(&context, &cluster, &job.id, how).await?;

    context.tell(format_args!("\nThe export jobs of {CLUSTER}:"));
    for job in cluster.export_jobs().list().await? {
        context.tell(format_args!("  {}  {}", job.id, shown(job.state.as_ref())));
    }
    context.tell(format_args!("\n{}", export::whereabouts(&done, BUCKET)));
    context.tell(format_args!(
        "\nFakeAtlas saw {} requests.",
        fake.requests().len()
    ));
    Ok(())
}
