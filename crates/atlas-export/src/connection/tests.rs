#[cfg(feature = "__rustls")]
use std::process::Command;

#[cfg(feature = "__rustls")]
use crate::retry::RetryPolicy;
use crate::{Client, ClientBuilder, Credentials, ErrorKind};

fn builder() -> ClientBuilder {
    Client::builder().credentials(Credentials::api_key("abcdefgh", "x"))
}

/// Run by the next test, in a process that finds no certificate.
#[cfg(feature = "__rustls")]
#[test]
#[ignore = "wants an environment of its own"]
fn without_certificates() {
    let message = builder().build().unwrap_err().to_string();
    assert!(message.contains("No CA certificates"), "{message}");
    assert!(message.contains("SSL_CERT_FILE"), "{message}");
    assert!(message.contains("root_certificates"), "{message}");
    builder().base_url("http://127.0.0.1:1").build().unwrap();
    #[cfg(feature = "webpki-roots")]
    builder().webpki_roots().build().unwrap();
}

/// Run by the next test, in a process whose environment names a proxy.
#[cfg(feature = "__rustls")]
#[tokio::test]
#[ignore = "wants an environment of its own"]
async fn behind_a_proxy() {
    let client = || builder().base_url("https://atlas.example");
    match client().retry(RetryPolicy::none()).build() {
        Err(error) => println!("{error}"),
        Ok(client) => {
            let project = client.project("32b6e34b3d91647abb20e7b8");
            println!("{}", project.export_buckets().list().await.unwrap_err());
        }
    }
    assert!(client().no_proxy().build().is_ok());
    assert!(client().base_url("http://127.0.0.1:1").build().is_ok());
}

#[cfg(feature = "__rustls")]
#[test]
fn the_proxy_of_the_environment_is_named_in_what_goes_wrong() {
    for (proxy, said) in [
        ("http://me:s3cret@127.0.0.1:9", "http://127.0.0.1:9"),
        ("socks5://me:s3cret@127.0.0.1:9", "HTTPS_PROXY"),
        ("ftp://me:s3cret@127.0.0.1:9", "HTTPS_PROXY"),
    ] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture"])
            .arg("connection::tests::behind_a_proxy")
            .env("HTTPS_PROXY", proxy)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}");
        assert!(told.contains(said) && !told.contains("s3cret"), "{told}");
    }
}

#[cfg(feature = "__rustls")]
#[test]
fn a_machine_without_certificates_is_told_so() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "connection::tests::without_certificates",
        ])
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// What a build without rustls says of a client that needs TLS.
#[cfg(not(feature = "__rustls"))]
#[test]
fn a_client_that_needs_tls_is_told_what_is_missing() {
    let plain = || {
        builder()
            .base_url("http://atlas.example")
            .allow_insecure_http(true)
    };
    for client in [
        builder(),
        builder().base_url("https://127.0.0.1:1"),
        plain().proxy("https://proxy.example"),
        plain().root_certificates("PEM"),
        plain().client_certificate("PEM"),
    ] {
        let error = client.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let message = error.to_string();
        let remedies = if cfg!(feature = "native-tls") {
            ["ClientBuilder::native_tls", "aws-lc-rs", "ring"]
        } else {
            ["native-tls", "aws-lc-rs", "ring"]
        };
        for remedy in remedies {
            assert!(message.contains(remedy), "{message}");
        }
    }
    assert!(plain().proxy("http://proxy.example").build().is_ok());
    #[cfg(feature = "native-tls")]
    builder().native_tls().build().unwrap();
}

/// In every build, whatever of TLS is in it.
#[tokio::test]
async fn this_machine_is_reached_without_tls() {
    let fake = atlas_export_fake::FakeAtlas::builder().demo();
    let fake = fake.start().await.unwrap();
    let (public, private) = fake.credentials();
    let client = builder().credentials(Credentials::api_key(public, private));
    let client = client.base_url(fake.url()).build().unwrap();
    let project = client.project(fake.project_id());
    assert_eq!(
        project.export_buckets().list().await.unwrap().items.len(),
        1
    );
}

/// A certificate that is PEM and nothing else.
#[cfg(feature = "__tls")]
#[test]
fn roots_that_are_none_are_told() {
    let pem =
        |text: &str| format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    let clients: &[fn(ClientBuilder) -> ClientBuilder] = &[
        #[cfg(feature = "__rustls")]
        |client| client,
        #[cfg(all(feature = "__rustls", feature = "webpki-roots"))]
        |client| client.webpki_roots(),
        #[cfg(feature = "native-tls")]
        |client| client.native_tls(),
    ];
    for client in clients {
        for (file, told) in [
            (String::new(), "contain none"),
            ("no PEM".to_owned(), "contain none"),
            (pem("!"), "are not PEM"),
            (pem("AAAA"), "no valid certificate"),
        ] {
            let error = client(builder()).root_certificates(file).build();
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}
