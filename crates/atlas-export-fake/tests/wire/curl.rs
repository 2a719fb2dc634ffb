//! The command lines of the v1.0 reference pages, run by a shell and the real curl. Without a curl
//! these tests say so and pass, except where `CI` is set.

use std::error::Error;
use std::io::Write as _;

use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder};
use serde_json::Value;
use tokio::process::Command;

use crate::{Outcome, PROJECT, ROLE};

async fn curl_is_here() -> Result<bool, Box<dyn Error>> {
    if Command::new("curl").arg("--version").output().await.is_ok() {
        return Ok(true);
    }
    if std::env::var_os("CI").is_some() {
        return Err("curl is not on the PATH".into());
    }
    // Past the test harness, which keeps to itself what a passing test prints.
    writeln!(std::io::stderr(), "skipped: curl is not on the PATH")?;
    Ok(false)
}

/// Runs a command line in a shell and returns what it printed.
async fn shell(line: &str) -> Result<String, Box<dyn Error>> {
    let output = Command::new("sh")
        .args(["-c", line])
        .env("no_proxy", "*")
        .output()
        .await?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

fn furnished() -> FakeAtlasBuilder {
    FakeAtlas::builder()
        .credentials("abcdefgh", "fa4e0000-0000-4000-8000-000000000002")
        .cluster(PROJECT, "Cluster0")
}

/// How long each body was, and how each request was answered.
fn traffic(fake: &FakeAtlas) -> Vec<(usize, u16)> {
    fake.requests()
        .iter()
        .map(|r| (r.body.len(), r.status.map_or(0, |status| status.as_u16())))
        .collect()
}

#[tokio::test]
async fn the_list_of_buckets() -> Outcome {
    if !curl_is_here().await? {
        return Ok(());
    }
    let fake = furnished().buckets(PROJECT, 1).start().await?;
    let (public, private) = fake.credentials();
    let printed = shell(&format!(
        r#"curl --user "{public}:{private}" -X GET --digest \
     --header "Accept: application/json" \
     --header "Content-Type: application/json" \
     "{}/api/atlas/v1.0/groups/{PROJECT}/backup/exportBuckets?pretty=true""#,
        fake.url()
    ))
    .await?;
    let page: Value = serde_json::from_str(&printed)?;
    assert_eq!(page["totalCount"], 1);
    assert!(printed.contains("\n  \"results\": ["));
    assert_eq!(traffic(&fake), [(0, 401), (0, 200)]);
    Ok(())
}

#[tokio::test]
async fn the_creation_of_a_bucket_after_an_empty_post() -> Outcome {
    if !curl_is_here().await? {
        return Ok(());
    }
    let fake = furnished().start().await?;
    let (public, private) = fake.credentials();
    let body = format!(
        r#"{{
           "iamRoleId": "{ROLE}",
           "bucketName": "example-bucket",
           "cloudProvider": "AWS"
         }}"#
    );
    let printed = shell(&format!(
        r#"curl --user "{public}:{private}" -X POST --digest \
         --header "Accept: application/json" \
         --header "Content-Type: application/json" \
         "{}/api/atlas/v1.0/groups/{PROJECT}/backup/exportBuckets?pretty=true" \
         --data '{body}'"#,
        fake.url()
    ))
    .await?;
    let bucket: Value = serde_json::from_str(&printed)?;
    assert_eq!(bucket["projectId"], PROJECT);
    assert_eq!(traffic(&fake), [(0, 401), (body.len(), 200)]);
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_list_of_jobs_with_its_trailing_slash() -> Outcome {
    if !curl_is_here().await? {
        return Ok(());
    }
    let fake = furnished().start().await?;
    let (public, private) = fake.credentials();
    let printed = shell(&format!(
        r#"curl --user "{public}:{private}" --digest \
     --header "Accept: application/json" \
     --header "Content-Type: application/json" \
     --include \
     --request GET "{}/api/atlas/v1.0/groups/{PROJECT}/clusters/Cluster0/backup/exports/""#,
        fake.url()
    ))
    .await?;
    assert!(printed.contains("HTTP/1.1 401 Unauthorized"), "{printed}");
    assert!(printed.contains("HTTP/1.1 200 OK"), "{printed}");
    let href = format!(
        "{}/api/atlas/v1.0/groups/{PROJECT}/clusters/Cluster0/backup/exports/?pageNum=1&itemsPerPage=100",
        fake.url()
    );
    assert!(printed.contains(&href), "{printed}");
    Ok(())
}
