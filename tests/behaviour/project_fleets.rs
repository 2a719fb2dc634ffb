//! Fleets of many projects: one bucket for each by its name, what is wrong with one costs no
//! other, and a report that stands alone.

use std::time::Duration;

use atlas_export::{
    ErrorKind, ProjectId,
    fleet::{FleetReport, FleetStatus, Intent},
};
use atlas_export_fake::{Bucket, FakeAtlas, FakeAtlasBuilder, JobOutcome, JobProgress, Snapshot};
use atlas_export_tests::{ROLE, Scene, new_bucket, parsed};
use serde_json::{Value, json};

const NAME: &str = "nightly-exports";
const FIRST: &str = "32b6e34b3d91647abb20e701";
const SECOND: &str = "32b6e34b3d91647abb20e702";
const THIRD: &str = "32b6e34b3d91647abb20e703";
const PROJECTS: [&str; 3] = [FIRST, SECOND, THIRD];

fn snapshot(n: u32) -> Snapshot {
    Snapshot::completed(format!("5fb6a0e0e5a4d31b{n:08x}")).storage_bytes(2_500_000_000)
}

/// Two projects that are ready, and a third without a bucket.
fn furnished() -> FakeAtlasBuilder {
    let builder = FakeAtlas::builder().job_progress(JobProgress::ByClock {
        queued: Duration::from_secs(60),
        in_progress: Duration::from_secs(600),
    });
    let builder = builder
        .bucket(FIRST, Bucket::aws(NAME, ROLE))
        .bucket(SECOND, Bucket::aws("other", ROLE))
        .bucket(SECOND, Bucket::aws(NAME, ROLE));
    PROJECTS.iter().zip(1..).fold(builder, |builder, (id, n)| {
        builder
            .snapshot(id, "Orders", snapshot(n))
            .snapshot(id, "Stock", snapshot(10 + n))
    })
}

#[tokio::test]
async fn a_project_without_the_bucket_costs_no_other_and_is_looked_at_again() {
    let scene = Scene::start(furnished()).await;
    let fleet = || scene.client.export_fleet(NAME).projects(PROJECTS);
    let plan = fleet().plan().await.unwrap();
    assert_eq!(plan.exports(), 4);
    let shown = plan.to_string();
    for line in [
        format!("project {FIRST}\n1  Orders  export, 2.5 GB"),
        format!("project {SECOND}\n3  Orders  export, 2.5 GB"),
        format!(
            "project {THIRD} cannot be looked at: the project has no export bucket of the name"
        ),
    ] {
        assert!(shown.contains(&line), "{line}:\n{shown}");
    }
    let report = plan.run().finish().await;
    assert_eq!(report.count(FleetStatus::Started), 4);
    assert!(!report.is_complete());
    let error = report.clone().into_result().unwrap_err().to_string();
    assert!(
        error.contains(&format!("project {THIRD} could not be looked at")),
        "{error}"
    );

    // Of that project alone there is nothing to do, and the fleet is not complete.
    let alone = scene.client.export_fleet(NAME).projects([THIRD]);
    let alone = alone.plan().await.unwrap().run().finish().await;
    assert!(alone.clusters.is_empty() && !alone.is_complete());
    let error = scene.client.resume_fleet(alone.clone()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("does not tell the name of its bucket")
    );
    assert!(alone.into_result().is_err());

    // Somebody registers the bucket.
    let buckets = scene.client.project(THIRD).export_buckets();
    buckets.create(new_bucket(NAME)).await.unwrap();
    let stored = serde_json::to_string(&report).unwrap();
    let read: FleetReport = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, report);
    // The report alone tells which fleet it is of.
    let resumed = scene.client.resume_fleet(read).unwrap();
    let resumed = resumed.plan().await.unwrap();
    assert_eq!(resumed.exports(), 2);
    let report = resumed.run().finish().await;
    assert_eq!(report.count(FleetStatus::Started), 6);
    for project in PROJECTS {
        for cluster in ["Orders", "Stock"] {
            assert_eq!(scene.fake.jobs(project, cluster).len(), 1);
        }
    }
}

#[tokio::test]
async fn without_a_choice_it_is_all_projects_that_the_key_sees() {
    let scene = Scene::start(furnished()).await;
    let plan = scene.client.export_fleet(NAME).plan().await.unwrap();
    let projects = plan.projects().iter().map(|it| it.project.to_string());
    let projects: std::collections::BTreeSet<String> = projects.collect();
    assert!(PROJECTS.iter().all(|id| projects.contains(*id)), "{plan}");
    assert_eq!(plan.exports(), 4);
    scene.inject("listProjects", atlas_export_fake::Fault::garbage_json());
    let error = scene.client.export_fleet(NAME).plan().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}

