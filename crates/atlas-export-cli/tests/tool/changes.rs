//! The commands that change something: dry without a yes, done with one.

use std::fs;

use atlas_export_fake::{Bucket, FakeAtlas, Fault, JobOutcome, JobProgress, Match, Moment};
use http::StatusCode;
use serde_json::json;

use crate::harness::{BUCKET, PROJECT, ROLE, SNAPSHOT, Tool, run_on, service};

/// Runs it without a yes, which changes nothing, and says what it would do.
async fn dry(fake: &FakeAtlas, arguments: &[&str], would: &str) {
    fake.clear_requests();
    let ended = run_on(fake, arguments).await;
    assert!(ended.refusal(3).contains("--yes"), "{ended:?}");
    assert!(ended.stdout.contains(would), "{ended:?}");
    let requests = fake.requests();
    assert!(requests.iter().all(|it| it.method == "GET"), "{requests:?}");
    // People are told beside the JSON, not in it.
    let arguments = [arguments, &["-o", "json"]].concat();
    let ended = run_on(fake, &arguments).await;
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains(would), "{ended:?}");
    assert!(!ended.stdout.contains(would), "{ended:?}");
}

fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

#[tokio::test]
async fn a_bucket_is_registered_once() {
    let fake = service().start().await.unwrap();
    let ensure = ["buckets", "ensure", "new-exports", "--role", ROLE];
    dry(&fake, &ensure, "would register bucket new-exports").await;
    for told in ["registered as", "registered already as"] {
        let ended = run_on(&fake, &with(&ensure, &["--yes"])).await;
        assert!(ended.success().contains(told), "{ended:?}");
    }
    assert_eq!(fake.buckets(PROJECT).len(), 2);
    // What is there needs no yes.
    let ended = run_on(&fake, &with(&ensure, &["-o", "json"])).await;
    assert_eq!(ended.json()["bucketName"], "new-exports");
}

#[tokio::test]
async fn a_bucket_of_each_cloud_is_registered() {
    let fake = service().start().await.unwrap();
    let url = "https://mystorage.blob.core.windows.net";
    for more in [
        &["--cloud", "azure", "--service-url", url][..],
        &["--cloudProvider", "GCP"],
        &["--require-private-networking"],
    ] {
        let ensure = [
            "buckets",
            "ensure",
            "of-a-cloud",
            "--iamRoleId",
            ROLE,
            "--yes",
        ];
        run_on(&fake, &with(&ensure, more)).await.success();
    }
    let clouds: Vec<_> = fake.buckets(PROJECT).into_iter().skip(1).collect();
    assert_eq!(clouds[0]["serviceUrl"], url);
    assert_eq!(clouds[1]["cloudProvider"], "GCP");
    assert_eq!(clouds[2]["requirePrivateNetworking"], true);

    for (more, reason) in [
        (&["--cloud", "azure"][..], "--service-url"),
        (
            &["--service-url", url],
            "--service-url is for buckets on Azure",
        ),
        (&["--cloud", "gcp", "--require-private-networking"], "AWS"),
    ] {
        let ended = run_on(
            &fake,
            &with(&["buckets", "ensure", "xyz", "--role", ROLE], more),
        )
        .await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(reason), "{ended:?}");
    }
    let ended = run_on(&fake, &["buckets", "ensure", "x", "--role", ROLE]).await;
    assert!(ended.refusal(2).contains("3 to 63 characters"));
}

#[tokio::test]
async fn a_bucket_in_use_is_deleted_only_when_it_is_detached() {
    let fake = service()
        .auto_export(PROJECT, "Orders", BUCKET, "monthly")
        .start()
        .await
        .unwrap();
    let delete = ["buckets", "delete", BUCKET];
    dry(&fake, &delete, "Orders exports there by itself").await;
    let ended = run_on(&fake, &with(&delete, &["--yes"])).await;
    assert!(ended.refusal(6).contains("in use"), "{ended:?}");
    let ended = run_on(&fake, &with(&delete, &["--yes", "--detach"])).await;
    assert!(
        ended.success().contains("Orders exports nothing"),
        "{ended:?}"
    );
    assert!(fake.buckets(PROJECT).is_empty());
}

const START: [&str; 7] = [
    "jobs",
    "start",
    "Orders",
    "--bucket",
    "exports",
    "--poll-interval",
    "0.01",
];

