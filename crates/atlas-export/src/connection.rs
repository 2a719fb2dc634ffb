//! How connections are made: proxies, trust, TLS.

use std::{fmt, time::Duration};

use crate::{
    Error,
    base_url::BaseUrl,
    proxy::{self, Proxy},
    redact,
};

/// The options of the connection.
#[derive(Clone, Default)]
pub(crate) struct Connection {
    pub(crate) proxy: Proxy,
    /// Further root certificates, each a PEM file.
    pub(crate) roots: Vec<Vec<u8>>,
    #[cfg(feature = "native-tls")]
    pub(crate) native_tls: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("proxy", &self.proxy)
            .field("root_certificates", &self.roots.len())
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// The proxy that is used, as far as options and variables tell, without its user and password.
    pub(crate) fn proxy(&self, base: &BaseUrl) -> Option<String> {
        match &self.proxy {
            Proxy::Url(text) if !base.loopback => {
                proxy::parse(text).ok().map(|url| redact::origin_of(&url))
            }
            Proxy::Environment if !base.loopback => proxy::of_environment(&base.url).ok()?,
            _ => None,
        }
    }

    /// The HTTP client with these options.
    pub(crate) fn client(
        &self,
        base: &BaseUrl,
        connect_timeout: Duration,
        user_agent: &str,
    ) -> Result<reqwest::Client, Error> {
        let mut http = reqwest::Client::builder()
            .user_agent(user_agent)
            .connect_timeout(connect_timeout)
            // Credentials go to the configured origin alone.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        // Said explicitly, or the feature of one crate would choose for all.
        http = http.tls_backend_rustls();
        #[cfg(feature = "native-tls")]
        if self.native_tls {
            http = http.tls_backend_native();
        }
        let given = match &self.proxy {
            Proxy::Url(text) => Some(proxy::parse(text)?),
            _ => None,
        };
        match &self.proxy {
            Proxy::Url(_) if !base.loopback => {
                if let Some(url) = given {
                    let proxy = reqwest::Proxy::all(url)
                        .map_err(|cause| refused("the proxy cannot be used", cause))?;
                    http = http.proxy(proxy);
                }
            }
            Proxy::Environment if !base.loopback => {
                proxy::of_environment(&base.url)?;
            }
            _ => http = http.no_proxy(),
        }
        if base.loopback && base.url.scheme() == "http" {
            // Nothing there ever shows a certificate, and loading what the system trusts is most
            // of the work of building a client.
            http = http.tls_certs_only([]);
        }
        for pem in &self.roots {
            let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(|cause| {
                refused(
                    "the root certificates are not PEM: give one or more certificates in PEM form",
                    cause,
                )
            })?;
            if certificates.is_empty() {
                return Err(Error::config(
                    "the root certificates contain none: give a PEM file, which has BEGIN CERTIFICATE in it",
                ));
            }
            http = http.tls_certs_merge(certificates);
        }
        http.build().map_err(not_built)
    }
}

/// A `Config` error for an option that the HTTP library refuses. Its own text may repeat the
/// option, password included, and stays in the source.
fn refused(what: &str, cause: reqwest::Error) -> Error {
    Error::config(what).with(|inner| inner.source = Some(Box::new(cause.without_url())))
}

/// Why there is no client. What was given has been checked by now, so the reason holds nothing
/// of it: as a rule it is that the system trusts no certificate.
fn not_built(cause: reqwest::Error) -> Error {
    let mut reason: &(dyn std::error::Error + 'static) = &cause;
    while let Some(deeper) = reason.source() {
        reason = deeper;
    }
    let reason = crate::error::one_line(&reason.to_string());
    let remedy = if reason.contains("CA certificates") {
        ": install the CA certificates of the system, name a PEM file in SSL_CERT_FILE, or give \
         ClientBuilder::root_certificates"
    } else {
        ""
    };
    refused(
        &format!("the HTTP client cannot be set up: {reason}{remedy}"),
        cause,
    )
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::{Client, ClientBuilder, Credentials, retry::RetryPolicy};

    fn builder() -> ClientBuilder {
        Client::builder().credentials(Credentials::api_key("abcdefgh", "x"))
    }

    /// Run by the next test, in a process that finds no certificate.
    #[test]
    #[ignore = "wants an environment of its own"]
    fn without_certificates() {
        let message = builder().build().unwrap_err().to_string();
        assert!(message.contains("No CA certificates"), "{message}");
        assert!(message.contains("SSL_CERT_FILE"), "{message}");
        assert!(message.contains("root_certificates"), "{message}");
        builder().base_url("http://127.0.0.1:1").build().unwrap();
    }

    /// Run by the next test, in a process whose environment names a proxy.
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
}
