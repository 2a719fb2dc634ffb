//! Waiting for a job: every end is its own outcome, and every wait ends.

use std::sync::{Arc, Mutex};

use atlas_export::{ErrorKind, ExportJobId, wait::WaitError};
use atlas_export_fake::{FakeAtlasBuilder, JobOutcome, JobProgress};
use atlas_export_tests::{
    BUCKET, ROLE, Reply, SNAPSHOT, Scene, ScriptedServer, exportable, parsed, seconds,
};
use futures_util::{StreamExt as _, TryStreamExt as _};

/// An export that has just begun.
async fn with_job(fake: FakeAtlasBuilder) -> (Scene, ExportJobId) {
    let scene = Scene::start(fake).await;
    let id = scene.begin_export().await;
    scene.fake.clear_requests();
    (scene, id)
}

#[tokio::test]
async fn a_job_is_watched_until_it_is_successful() {
    let (scene, id) = with_job(
        exportable()
            .collections(4)
            .job_progress(JobProgress::ByPolls {
                queued: 1,
                in_progress: 2,
            }),
    )
    .await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let writer = seen.clone();
    let done = scene
        .jobs
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
    let (scene, id) = with_job(exportable().job_progress(progress)).await;
    let states: Vec<_> = scene
        .jobs
        .wait_until_finished(&id)
        .into_stream()
        .map_ok(|progress| progress.item.state.unwrap().to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(states, ["Queued", "InProgress", "InProgress", "Successful"]);

    let (scene, id) = with_job(
        exportable()
            .job_progress(progress)
            .job_outcome(JobOutcome::Cancelled),
    )
    .await;
    let all: Vec<_> = scene
        .jobs
        .wait_until_finished(&id)
        .into_stream()
        .collect()
        .await;
    let (end, before) = all.split_last().unwrap();
    assert!(matches!(end, Err(WaitError::Cancelled(_))));
    assert!(before.len() == 3 && before.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_quarter_of_an_hour_costs_at_most_40_polls_and_zero_of_zero_is_no_progress() {
    let (scene, id) = with_job(exportable().job_progress(JobProgress::ByClock {
        queued: seconds(60),
        in_progress: seconds(820),
    }))
    .await;
    let known = Arc::new(Mutex::new(false));
    let writer = known.clone();
    scene
        .jobs
        .wait_until_finished(&id)
        .on_progress(move |progress| *writer.lock().unwrap() |= progress.collections.is_some())
        .await
        .unwrap();
    assert!(!*known.lock().unwrap());
    let polls = scene.answered(200);
    assert!(polls <= 40, "{polls} polls");
    // Not noticed much later than it happened.
    assert!(
        scene.clock.elapsed() < seconds(880 + 61),
        "{:?}",
        scene.clock.elapsed()
    );
}

#[tokio::test]
async fn a_failed_job_is_no_success_and_says_why() {
    let (scene, id) = with_job(exportable().job_outcome(JobOutcome::Failed {
        error_code: "EXPORT_FAILED".into(),
        message: "the role may not write".into(),
    }))
    .await;
    let error = scene.jobs.wait_until_finished(&id).await.unwrap_err();
    assert!(
        error.to_string().contains("the role may not write"),
        "{error}"
    );
    assert!(matches!(error, WaitError::Failed(job) if job.id == id));
}

#[tokio::test]
async fn a_cancelled_job_is_an_outcome_of_its_own() {
    let (scene, id) = with_job(exportable().job_outcome(JobOutcome::Cancelled)).await;
    let error = scene.jobs.wait_until_finished(&id).await.unwrap_err();
    assert!(matches!(error, WaitError::Cancelled(_)), "{error}");
}

#[tokio::test]
async fn a_wait_ends_when_its_time_is_up_with_the_job_as_last_seen() {
    let (scene, id) = with_job(exportable().job_progress(JobProgress::ByClock {
        queued: seconds(60),
        in_progress: seconds(100_000),
    }))
    .await;
    let error = scene
        .jobs
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
    assert_eq!(
        (*waited, scene.clock.elapsed()),
        (seconds(600), seconds(600))
    );
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
    let server = ScriptedServer::start([job("Paused"), job("Successful")]).await;
    let outcome = server.jobs().wait_until_finished(&parsed(SNAPSHOT)).await;
    assert!(outcome.is_ok());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_job_that_does_not_exist_ends_the_wait() {
    let (scene, _) = with_job(exportable()).await;
    let error = scene
        .jobs
        .wait_until_finished(&parsed(ROLE))
        .await
        .unwrap_err();
    let WaitError::Poll(error) = error else {
        panic!("{error}");
    };
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_poll_that_breaks_off_does_not_end_the_wait() {
    let done = format!(r#"{{"id":"{SNAPSHOT}","exportBucketId":"{BUCKET}","state":"Successful"}}"#);
    let server = ScriptedServer::start([
        Reply::raw(""),
        Reply::json(500, ""),
        Reply::json(200, &done),
    ])
    .await;
    server
        .jobs()
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
    let server = ScriptedServer::start(script).await;
    server
        .jobs()
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
        let server = ScriptedServer::start(script).await;
        server
            .jobs()
            .wait_until_finished(&parsed(SNAPSHOT))
            .await
            .unwrap();
        assert_eq!(server.requests().len(), 16);
        assert_eq!(server.clock.elapsed(), seconds(15 * pause), "{told}");
    }
}

#[tokio::test]
async fn a_wait_that_never_saw_the_job_says_why() {
    let server = ScriptedServer::start([Reply::json(500, "")]).await;
    let error = server
        .jobs()
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
        let server = ScriptedServer::start([Reply::json(200, &job)]).await;
        let wait = server.jobs().wait_until_finished(&parsed(SNAPSHOT));
        let message = wait.await.unwrap_err().to_string();
        assert_eq!(message, format!("export job {SNAPSHOT} failed{told}"));
    }
}

#[tokio::test]
async fn polls_that_only_fail_end_the_wait() {
    let server = ScriptedServer::start([Reply::json(500, "")]).await;
    let error = server
        .jobs()
        .wait_until_finished(&parsed(SNAPSHOT))
        .await
        .unwrap_err();
    assert!(matches!(error, WaitError::Poll(error) if error.kind() == ErrorKind::Api));
    // Eleven polls, each with the attempts of any call.
    assert_eq!(server.requests().len(), 11 * 4);
}
