//! TLS with a certificate of the moment: an authority and a leaf that live as long as the fake.
//!
//! The crypto provider is handed over by name; the one of the process is neither used nor set.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{ServerConfig, version};

use crate::builder::{FakeAtlasBuilder, invalid_data};
use crate::server::Protocols;

/// What the leaf is for.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) root_pem: String,
}

impl Tls {
    pub(crate) fn new(protocols: Protocols) -> io::Result<Self> {
        let mut root = CertificateParams::default();
        // Of one name, root and leaf would look self-signed to OpenSSL.
        root.distinguished_name
            .push(DnType::CommonName, "FakeAtlas root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root_key = KeyPair::generate().map_err(invalid_data)?;
        let root_pem = root.self_signed(&root_key).map_err(invalid_data)?.pem();
        let issuer = Issuer::new(root, root_key);

        let key = KeyPair::generate().map_err(invalid_data)?;
        let mut leaf = CertificateParams::new(NAMES.map(str::to_owned)).map_err(invalid_data)?;
        leaf.distinguished_name
            .push(DnType::CommonName, "FakeAtlas");
        let leaf = leaf.signed_by(&key, &issuer).map_err(invalid_data)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());

        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS12, &version::TLS13])
            .map_err(invalid_data)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key.into())
            .map_err(invalid_data)?;
        config.alpn_protocols = protocols.alpn();
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            root_pem,
        })
    }
}

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
}
