//! Repeating what failed, and only what may be repeated.

use std::{sync::Arc, time::Duration};

use atlas_export::{Client, ErrorKind, ExportBuckets, NewExportBucket, retry::RetryPolicy};
use atlas_export_tests::{PROJECT, ROLE, Reply, ScriptedServer, TestClock, key, page_of, parsed};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

async fn start(
    script: Vec<Reply>,
    policy: RetryPolicy,
) -> (ScriptedServer, TestClock, ExportBuckets) {
    let server = ScriptedServer::start(script).await.unwrap();
    let clock = TestClock::default();
    let client = Client::builder()
        .base_url(server.url())
        .credentials(key())
        .clock(Arc::new(clock.clone()))
        .retry(policy)
        .build()
        .unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    (server, clock, buckets)
}

fn empty_page() -> Reply {
    Reply::json(200, &page_of(&[]))
}

fn too_many(retry_after: &str) -> Reply {
    Reply::with_headers(
        429,
        &format!("Retry-After: {retry_after}\r\nContent-Type: application/json\r\n"),
        r#"{"error":429,"errorCode":"RATE_LIMITED","detail":"slow down"}"#,
    )
}

#[tokio::test]
async fn a_429_waits_as_long_as_the_server_asks() {
    let script = vec![too_many("7"), empty_page()];
    let (server, clock, buckets) = start(script, RetryPolicy::default()).await;
    buckets.list().await.unwrap();
    assert_eq!(clock.sleeps(), [seconds(7)]);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_creation_refused_with_429_is_repeated() {
    let created = Reply::json(
        200,
        r#"{"_id":"604f6322dc786a5341d4f7fb","cloudProvider":"AWS"}"#,
    );
    let script = vec![empty_page(), too_many("3"), empty_page(), created];
    let (server, clock, buckets) = start(script, RetryPolicy::default()).await;
    let new = NewExportBucket::aws("example-bucket", parsed(ROLE)).unwrap();
    buckets.create(new).await.unwrap();
    assert_eq!(clock.sleeps(), [seconds(3)]);
    // Each attempt asks for a challenge first, since this server never has one.
    let posts = server
        .requests()
        .iter()
        .filter(|r| r.starts_with("POST"))
        .count();
    assert_eq!(posts, 2);
}

#[tokio::test]
async fn what_commonly_passes_is_repeated_with_growing_waits() {
    let script = vec![
        Reply::json(503, ""),
        Reply::json(502, "<html>"),
        Reply::json(504, ""),
        empty_page(),
    ];
    let (server, clock, buckets) = start(script, RetryPolicy::default()).await;
    buckets.list().await.unwrap();
    assert_eq!(server.requests().len(), 4);
    let sleeps = clock.sleeps();
    assert_eq!(sleeps.len(), 3);
    for (sleep, bound) in sleeps.iter().zip([500, 1000, 2000]) {
        assert!(*sleep <= Duration::from_millis(bound), "{sleeps:?}");
    }
}

#[tokio::test]
async fn reads_are_repeated_after_whatever_may_pass() {
    for lost in [
        Reply::raw(""),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
        Reply::json(408, ""),
        Reply::json(500, r#"{"error":500,"errorCode":"UNEXPECTED_ERROR"}"#),
    ] {
        let (server, _clock, buckets) =
            start(vec![lost, empty_page()], RetryPolicy::default()).await;
        buckets.list().await.unwrap();
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_has_succeeded_when_nothing_is_left() {
    let gone = || Reply::json(404, r#"{"error":404,"errorCode":"RESOURCE_NOT_FOUND"}"#);
    let id = parsed("604f6322dc786a5341d4f7fb");
    for lost in [Reply::raw(""), Reply::json(503, "")] {
        let (server, _clock, buckets) = start(vec![lost, gone()], RetryPolicy::default()).await;
        buckets.delete(&id).await.unwrap();
        assert_eq!(server.requests().len(), 2);
    }
    // Not Atlas's word about this very resource.
    for other in [
        Reply::json(404, r#"{"error":404,"errorCode":"GROUP_NOT_FOUND"}"#),
        Reply::with_headers(404, "Content-Type: text/html\r\n", "<html>not here</html>"),
        Reply::json(404, ""),
    ] {
        let script = vec![Reply::raw(""), other];
        let (_server, _clock, buckets) = start(script, RetryPolicy::default()).await;
        let error = buckets.delete(&id).await.unwrap_err();
        assert!(error.is_not_found() && error.may_have_taken_effect());
    }
    // Nothing was lost here: there never was one.
    for before in [vec![gone()], vec![too_many("1"), gone()]] {
        let (_server, _clock, buckets) = start(before, RetryPolicy::default()).await;
        assert!(buckets.delete(&id).await.unwrap_err().is_not_found());
    }
}

#[tokio::test]
async fn a_deletion_that_was_only_lost_may_have_taken_effect() {
    let (_server, _clock, buckets) = start(vec![Reply::raw("")], RetryPolicy::default()).await;
    let id = parsed("604f6322dc786a5341d4f7fb");
    let error = buckets.delete(&id).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
    assert!(error.may_have_taken_effect());
    assert!(!buckets.get(&id).await.unwrap_err().may_have_taken_effect());

    // Whatever came after the attempt that was lost.
    let refused = Reply::json(403, r#"{"error":403,"errorCode":"X"}"#);
    let (_server, _clock, buckets) =
        start(vec![Reply::raw(""), refused], RetryPolicy::default()).await;
    let error = buckets.delete(&id).await.unwrap_err();
    assert_eq!(
        (error.status(), error.may_have_taken_effect()),
        (Some(403), true)
    );
}

#[tokio::test]
async fn the_wait_in_the_body_of_a_429_is_obeyed() {
    let refusal = Reply::json(
        429,
        r#"{"error":429,"errorCode":"RATE_LIMITED_TOKEN_BUCKET","detail":"slow down",
            "parameters":["/groups",12,"1200",600,60]}"#,
    );
    let (_server, clock, buckets) =
        start(vec![refusal, empty_page()], RetryPolicy::default()).await;
    buckets.list().await.unwrap();
    assert_eq!(clock.elapsed(), seconds(12));
    // No single token takes so long, so that they come in lumps: there are more of them now.
    buckets.list().await.unwrap();
    assert_eq!(clock.elapsed(), seconds(12));
}

#[tokio::test]
async fn a_wait_of_nothing_or_in_the_past_is_at_least_a_back_off() {
    for told in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let policy = RetryPolicy::default().max_attempts(50);
        let (server, clock, buckets) = start(vec![too_many(told)], policy).await;
        buckets.list().await.unwrap_err();
        assert!(clock.elapsed() > seconds(60), "{:?}", clock.elapsed());
        assert!(server.requests().len() <= 50);
    }
}

#[tokio::test]
async fn the_longest_wait_that_can_be_written_is_no_panic() {
    for told in ["18446744073709551615", "99999999999999999999999"] {
        let (server, _clock, buckets) = start(vec![too_many(told)], RetryPolicy::default()).await;
        let error = buckets.list().await.unwrap_err();
        assert_eq!(error.retry_after(), Some(seconds(u64::MAX)));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_read_answered_by_somebody_else_is_repeated_like_a_503() {
    let page = || Reply::with_headers(200, "Content-Type: text/html\r\n", "<html>wait</html>");
    let script = vec![page(), Reply::json(200, ""), page(), empty_page()];
    let (server, _clock, buckets) = start(script, RetryPolicy::default()).await;
    buckets.list().await.unwrap();
    assert_eq!(server.requests().len(), 4);
    let (_server, _clock, buckets) = start(vec![page()], RetryPolicy::default()).await;
    let error = buckets.list().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
}

#[tokio::test]
async fn max_elapsed_bounds_the_attempts() {
    let policy = RetryPolicy::default()
        .max_attempts(100)
        .max_elapsed(seconds(20));
    let (server, _clock, buckets) = start(vec![too_many("7")], policy).await;
    assert_eq!(buckets.list().await.unwrap_err().attempts(), 3);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn the_error_after_the_last_attempt_says_how_many_there_were() {
    let (server, _clock, buckets) =
        start(vec![too_many("7")], RetryPolicy::default().max_attempts(3)).await;
    let error = buckets.list().await.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 3));
    assert_eq!(error.elapsed(), seconds(14));
    assert_eq!(error.retry_after(), Some(seconds(7)));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn no_policy_means_one_attempt() {
    let (server, _clock, buckets) = start(vec![Reply::json(503, "")], RetryPolicy::none()).await;
    assert_eq!(buckets.list().await.unwrap_err().attempts(), 1);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let (server, clock, buckets) = start(vec![too_many("3600")], RetryPolicy::default()).await;
    let error = buckets.list().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(3600)));
    assert!(clock.sleeps().is_empty());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn connecting_is_tried_again() {
    let url = ScriptedServer::start(vec![]).await.unwrap().url();
    let clock = TestClock::default();
    let client = Client::builder()
        .base_url(url)
        .credentials(key())
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let buckets = client.project(PROJECT).export_buckets();
    let new = NewExportBucket::aws("example-bucket", parsed(ROLE)).unwrap();
    let error = buckets.create(new).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
}
