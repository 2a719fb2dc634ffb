//! What can go wrong, and what the caller is told.

use std::error::Error as _;

use atlas_export::{Error, ErrorKind, ExportBuckets, codes, retry::RetryPolicy};
use atlas_export_api::operations::ids;
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{
    BUCKET, CLUSTER, CredentialKind, PROJECT, Reply, SNAPSHOT, Scene, ScriptedServer, buckets_of,
    client_at, new_bucket, page_of, parsed, with_bucket,
};

/// The buckets of a client that tries once.
fn once(server: &ScriptedServer) -> ExportBuckets {
    buckets_of(server.client().retry(RetryPolicy::none()))
}

/// What a list fails with.
async fn list_from(script: impl IntoIterator<Item = Reply>) -> (Error, ScriptedServer) {
    let server = ScriptedServer::start(script).await;
    let error = once(&server).list().await.unwrap_err();
    (error, server)
}

#[tokio::test]
async fn a_wrong_private_key_is_one_clear_error_after_at_most_three_requests() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
        let wrong = kind.wrong(&scene.fake);
        let error = buckets_of(scene.another().credentials(wrong))
            .list()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        // Without a token no attempt is made.
        let attempts = u32::from(kind == CredentialKind::ApiKey);
        assert_eq!((error.status(), error.attempts()), (Some(401), attempts));
        assert!(!error.is_retryable());
        let told = match kind {
            CredentialKind::ApiKey => "refuses the API key",
            CredentialKind::ServiceAccount => "client id and secret belong together",
        };
        assert!(error.to_string().contains(told), "{error}");
        let requests = scene.fake.requests().len();
        assert!(requests <= 3, "{requests}");
    }
}

#[tokio::test]
async fn rules_04_and_11_a_401_without_digest_says_what_was_offered_and_basic_is_never_sent() {
    let basic = Reply::with_headers(
        401,
        "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Type: application/json\r\n",
        r#"{"error":401,"errorCode":"UNEXPECTED_ERROR","detail":"not for you"}"#,
    );
    let (error, server) = list_from([basic]).await;
    let kind = (error.kind(), error.status());
    assert_eq!(kind, (ErrorKind::Authentication, Some(401)));
    let message = error.to_string();
    assert!(message.starts_with("401 UNEXPECTED_ERROR: not for you; the server offers Basic"));
    assert!(message.contains("nothing was signed"), "{message}");
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(!requests[0].to_ascii_lowercase().contains("authorization"));
}

