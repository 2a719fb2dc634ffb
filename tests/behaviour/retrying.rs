//! Repeating what failed, and only what may be repeated.

use std::{sync::Arc, time::Duration};

use atlas_export::{ErrorKind, retry::RetryPolicy};
use atlas_export_tests::{
    Reply, ScriptedServer, TestClock, buckets_of, client_at, new_bucket, parsed, seconds,
};

fn too_many(retry_after: &str) -> Reply {
    Reply::with_headers(
        429,
        &format!("Retry-After: {retry_after}\r\nContent-Type: application/json\r\n"),
        r#"{"error":429,"errorCode":"RATE_LIMITED","detail":"slow down"}"#,
    )
}

#[tokio::test]
async fn a_429_waits_as_long_as_the_server_asks() {
    let script = vec![too_many("7"), Reply::empty_page()];
    let server = ScriptedServer::start(script).await;
    let buckets = server.buckets();
    buckets.list().await.unwrap();
    assert_eq!(server.clock.sleeps(), [seconds(7)]);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_creation_refused_with_429_is_repeated() {
    let created = Reply::json(
        200,
        r#"{"_id":"604f6322dc786a5341d4f7fb","cloudProvider":"AWS"}"#,
    );
    let script = vec![
        Reply::empty_page(),
        too_many("3"),
        Reply::empty_page(),
        created,
    ];
    let server = ScriptedServer::start(script).await;
    let buckets = server.buckets();
    let new = new_bucket("example-bucket");
    buckets.create(new).await.unwrap();
    assert_eq!(server.clock.sleeps(), [seconds(3)]);
    // Each attempt asks for a challenge first, since this server never has one.
    let methods = server.methods();
    assert_eq!(methods.iter().filter(|method| *method == "POST").count(), 2);
}

#[tokio::test]
async fn what_commonly_passes_is_repeated_with_growing_waits() {
    let script = vec![
        Reply::json(503, ""),
        Reply::json(502, "<html>"),
        Reply::json(504, ""),
        Reply::empty_page(),
    ];
    let server = ScriptedServer::start(script).await;
    let buckets = server.buckets();
    buckets.list().await.unwrap();
    assert_eq!(server.requests().len(), 4);
    let sleeps = server.clock.sleeps();
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
        let server = ScriptedServer::start([lost, Reply::empty_page()]).await;
        let buckets = server.buckets();
        buckets.list().await.unwrap();
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_has_succeeded_when_nothing_is_left() {
    let gone = || Reply::json(404, r#"{"error":404,"errorCode":"RESOURCE_NOT_FOUND"}"#);
    let id = parsed("604f6322dc786a5341d4f7fb");
    for lost in [Reply::raw(""), Reply::json(503, "")] {
        let server = ScriptedServer::start([lost, gone()]).await;
        let buckets = server.buckets();
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
        let server = ScriptedServer::start(script).await;
        let buckets = server.buckets();
        let error = buckets.delete(&id).await.unwrap_err();
        assert!(error.is_not_found() && error.may_have_taken_effect());
    }
    // Nothing was lost here: there never was one.
    for before in [vec![gone()], vec![too_many("1"), gone()]] {
        let server = ScriptedServer::start(before).await;
        let buckets = server.buckets();
        assert!(buckets.delete(&id).await.unwrap_err().is_not_found());
    }
}

#[tokio::test]
async fn a_deletion_that_was_only_lost_may_have_taken_effect() {
    let server = ScriptedServer::start([Reply::raw("")]).await;
    let buckets = server.buckets();
    let id = parsed("604f6322dc786a5341d4f7fb");
    let error = buckets.delete(&id).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
    assert!(error.may_have_taken_effect());
    assert!(!buckets.get(&id).await.unwrap_err().may_have_taken_effect());

    // Whatever came after the attempt that was lost.
    let refused = Reply::json(403, r#"{"error":403,"errorCode":"X"}"#);
    let server = ScriptedServer::start([Reply::raw(""), refused]).await;
    let buckets = server.buckets();
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
    let server = ScriptedServer::start([refusal, Reply::empty_page()]).await;
    let buckets = server.buckets();
    buckets.list().await.unwrap();
    assert_eq!(server.clock.elapsed(), seconds(12));
    // No single token takes so long, so that they come in lumps: there are more of them now.
    buckets.list().await.unwrap();
    assert_eq!(server.clock.elapsed(), seconds(12));
}

#[tokio::test]
async fn a_wait_of_nothing_or_in_the_past_is_at_least_a_back_off() {
    for told in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let policy = RetryPolicy::default().max_attempts(50);
        let server = ScriptedServer::start([too_many(told)]).await;
        let buckets = buckets_of(server.client().retry(policy));
        buckets.list().await.unwrap_err();
        assert!(
            server.clock.elapsed() > seconds(60),
            "{:?}",
            server.clock.elapsed()
        );
        assert!(server.requests().len() <= 50);
    }
}

#[tokio::test]
async fn the_longest_wait_that_can_be_written_is_no_panic() {
    for told in ["18446744073709551615", "99999999999999999999999"] {
        let server = ScriptedServer::start([too_many(told)]).await;
        let buckets = server.buckets();
        let error = buckets.list().await.unwrap_err();
        assert_eq!(error.retry_after(), Some(seconds(u64::MAX)));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_read_answered_by_somebody_else_is_repeated_like_a_503() {
    let page = || Reply::with_headers(200, "Content-Type: text/html\r\n", "<html>wait</html>");
    let script = vec![page(), Reply::json(200, ""), page(), Reply::empty_page()];
    let server = ScriptedServer::start(script).await;
    let buckets = server.buckets();
    buckets.list().await.unwrap();
    assert_eq!(server.requests().len(), 4);
    let server = ScriptedServer::start([page()]).await;
    let buckets = server.buckets();
    let error = buckets.list().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
}

#[tokio::test]
async fn max_elapsed_bounds_the_attempts() {
    let policy = RetryPolicy::default()
        .max_attempts(100)
        .max_elapsed(seconds(20));
    let server = ScriptedServer::start([too_many("7")]).await;
    let buckets = buckets_of(server.client().retry(policy));
    assert_eq!(buckets.list().await.unwrap_err().attempts(), 3);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn the_error_after_the_last_attempt_says_how_many_there_were() {
    let server = ScriptedServer::start([too_many("7")]).await;
    let buckets = buckets_of(
        server
            .client()
            .retry(RetryPolicy::default().max_attempts(3)),
    );
    let error = buckets.list().await.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 3));
    assert_eq!(error.elapsed(), seconds(14));
    assert_eq!(error.retry_after(), Some(seconds(7)));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn no_policy_means_one_attempt() {
    let server = ScriptedServer::start([Reply::json(503, "")]).await;
    let buckets = buckets_of(server.client().retry(RetryPolicy::none()));
    assert_eq!(buckets.list().await.unwrap_err().attempts(), 1);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = ScriptedServer::start([too_many("3600")]).await;
    let buckets = server.buckets();
    let error = buckets.list().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(3600)));
    assert!(server.clock.sleeps().is_empty());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn connecting_is_tried_again() {
    let url = ScriptedServer::start([]).await.url();
    let client = client_at(url).clock(Arc::new(TestClock::default()));
    let buckets = buckets_of(client);
    let new = new_bucket("example-bucket");
    let error = buckets.create(new).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
}
