//! How connections are made: proxies, trust, TLS.

use std::{fmt, time::Duration};

use crate::{
    Error,
    base_url::{BaseUrl, discreet},
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

/// Which proxy requests go through.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// What the environment says.
    #[default]
    Environment,
    None,
    Url(String),
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("proxy", &self.proxy)
            .field("root_certificates", &self.roots.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::None => f.write_str("None"),
            Self::Url(url) => f.write_str(&discreet(url)),
        }
    }
}

impl Connection {
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
        match &self.proxy {
            Proxy::Url(url) if !base.loopback => {
                let proxy = reqwest::Proxy::all(url).map_err(|cause| {
                    refused("the proxy cannot be used: it is no URL, for instance http://proxy.example:3128", cause)
                })?;
                http = http.proxy(proxy);
            }
            Proxy::Environment if !base.loopback => {}
            _ => http = http.no_proxy(),
        }
        if base.loopback && base.url.scheme() == "http" {
            // Nothing there ever shows a certificate, and loading what the system trusts is most
            // of the work of building a client.
            http = http.tls_certs_only([]);
        }
        for pem in &self.roots {
            let certificates = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|cause| refused("the root certificates are no PEM", cause))?;
            if certificates.is_empty() {
                return Err(Error::config(
                    "the root certificates hold none: a PEM file has BEGIN CERTIFICATE in it",
                ));
            }
            http = http.tls_certs_merge(certificates);
        }
        http.build()
            .map_err(|cause| refused("the HTTP client cannot be set up", cause))
    }
}

/// A `Config` error for an option that the HTTP library refuses. Its own text may repeat the
/// option, password included, and stays in the source.
fn refused(what: &str, cause: reqwest::Error) -> Error {
    Error::config(what).with(|inner| inner.source = Some(Box::new(cause.without_url())))
}
