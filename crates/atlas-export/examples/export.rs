//! One export, from the bucket to the files: on FakeAtlas, an Atlas inside this process.
//!
//! `Client::from_env()` in place of the first lines does the same on the real service.
#![allow(clippy::print_stdout)] // a program says what it does

use std::{error::Error, time::Duration};

use atlas_export::{Client, Credentials, NewExportBucket};
use atlas_export_fake::FakeAtlas;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let fake = FakeAtlas::builder().demo().start().await?;
    let (public, private) = fake.credentials();
    let atlas = Client::builder()
        .base_url(fake.url())
        .credentials(Credentials::api_key(public, private))
        .build()?;

    // Handles make no request.
    let project = atlas.project(fake.project_id());
    let cluster = project.cluster("Cluster0");

    // The role through which Atlas writes, and the bucket: registered, if it is not.
    let role = project
        .access_roles()
        .find_aws("arn:aws:iam::123456789012:role/atlas-export")
        .await?
        .ok_or("nobody has authorized this role")?;
    let new = NewExportBucket::aws("my-exports", role.role_id)?;
    let bucket = project.export_buckets().ensure(new).await?.into_inner();

    // The newest snapshot that can be exported: exported, if it is not.
    let snapshot = cluster.snapshots().newest_exportable().await?;
    let snapshot = snapshot.ok_or("there is no snapshot to export")?;
    let jobs = cluster.export_jobs();
    let job = jobs.ensure(&snapshot.id, &bucket.id).await?.into_inner();

    let done = jobs
        .wait_until_finished(&job.id)
        .max_wait(Duration::from_secs(3600))
        .poll_interval(Duration::from_millis(100)) // FakeAtlas is faster than Atlas
        .on_progress(|progress| println!("{:?} {:?}", progress.item.state, progress.collections))
        .await?;
    println!("exported to {}", bucket.uri_of(&done).unwrap_or_default());
    Ok(())
}