#[tokio::test]
async fn an_export_is_started_once_and_watched() {
    let fake = service().start().await.unwrap();
    dry(&fake, &START, SNAPSHOT).await;
    let ended = run_on(&fake, &with(&START, &["--yes", "--watch"])).await;
    for part in [
        "2.3 GB",
        "started export job",
        "Orders: InProgress",
        "Successful",
    ] {
        assert!(ended.success().contains(part), "{part}: {ended:?}");
    }
    // What is there needs no yes, and is not repeated.
    for more in [&[][..], &["--yes"]] {
        let ended = run_on(&fake, &with(&START, more)).await;
        assert!(ended.success().contains("exports it already"), "{ended:?}");
    }
    assert_eq!(fake.jobs(PROJECT, "Orders").len(), 1);

    let data = [
        "--again",
        "--data",
        "ticket=OPS-7",
        "--bucket",
        BUCKET,
        "-o",
        "json",
    ];
    let again = with(&["jobs", "start", "Orders", "--snapshot", SNAPSHOT], &data);
    assert_eq!(run_on(&fake, &again).await.code, Some(3));
    let job = run_on(&fake, &with(&again, &["--yes"])).await.json();
    assert_eq!(
        job["customData"][0],
        json!({"key": "ticket", "value": "OPS-7"})
    );
    assert_eq!(fake.jobs(PROJECT, "Orders").len(), 2);
}

#[tokio::test]
async fn an_export_registers_its_bucket_where_there_is_a_role() {
    let fake = service().start().await.unwrap();
    let start = ["jobs", "start", "Orders", "--bucket", "new-exports"];
    let ended = run_on(&fake, &start).await;
    assert!(
        ended.refusal(2).contains("no bucket new-exports"),
        "{ended:?}"
    );
    let start = with(&start, &["--role", ROLE]);
    dry(&fake, &start, "new-exports, to be registered with role").await;
    run_on(&fake, &with(&start, &["--yes"])).await.success();
    run_on(&fake, &with(&start, &["--yes"])).await.success();
    assert_eq!(fake.buckets(PROJECT).len(), 2);
    assert_eq!(fake.jobs(PROJECT, "Orders").len(), 1);
}

