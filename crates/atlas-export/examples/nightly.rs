//! A nightly job: exports the newest snapshot of a cluster, waits for it, and says by its exit
//! code how it went. Run it as often as you like: what is exported is not exported again.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a program says how it went

use std::{error::Error, process::ExitCode, time::Duration};

use atlas_export::{
    Client, ClusterName, ErrorKind, NewExportBucket, ProjectId, id::strict, models::ExportJob,
};

/// What the job is about, as JSON in a file. The key of Atlas comes from the environment.
#[derive(serde::Deserialize)]
struct Config {
    #[serde(with = "strict")]
    project: ProjectId,
    cluster: ClusterName,
    bucket: NewExportBucket,
}

async fn export(config: Config) -> Result<Option<ExportJob>, atlas_export::Error> {
    let atlas = Client::from_env()?;
    let project = atlas.project(config.project);
    let cluster = project.cluster(config.cluster);

    let Some(snapshot) = cluster.snapshots().newest_exportable().await? else {
        return Ok(None);
    };
    let bucket = project.export_buckets().ensure(config.bucket).await?;
    let jobs = cluster.export_jobs();
    let job = jobs.ensure(&snapshot.id, &bucket.get().id).await?;
    let wait = jobs.wait_until_finished(&job.get().id);
    let done = wait.max_wait(Duration::from_secs(6 * 60 * 60)).await?;
    Ok(Some(done))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: nightly CONFIG.json")?;
    let config = serde_json::from_slice(&std::fs::read(path)?)?;
    Ok(match export(config).await {
        Ok(Some(job)) => {
            println!("exported to {}", job.prefix.unwrap_or_default());
            ExitCode::SUCCESS
        }
        Ok(None) => {
            println!("there is no snapshot to export");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            // What may pass by itself is worth another run soon; a failed export is for a person.
            let again = error.is_retryable() || error.kind() == ErrorKind::MaxWait;
            ExitCode::from(if again { 75 } else { 1 })
        }
    })
}
