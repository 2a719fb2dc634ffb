//! Options of the connection: proxy, names, TLS, headers, and the HTTP client itself.

use std::net::SocketAddr;

use super::ClientBuilder;
use crate::proxy::Proxy;

impl ClientBuilder {
    /// A proxy for all requests, in place of those that `HTTPS_PROXY`, `HTTP_PROXY` and
    /// `NO_PROXY` name. A loopback address is never reached through a proxy.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.connection.proxy = Proxy::Url(url.into());
        self
    }

    /// No proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.connection.proxy = Proxy::None;
        self
    }

    /// Where a host is, in place of what DNS says: for the host of the base URL, or that of the
    /// proxy. The certificate is still checked against the host.
    ///
    /// A port in the base URL goes before that of the address; port 0 stands for the default one.
    /// Through a proxy it is the proxy that looks up the host of the base URL.
    ///
    /// [`build`](Self::build) refuses a host that is none.
    ///
    /// ```
    /// use atlas_export::{Client, Credentials};
    ///
    /// let atlas = Client::builder()
    ///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
    ///     .base_url("https://atlas.example")
    ///     .resolve("atlas.example", ([192, 0, 2, 7], 443).into())
    ///     .build()?;
    /// # let _ = atlas;
    /// # Ok::<(), atlas_export::Error>(())
    /// ```
    pub fn resolve(self, host: impl AsRef<str>, address: SocketAddr) -> Self {
        self.resolve_to_addrs(host, [address])
    }

    /// The same with several addresses, which are tried in this order; those of a family apart, as
    /// happy eyeballs go (RFC 8305). What is said last of a host counts.
    ///
    /// ```
    /// use atlas_export::{Client, Credentials};
    ///
    /// let atlas = Client::builder()
    ///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
    ///     .base_url("https://atlas.example")
    ///     .resolve_to_addrs("atlas.example", [
    ///         ([192, 0, 2, 7], 443).into(),
    ///         ([192, 0, 2, 8], 443).into(),
    ///     ])
    ///     .build()?;
    /// # let _ = atlas;
    /// # Ok::<(), atlas_export::Error>(())
    /// ```
    pub fn resolve_to_addrs(
        mut self,
        host: impl AsRef<str>,
        addresses: impl IntoIterator<Item = SocketAddr>,
    ) -> Self {
        let addresses = addresses.into_iter().collect();
        self.connection.names.set(host.as_ref(), addresses);
        self
    }

    /// A header field that goes with every request, those for access tokens included: for a
    /// gateway in between. The value may be a secret, and is shown nowhere. Of a name that is
    /// given twice, the last value counts.
    ///
    /// [`build`](Self::build) refuses what is no name or value, and the fields that the client
    /// sets itself, such as `Authorization`, `Accept` and `User-Agent`, with what to use instead.
    ///
    /// ```
    /// use atlas_export::{Client, Credentials};
    ///
    /// let builder = Client::builder()
    ///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"));
    /// assert!(builder.clone().default_header("X-Gateway-Key", "s3cret").build().is_ok());
    ///
    /// let error = builder.default_header("User-Agent", "tool/1").build().unwrap_err();
    /// assert!(error.to_string().contains("use ClientBuilder::application"));
    /// ```
    pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.connection.headers.add(name.into(), value.into());
        self
    }

    /// Trusts further root certificates, as PEM, besides those of the system.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.connection.tls.further_roots.push(pem.into());
        self
    }

    /// Shows a certificate to a server, or a gateway, that asks for one: one PEM file with the
    /// certificate, those of its issuers below the root, and the private key (PKCS #8, or of RSA
    /// or EC; with `native_tls` PKCS #8 alone), not encrypted.
    ///
    /// [`build`](Self::build) refuses a file without certificate or key, with several keys, with a
    /// key that does not fit, and one that is not PEM. The key is shown nowhere.
    ///
    /// ```no_run
    /// use atlas_export::Client;
    ///
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let atlas = Client::builder().client_certificate(std::fs::read("client.pem")?).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn client_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.connection.tls.client_certificate = Some(pem.into().into());
        self
    }

    /// Trusts Mozilla's roots, as they were when the crate `webpki-roots` was released, in place
    /// of those of the system. Nothing is read from the system then, so it works in an image
    /// without certificates, and building a client takes microseconds in place of milliseconds. Not
    /// with `native_tls`.
    ///
    /// ```
    /// use atlas_export::{Client, Credentials};
    ///
    /// let atlas = Client::builder()
    ///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
    ///     .webpki_roots()
    ///     .build();
    /// # let has_rustls = cfg!(any(feature = "aws-lc-rs", feature = "ring"));
    /// # assert_eq!(atlas.is_ok(), has_rustls);
    /// ```
    #[cfg(feature = "webpki-roots")]
    pub fn webpki_roots(mut self) -> Self {
        self.connection.tls.roots = crate::connection::tls::Roots::Webpki;
        self
    }

    /// Uses ring for the cryptography of TLS where aws-lc is in the build too. Without aws-lc, it
    /// is used in any case.
    ///
    /// ```
    /// use atlas_export::{Client, Credentials};
    ///
    /// let atlas = Client::builder()
    ///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
    ///     .ring()
    ///     .build()?;
    /// # let _ = atlas;
    /// # Ok::<(), atlas_export::Error>(())
    /// ```
    #[cfg(feature = "ring")]
    pub fn ring(mut self) -> Self {
        self.connection.tls.library = crate::connection::tls::Library::Ring;
        self
    }

    /// Uses the TLS library of the system in place of rustls. It is never used unasked, whatever
    /// features there are.
    #[cfg(feature = "native-tls")]
    pub fn native_tls(mut self) -> Self {
        self.connection.tls.library = crate::connection::tls::Library::Native;
        self
    }

    /// Whatever else reqwest can be told, and this builder cannot. The hook is called by
    /// [`build`](Self::build), with this builder's options set.
    ///
    /// It is tied to the version of reqwest, 0.13, which [`atlas_export::reqwest`](crate::reqwest)
    /// hands on: another one is another major version of this crate.
    ///
    /// After the hook are set: no redirects, no referer, no retries but those of requests that an
    /// HTTP/2 server never processed, the `User-Agent`, and on a loopback address no proxy. TLS is
    /// handed to reqwest ready made, so that of its options of TLS only
    /// `tls_backend_preconfigured` has an effect; `tls_backend_rustls` would take the provider of
    /// the process, and panic where there is none. Header fields of the hook go with every request
    /// that does not set them itself; [`default_header`](Self::default_header) looks at them first.
    ///
    /// ```
    /// use std::time::Duration;
    /// use atlas_export::{Client, Credentials};
    ///
    /// let atlas = Client::builder()
    ///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
    ///     .http_client(|http| http.tcp_keepalive(Duration::from_secs(30)))
    ///     .build()?;
    /// # let _ = atlas;
    /// # Ok::<(), atlas_export::Error>(())
    /// ```
    #[cfg(feature = "reqwest")]
    pub fn http_client(
        mut self,
        hook: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.connection.hook = Some(std::sync::Arc::new(hook));
        self
    }
}
