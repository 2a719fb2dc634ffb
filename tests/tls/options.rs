//! Who speaks TLS, whom it trusts, and what it shows of the client.

use std::process::Command;

use atlas_export::{ClientBuilder, ErrorKind};
use atlas_export_tests::{
    Clients, HOST, Reply, ScriptedServer, TlsFront, buckets_of, client_at, new_bucket,
};
use rustls::crypto::CryptoProvider;
use tokio_rustls::rustls;

async fn scripted() -> ScriptedServer {
    ScriptedServer::start([Reply::empty_page()]).await
}

#[tokio::test]
async fn the_host_and_both_versions_of_http_are_offered() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Anyone).await;
    buckets_of(front.client()).list().await.unwrap();
    let hello = front.hellos().pop().unwrap();
    assert_eq!(hello.host.as_deref(), Some(HOST));
    assert_eq!(hello.protocols, ["h2", "http/1.1"]);
}

#[tokio::test]
async fn aws_lc_does_the_cryptography_unless_ring_is_asked_for() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Anyone).await;
    buckets_of(front.client()).list().await.unwrap();
    assert!(front.hellos()[0].is_post_quantum);
    #[cfg(feature = "ring")]
    {
        buckets_of(front.client().ring()).list().await.unwrap();
        assert!(!front.hellos()[1].is_post_quantum);
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_who_asks_for_it() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Certified).await;
    let client = front.client().client_certificate(front.client.file());
    buckets_of(client).list().await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_key_before_its_certificate_does_as_well() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Certified).await;
    let file = format!("{}{}", front.client.key, front.client.certificate);
    let client = front.client().client_certificate(file);
    buckets_of(client).list().await.unwrap();
}

/// Nothing was done, and trying again does not help.
async fn not_let_in(client: ClientBuilder) {
    let buckets = buckets_of(client);
    let error = buckets.create(new_bucket("exports")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
    assert!(!error.may_have_taken_effect());
    let message = error.to_string();
    assert!(
        message.contains("ClientBuilder::client_certificate"),
        "{message}"
    );
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate_says_so() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Certified).await;
    not_let_in(front.client()).await;
    let other = TlsFront::before(&server, Clients::Certified).await;
    not_let_in(front.client().client_certificate(other.client.file())).await;
    assert!(server.requests().is_empty());
}

/// What is said of a file, and that nothing of it is.
fn refusal(file: &str, library: fn(ClientBuilder) -> ClientBuilder) -> String {
    let client = client_at("https://atlas.example").client_certificate(file);
    let error = library(client).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let shown = format!("{error} {error:?}");
    for line in file.lines().filter(|line| line.len() > 40) {
        assert!(!shown.contains(line), "{shown}");
    }
    error.to_string()
}

#[tokio::test]
async fn a_client_certificate_that_is_none_is_refused_without_showing_it() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Anyone).await;
    let other = TlsFront::before(&server, Clients::Anyone).await;
    let (certificate, key) = (&front.client.certificate, &front.client.key);
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let libraries: &[fn(ClientBuilder) -> ClientBuilder] = &[
        |client| client,
        #[cfg(feature = "ring")]
        |client| client.ring(),
        #[cfg(feature = "native-tls")]
        |client| client.native_tls(),
    ];
    for library in libraries {
        for (file, told) in [
            (
                String::new(),
                "contains neither a certificate nor a private key",
            ),
            (
                "hello".to_owned(),
                "contains neither a certificate nor a private key",
            ),
            (certificate.clone(), "contains no private key"),
            (key.clone(), "contains no certificate"),
            (
                format!("{certificate}{key}{}", other.client.key),
                "several private keys",
            ),
            (format!("{certificate}{}", other.client.key), "does not fit"),
            (
                format!("{certificate}{}", key.replace("END", "FIN")),
                "is not PEM",
            ),
            (format!("{certificate}{encrypted}"), "encrypted"),
        ] {
            let message = refusal(&file, *library);
            assert!(message.starts_with("the client certificate "), "{message}");
            assert!(message.contains(told), "{message}");
        }
    }
}

#[cfg(feature = "native-tls")]
#[tokio::test]
async fn the_tls_library_of_the_system_shows_a_client_certificate_too() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Certified).await;
    let native = || front.client().native_tls();
    let client = native().client_certificate(front.client.file());
    buckets_of(client).list().await.unwrap();
    not_let_in(native()).await;
    // The same key, named as one of RSA: of that form it takes none.
    let key = front.client.key.replace("PRIVATE KEY", "RSA PRIVATE KEY");
    let file = format!("{}{key}", front.client.certificate);
    let message = refusal(&file, ClientBuilder::native_tls);
    assert!(message.contains("PKCS #8"), "{message}");
}

#[cfg(feature = "webpki-roots")]
#[tokio::test]
async fn mozilla_s_roots_stand_in_for_the_system_s_and_others_are_added() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Anyone).await;
    buckets_of(front.client().webpki_roots())
        .list()
        .await
        .unwrap();
    let stranger = client_at(front.url())
        .no_proxy()
        .resolve(HOST, front.address())
        .webpki_roots();
    let error = buckets_of(stranger).list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("root_certificates"), "{error}");
    #[cfg(feature = "native-tls")]
    {
        let both = front.client().webpki_roots().native_tls();
        let message = both.build().unwrap_err().to_string();
        assert!(message.contains("exclude each other"), "{message}");
    }
}

/// Run by the next test, in a process of its own.
#[tokio::test]
#[ignore = "wants a process of its own"]
async fn whatever_the_default_of_the_process_is() {
    let server = scripted().await;
    let front = TlsFront::before(&server, Clients::Certified).await;
    let list = || async {
        let client = front.client().client_certificate(front.client.file());
        buckets_of(client).list().await.unwrap();
    };
    list().await;
    client_at("http://127.0.0.1:1").build().unwrap();
    assert!(CryptoProvider::get_default().is_none());
    // One with which nothing works.
    let mut useless = rustls::crypto::aws_lc_rs::default_provider();
    useless.cipher_suites.clear();
    useless.install_default().unwrap();
    list().await;
    client_at("http://127.0.0.1:1").build().unwrap();
}

#[test]
fn the_provider_of_the_process_is_neither_set_nor_used() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact"])
        .arg("options::whatever_the_default_of_the_process_is")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// Run by hand: how long building a client takes, by what it trusts.
#[cfg(feature = "webpki-roots")]
#[test]
#[ignore = "measures time"]
fn building_a_client() {
    type Options = fn(ClientBuilder) -> ClientBuilder;
    let rows: [(&str, Options); 2] = [
        ("the system's roots", |client| client),
        ("webpki roots", ClientBuilder::webpki_roots),
    ];
    for (name, options) in rows {
        let mut times: Vec<_> = (0..200)
            .map(|_| {
                let client = options(client_at("https://atlas.example"));
                let started = std::time::Instant::now();
                client.build().unwrap();
                started.elapsed()
            })
            .collect();
        times.sort();
        println!("{name}: {:?}", times[times.len() / 2]);
    }
}
