//! `fleet`: planned, run, resumed, merged, reported.

use std::fs;

use atlas_export_fake::{Bucket, FakeAtlas, JobOutcome, JobProgress, Snapshot};
use serde_json::Value;

use crate::harness::{BUCKET, PROJECT, ROLE, Tool, run_on, service};

const OTHER: &str = "5f1b6a2c4d5e6f7081920a00";
const FAST: [&str; 2] = ["--poll-interval", "0.01"];

fn read(tool: &Tool, file: &str) -> Value {
    serde_json::from_slice(&fs::read(tool.path(file)).unwrap()).unwrap()
}

#[tokio::test]
async fn a_plan_shows_clusters_gigabytes_and_money_and_changes_nothing() {
    let fake = service().start().await.unwrap();
    let plan = ["fleet", "plan", "--bucket", BUCKET, "--price-per-gb", "2"];
    let ended = run_on(&fake, &plan).await;
    for part in [
        "Orders      export, 2.3 GB",
        "Playground  skip: a Flex cluster",
        "2 of 4 clusters to export, 3.5 GB, 7.10 in money",
    ] {
        assert!(ended.success().contains(part), "{part}: {ended:?}");
    }
    let ended = run_on(&fake, &[&plan[..], &["-o", "json"]].concat()).await;
    ended.json();
    insta::assert_snapshot!("plan", ended.stdout);
    let requests = fake.requests();
    assert!(requests.iter().all(|it| it.method == "GET"), "{requests:?}");
}

#[tokio::test]
async fn a_stored_plan_is_carried_out_and_then_done() {
    let fake = service().start().await.unwrap();
    let tool = Tool::of(&fake);
    let plan = [
        "fleet",
        "plan",
        "--bucket",
        BUCKET,
        "--report",
        "the plan.json",
    ];
    let ended = tool.run(&plan).await;
    assert!(
        ended
            .success()
            .contains("fleet resume 'the plan.json' --yes"),
        "{ended:?}"
    );

    let resume = [&["fleet", "resume", "the plan.json"], &FAST[..]].concat();
    let ended = tool.run(&resume).await;
    assert!(ended.refusal(3).contains("--yes"), "{ended:?}");
    assert!(fake.jobs(PROJECT, "Orders").is_empty());
    let resume = [&resume[..], &["--yes"]].concat();
    for times in 1..=2 {
        let ended = tool.run(&resume).await;
        let text = ended.success();
        assert!(
            text.contains("2 exported, 2 skipped, 0 failed"),
            "{times}: {ended:?}"
        );
        assert_eq!(fake.jobs(PROJECT, "Orders").len(), 1);
    }
}

#[tokio::test]
async fn a_run_stores_a_report_and_is_not_begun_over_one() {
    let fake = service().start().await.unwrap();
    let tool = Tool::of(&fake);
    let run = [&["fleet", "run", "--bucket", BUCKET], &FAST[..]].concat();
    let ended = tool.run(&run).await;
    assert!(ended.refusal(3).contains("--yes"), "{ended:?}");
    assert!(!tool.path("fleet-report.json").exists());

    let ended = tool
        .run(&[&run[..], &["--yes", "-o", "json"]].concat())
        .await;
    assert!(ended.stderr.contains("Orders: InProgress"), "{ended:?}");
    // Which of two exports is begun first, and so which id it gets, is nobody's promise.
    let mut report = ended.json();
    for cluster in report["clusters"].as_array_mut().unwrap() {
        for field in ["job", "prefix", "location"] {
            if cluster.get(field).is_some() {
                cluster[field] = Value::from(format!("[{field}]"));
            }
        }
    }
    insta::assert_snapshot!("report", format!("{report:#}"));
    assert_eq!(read(&tool, "fleet-report.json"), ended.json());

    let ended = tool.run(&[&run[..], &["--yes"]].concat()).await;
    assert!(
        ended.refusal(2).contains("fleet resume fleet-report.json"),
        "{ended:?}"
    );
    let ended = tool
        .run(&[&run[..], &["--yes", "--or-resume"]].concat())
        .await;
    assert!(
        ended.success().contains("ended before: Successful"),
        "{ended:?}"
    );
    assert_eq!(fake.jobs(PROJECT, "Orders").len(), 1);
}

#[tokio::test]
async fn what_cannot_be_exported_has_its_exit_code_and_its_leftovers_are_named() {
    let failed = JobOutcome::Failed {
        error_code: "E1".into(),
        message: "the role may not write".into(),
    };
    let fake = service().job_outcome(failed).start().await.unwrap();
    let run = [&["fleet", "run", "--bucket", BUCKET, "--yes"], &FAST[..]].concat();
    let ended = run_on(&fake, &run).await;
    assert!(
        ended.refusal(9).contains("the role may not write"),
        "{ended:?}"
    );
    let leftover = "nobody deletes it: s3://exports/exported_snapshots/";
    assert!(ended.stdout.contains(leftover), "{ended:?}");
    assert!(
        ended.stdout.contains("0 exported, 2 skipped, 2 failed"),
        "{ended:?}"
    );

    let fake = service().start().await.unwrap();
    let named = [&run[..], &["--cluster", "Playground"]].concat();
    assert!(
        run_on(&fake, &named)
            .await
            .refusal(9)
            .contains("a Flex cluster")
    );
    let nowhere = ["fleet", "run", "--bucket", ROLE, "--yes"];
    assert!(run_on(&fake, &nowhere).await.refusal(6).contains("404"));
}

