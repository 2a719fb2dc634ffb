//! The connection: TLS, the versions of HTTP, and how far away the fake is.

use std::time::Duration;

use crate::builder::fake_builder::FakeAtlasBuilder;
use crate::wire::protocols::Protocols;

/// The connection.
impl FakeAtlasBuilder {
    /// Serves `https://localhost:PORT`, with HTTP/2 and HTTP/1.1 by ALPN. The certificate is for
    /// `localhost` and `127.0.0.1`; a client has to trust
    /// [`root_pem`](crate::FakeAtlas::root_pem).
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().tls().start().await?;
    /// assert!(fake.url().starts_with("https://localhost:"));
    /// assert!(fake.root_pem().is_some_and(|pem| pem.starts_with("-----BEGIN CERTIFICATE-----")));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// HTTP/1.1 alone. Without TLS that is the default.
    pub fn http1_only(mut self) -> Self {
        self.protocols = Protocols::Http1;
        self
    }

    /// HTTP/2 alone; without TLS, to clients that know it beforehand.
    pub fn http2_only(mut self) -> Self {
        self.protocols = Protocols::Http2;
        self
    }

    /// How long each request is on the way, in real time, challenges included. Default: no time
    /// at all. For tests that count what is under way at once; a test that measures time this way
    /// measures the machine.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }
}
