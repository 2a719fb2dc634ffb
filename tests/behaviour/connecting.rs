//! Options of the connection: proxies, names, bounds.

use std::time::Duration;

use atlas_export::{ErrorKind, retry::RetryPolicy};
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{PROJECT, Reply, Scene, ScriptedServer, buckets_of, client_at, page_of};
use futures_util::future::{join_all, select};

#[tokio::test]
async fn requests_go_through_the_proxy_that_is_set() {
    let proxy = ScriptedServer::start([Reply::empty_page()]).await;
    let buckets = buckets_of(
        client_at("http://atlas.invalid")
            .allow_insecure_http(true)
            .proxy(proxy.url()),
    );
    buckets.list().await.unwrap();
    let request = proxy.requests().pop().unwrap();
    assert!(
        request.starts_with("GET http://atlas.invalid/api/atlas/v2/"),
        "{request}"
    );
}

#[tokio::test]
async fn without_a_proxy_the_host_itself_is_asked() {
    let buckets = buckets_of(
        client_at("http://atlas.invalid")
            .allow_insecure_http(true)
            .no_proxy()
            .retry(RetryPolicy::none()),
    );
    let error = buckets.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(
        error.to_string().contains("http://atlas.invalid"),
        "{error}"
    );
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_or_wants_a_password_is_named_without_its_own() {
    let challenge = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
    let proxy = ScriptedServer::start([Reply::raw(challenge)]).await;
    let at = proxy.url();
    let host = at.strip_prefix("http://").unwrap();
    for (base, kind) in [
        ("http://atlas.invalid", ErrorKind::Api),
        ("https://atlas.invalid", ErrorKind::Connect),
    ] {
        let buckets = buckets_of(
            client_at(base)
                .allow_insecure_http(true)
                .proxy(format!("http://me:s3cret@{host}")),
        );
        let error = buckets.list().await.unwrap_err();
        assert_eq!(error.kind(), kind);
        let message = error.to_string();
        assert!(message.contains("ClientBuilder::proxy"), "{message}");
        assert!(!format!("{message} {error:?}").contains("s3cret"));
        if kind == ErrorKind::Connect {
            let named = format!("https://atlas.invalid through the proxy {at}");
            assert!(message.contains(named.trim_end_matches('/')), "{message}");
            assert!(!error.is_retryable() && error.attempts() == 1);
        }
    }
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let proxy = ScriptedServer::start([Reply::json(500, "")]).await;
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let scene = scene.with(|client| client.proxy(proxy.url()));
    scene.buckets.list().await.unwrap();
    assert!(proxy.requests().is_empty());
}

#[tokio::test]
async fn the_user_agent_names_the_application() {
    let server = ScriptedServer::start([Reply::empty_page()]).await;
    let buckets = buckets_of(server.client().application("backup-tool/1.4"));
    buckets.list().await.unwrap();
    let request = server.requests().pop().unwrap();
    let expected = format!(
        "user-agent: backup-tool/1.4 atlas-export/{}",
        env!("CARGO_PKG_VERSION")
    );
    assert!(request.contains(&expected), "{request}");
}

/// A server that accepts and says nothing.
async fn silent() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test]
async fn connecting_that_takes_too_long_is_given_up() {
    // Who is not accepted when the queue is full is not refused either: connecting just hangs.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let connect = Box::pin(tokio::net::TcpStream::connect(address));
        let a_moment = Box::pin(tokio::time::sleep(Duration::from_millis(20)));
        waiting.push(select(connect, a_moment).await);
    }
    let buckets = buckets_of(
        client_at(format!("http://{address}"))
            .connect_timeout(Duration::from_millis(50))
            .retry(RetryPolicy::none()),
    );
    let error = buckets.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(
        error.elapsed() < Duration::from_secs(5),
        "{:?}",
        error.elapsed()
    );
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_given_up_and_repeated() {
    let (_listener, url) = silent().await;
    let buckets = buckets_of(
        client_at(url)
            .attempt_timeout(Duration::from_millis(20))
            .retry(RetryPolicy::default().max_attempts(2)),
    );
    let error = buckets.list().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2));
    assert!(error.to_string().contains("0.02 s"), "{error}");
}

#[tokio::test]
async fn a_call_that_takes_too_long_ends_whatever_its_attempts_do() {
    let (_listener, url) = silent().await;
    let buckets = buckets_of(client_at(url).call_timeout(Duration::from_millis(30)));
    let error = buckets.list().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    assert!(error.to_string().contains("0.03 s"), "{error}");
}

#[tokio::test]
async fn requests_in_flight_are_bounded() {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    // Counts the requests that wait for their answer at the same time.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (server_now, server_most) = (now.clone(), most.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (now, most) = (server_now.clone(), server_most.clone());
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
                    let current = now.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(current, Ordering::SeqCst);
                    // Whoever may come by now has come.
                    for _ in 0..100 {
                        tokio::task::yield_now().await;
                    }
                    now.fetch_sub(1, Ordering::SeqCst);
                    let body = page_of(&[]);
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                    stream.write_all((head + &body).as_bytes()).await.unwrap();
                }
            });
        }
    });
    for (bound, crowd) in [(3, 12), (usize::MAX, 12)] {
        most.store(0, Ordering::SeqCst);
        let buckets = buckets_of(client_at(&url).max_in_flight(bound));
        buckets.list().await.unwrap();
        let calls = (0..crowd).map(|_| async { buckets.list().await });
        for outcome in join_all(calls).await {
            outcome.unwrap();
        }
        let most = most.load(Ordering::SeqCst);
        assert!(most <= bound, "{most} at once");
        // Without the bound there are more, or the test would show nothing.
        assert!(bound < crowd || most > 3, "{most} at once");
    }
}
