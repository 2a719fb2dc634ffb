//! Options of the HTTP client: names, header fields, and the hook.

use std::net::SocketAddr;

use atlas_export::{ClientBuilder, Credentials, ErrorKind, reqwest, retry::RetryPolicy};
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{
    Clients, HOST, PROJECT, Reply, Scene, ScriptedServer, TlsFront, account_client_of, buckets_of,
    client_at,
};
use http::{HeaderMap, HeaderValue};

/// Where nobody listens.
async fn closed_port() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn a_host_is_found_at_the_address_that_is_given() {
    let server = ScriptedServer::start([Reply::empty_page()]).await;
    let front = TlsFront::before(&server, Clients::Anyone).await;
    buckets_of(front.client()).list().await.unwrap();
    let request = server.requests().pop().unwrap();
    let host = format!("host: {HOST}:{}", front.address().port());
    assert!(request.contains(&host), "{request}");

    // The name is of any case, and the port of the URL goes before that of the address.
    let elsewhere = SocketAddr::new(front.address().ip(), 1);
    let client = client_at(front.url())
        .no_proxy()
        .root_certificates(front.root_pem.clone())
        .resolve("Atlas.Example", elsewhere);
    buckets_of(client).list().await.unwrap();
}

#[tokio::test]
async fn the_next_of_several_addresses_is_tried() {
    let server = ScriptedServer::start([Reply::empty_page()]).await;
    let front = TlsFront::before(&server, Clients::Anyone).await;
    let nobody = closed_port().await;
    let client = front
        .client()
        .retry(RetryPolicy::none())
        .resolve_to_addrs(HOST, [nobody, front.address()]);
    buckets_of(client).list().await.unwrap();

    let client = front
        .client()
        .retry(RetryPolicy::none())
        .resolve_to_addrs(HOST, [nobody]);
    let error = buckets_of(client).list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains(HOST), "{error}");
}

#[test]
fn hosts_that_are_none_are_refused() {
    let address: SocketAddr = ([127, 0, 0, 1], 443).into();
    for (host, told) in [
        ("", "a host that is invalid"),
        ("https://atlas.example", "a host that is invalid"),
        ("atlas.example:443", "a host that is invalid"),
        ("127.0.0.1", "127.0.0.1 in place of a host"),
        ("[::1]", "[::1] in place of a host"),
    ] {
        let client = client_at("https://atlas.example").resolve(host, address);
        let error = client.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{host}");
        assert!(error.to_string().contains(told), "{host}: {error}");
    }
    let none = client_at("https://atlas.example").resolve_to_addrs(HOST, []);
    let message = none.build().unwrap_err().to_string();
    assert!(message.contains("no address"), "{message}");
}

#[tokio::test]
async fn a_default_header_goes_with_every_request() {
    let with = |client: ClientBuilder| {
        client
            .default_header("X-Gateway-Key", "first")
            .default_header("x-gateway-key", "s3cret")
    };
    let digest = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let digest = digest.with(with);
    digest.buckets.list().await.unwrap();
    let account = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let client = with(account_client_of(&account.fake));
    buckets_of(client).list().await.unwrap();
    for (fake, count) in [(&digest.fake, 2), (&account.fake, 2)] {
        // A challenge and a list; a token and a list.
        let requests = fake.requests();
        assert_eq!(requests.len(), count);
        for request in requests {
            let values: Vec<_> = request.headers.get_all("x-gateway-key").iter().collect();
            assert_eq!(values, ["s3cret"], "{} {}", request.method, request.path);
        }
    }
}

#[test]
fn default_headers_that_the_client_sets_itself_are_refused_with_what_to_use() {
    for (name, instead) in [
        ("Authorization", "ClientBuilder::credentials"),
        ("proxy-authorization", "ClientBuilder::proxy"),
        ("User-Agent", "ClientBuilder::application"),
        ("Host", "ClientBuilder::base_url"),
        ("Accept", "ClientBuilder::api_version"),
        ("Content-Type", "ClientBuilder::api_version"),
        ("Accept-Encoding", "decompressed by themselves"),
        ("Content-Length", "belongs to the connection"),
        ("Transfer-Encoding", "belongs to the connection"),
        ("Connection", "belongs to the connection"),
        ("Upgrade", "belongs to the connection"),
        ("TE", "belongs to the connection"),
        ("If-None-Match", "whole answers"),
        ("Range", "whole answers"),
    ] {
        let client = client_at("https://atlas.example").default_header(name, "s3cret");
        let error = client.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let message = error.to_string();
        assert!(message.contains(&name.to_ascii_lowercase()), "{message}");
        assert!(message.contains(instead), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn a_default_header_that_is_none_is_refused_and_never_shown() {
    for (name, value) in [
        ("", "s3cret"),
        ("X Y", "s3cret"),
        ("s3cret\r\nX", "y"),
        ("X-Key", "s3cret\r\nX: y"),
        ("X-Key", "s3cret\u{e9}"),
    ] {
        let client = client_at("https://atlas.example").default_header(name, value);
        assert!(!format!("{client:?}").contains("s3cret"));
        let error = client.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().starts_with("default_header has a "));
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

/// Everything that the client has to undo.
fn reckless(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let again = reqwest::retry::for_host("127.0.0.1")
        .no_budget()
        .classify_fn(|attempt| match attempt.status() {
            Some(status) if status.is_server_error() => attempt.retryable(),
            _ => attempt.success(),
        });
    let mut headers = HeaderMap::new();
    headers.insert("x-hooked", HeaderValue::from_static("yes"));
    http.redirect(reqwest::redirect::Policy::limited(10))
        .referer(true)
        .retry(again)
        .user_agent("reckless")
        .default_headers(headers)
}

#[tokio::test]
async fn a_hook_reaches_the_http_client_and_turns_on_no_redirects() {
    let target = ScriptedServer::start([Reply::empty_page()]).await;
    let location = format!("Location: {}/elsewhere\r\n", target.url());
    let server = ScriptedServer::start([Reply::with_headers(307, &location, "")]).await;
    let client = server.client().http_client(reckless);
    let error = buckets_of(client).list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("redirect"), "{error}");
    assert!(target.requests().is_empty());
    let request = server.requests().pop().unwrap();
    assert!(request.contains("x-hooked: yes"), "{request}");
    assert!(request.contains("user-agent: atlas-export/"), "{request}");
}

#[tokio::test]
async fn a_hook_turns_on_no_retries() {
    let server = ScriptedServer::start([Reply::json(500, "{}")]).await;
    let client = server.client().http_client(reckless);
    let buckets = buckets_of(client.retry(RetryPolicy::none()));
    let error = buckets.list().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 1));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_hook_sends_nothing_of_this_machine_through_a_proxy() {
    let proxy = ScriptedServer::start([Reply::json(500, "")]).await;
    let server = ScriptedServer::start([Reply::empty_page()]).await;
    let url = proxy.url();
    let client = server
        .client()
        .http_client(move |http| http.proxy(reqwest::Proxy::all(&url).unwrap()));
    buckets_of(client).list().await.unwrap();
    assert!(proxy.requests().is_empty());
}

#[tokio::test]
async fn a_hook_that_is_wrong_is_an_error_and_not_a_panic() {
    let client = client_at("http://127.0.0.1:1")
        .credentials(Credentials::api_key("abcdefgh", "s3cret"))
        .http_client(|http| http.user_agent("a\nb"));
    let error = client.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("the HTTP client"), "{error}");
}