#[tokio::test]
async fn a_401_that_cannot_be_answered_says_what_was_offered() {
    let digest =
        |rest: &str| format!("WWW-Authenticate: Digest realm=\"a\", nonce=\"n\"{rest}\r\n");
    for (headers, offered) in [
        (digest(", algorithm=SHA-512, qop=\"auth\""), "SHA-512"),
        (digest(", qop=\"auth-int\""), "auth-int"),
        ("WWW-Authenticate: Digest realm\r\n".to_owned(), "malformed"),
        (String::new(), "no challenge"),
    ] {
        let (error, server) = list_from([Reply::with_headers(401, &headers, "")]).await;
        assert_eq!(error.kind(), ErrorKind::Authentication);
        let message = error.to_string();
        assert!(message.contains(offered), "{message}");
        assert!(message.contains("nothing was signed"), "{message}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn atlas_s_own_words_about_a_401_come_before_our_advice() {
    let headers = "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth\"\r\n\
                   Content-Type: application/json\r\n";
    for (code, advice) in [
        ("UNAUTHORIZED", "refuses the API key"),
        ("IP_ADDRESS_NOT_ON_WHITELIST", "address"),
    ] {
        let body = format!(r#"{{"error":401,"errorCode":"{code}","detail":"Words."}}"#);
        let (error, _server) = list_from([Reply::with_headers(401, headers, &body)]).await;
        let message = error.to_string();
        assert!(
            message.starts_with(&format!("401 {code}: Words; ")),
            "{message}"
        );
        assert!(message.contains(advice), "{message}");
        assert_eq!(message.contains("belong together"), code == "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn a_403_names_the_role_that_the_operation_needs() {
    let body = r#"{"error":403,"errorCode":"USER_UNAUTHORIZED","detail":"not for you"}"#;
    let refused = || vec![Reply::json(403, body)];
    let (error, _server) = list_from(refused()).await;
    let message = error.to_string();
    assert!(message.contains("not for you"), "{message}");
    assert!(message.contains("the role Project Read Only"), "{message}");
    let server = ScriptedServer::start(refused()).await;
    let error = once(&server)
        .create(new_bucket("example-bucket"))
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("the role Project Backup Manager"),
        "{message}"
    );
    // One that is about addresses is not about roles.
    let body = body.replace("USER_UNAUTHORIZED", "IP_ADDRESS_NOT_ON_ACCESS_LIST");
    let (error, _server) = list_from([Reply::json(403, &body)]).await;
    assert!(!error.to_string().contains("role"), "{error}");
}

#[tokio::test]
async fn a_404_of_atlas_has_its_code_and_parameters() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(FakeAtlas::builder().project(PROJECT))
            .await
            .known_by(kind);
        let error = scene.jobs.list().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Api);
        assert!(error.is_not_found());
        assert_eq!(error.code(), Some(codes::CLUSTER_NOT_FOUND));
        assert!(error.api().unwrap().parameters.contains(&CLUSTER.into()));
        assert!(
            error.to_string().starts_with("404 CLUSTER_NOT_FOUND: "),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_page_of_a_gateway_is_told_by_its_status_alone() {
    let page = Reply::with_headers(
        502,
        "Content-Type: text/html; charset=utf-8\r\n",
        "<html><body>upstream s3cret</body></html>",
    );
    let (error, _server) = list_from([page]).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(502)));
    assert!(error.api().is_none() && error.source().is_none());
    let message = error.to_string();
    assert_eq!(
        message,
        "502 Bad Gateway: the answer is text/html, not JSON, so it is not from Atlas: check the base URL and any proxy in between"
    );
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_success_that_is_not_atlas_s_is_no_success() {
    let page = || {
        Reply::with_headers(
            200,
            "Content-Type: text/html\r\n",
            "<html>log in s3cret</html>",
        )
    };
    let (error, server) = list_from([page()]).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(
        error.to_string().contains("a success with text/html"),
        "{error}"
    );
    // A gateway may answer so for as long as Atlas is away.
    assert!(!format!("{error} {error:?}").contains("s3cret") && error.is_retryable());
    // A deletion has nothing but the status to go by.
    let error = once(&server).delete(&parsed(BUCKET)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.may_have_taken_effect());
}

#[tokio::test]
async fn a_success_without_what_was_asked_for_is_a_transport_error_that_may_pass() {
    let (error, _server) = list_from([Reply::json(200, "")]).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Transport, None));
    assert!(error.is_retryable());
    assert!(error.to_string().contains("without a body"), "{error}");
}

#[tokio::test]
async fn an_encoding_that_nobody_asked_for_is_named() {
    let headers = "Content-Type: application/json\r\nContent-Encoding: br\r\n";
    let (error, _server) = list_from([Reply::with_headers(200, headers, "s3cret")]).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("encoded in br"), "{error}");
}

#[tokio::test]
async fn a_media_type_is_compared_without_case_and_a_mark_before_json_is_skipped() {
    let page = format!("\u{feff}{}", page_of(&[]));
    for headers in [
        "Content-Type: application/JSON\r\n",
        "Content-Type: Application/Vnd.Atlas.2024-05-30+Json;charset=utf-8\r\n",
    ] {
        let server = ScriptedServer::start([Reply::with_headers(200, headers, &page)]).await;
        once(&server).list().await.unwrap();
    }
    // An error body too.
    let refusal = format!(
        "\u{feff}{}",
        r#"{"error":404,"errorCode":"GROUP_NOT_FOUND"}"#
    );
    let (error, _server) = list_from([Reply::json(404, &refusal)]).await;
    assert_eq!(error.code(), Some(codes::GROUP_NOT_FOUND));
}

