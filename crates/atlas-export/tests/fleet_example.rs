//! The example `export_fleet`, run as a person runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic: that is how it fails"
)]

use std::{env, fs, path::PathBuf, process::Output};

use atlas_export_fake::{Bucket, FakeAtlas, Snapshot};
use tokio::process::Command;

const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
const BUCKET: &str = "604f6322dc786a5341d4f7fb";

/// Cargo builds the examples of a package before its tests, beside them.
fn program() -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    folder
        .join("examples/export_fleet")
        .with_extension(env::consts::EXE_EXTENSION)
}

async fn run(fake: Option<&FakeAtlas>, arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.args(arguments);
    for (name, _) in env::vars() {
        if name.starts_with("MONGODB_ATLAS_") || name.starts_with("MCLI_") {
            command.env_remove(name);
        }
    }
    if let Some(fake) = fake {
        let (public, private) = fake.credentials();
        command
            .env("MONGODB_ATLAS_PUBLIC_API_KEY", public)
            .env("MONGODB_ATLAS_PRIVATE_API_KEY", private)
            .env("MONGODB_ATLAS_BASE_URL", fake.url())
            .env("MONGODB_ATLAS_PROJECT_ID", PROJECT);
    }
    command.output().await.unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Two clusters with a snapshot each.
async fn service() -> FakeAtlas {
    let snapshot = |digit: u8| Snapshot::completed(format!("5fb6a0e0e5a4d31b5b8ef0b{digit}"));
    FakeAtlas::builder()
        .bucket(
            PROJECT,
            Bucket::aws("exports", "12345678f901a234dbdb00ca").id(BUCKET),
        )
        .snapshot(PROJECT, "Orders", snapshot(1))
        .snapshot(PROJECT, "Users", snapshot(2))
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn without_an_environment_it_exports_a_fleet_on_fake_atlas_in_plain_lines() {
    let output = run(None, &[]).await;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for part in [
        "8 of 12 clusters to export, 43.2 GB",
        "Orders: InProgress, ",
        "Playground: Skipped, a Flex cluster",
        "8 exported, 4 skipped, 0 failed",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[tokio::test]
async fn what_is_for_the_real_service_is_refused_without_a_key() {
    for arguments in [
        &["--project", PROJECT, "--bucket", BUCKET, "--yes"][..],
        &["--bucket", BUCKET],
        &["--cluster", "Orders"],
        &["--report", "report.json"],
        &["--yes"],
    ] {
        let output = run(None, arguments).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(said.starts_with(arguments[0]), "{said}");
        assert!(said.contains("MONGODB_ATLAS_PUBLIC_API_KEY"), "{said}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
}

#[tokio::test]
async fn without_yes_the_plan_is_shown_and_nothing_is_started() {
    let fake = service().await;
    let output = run(Some(&fake), &["--bucket", BUCKET]).await;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(text.contains("2 of 2 clusters to export"), "{text}");
    assert!(fake.jobs(PROJECT, "Orders").is_empty());
}

#[tokio::test]
async fn with_a_stored_report_a_second_run_goes_on_from_the_first() {
    let fake = service().await;
    let folder = env::temp_dir().join(format!("atlas-export-fleet-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let report = folder.join("report.json");
    let path = report.to_str().unwrap();
    let arguments = ["--bucket", BUCKET, "--yes", "--report", path];
    let first = [&arguments[..], &["--cluster", "Orders"]].concat();
    let output = run(Some(&fake), &first).await;
    assert!(
        stdout(&output).contains("1 exported, 0 skipped"),
        "{output:?}"
    );
    let output = run(Some(&fake), &arguments).await;
    assert!(
        stdout(&output).contains("ended before: Successful"),
        "{output:?}"
    );
    assert_eq!(fake.jobs(PROJECT, "Orders").len(), 1);
    fs::write(&report, "no report").unwrap();
    let output = run(Some(&fake), &arguments).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let fake = service().await;
    let output = run(Some(&fake), &[]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--bucket is missing"));
}