#[tokio::test]
async fn of_buckets_of_one_name_the_oldest_is_taken() {
    let fake = service()
        .bucket(
            PROJECT,
            Bucket::aws("exports", ROLE).id("5f4f6322dc786a5341d4f7fb"),
        )
        .start()
        .await
        .unwrap();
    let ended = run_on(&fake, &START).await;
    assert!(
        ended
            .stdout
            .contains("5f4f6322dc786a5341d4f7fb (the oldest of 2)"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn each_end_of_an_export_has_its_exit_code() {
    let fake = service().start().await.unwrap();
    for (arguments, code, reason) in [
        (
            &["jobs", "start", "Empty", "--bucket", BUCKET][..],
            4,
            "snapshots take Empty",
        ),
        (
            &["jobs", "start", "Other", "--bucket", BUCKET],
            6,
            "404 CLUSTER_NOT_FOUND",
        ),
        (&["jobs", "start", "Orders", "--bucket", ROLE], 6, "404"),
    ] {
        let ended = run_on(&fake, arguments).await;
        assert!(ended.refusal(code).contains(reason), "{ended:?}");
    }
    let failed = JobOutcome::Failed {
        error_code: "E1".into(),
        message: "the role may not write".into(),
    };
    for (outcome, reason) in [
        (failed, "the role may not write"),
        (JobOutcome::Cancelled, "cancelled"),
    ] {
        let fake = service().job_outcome(outcome).start().await.unwrap();
        let ended = run_on(&fake, &with(&START, &["--yes", "--watch"])).await;
        assert!(ended.refusal(9).contains(reason), "{ended:?}");
        let job = fake.jobs(PROJECT, "Orders")[0]["id"].clone();
        let watch = ["jobs", "watch", "Orders", job.as_str().unwrap()];
        assert!(run_on(&fake, &watch).await.refusal(9).contains(reason));
    }
    let ended = run_on(
        &fake,
        &["jobs", "start", "Orders", "--bucket", "x", "--data", "x"],
    )
    .await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[tokio::test]
async fn a_job_is_watched_to_its_end() {
    let fake = service().start().await.unwrap();
    run_on(&fake, &with(&START, &["--yes"])).await.success();
    let job = fake.jobs(PROJECT, "Orders")[0]["id"].clone();
    let watch = [
        "jobs",
        "watch",
        "Orders",
        job.as_str().unwrap(),
        "--poll-interval",
        "0.01",
    ];
    let ended = run_on(&fake, &with(&watch, &["-o", "json"])).await;
    assert_eq!(ended.json()["state"], "Successful");
    assert!(ended.stderr.contains("Orders: InProgress"), "{ended:?}");
    for wrong in ["0", "-1", "x", "NaN"] {
        let pause = format!("--poll-interval={wrong}");
        let ended = run_on(&fake, &["jobs", "watch", "Orders", SNAPSHOT, &pause]).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_found_or_has_its_exit_code() {
    let fake = service().start().await.unwrap();
    let lost = || Fault::reset().at(Moment::Acted);
    fake.inject_for(Match::operation("createExportJob").authenticated(), lost());
    run_on(&fake, &with(&START, &["--yes"])).await.success();
    assert_eq!(fake.jobs(PROJECT, "Orders").len(), 1);

    // Where nobody may look, nobody can tell.
    let fake = service().start().await.unwrap();
    fake.inject_for(Match::operation("takeSnapshot").authenticated(), lost());
    let ended = run_on(&fake, &["snapshots", "take", "Orders", "--yes"]).await;
    assert_eq!(ended.code, Some(7), "{ended:?}");
}

#[tokio::test]
async fn a_snapshot_is_taken_and_watched() {
    let progress = JobProgress::ByPolls {
        queued: 0,
        in_progress: 1,
    };
    let fake = service().snapshot_progress(progress).start().await.unwrap();
    let take = [
        "snapshots",
        "take",
        "Empty",
        "--desc",
        "by hand",
        "--retention",
        "7",
    ];
    dry(&fake, &take, "would take a snapshot of Empty").await;
    let more = ["--yes", "--watch", "--poll-interval", "0.01", "-o", "json"];
    let snapshot = run_on(&fake, &with(&take, &more)).await.json();
    assert_eq!(snapshot["status"], "completed");
    assert_eq!(snapshot["description"], "by hand");

    let fake = service().snapshots_fail().start().await.unwrap();
    let ended = run_on(&fake, &with(&take, &more)).await;
    assert_eq!(ended.code, Some(9), "{ended:?}");
}

#[tokio::test]
async fn the_automatic_export_is_switched_on_and_off() {
    let fake = service().start().await.unwrap();
    let enable = ["auto-export", "enable", "Orders", "--bucket", "exports"];
    dry(&fake, &enable, "would let Orders export by itself, monthly").await;
    let ended = run_on(&fake, &with(&enable, &["--frequency", "yearly", "--yes"])).await;
    assert!(ended.success().contains("yearly"), "{ended:?}");
    assert_eq!(fake.schedule(PROJECT, "Orders")["autoExportEnabled"], true);

    let disable = ["auto-export", "disable", "Orders"];
    dry(&fake, &disable, "would let Orders export nothing by itself").await;
    let ended = run_on(&fake, &with(&disable, &["--yes"])).await;
    assert!(
        ended.success().contains("automatic export  off"),
        "{ended:?}"
    );

    let ended = run_on(
        &fake,
        &["auto-export", "enable", "Orders", "--bucket", "other"],
    )
    .await;
    assert!(ended.refusal(2).contains("no bucket other"), "{ended:?}");
}

#[tokio::test]
async fn a_role_of_aws_is_begun_and_authorized() {
    let fake = service().start().await.unwrap();
    let create = ["roles", "create-aws", "--bucket", "exports"];
    dry(&fake, &create, "would begin a role of AWS").await;
    let tool = Tool::of(&fake);
    let more = ["--policies", ".", "--yes", "-o", "json"];
    let role = tool.run(&with(&create, &more)).await.json();
    let id = role["roleId"].as_str().unwrap().to_owned();
    for (file, part) in [
        ("trust-policy.json", "sts:ExternalId"),
        ("bucket-policy.json", "s3:PutObject"),
    ] {
        let text = fs::read_to_string(tool.path(file)).unwrap();
        assert!(text.contains(part), "{text}");
    }
    // Asked again, it begins no other.
    let ended = tool.run(&with(&create, &["--existing", &id])).await;
    assert!(ended.success().contains("sts:ExternalId"), "{ended:?}");
    assert_eq!(fake.access_roles(PROJECT).len(), 2);

    let arn = "arn:aws:iam::123456789012:role/new";
    let authorize = ["roles", "authorize", &id, arn];
    dry(&fake, &authorize, arn).await;
    let ended = tool.run(&with(&authorize, &["--yes"])).await;
    assert!(ended.success().contains(arn), "{ended:?}");
    let ended = tool.run(&["roles", "authorize", &id, "new", "--yes"]).await;
    assert!(ended.refusal(2).contains("not the ARN"), "{ended:?}");
    let nowhere = ["--policies", "nowhere", "--existing", &id];
    let ended = tool.run(&with(&create, &nowhere)).await;
    assert!(ended.refusal(1).contains("nowhere"), "{ended:?}");
}

#[tokio::test]
async fn a_service_that_is_down_has_its_exit_code() {
    let fake = service().start().await.unwrap();
    fake.faults_by(|head| {
        head.authenticated
            .then(|| Fault::status(StatusCode::FORBIDDEN))
    });
    let ended = run_on(&fake, &["buckets", "list"]).await;
    assert!(ended.refusal(6).contains("403"), "{ended:?}");
}
