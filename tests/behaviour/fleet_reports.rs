//! Stored reports: what is read back is checked, and a crash leaves one report or the other.

use atlas_export::fleet::FleetReport;
use atlas_export_fake::{FakeAtlasBuilder, JobOutcome, JobProgress, Snapshot};
use atlas_export_tests::{BUCKET, PROJECT, Scene, parsed, seconds, with_bucket};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(super) const OLD: &str = "5fb6a0e0e5a4d31b00000001";
pub(super) const CLUSTER: &str = "Orders";

/// A project with one cluster to export from, whose exports take a minute and end so.
pub(super) async fn start(outcome: JobOutcome) -> Scene {
    let fake = furnished().job_outcome(outcome);
    let a_minute = JobProgress::ByClock {
        queued: seconds(5),
        in_progress: seconds(50),
    };
    Scene::start(fake.job_progress(a_minute)).await
}

pub(super) fn furnished() -> FakeAtlasBuilder {
    with_bucket().snapshot(PROJECT, CLUSTER, Snapshot::completed(OLD))
}

/// The report of a planned export, with a change.
pub(super) fn stored(change: impl FnOnce(&mut Value)) -> Result<FleetReport, serde_json::Error> {
    let mut report = json!({
        "version": 1,
        "projects": [{ "project": PROJECT, "bucket": BUCKET }],
        "clusters": [{
            "project": PROJECT, "cluster": CLUSTER, "status": "planned", "snapshot": OLD,
        }],
    });
    change(&mut report);
    serde_json::from_str(&report.to_string())
}

#[tokio::test]
async fn the_same_ids_in_capitals_are_the_same_project_bucket_snapshot_and_export() {
    let Scene { fake, project, .. } = start(JobOutcome::Successful).await;
    let jobs = project.cluster(CLUSTER).export_jobs();
    let first = jobs.ensure(&parsed(OLD), &parsed(BUCKET)).await.unwrap();
    assert!(first.is_created());
    let again = jobs.ensure(
        &parsed(&OLD.to_uppercase()),
        &parsed(&BUCKET.to_uppercase()),
    );
    assert!(!again.await.unwrap().is_created());
    assert_eq!(fake.jobs(PROJECT, CLUSTER).len(), 1);
    let report = stored(|report| {
        for field in ["project", "bucket"] {
            let value = &mut report["projects"][0][field];
            *value = value.as_str().unwrap().to_uppercase().into();
        }
    });
    let fleet = project
        .export_fleet(&parsed(BUCKET))
        .resume(report.unwrap());
    assert_eq!(fleet.plan().await.unwrap().exports(), 1);
}

#[tokio::test]
async fn what_a_report_says_reaches_no_terminal_with_control_characters() {
    let scene = start(JobOutcome::Successful).await;
    let report = stored(|report| {
        report["projects"][0]["undecodable"] = json!(["\u{1b}[2J\r"]);
        report["clusters"][0] = json!({
            "project": PROJECT, "cluster": CLUSTER, "status": "error", "message": "\u{1b}]0;owned\u{7}\n",
        });
    });
    let fleet = scene
        .project
        .export_fleet(&parsed(BUCKET))
        .resume(report.unwrap());
    let shown = fleet.plan().await.unwrap().to_string();
    assert!(shown.contains("owned") && shown.contains("[2J"), "{shown}");
    let odd = |c: char| c.is_control() && c != '\n';
    assert!(!shown.contains(odd), "{shown:?}");
    assert_eq!(shown.lines().count(), 3, "{shown}");
    let mut report = stored(|_| {}).unwrap();
    report.clusters[0].message = Some("\u{1b}[2J\n\u{202e}".into());
    let shown = report.clusters[0].to_string();
    assert_eq!(shown, "Orders: Planned, \\u{1b}[2J\\n\\u{202e}");
}

type Change = fn(&mut Value);

#[test]
fn a_report_is_checked_as_a_whole_when_it_is_read() {
    assert!(stored(|_| {}).is_ok());
    assert!(stored(|report| report["version"] = 1.into()).is_ok());
    let wrong: [(&str, Change); 6] = [
        ("version 2", |report| report["version"] = 2.into()),
        ("version 0", |report| report["version"] = 0.into()),
        ("is there twice", |report| {
            let first = report["clusters"][0].clone();
            report["clusters"].as_array_mut().unwrap().push(first);
        }),
        ("24 hexadecimal", |report| {
            report["projects"][0]["project"] = "p".into();
        }),
        ("24 hexadecimal", |report| {
            report["projects"][0]["bucket"] = "\u{1b}[2J".into();
        }),
        ("24 hexadecimal", |report| {
            report["clusters"][0]["job"] = "j".into();
        }),
    ];
    for (rule, change) in wrong {
        let message = stored(change).unwrap_err().to_string();
        assert!(message.contains(rule), "{message}");
        assert!(!message.contains('\u{1b}'), "{message}");
    }
}

#[test]
fn fields_of_later_releases_are_kept_and_written_back() {
    let report = stored(|report| {
        report["later"] = json!({"a": [1, null]});
        report["clusters"][0]["alsoLater"] = 7.into();
        report["clusters"][0]["reason"] = "out_of_moonlight".into();
    });
    let written = serde_json::to_value(report.unwrap()).unwrap();
    assert_eq!(written["version"], 1);
    assert_eq!(written["later"], json!({"a": [1, null]}));
    assert_eq!(written["clusters"][0]["alsoLater"], 7);
    assert_eq!(written["clusters"][0]["reason"], "out_of_moonlight");
}

#[test]
fn a_report_is_replaced_in_one_step_and_a_failure_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let first = stored(|_| {}).unwrap();
    first.write(&path).unwrap();
    assert_eq!(FleetReport::read(&path).unwrap(), first);
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names(), 1);
    // What is written beside it cannot be: the old one is as it was.
    std::fs::create_dir(folder.path().join("report.json.new")).unwrap();
    let second = stored(|report| report["version"] = 1.into()).unwrap();
    assert!(second.write(&path).is_err());
    assert_eq!(FleetReport::read(&path).unwrap(), first);
    std::fs::write(&path, "{\"project\":").unwrap();
    let error = FleetReport::read(&path).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}

proptest! {
    #[test]
    fn whatever_is_stored_is_read_or_refused_on_one_line(
        version in any::<Option<u64>>(),
        bytes in any::<Option<u64>>(),
        id in ".*|[0-9a-fA-F]{24}",
        message in ".*",
    ) {
        let read = stored(|report| {
            if let Some(version) = version {
                report["version"] = version.into();
            }
            report["clusters"][0]["bytes"] = bytes.into();
            report["clusters"][0]["job"] = id.as_str().into();
            report["clusters"][0]["message"] = message.as_str().into();
        });
        match read {
            Ok(report) => {
                prop_assert!(version.is_none_or(|version| version == 1));
                let written = serde_json::to_string(&report).unwrap();
                prop_assert_eq!(serde_json::from_str::<FleetReport>(&written).unwrap(), report);
            }
            Err(error) => prop_assert!(!error.to_string().contains(char::is_control)),
        }
    }
}
