//! Every cluster of a project, exported once: on FakeAtlas, an Atlas inside this process.
#![allow(clippy::print_stdout)] // a program says what it does

use std::{error::Error, time::Duration};

use atlas_export::{Client, Credentials, fleet::FleetStatus};
use atlas_export_fake::{Bucket, DEFAULT_PROJECT_ID as PROJECT, FakeAtlas, Snapshot};

const BUCKET: &str = "6a79f0c20000000000000001";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let snapshot = |digit| Snapshot::completed(format!("5f3a1b2c4d5e6f7081920a0{digit}"));
    let fake = FakeAtlas::builder()
        .bucket(
            PROJECT,
            Bucket::aws("fleet-exports", "12345678f901a234dbdb00ca").id(BUCKET),
        )
        .snapshot(PROJECT, "Orders", snapshot(1).storage_bytes(1_200_000_000))
        .snapshot(PROJECT, "Users", snapshot(2).storage_bytes(2_400_000_000))
        .tier(PROJECT, "Playground", "FLEX")
        .start()
        .await?;
    let (public, private) = fake.credentials();
    let atlas = Client::builder()
        .base_url(fake.url())
        .credentials(Credentials::api_key(public, private))
        .build()?;

    let plan = atlas
        .project(PROJECT)
        .export_fleet(&BUCKET.parse()?)
        .price_per_gigabyte(0.125)
        .await_exports()
        .poll_interval(Duration::from_millis(100)) // FakeAtlas is faster than Atlas
        .plan() // looks, and changes nothing
        .await?;
    println!("{plan}\n");

    // A report that is stored now and then is what an interrupted run is resumed from.
    let mut run = plan.run();
    while let Some(cluster) = run.next().await {
        println!("{cluster}");
        // run.report().write("report.json")?;
    }
    let report = run.into_report();
    println!("\n{} exported", report.count(FleetStatus::Successful));
    print!("{}", report.to_markdown());
    Ok(())
}
