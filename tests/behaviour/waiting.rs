//! Waiting for a job: every end is its own outcome, and every wait ends.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use atlas_export::{ErrorKind, ExportJobId, ExportJobs, WaitError, models::SnapshotType};
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, JobOutcome, JobProgress, Snapshot};
use atlas_export_tests::{
    BUCKET, CLUSTER, PROJECT, ROLE, Reply, SNAPSHOT, ScriptedServer, TestClock, client_of, key,
    parsed,
};

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
    let jobs = client
        .project(parsed(PROJECT))
        .cluster(parsed(CLUSTER))
        .export_jobs();
    let job = jobs
        .create(&parsed(SNAPSHOT), &parsed(BUCKET))
        .send()
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
            let state = progress.job.state.as_ref().unwrap().to_string();
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
    assert!(matches!(error, WaitError::JobFailed(job) if job.id == id));
}

#[tokio::test]
async fn a_cancelled_job_is_an_outcome_of_its_own() {
    let (_fake, _clock, jobs, id) =
        with_job(FakeAtlas::builder().job_outcome(JobOutcome::Cancelled)).await;
    let error = jobs.wait_until_finished(&id).await.unwrap_err();
    assert!(matches!(error, WaitError::JobCancelled(_)), "{error}");
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
    let WaitError::MaxWaitExceeded { last, waited } = &error else {
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
    atlas_export::Client::builder()
        .base_url(server.url())
        .credentials(key())
        .clock(Arc::new(TestClock::default()))
        .build()
        .unwrap()
        .project(parsed(PROJECT))
        .cluster(parsed(CLUSTER))
        .export_jobs()
}

#[tokio::test]
async fn the_newest_snapshot_that_can_be_exported_is_found() {
    let fake = FakeAtlas::builder().demo().start().await.unwrap();
    let client = client_of(&fake).build().unwrap();
    let snapshots = client
        .project(parsed(fake.project_id()))
        .cluster(parsed(CLUSTER))
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
    let cluster = client.project(parsed(PROJECT)).cluster(parsed(CLUSTER));
    assert_eq!(cluster.snapshots().newest_exportable().await.unwrap(), None);
}
