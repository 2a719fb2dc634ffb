//! No date has a year of five digits, whatever was asked for.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use atlas_export_fake::{Bucket, FakeAtlas, FakeAtlasBuilder, JobProgress, ManualClock, Snapshot};
use serde_json::{Value, json};

use crate::peer::{call, get};
use crate::{BUCKET, Outcome, PROJECT, ROLE, SNAPSHOT};

fn cluster(what: &str) -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/clusters/Cluster0/backup/{what}")
}

/// A fake whose clock stands `seconds` after 1970.
fn standing_at(seconds: i64) -> Result<FakeAtlasBuilder, Box<dyn Error>> {
    let start = chrono::DateTime::from_timestamp(seconds, 0).ok_or("no such date")?;
    let clock = Arc::new(ManualClock::starting_at(start));
    Ok(FakeAtlas::builder()
        .cluster(PROJECT, "Cluster0")
        .clock(clock as _))
}

/// 2026-08-10T03:28:25Z: versions of the API have to be of the past.
const NOW: i64 = 1_786_332_505;
/// 9990-01-01.
const LATE: i64 = 253_086_768_000;

#[tokio::test]
async fn a_retention_beyond_the_calendar_is_refused_and_harms_nothing() -> Outcome {
    for (now, days, status) in [
        (NOW, json!(1), 200),
        (NOW, json!(2_912_221), 200),
        (NOW, json!(2_912_222), 400),
        (NOW, json!(15_000_000), 400),
        (NOW, json!(2_147_483_647), 400),
        (NOW, json!(u64::MAX), 400),
        (NOW, json!(i64::MIN), 400),
        (NOW, json!(0), 400),
        (LATE, json!(365), 200),
        (LATE, json!(36_500), 400),
    ] {
        let fake = standing_at(now)?.start().await?;
        let order = json!({ "retentionInDays": days });
        let answer = call(&fake, "POST", &cluster("snapshots"), Some(&order)).await?;
        assert_eq!(answer.status, status, "{days}: {}", answer.body);
        if status == 400 {
            let expected = (400, "VALIDATION_ERROR".into(), "retentionInDays".into());
            assert_eq!(answer.refusal(), expected);
        }
        let list = get(&fake, &cluster("snapshots")).await?.json();
        let snapshots = list["results"].as_array().ok_or("no results")?;
        assert_eq!(snapshots.len(), usize::from(status == 200));
        for snapshot in snapshots {
            let expires = snapshot["expiresAt"].as_str().ok_or("no expiresAt")?;
            assert_eq!(expires.len(), 20, "{expires}");
        }
    }
    Ok(())
}

/// The dates of `body`.
fn dates(body: &Value) -> Vec<String> {
    ["createdAt", "expiresAt", "finishedAt"]
        .iter()
        .filter_map(|name| Some(body.get(name)?.as_str()?.to_owned()))
        .collect()
}

#[tokio::test]
async fn what_the_builder_is_told_stays_within_the_calendar() -> Outcome {
    let far = chrono::DateTime::<chrono::Utc>::MAX_UTC;
    let fake = standing_at(LATE)?
        .bucket(PROJECT, Bucket::aws("exports", ROLE).id(BUCKET))
        .snapshot(
            PROJECT,
            "Cluster0",
            Snapshot::completed(SNAPSHOT).created_at(far),
        )
        .job_progress(JobProgress::ByClock {
            queued: Duration::ZERO,
            in_progress: Duration::ZERO,
        })
        .start()
        .await?;
    let order = json!({ "snapshotId": SNAPSHOT, "exportBucketId": BUCKET });
    let job = call(&fake, "POST", &cluster("exports"), Some(&order)).await?;
    assert_eq!(job.status, 200, "{}", job.body);
    let mut seen = fake.snapshots(PROJECT, "Cluster0");
    seen.push(job.json());
    let dates: Vec<String> = seen.iter().flat_map(dates).collect();
    assert_eq!(dates.len(), 4);
    assert!(dates.iter().all(|date| date.len() == 20), "{dates:?}");
    let prefix = job.json()["prefix"].as_str().map(str::to_owned);
    let prefix = prefix.ok_or("no prefix")?;
    assert!(prefix.contains("/9999-12-31T2359/"), "{prefix}");
    Ok(())
}
