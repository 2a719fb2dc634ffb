//! A whole export on FakeAtlas, with nothing set: `jobs start`, as it runs on the real service.

use atlas_export::{Client, Credentials, Error};
use atlas_export_fake::{FakeAtlas, JobProgress};
use clap::Parser as _;

use super::jobs;
use crate::{
    args::{Command, Tool},
    channel::Channel,
    context::Context,
    exit::{self, Stop},
};

/// What is shown, but for the options that make it quick.
const SHOWN: &str = "atlas-export jobs start Cluster0 --bucket my-snapshot-exports \
                     --role 12345678f901a234dbdb00ca --watch --yes";

pub(crate) async fn run() -> Result<(), Stop> {
    let progress = JobProgress::ByPolls {
        queued: 2,
        in_progress: 8,
    };
    let fake = FakeAtlas::builder().demo().job_progress(progress).start();
    let fake = fake.await.map_err(|error| {
        let why = format!("FakeAtlas could not be started: {error}");
        Stop::new(exit::FAILURE, why)
    })?;
    Channel::Stdout.line(format_args!(
        "This runs on FakeAtlas, an Atlas inside this process at {}.\n\
         Nothing leaves this machine.\n\n$ {SHOWN}\n",
        fake.url()
    ));
    let (public, private) = fake.credentials();
    let atlas = Client::builder()
        .base_url(fake.url())
        .credentials(Credentials::api_key(public, private))
        .build()?;
    let context = Context::of(atlas, fake.project_id().parse().map_err(Error::from)?);
    let quick = ["--max-wait", "1", "--poll-interval", "0.25"];
    let tool = Tool::parse_from(SHOWN.split_whitespace().chain(quick));
    if let Command::Jobs(command) = tool.command {
        jobs::run(&context, command).await?;
    }
    context.tell(format_args!(
        "\nFakeAtlas saw {} requests.",
        fake.requests().len()
    ));
    Ok(())
}
