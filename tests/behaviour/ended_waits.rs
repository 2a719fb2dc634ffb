//! Waits that end when there is nothing more to wait for, and not before.

use atlas_export::{codes, wait::WaitError};
use atlas_export_tests::{BUCKET, Reply, SNAPSHOT, ScriptedServer, parsed, seconds};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

/// When the [`TestClock`] begins.
const NOW: u32 = 1_786_332_505;

fn job(id: &str, more: &Value) -> Reply {
    let mut job = json!({"id": id, "exportBucketId": BUCKET});
    let more = more.as_object().unwrap().clone();
    job.as_object_mut().unwrap().extend(more);
    Reply::json(200, &job.to_string())
}

fn done(id: &str) -> Reply {
    job(id, &json!({"state": "Successful"}))
}

fn refusal(code: &str) -> Reply {
    let body = json!({"error": 404, "errorCode": code, "detail": "no"}).to_string();
    Reply::json(404, &body)
}

fn missing() -> Reply {
    refusal(codes::RESOURCE_NOT_FOUND)
}

/// An id that was made so many seconds before now, or after.
fn made(age: i64) -> String {
    let made = u32::try_from(i64::from(NOW) - age).unwrap();
    format!("{made:08x}dc786a5341d4f7fb")
}

#[tokio::test]
async fn a_job_that_has_ended_in_a_state_that_is_not_known_ends_the_wait_and_is_told() {
    for (state, told) in [
        (json!("Partially\nDone"), "in state Partially\\nDone"),
        (Value::Null, "without a state"),
    ] {
        let more = json!({"state": state, "finishedAt": "2026-08-10T04:08:25Z"});
        let server = ScriptedServer::start([job(SNAPSHOT, &more)]).await;
        let wait = || server.jobs().wait_until_finished(&parsed(SNAPSHOT));
        let error = wait().await.unwrap_err();
        let message = error.to_string();
        assert!(message.contains(told), "{message}");
        assert!(matches!(error, WaitError::UnknownEnd(job) if job.id.as_str() == SNAPSHOT));
        assert_eq!(
            (server.requests().len(), server.clock.sleeps().len()),
            (1, 0)
        );
        let all: Vec<_> = wait().into_stream().collect().await;
        assert!(matches!(all[..], [Err(WaitError::UnknownEnd(_))]));
    }
}

