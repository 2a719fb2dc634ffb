//! The example `export_snapshot`, run as a person runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    env,
    path::PathBuf,
    process::Output,
    sync::atomic::{AtomicBool, Ordering},
};

use atlas_export_fake::{
    Bucket, FakeAtlas, Fault, JobOutcome, JobProgress, Match, Moment, Snapshot,
};
use http::StatusCode;
use tokio::process::Command;

const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
const ROLE: &str = "12345678f901a234dbdb00ca";
const SNAPSHOT: &str = "5fb6a0e0e5a4d31b5b8ef0b2";
const PUBLIC: &str = "MONGODB_ATLAS_PUBLIC_API_KEY";
const PRIVATE: &str = "MONGODB_ATLAS_PRIVATE_API_KEY";
const URL: &str = "MONGODB_ATLAS_BASE_URL";
const PROJECT_ID: &str = "MONGODB_ATLAS_PROJECT_ID";

/// Cargo builds the examples of a package before its tests, beside them.
fn program() -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    folder
        .join("examples/export_snapshot")
        .with_extension(env::consts::EXE_EXTENSION)
}

async fn run(variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    // Whoever runs the tests may have a key of their own.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("MONGODB_ATLAS_") || text.starts_with("MCLI_") {
            command.env_remove(&name);
        }
    }
    command
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .await
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The one line of a refusal, for which the program ended with `code`.
fn refusal(output: &Output, code: i32) -> String {
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    message
}

