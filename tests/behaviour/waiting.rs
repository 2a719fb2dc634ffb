//! Waiting for a job: every end is its own outcome, and every wait ends.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use atlas_export::{ErrorKind, ExportJobId, ExportJobs, models::SnapshotType, wait::WaitError};
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, JobOutcome, JobProgress, Snapshot};
use atlas_export_tests::{
    BUCKET, CLUSTER, PROJECT, ROLE, Reply, SNAPSHOT, ScriptedServer, TestClock, client_of, key,
    parsed,
};
use futures_util::{StreamExt as _, TryStreamExt as _};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A fake with one job, and the clock that both sides go by.
async fn with_job(builder: FakeAtlasBuilder) -> (FakeAtlas, TestClock, ExportJobs, ExportJobId) {
    let clock = TestClock::default();
    let fake = builder
        .clock(Arc::new(clock.clone()))
        .snapshot(PROJECT, CLUSTER, Snapshot::completed(SNAPSHOT))
        .bucket(
            PROJECT,
            atlas_export_fake::Bucket::aws("b-1", ROLE).id(BUCKET),
        )
        .start()
        .await
        .unwrap();
    let client = client_of(&fake)
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let jobs = client.project(PROJECT).cluster(CLUSTER).export_jobs();
    let job = jobs
        .create(&parsed(SNAPSHOT), &parsed(BUCKET))
        .await
        .unwrap();
    fake.clear_requests();
    (fake, clock, jobs, job.id)
}

#[tokio::test]
async fn a_job_is_watched_until_it_is_successful() {
    let (_fake, _clock, jobs, id) = with_job(FakeAtlas::builder().collections(4).job_progress(
        JobProgress::ByPolls {
            queued: 1,
            in_progress: 2,
        },
    ))
    .await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let writer = seen.clone();
    let done = jobs
        .wait_until_finished(&id)
        .on_progress(move |progress| {
            let state = progress.item.state.as_ref().unwrap().to_string();
            writer.lock().unwrap().push((state, progress.collections));
        })
        .await
        .unwrap();
    assert!(done.state.unwrap().is_finished());
    assert!(done.finished_at.is_some());
    let seen = seen.lock().unwrap();
    assert_eq!(seen.first().unwrap().0, "Queued");
    assert_eq!(*seen.last().unwrap(), ("Successful".into(), Some((4, 4))));
    assert!(seen.iter().any(|(state, _)| state == "InProgress"));
}