#[tokio::test]
async fn a_name_that_two_buckets_have_is_told_with_their_ids() {
    let builder = furnished().bucket(FIRST, Bucket::aws(NAME, ROLE));
    let scene = Scene::start(builder).await;
    let plan = scene.client.export_fleet(NAME).projects([FIRST]).plan();
    let plan = plan.await.unwrap();
    assert!(plan.clusters().is_empty());
    let why = plan.projects()[0].message.as_deref().unwrap();
    assert!(why.contains("2 export buckets of the name"), "{why}");
    for bucket in scene.fake.buckets(FIRST) {
        assert!(why.contains(bucket["_id"].as_str().unwrap()), "{why}");
    }
}

#[tokio::test]
async fn clusters_are_asked_for_by_name_in_whatever_project_they_are() {
    let builder = furnished().snapshot(SECOND, "Alone", snapshot(99));
    let scene = Scene::start(builder).await;
    let fleet = || scene.client.export_fleet(NAME).projects([FIRST, SECOND]);
    let plan = fleet().only([parsed("Alone")]).plan().await.unwrap();
    let [planned] = plan.clusters() else {
        panic!("{plan}")
    };
    assert_eq!(planned.project, parsed::<ProjectId>(SECOND));
    assert_eq!(planned.intent, Intent::Export);
    let error = fleet().only([parsed("Nowhere")]).plan().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error
            .to_string()
            .contains("no project of the fleet has a cluster Nowhere")
    );
}

#[tokio::test]
async fn what_a_plan_costs_is_told_and_what_atlas_queues() {
    let builder = furnished()
        .sharded_cluster(FIRST, "Large", &["shard-0", "shard-1"])
        .snapshot(FIRST, "Large", snapshot(50));
    let scene = Scene::start(builder).await;
    let fleet = scene.client.export_fleet(NAME).projects([FIRST, SECOND]);
    let plan = fleet.price_per_gigabyte(0.5).plan().await.unwrap();
    assert_eq!(plan.bytes(), 5 * 2_500_000_000);
    assert_eq!(plan.cost(), Some(6.25));
    assert_eq!(plan.replica_sets(), 6);
    let shown = plan.to_string();
    assert!(
        shown.contains("6 replica sets: Atlas exports 5 at once"),
        "{shown}"
    );
    assert!(
        shown.ends_with("5 of 5 clusters to export, 12.5 GB, 6.25 in money"),
        "{shown}"
    );
}

#[tokio::test]
async fn what_is_no_fleet_is_refused_before_anything_is_sent() {
    let scene = Scene::start(furnished()).await;
    let many = || scene.client.export_fleet(NAME).projects(PROJECTS);
    let of_one = scene.client.project(FIRST).export_fleet(&parsed(ROLE));
    let none: [&str; 0] = [];
    for (fleet, why) in [
        (of_one.projects(PROJECTS), "begin with Client::export_fleet"),
        (many().projects(none), "has no projects"),
        (many().projects(["my project"]), "24 hexadecimal digits"),
        (
            scene.client.export_fleet("").projects(PROJECTS),
            "name is empty",
        ),
        (many().shard(3, 3), "count from 0"),
        (many().shard(0, 0), "count from 0"),
        (many().price_per_gigabyte(-1.0), "not below zero"),
        (many().price_per_gigabyte(f64::NAN), "not below zero"),
        (many().concurrency(0), "nothing would be exported"),
    ] {
        let error = fleet.plan().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(why), "{error}");
    }
    assert!(scene.fake.requests().is_empty());
}

#[tokio::test]
async fn a_report_is_resumed_by_the_fleet_that_it_is_of() {
    let scene = Scene::start(furnished()).await;
    let fleet = |name: &str| scene.client.export_fleet(name).projects([FIRST]);
    let report = fleet(NAME).plan().await.unwrap().run().into_report();
    let others = scene.client.export_fleet(NAME).projects([SECOND]);
    for fleet in [fleet("other"), others] {
        let error = fleet.resume(report.clone()).plan().await.unwrap_err();
        assert!(
            error.to_string().contains("not about this fleet's"),
            "{error}"
        );
    }
}