#[tokio::test]
async fn what_was_not_waited_for_goes_on_and_is_found_again() {
    let slow = JobProgress::ByPolls {
        queued: 1,
        in_progress: 1,
    };
    let fake = service().job_progress(slow).start().await.unwrap();
    let tool = Tool::of(&fake);
    let run = ["fleet", "run", "--bucket", BUCKET, "--no-wait", "--yes"];
    let ended = tool.run(&run).await;
    assert!(
        ended.success().contains("2 still being exported"),
        "{ended:?}"
    );
    let resume = [
        &["fleet", "resume", "fleet-report.json", "--yes"],
        &FAST[..],
    ]
    .concat();
    tool.run(&resume).await.success();
    assert_eq!(fake.jobs(PROJECT, "Orders").len(), 1);
}

/// Two projects, with buckets of one name.
async fn two_projects() -> FakeAtlas {
    service()
        .bucket(OTHER, Bucket::aws("exports", ROLE))
        .snapshot(
            OTHER,
            "Orders",
            Snapshot::completed("5fb6a0e0e5a4d31b5b8ef0c1"),
        )
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_fleet_is_of_the_projects_that_are_chosen() {
    let fake = two_projects().await;
    let both = format!("{PROJECT},{OTHER}");
    for (more, clusters) in [
        (&["--all-projects"][..], "3 of 5 clusters"),
        (&["--projects", &both], "3 of 5 clusters"),
        (&["--projects", OTHER], "1 of 1 clusters"),
        (&[], "2 of 4 clusters"),
    ] {
        let plan = [&["fleet", "plan", "--bucket-name", "exports"], more].concat();
        let ended = run_on(&fake, &plan).await;
        assert!(ended.success().contains(clusters), "{more:?}: {ended:?}");
    }
    for (more, reason) in [
        (&["--all-projects"][..], "--bucket-name"),
        (&[], "--bucket"),
        (
            &["--bucket", BUCKET, "--bucket-name", "exports"],
            "cannot be used with",
        ),
    ] {
        let ended = run_on(&fake, &[&["fleet", "plan"], more].concat()).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(reason), "{ended:?}");
    }
}

#[tokio::test]
async fn workers_share_a_fleet_and_their_reports_are_merged() {
    let fake = two_projects().await;
    let tool = Tool::of(&fake);
    for worker in 0..3 {
        let (shard, report) = (format!("{worker}/3"), format!("report-{worker}.json"));
        let run = [
            "fleet",
            "run",
            "--bucket-name",
            "exports",
            "--all-projects",
            "--yes",
        ];
        let more = ["--shard", &shard, "--report", &report];
        let ended = tool.run(&[&run[..], &more, &FAST].concat()).await;
        ended.success();
    }
    let reports = ["report-0.json", "report-1.json", "report-2.json"];
    let merge = [&["fleet", "merge"], &reports[..]].concat();
    let printed = tool.run(&merge).await.json();
    tool.run(&[&merge[..], &["--report", "whole.json"]].concat())
        .await
        .success();
    assert_eq!(read(&tool, "whole.json"), printed);
    let clusters = printed["clusters"].as_array().unwrap();
    let exported = clusters.iter().filter(|it| it["status"] == "successful");
    assert_eq!((clusters.len(), exported.count()), (5, 3), "{printed}");
    // Of several projects, a line says of which it is.
    let resume = [&["fleet", "resume", "whole.json", "--yes"], &FAST[..]].concat();
    let ended = tool.run(&resume).await;
    assert!(
        ended
            .success()
            .contains(&format!("{OTHER}/Orders: Successful")),
        "{ended:?}"
    );
    assert_eq!(fake.jobs(OTHER, "Orders").len(), 1);
}

#[tokio::test]
async fn a_report_is_printed_for_people_and_for_spreadsheets_without_any_credentials() {
    let fake = service().start().await.unwrap();
    let tool = Tool::of(&fake);
    let plan = ["fleet", "plan", "--bucket", BUCKET, "--report", "plan.json"];
    tool.run(&plan).await.success();
    let tool = tool
        .set("MONGODB_ATLAS_PUBLIC_API_KEY", "")
        .set("MONGODB_ATLAS_PRIVATE_API_KEY", "");
    for (format, part) in [
        ("markdown", "# Export report"),
        ("csv", "project,cluster,status"),
        ("json", "\"version\": 1"),
    ] {
        let ended = tool
            .run(&["fleet", "report", "plan.json", "--format", format])
            .await;
        assert!(ended.success().contains(part), "{ended:?}");
    }
    fs::write(tool.path("none.json"), "no report").unwrap();
    for file in ["none.json", "nothing.json"] {
        for command in [&["report", file][..], &["merge", file]] {
            let ended = tool.run(&[&["fleet"], command].concat()).await;
            assert!(ended.refusal(2).contains(file), "{ended:?}");
        }
    }
}

#[tokio::test]
async fn options_that_make_no_sense_are_refused() {
    let fake = service().start().await.unwrap();
    for (more, reason) in [
        (&["--shard", "3/3"][..], "counted from 0"),
        (&["--price-per-gb=-1"], "below zero"),
        (&["--concurrency", "0", "--yes"], "concurrency"),
    ] {
        let ended = run_on(
            &fake,
            &[&["fleet", "run", "--bucket", BUCKET], more].concat(),
        )
        .await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(reason), "{ended:?}");
    }
}