#[tokio::test]
async fn a_creation_that_is_redirected_is_ambiguous_wherever_to() {
    for headers in ["", "Location: /elsewhere\r\n"] {
        for status in [302, 303, 307, 308, 300] {
            let redirect = Reply::with_headers(status, headers, "");
            // The probe is let through.
            let script = vec![Reply::empty_page(), redirect];
            let server = ScriptedServer::start(script).await;
            let new = new_bucket("example-bucket");
            let error = once(&server).create(new).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Ambiguous, "{status} {headers}");
            assert_eq!(server.requests().len(), 2);
        }
    }
}

#[tokio::test]
async fn a_truncated_body_is_a_transport_error() {
    let cut = Reply::raw(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"results\":[",
    );
    let (error, _server) = list_from([cut]).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.source().is_some() && error.is_retryable());
    assert_eq!(
        (error.operation(), error.attempts()),
        (Some(ids::LIST_EXPORT_BUCKETS), 1)
    );
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_is_a_transport_error() {
    let (error, _server) = list_from([Reply::raw("")]).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
}

#[tokio::test]
async fn json_that_does_not_fit_is_a_decode_error_without_the_body() {
    for body in [
        r#"{"results":"s3cret"}"#,
        "s3cret",
        // Nothing in it says that there are no buckets.
        "{}",
        r#"{"error":500,"errorCode":"UNEXPECTED_ERROR","detail":"s3cret"}"#,
    ] {
        let (error, _server) = list_from([Reply::json(200, body)]).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        assert_eq!((error.status(), error.attempts()), (Some(200), 1));
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn rule_09_a_redirect_is_an_error_that_names_the_target() {
    let redirect = Reply::with_headers(
        302,
        "Location: https://u:s3cret@evil.example/?token=s3cret\r\n",
        "",
    );
    let (error, server) = list_from([redirect]).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(
        error.to_string().contains("https://evil.example/"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn no_connection_is_a_connect_error() {
    let url = ScriptedServer::start([]).await.url();
    let buckets = buckets_of(client_at(url).retry(RetryPolicy::none()));
    let error = buckets.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn what_takes_too_long_is_a_timeout() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(FakeAtlas::builder().project(PROJECT))
            .await
            .known_by(kind);
        scene.clock.fire_guards();
        let error = scene.buckets.list().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains(" s"), "{error}");
    }
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_ambiguous_and_not_repeated() {
    let probe = || Reply::json(200, "{}");
    for (lost, status) in [
        (Reply::raw(""), None),
        (
            Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
            None,
        ),
        (
            Reply::json(500, r#"{"error":500,"errorCode":"UNEXPECTED_ERROR"}"#),
            Some(500),
        ),
        (Reply::json(503, ""), Some(503)),
        (Reply::json(200, "garbage"), Some(200)),
    ] {
        let server = ScriptedServer::start([probe(), lost]).await;
        let error = server
            .buckets()
            .create(new_bucket("example-bucket"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ambiguous, "{error}");
        assert_eq!(error.status(), status, "{error}");
        assert!(
            error.to_string().contains("look before repeating"),
            "{error}"
        );
        assert!(error.source().is_some() && !error.is_retryable());
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_creation_that_is_refused_is_not_ambiguous() {
    for kind in CredentialKind::BOTH {
        let scene = Scene::start(FakeAtlas::builder().cluster(PROJECT, CLUSTER))
            .await
            .known_by(kind);
        let create = scene.jobs.create(&parsed(SNAPSHOT), &parsed(BUCKET));
        let error = create.await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(404)));
    }
}

#[tokio::test]
async fn the_deletion_of_a_bucket_in_use_is_refused_with_the_remedy() {
    let builder = with_bucket().auto_export(PROJECT, CLUSTER, BUCKET, "monthly");
    let scene = Scene::start(builder).await;
    let error = scene.buckets.delete(&parsed(BUCKET)).await.unwrap_err();
    assert_eq!(
        error.code(),
        Some(codes::EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE)
    );
    assert!(
        error.to_string().contains("disable its automatic export"),
        "{error}"
    );
}