#[tokio::test]
async fn without_an_environment_it_exports_on_fake_atlas() {
    let output = run(&[], &[]).await;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for line in [
        "runs on FakeAtlas",
        "registered bucket",
        "started export job",
        "Queued",
        "InProgress",
        "under exported_snapshots/",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let tail: Vec<&str> = text.lines().rev().take(4).collect();
    assert!(
        tail.iter().any(|line| line.contains("Successful")),
        "{text}"
    );
    // No terminal, so no bar.
    assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{text}");
}

#[tokio::test]
async fn a_wrong_environment_is_told_in_one_line() {
    let half = run(&[(PUBLIC, "abcdefgh")], &[]).await;
    assert!(refusal(&half, 2).contains("MONGODB_ATLAS_PRIVATE_API_KEY is not"));

    let mixed = [(PUBLIC, "abcdefgh"), ("MCLI_PRIVATE_API_KEY", "s3cret")];
    let message = refusal(&run(&mixed, &[]).await, 2);
    assert!(
        message.contains("MONGODB_ATLAS_PRIVATE_API_KEY is not"),
        "{message}"
    );
    assert!(!message.contains("s3cret"), "{message}");

    let account = [("MONGODB_ATLAS_CLIENT_SECRET", "s3cret")];
    let message = refusal(&run(&account, &[]).await, 2);
    assert!(
        message.contains("MONGODB_ATLAS_CLIENT_ID is not"),
        "{message}"
    );
    assert!(!message.contains("s3cret"), "{message}");

    let project = run(&[(PROJECT_ID, "my-project")], &[]).await;
    assert!(refusal(&project, 2).contains(PROJECT_ID));

    let url_alone = run(&[(URL, "https://cloud.mongodb.com")], &[]).await;
    assert!(refusal(&url_alone, 2).contains("no credentials"));
}

#[tokio::test]
async fn arguments_without_an_environment_are_told() {
    let output = run(&[], &["--cluster", "Cluster0"]).await;
    assert!(refusal(&output, 2).contains("--cluster is for the real service"));
    let output = run(&[], &["--yes"]).await;
    assert!(refusal(&output, 2).contains("--yes is for the real service"));
}

async fn service() -> FakeAtlas {
    FakeAtlas::builder()
        .cluster(PROJECT, "Empty")
        .snapshot(PROJECT, "Cluster0", Snapshot::completed(SNAPSHOT))
        .job_progress(JobProgress::ByPolls {
            queued: 0,
            in_progress: 0,
        })
        .start()
        .await
        .unwrap()
}

/// Runs the program against a server, as if it were the real service.
async fn run_on(fake: &FakeAtlas, private: &str, arguments: &[&str]) -> Output {
    let (public, _) = fake.credentials();
    let variables = [
        (PUBLIC, public),
        (PRIVATE, private),
        (URL, &fake.url()),
        (PROJECT_ID, PROJECT),
    ];
    run(&variables, arguments).await
}

fn private(fake: &FakeAtlas) -> &str {
    fake.credentials().1
}

const EXPORT: [&str; 6] = [
    "--cluster",
    "Cluster0",
    "--bucket",
    "exports",
    "--role",
    ROLE,
];

#[tokio::test]
async fn without_yes_the_plan_is_shown_and_nothing_is_created() {
    let fake = service().await;
    let output = run_on(&fake, private(&fake), &EXPORT).await;
    assert!(refusal(&output, 3).contains("--yes"));
    assert!(stdout(&output).contains("exports, to be registered with role"));
    assert!(
        fake.requests()
            .iter()
            .all(|request| request.method == "GET")
    );
}

#[tokio::test]
async fn with_yes_it_exports_and_a_second_run_repeats_nothing() {
    let fake = service().await;
    let arguments: Vec<&str> = EXPORT.into_iter().chain(["--yes"]).collect();
    for (found, done) in [
        ("to be registered", "started export job"),
        ("registered as", "exports it already"),
    ] {
        let output = run_on(&fake, private(&fake), &arguments).await;
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        for part in [found, done, "Successful"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(fake.buckets(PROJECT).len(), 1);
        assert_eq!(fake.jobs(PROJECT, "Cluster0").len(), 1);
    }
}

#[tokio::test]
async fn a_bucket_of_another_role_is_not_reused() {
    let fake = FakeAtlas::builder()
        .snapshot(PROJECT, "Cluster0", Snapshot::completed(SNAPSHOT))
        .bucket(PROJECT, Bucket::aws("exports", "aaaaaaaaaaaaaaaaaaaaaaaa"))
        .start()
        .await
        .unwrap();
    let output = run_on(&fake, private(&fake), &EXPORT).await;
    assert!(stdout(&output).contains("to be registered"), "{output:?}");
}

#[tokio::test]
async fn each_end_has_its_exit_code() {
    let fake = service().await;
    for (arguments, code, reason) in [
        (&["--bucket", "exports"][..], 2, "--cluster is missing"),
        (&EXPORT[..4], 2, "--role is missing"),
        (
            &["--cluster", "Empty", "--bucket", "exports"],
            4,
            "no completed snapshot",
        ),
        (
            &["--cluster", "Other", "--bucket", "exports"],
            6,
            "404 CLUSTER_NOT_FOUND",
        ),
    ] {
        let output = run_on(&fake, private(&fake), arguments).await;
        let message = refusal(&output, code);
        assert!(message.contains(reason), "{message}");
    }
    let output = run_on(&fake, "wrong", &EXPORT).await;
    assert!(refusal(&output, 5).contains("refuses the API key"));
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_found_or_has_its_exit_code() {
    let fake = service().await;
    let lost = || Fault::reset().at(Moment::Acted);
    let arguments: Vec<&str> = EXPORT.into_iter().chain(["--yes"]).collect();
    fake.inject_for(
        Match::operation("createExportBucket").authenticated(),
        lost(),
    );
    fake.inject_for(Match::operation("createExportJob").authenticated(), lost());
    let output = run_on(&fake, private(&fake), &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    assert_eq!(fake.jobs(PROJECT, "Cluster0").len(), 1);

    // Where nobody may look, nobody can tell.
    let fake = service().await;
    fake.inject_for(
        Match::operation("createExportBucket").authenticated(),
        lost(),
    );
    let created = AtomicBool::new(false);
    fake.faults_by(move |head| {
        created.fetch_or(head.method == "POST", Ordering::Relaxed);
        let looks = head.method == "GET" && created.load(Ordering::Relaxed);
        (looks && head.authenticated).then(|| Fault::status(StatusCode::FORBIDDEN))
    });
    let output = run_on(&fake, private(&fake), &arguments).await;
    assert!(
        refusal(&output, 7).contains("call ensure again"),
        "{output:?}"
    );
}

#[tokio::test]
async fn an_export_that_ends_badly_has_its_exit_code() {
    let failed = JobOutcome::Failed {
        error_code: "E1".into(),
        message: "the role may not write".into(),
    };
    for (outcome, reason) in [
        (failed, "the role may not write"),
        (JobOutcome::Cancelled, "cancelled"),
    ] {
        let fake = FakeAtlas::builder()
            .snapshot(PROJECT, "Cluster0", Snapshot::completed(SNAPSHOT))
            .bucket(PROJECT, Bucket::aws("exports", ROLE))
            .job_progress(JobProgress::ByPolls {
                queued: 0,
                in_progress: 0,
            })
            .job_outcome(outcome)
            .start()
            .await
            .unwrap();
        let arguments: Vec<&str> = EXPORT.into_iter().chain(["--yes"]).collect();
        let output = run_on(&fake, private(&fake), &arguments).await;
        assert!(refusal(&output, 9).contains(reason));
    }
}

#[tokio::test]
async fn what_cannot_be_created_is_refused_before_it_is_planned() {
    let fake = service().await;
    let arguments = ["--cluster", "Cluster0", "--bucket", "x", "--role", ROLE];
    let output = run_on(&fake, private(&fake), &arguments).await;
    assert!(refusal(&output, 2).contains("3 to 63 characters"));
    assert!(!stdout(&output).contains("Plan"));
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let proxy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = proxy.accept().await.unwrap();
        let mut head = vec![0; 1024];
        let count = stream.read(&mut head).await.unwrap();
        let refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(refusal).await.unwrap();
        // Whoever comes again finds nobody.
        drop(proxy);
        String::from_utf8_lossy(head.get(..count).unwrap()).into_owned()
    });
    let variables = [
        (PUBLIC, "abcdefgh"),
        (PRIVATE, "x"),
        (URL, "https://atlas.invalid"),
        (PROJECT_ID, PROJECT),
        ("HTTPS_PROXY", url.as_str()),
        ("NO_PROXY", ""),
        ("no_proxy", ""),
    ];
    let output = run(&variables, &EXPORT).await;
    assert!(refusal(&output, 6).contains("no connection"));
    let head = asked.await.unwrap();
    assert!(head.starts_with("CONNECT atlas.invalid:443 "), "{head}");
}
