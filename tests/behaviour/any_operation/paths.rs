//! Nothing that is put into a path or a query leads elsewhere.

use atlas_export::{Error, ErrorKind, request::Method};
use atlas_export_tests::Reply;

use super::{VERSION, scripted};

#[tokio::test]
async fn values_are_encoded_once_and_what_would_lead_elsewhere_is_not_sent() {
    let (server, client, _) = scripted(vec![Reply::json(200, "7")]).await;
    let ask = |template: &'static str, value: &str| {
        let request = client.request::<u8>(Method::GET, template);
        request.version(VERSION).path("name", value)
    };
    for (value, target) in [
        ("192.0.2.0/24", "/api/atlas/v2/x/192.0.2.0%2F24"),
        ("?a=b#c", "/api/atlas/v2/x/%3Fa%3Db%23c"),
        (
            "me:pass@evil.example",
            "/api/atlas/v2/x/me%3Apass%40evil.example",
        ),
        ("é 50%", "/api/atlas/v2/x/%C3%A9%2050%25"),
    ] {
        ask("/x/{name}", value).await.unwrap();
        let request = server.requests().pop().unwrap();
        let line = request.lines().next().unwrap();
        assert_eq!(line, format!("GET {target} HTTP/1.1"));
    }
    let query = ask("/x/{name}", "y").query("a b", "&c=d").query("e", true);
    query.await.unwrap();
    let request = server.requests().pop().unwrap();
    assert!(
        request.starts_with("GET /api/atlas/v2/x/y?a%20b=%26c%3Dd&e=true HTTP"),
        "{request}"
    );

    let before = server.requests().len();
    for value in [
        "",
        ".",
        "..",
        "/",
        "//evil.example",
        "../../v1.0",
        "a/../b",
        "..\\b",
        "%2e%2e",
        "%2E.",
        "a%2F..",
        "..;",
        "..%3Bx",
        "x\r\nHost: evil.example",
        "%00",
    ] {
        refused(ask("/x/{name}", value).await, value);
    }
    for template in [
        "https://evil.example/x/{name}",
        "//evil.example/{name}",
        "/\\evil.example/{name}",
        "@evil.example/{name}",
        ":80@evil.example/{name}",
        "/x/../{name}",
        "/x/%2e%2e/{name}",
        "/x?y={name}",
        "/x/{name}#",
        "/x/{name}/{other}",
        "/x",
        "/api/atlas/v2/x/{name}",
    ] {
        refused(ask(template, "y").await, template);
    }
    refused(ask("/x/{name}", "y").path("name", "z").await, "twice");
    let long = "y".repeat(70_000);
    refused(ask("/x/{name}", &long).await, "a long value");
    refused(
        ask("/x/{name}", "y").query("q", &long).await,
        "a long query",
    );
    refused(ask("/x/{name}", "y").query("", "z").await, "no key");
    refused(ask("/x/{name}", "y").json(&1).await, "a GET with a body");
    refused(ask("/x/{name}", "y").version("new").await, "no date");
    assert_eq!(server.requests().len(), before, "nothing was sent");
}

fn refused(outcome: Result<u8, Error>, what: &str) {
    let error = outcome.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::Config, "{what}: {error}");
    assert_eq!(error.attempts(), 0);
    assert!(error.operation().is_some(), "{what}");
}