#[tokio::test]
async fn without_an_end_a_state_that_is_not_known_is_waited_on_and_each_poll_has_its_pause() {
    let running = |state: &str| job(SNAPSHOT, &json!({"state": state, "finishedAt": null}));
    let contradictory = json!({"state": "InProgress", "finishedAt": "2026-08-10T04:08:25Z"});
    let script = || {
        vec![
            running("Paused"),
            running("Queued"),
            job(SNAPSHOT, &contradictory),
            done(SNAPSHOT),
        ]
    };
    let server = ScriptedServer::start(script()).await;
    let jobs = server.jobs();
    jobs.wait_until_finished(&parsed(SNAPSHOT)).await.unwrap();
    assert_eq!(server.clock.sleeps(), [seconds(1); 3]);

    let server = ScriptedServer::start(script()).await;
    let wait = server.jobs().wait_until_finished(&parsed(SNAPSHOT));
    let mut stream = wait.into_stream();
    for polls in 0..4 {
        stream.next().await.unwrap().unwrap();
        assert_eq!(server.clock.sleeps().len(), polls);
    }
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_snapshot_in_a_status_that_is_not_known_is_waited_on_with_a_pause() {
    let status = |status: &str| {
        let snapshot = json!({"id": SNAPSHOT, "status": status});
        Reply::json(200, &snapshot.to_string())
    };
    let server = ScriptedServer::start([status("paused"), status("completed")]).await;
    let wait = server
        .cluster()
        .snapshots()
        .wait_until_completed(&parsed(SNAPSHOT));
    assert_eq!(wait.await.unwrap().status.unwrap().as_str(), "completed");
    assert_eq!(server.clock.sleeps(), [seconds(1)]);
}

#[tokio::test]
async fn a_reason_that_does_not_fit_does_not_hide_that_the_job_failed() {
    for (reason, told) in [
        (json!("the role may not write"), "the role may not write"),
        (json!({"errorCode": 7, "message": "gone"}), "7: gone"),
        (
            json!({"errorCode": "E1", "message": {"en": "gone"}}),
            r#"E1: {"en":"gone"}"#,
        ),
        (json!(["gone"]), r#"["gone"]"#),
        (json!(7), "7"),
        (
            json!({"errorCode": null, "message": null}),
            "without a reason",
        ),
    ] {
        let more = json!({"state": "Failed", "stateReason": reason});
        let server = ScriptedServer::start([job(SNAPSHOT, &more)]).await;
        let jobs = server.jobs();
        let error = jobs.wait_until_finished(&parsed(SNAPSHOT)).await;
        let error = error.unwrap_err();
        assert!(matches!(error, WaitError::Failed(_)), "{reason}: {error}");
        assert!(error.to_string().ends_with(told), "{error}");
    }
}

#[tokio::test]
async fn a_job_that_was_just_made_may_show_later() {
    for age in [0, 1, 28] {
        let id = made(age);
        let server = ScriptedServer::start([missing(), missing(), done(&id)]).await;
        let jobs = server.jobs();
        jobs.wait_until_finished(&parsed(&id)).await.unwrap();
        assert_eq!(server.requests().len(), 3);
        assert_eq!(server.clock.sleeps(), [seconds(1); 2]);
    }
}

#[tokio::test]
async fn a_job_that_never_shows_ends_the_wait_when_it_is_no_longer_new() {
    let server = ScriptedServer::start([missing()]).await;
    let jobs = server.jobs();
    let wait = jobs.wait_until_finished(&parsed(&made(5)));
    let error = wait.poll_interval(seconds(1)).await.unwrap_err();
    assert!(matches!(error, WaitError::Poll(error) if error.is_not_found()));
    assert_eq!(server.clock.elapsed(), seconds(26));
}

#[tokio::test]
async fn an_old_job_or_one_from_the_future_or_another_404_ends_the_wait_at_once() {
    for (id, answer) in [
        (made(31), missing()),
        (made(1_000_000), missing()),
        (made(-2), missing()),
        (made(-100_000), missing()),
        ("ffffffffdc786a5341d4f7fb".to_owned(), missing()),
        (made(1), refusal(codes::CLUSTER_NOT_FOUND)),
        (made(1), Reply::json(404, "{}")),
        (made(1), Reply::with_headers(404, "", "")),
    ] {
        let server = ScriptedServer::start([answer, done(&id)]).await;
        let jobs = server.jobs();
        let error = jobs.wait_until_finished(&parsed(&id)).await.unwrap_err();
        assert!(
            matches!(error, WaitError::Poll(error) if error.is_not_found()),
            "{id}"
        );
        assert_eq!(
            (server.requests().len(), server.clock.sleeps().len()),
            (1, 0)
        );
    }
}

#[tokio::test]
async fn a_snapshot_that_was_just_begun_may_show_later_too() {
    for (id, shows) in [(made(1), true), (made(60), false), (made(-5), false)] {
        let snapshot = json!({"id": id, "status": "completed"}).to_string();
        let script = vec![missing(), Reply::json(200, &snapshot)];
        let server = ScriptedServer::start(script).await;
        match server
            .cluster()
            .snapshots()
            .wait_until_completed(&parsed(&id))
            .await
        {
            Ok(_) => assert!(shows, "{id}"),
            Err(WaitError::Poll(error)) => assert!(!shows && error.is_not_found()),
            Err(error) => panic!("{error}"),
        }
    }
}