/// A fleet that has been waited for.
async fn ended(outcome: JobOutcome) -> FleetReport {
    let scene = Scene::start(furnished().job_outcome(outcome)).await;
    let fleet = scene.client.export_fleet(NAME).projects([FIRST, THIRD]);
    let plan = fleet.await_exports().plan().await.unwrap();
    plan.run().finish().await
}

#[tokio::test]
async fn a_report_stands_alone() {
    let report = ended(JobOutcome::Successful).await;
    let cluster = &report.clusters[0];
    let written = serde_json::to_value(cluster).unwrap();
    let prefix = written["prefix"].as_str().unwrap();
    assert_eq!(written["status"], "successful");
    assert_eq!(written["state"], "Successful");
    assert_eq!(written["location"], json!(format!("s3://{NAME}/{prefix}")));
    assert_eq!(written["durationSeconds"], 660);
    assert_eq!(written["replicaSets"], 1);
    for field in [
        "snapshot",
        "snapshotAt",
        "bytes",
        "job",
        "createdAt",
        "finishedAt",
    ] {
        assert!(!written[field].is_null(), "{field}: {written}");
    }
    assert_eq!(report.projects[0].bucket_name.as_deref(), Some(NAME));

    assert_eq!(report.to_string(), "2 exported, 0 skipped, 0 failed");
    let text = report.to_markdown();
    assert!(
        text.contains("2 of 2 clusters are exported (5.0 GB)"),
        "{text}"
    );
    assert!(text.contains("| 11 min 0 s |"), "{text}");
    assert!(text.contains("## Not looked at"), "{text}");
    assert!(!text.contains("## Leftovers"), "{text}");
    let widths: Vec<usize> = text
        .lines()
        .filter(|line| line.starts_with("| 32b6") && line.contains("Orders"))
        .map(|line| line.matches(" | ").count())
        .collect();
    assert_eq!(widths, [12]);
}

#[tokio::test]
async fn what_failed_exports_leave_is_named_with_its_place() {
    let report = ended(JobOutcome::Failed {
        error_code: "EXPORT_FAILED".into(),
        message: "no access | to the\nbucket".into(),
    })
    .await;
    assert_eq!(report.leftovers().count(), 2);
    let text = report.to_markdown();
    let leftovers = text.split_once("## Leftovers").unwrap().1;
    assert_eq!(
        leftovers
            .matches("s3://nightly-exports/exported\\_snapshots/")
            .count(),
        2
    );
    assert!(text.contains("no access \\| to the\\\\nbucket"), "{text}");
}

/// The values of a line: what RFC 4180 says, and nothing else.
fn values(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut value, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => value.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut value)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut value));
                rows.push(std::mem::take(&mut row));
            }
            letter => value.push(letter),
        }
    }
    rows
}

#[tokio::test]
async fn a_table_for_a_spreadsheet_has_every_value_and_no_formula() {
    let mut report = ended(JobOutcome::Successful).await;
    report.clusters[0].message = Some("=HYPERLINK(\"https://x\", \"a\")\nb".into());
    report.clusters[1].message = Some("said \"no\"\r\nand went".into());
    let rows = values(&report.to_csv());
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    let column = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let written = serde_json::to_value(&report.clusters[0]).unwrap();
    for (field, value) in written.as_object().unwrap() {
        if field == "message" {
            continue;
        }
        let told = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert_eq!(rows[1][column(field)], told, "{field}");
    }
    assert_eq!(rows[2][column("message")], "said \"no\"\r\nand went");
    assert_eq!(
        rows[1][column("message")],
        "'=HYPERLINK(\"https://x\", \"a\")\nb"
    );
}

#[tokio::test]
async fn reports_of_another_bucket_are_not_merged() {
    let report = ended(JobOutcome::Successful).await;
    let mut other = report.clone();
    other.projects[0].bucket = Some(parsed(ROLE));
    let error = FleetReport::merge([report.clone(), other]).unwrap_err();
    assert!(
        error.to_string().contains("merge those of one fleet"),
        "{error}"
    );
    let none: [FleetReport; 0] = [];
    assert!(FleetReport::merge(none).is_err());
    // Of two that know a cluster, the one that got furthest counts.
    let mut earlier = report.clone();
    earlier.clusters[1].status = FleetStatus::Planned;
    for order in [[earlier.clone(), report.clone()], [report.clone(), earlier]] {
        assert_eq!(FleetReport::merge(order).unwrap().clusters, report.clusters);
    }
}