#[tokio::test]
async fn a_wait_can_be_read_as_a_stream() {
    let progress = JobProgress::ByPolls {
        queued: 1,
        in_progress: 2,
    };
    let builder = || FakeAtlas::builder().job_progress(progress);
    let (_fake, _clock, jobs, id) = with_job(builder()).await;
    let states: Vec<_> = jobs
        .wait_until_finished(&id)
        .into_stream()
        .map_ok(|progress| progress.item.state.unwrap().to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(states, ["Queued", "InProgress", "InProgress", "Successful"]);

    let (_fake, _clock, jobs, id) = with_job(builder().job_outcome(JobOutcome::Cancelled)).await;
    let all: Vec<_> = jobs.wait_until_finished(&id).into_stream().collect().await;
    let (end, before) = all.split_last().unwrap();
    assert!(matches!(end, Err(WaitError::Cancelled(_))));
    assert!(before.len() == 3 && before.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_quarter_of_an_hour_costs_at_most_40_polls_and_zero_of_zero_is_no_progress() {
    let (fake, clock, jobs, id) =
        with_job(FakeAtlas::builder().job_progress(JobProgress::ByClock {
            queued: seconds(60),
            in_progress: seconds(820),
        }))
        .await;
    let known = Arc::new(Mutex::new(false));
    let writer = known.clone();
    jobs.wait_until_finished(&id)
        .on_progress(move |progress| *writer.lock().unwrap() |= progress.collections.is_some())
        .await
        .unwrap();
    assert!(!*known.lock().unwrap());
    let polls = fake.requests().iter().filter(|r| r.answered(200)).count();
    assert!(polls <= 40, "{polls} polls");
    // Not noticed much later than it happened.
    assert!(clock.elapsed() < seconds(880 + 61), "{:?}", clock.elapsed());
}

#[tokio::test]
async fn a_failed_job_is_no_success_and_says_why() {
    let (_fake, _clock, jobs, id) =
        with_job(FakeAtlas::builder().job_outcome(JobOutcome::Failed {
            error_code: "EXPORT_FAILED".into(),
            message: "the role may not write".into(),
        }))
        .await;
    let error = jobs.wait_until_finished(&id).await.unwrap_err();
    assert!(
        error.to_string().contains("the role may not write"),
        "{error}"
    );
    assert!(matches!(error, WaitError::Failed(job) if job.id == id));
}

#[tokio::test]
async fn a_cancelled_job_is_an_outcome_of_its_own() {
    let (_fake, _clock, jobs, id) =
        with_job(FakeAtlas::builder().job_outcome(JobOutcome::Cancelled)).await;
    let error = jobs.wait_until_finished(&id).await.unwrap_err();
    assert!(matches!(error, WaitError::Cancelled(_)), "{error}");
}

#[tokio::test]
async fn a_wait_ends_when_its_time_is_up_with_the_job_as_last_seen() {
    let (_fake, clock, jobs, id) =
        with_job(FakeAtlas::builder().job_progress(JobProgress::ByClock {
            queued: seconds(60),
            in_progress: seconds(100_000),
        }))
        .await;
    let error = jobs
        .wait_until_finished(&id)
        .max_wait(seconds(600))
        .poll_interval(seconds(7))
        .await
        .unwrap_err();
    let WaitError::MaxWaitExceeded { last, waited, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(
        last.as_ref().unwrap().state.as_ref().unwrap().as_str(),
        "InProgress"
    );
    assert_eq!((*waited, clock.elapsed()), (seconds(600), seconds(600)));
    assert!(
        error
            .to_string()
            .contains("after 600 s, last seen InProgress"),
        "{error}"
    );
}

#[tokio::test]
async fn an_unknown_state_is_no_end() {
    let job = |state: &str| {
        Reply::json(
            200,
            &format!(r#"{{"id":"{SNAPSHOT}","exportBucketId":"{BUCKET}","state":"{state}"}}"#),
        )
    };
    let server = ScriptedServer::start(vec![job("Paused"), job("Successful")])
        .await
        .unwrap();
    let outcome = scripted(&server)
        .wait_until_finished(&parsed(SNAPSHOT))
        .await;
    assert!(outcome.is_ok());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_job_that_does_not_exist_ends_the_wait() {
    let (_fake, _clock, jobs, _) = with_job(FakeAtlas::builder()).await;
    let error = jobs.wait_until_finished(&parsed(ROLE)).await.unwrap_err();
    let WaitError::Poll(error) = error else {
        panic!("{error}");
    };
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_poll_that_breaks_off_does_not_end_the_wait() {
    let done = format!(r#"{{"id":"{SNAPSHOT}","exportBucketId":"{BUCKET}","state":"Successful"}}"#);
    let server = ScriptedServer::start(vec![
        Reply::raw(""),
        Reply::json(500, ""),
        Reply::json(200, &done),
    ])
    .await
    .unwrap();
    scripted(&server)
        .wait_until_finished(&parsed(SNAPSHOT))
        .await
        .unwrap();
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn polls_may_fail_again_and_again_as_long_as_one_in_ten_succeeds() {
    let running =
        format!(r#"{{"id":"{SNAPSHOT}","exportBucketId":"{BUCKET}","state":"InProgress"}}"#);
    let done = running.replace("InProgress", "Successful");
    // Nine polls of four attempts each, a good one, and nine more.
    let failing = || (0..9 * 4).map(|_| Reply::json(500, ""));
    let script = failing()
        .chain([Reply::json(200, &running)])
        .chain(failing())
        .chain([Reply::json(200, &done)]);
    let server = ScriptedServer::start(script.collect()).await.unwrap();
    scripted(&server)
        .wait_until_finished(&parsed(SNAPSHOT))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_wait_that_is_asked_to_slow_down_does_as_far_as_that_is_believed() {
    let done = format!(r#"{{"id":"{SNAPSHOT}","exportBucketId":"{BUCKET}","state":"Successful"}}"#);
    // More than the call's own time-out, so that the wait has to see to it.
    for (told, pause) in [("3600", 60), ("31536000", 60), ("18446744073709551615", 60)] {
        let slow_down = || Reply::with_headers(429, &format!("Retry-After: {told}\r\n"), "");
        let script = (0..15)
            .map(|_| slow_down())
            .chain([Reply::json(200, &done)]);
        let server = ScriptedServer::start(script.collect()).await.unwrap();
        let clock = TestClock::default();
        jobs_of(&server, &clock)
            .wait_until_finished(&parsed(SNAPSHOT))
            .await
            .unwrap();
        assert_eq!(server.requests().len(), 16);
        assert_eq!(clock.elapsed(), seconds(15 * pause), "{told}");
    }
}

#[tokio::test]
async fn a_wait_that_never_saw_the_job_says_why() {
    let server = ScriptedServer::start(vec![Reply::json(500, "")])
        .await
        .unwrap();
    let error = scripted(&server)
        .wait_until_finished(&parsed(SNAPSHOT))
        .max_wait(seconds(3))
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        WaitError::MaxWaitExceeded { last: None, .. }
    ));
    let message = error.to_string();
    assert!(
        message.contains("was never seen; the last poll failed: 500"),
        "{message}"
    );
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn why_a_job_failed_is_told_on_one_line_in_both_generations() {
    for (reason, told) in [
        (
            r#""errMsg":"the role may not write""#,
            ": the role may not write",
        ),
        (
            r#""stateReason":{"errorCode":"E1","message":""},"errMsg":"real""#,
            ": E1: real",
        ),
        (
            r#""stateReason":{"errorCode":"E1","message":"a\u001b[31m\nb"}"#,
            ": E1: a\\u{1b}[31m\\nb",
        ),
        (r#""errMsg":null"#, " without a reason"),
    ] {
        let job = format!(
            r#"{{"id":"{SNAPSHOT}","exportBucketId":"{BUCKET}","state":"Failed",{reason}}}"#
        );
        let server = ScriptedServer::start(vec![Reply::json(200, &job)])
            .await
            .unwrap();
        let wait = scripted(&server).wait_until_finished(&parsed(SNAPSHOT));
        let message = wait.await.unwrap_err().to_string();
        assert_eq!(message, format!("export job {SNAPSHOT} failed{told}"));
    }
}

#[tokio::test]
async fn polls_that_only_fail_end_the_wait() {
    let server = ScriptedServer::start(vec![Reply::json(500, "")])
        .await
        .unwrap();
    let error = scripted(&server)
        .wait_until_finished(&parsed(SNAPSHOT))
        .await
        .unwrap_err();
    assert!(matches!(error, WaitError::Poll(error) if error.kind() == ErrorKind::Api));
    // Eleven polls, each with the attempts of any call.
    assert_eq!(server.requests().len(), 11 * 4);
}

fn scripted(server: &ScriptedServer) -> ExportJobs {
    jobs_of(server, &TestClock::default())
}

fn jobs_of(server: &ScriptedServer, clock: &TestClock) -> ExportJobs {
    cluster_of(server, clock).export_jobs()
}

fn cluster_of(server: &ScriptedServer, clock: &TestClock) -> atlas_export::Cluster {
    atlas_export::Client::builder()
        .base_url(server.url())
        .credentials(key())
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap()
        .project(PROJECT)
        .cluster(CLUSTER)
}

/// A page of completed snapshots, each created in one of these years.
fn snapshots(years: &[&str], next: bool) -> Reply {
    let snapshot = |year: &&str| {
        format!(
            r#"{{"id":"{year:0>24}","status":"completed","createdAt":"{year}-01-01T00:00:00Z"}}"#
        )
    };
    let results: Vec<String> = years.iter().map(snapshot).collect();
    let link = if next {
        r#"{"rel":"next"}"#
    } else {
        r#"{"rel":"self"}"#
    };
    let page = format!(r#"{{"results":[{}],"links":[{link}]}}"#, results.join(","));
    Reply::json(200, &page)
}

#[tokio::test]
async fn the_newest_snapshot_may_be_on_any_page() {
    // Read twice, because a snapshot may slip from page to page meanwhile.
    let pages = || {
        [
            snapshots(&["2024", "2021"], true),
            snapshots(&["2026", "2023"], false),
        ]
    };
    let script = pages().into_iter().chain(pages()).collect();
    let server = ScriptedServer::start(script).await.unwrap();
    let snapshots = cluster_of(&server, &TestClock::default()).snapshots();
    let newest = snapshots.newest_exportable().await.unwrap().unwrap();
    assert!(newest.id.as_str().ends_with("2026"));
    assert_eq!(server.requests().len(), 4);
    assert!(server.requests()[1].contains("pageNum=2"));
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_may_be_the_newest() {
    let page = r#"{"results":[
        {"id":"000000000000000000002020","status":"completed","createdAt":"2020-01-01T00:00:00Z"},
        {"id":"000000000000000000002026","status":"completed","createdAt":"2026-01-01"}]}"#;
    let server = ScriptedServer::start(vec![Reply::json(200, page)])
        .await
        .unwrap();
    let snapshots = cluster_of(&server, &TestClock::default()).snapshots();
    let error = snapshots.newest_exportable().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.raw().unwrap().contains("000000000000000000002026"));
}

#[tokio::test]
async fn the_newest_snapshot_that_can_be_exported_is_found() {
    let fake = FakeAtlas::builder().demo().start().await.unwrap();
    let client = client_of(&fake).build().unwrap();
    let snapshots = client
        .project(fake.project_id())
        .cluster(CLUSTER)
        .snapshots();
    let newest = snapshots.newest_exportable().await.unwrap().unwrap();
    assert_eq!(newest.status.unwrap().as_str(), "completed");
    assert_ne!(
        newest.snapshot_type.as_ref().map(SnapshotType::as_str),
        Some("fallback")
    );
    for other in snapshots.list().await.unwrap().items {
        let exportable = other
            .status
            .as_ref()
            .is_some_and(|s| s.as_str() == "completed")
            && other
                .snapshot_type
                .as_ref()
                .is_none_or(|kind| kind.as_str() != "fallback");
        assert!(!exportable || other.created_at <= newest.created_at);
    }
}

#[tokio::test]
async fn a_cluster_without_snapshots_has_none_to_export() {
    let fake = FakeAtlas::builder()
        .cluster(PROJECT, CLUSTER)
        .start()
        .await
        .unwrap();
    let client = client_of(&fake).build().unwrap();
    let cluster = client.project(PROJECT).cluster(CLUSTER);
    assert_eq!(cluster.snapshots().newest_exportable().await.unwrap(), None);
}
