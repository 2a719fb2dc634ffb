//! TLS with certificates of its own: an authority and a leaf that are made for each fake.
//!
//! The crypto provider is given explicitly; the default one of the process is neither used nor set.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{ServerConfig, version};

use crate::wire::protocols::Protocols;
use crate::wire::tls::Tls;

/// What the leaf is for.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

impl Tls {
    pub(crate) fn new(protocols: Protocols) -> io::Result<Self> {
        let mut root = CertificateParams::default();
        // Of one name, root and leaf would look self-signed to OpenSSL.
        root.distinguished_name
            .push(DnType::CommonName, "FakeAtlas root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root_key = KeyPair::generate().map_err(unusable)?;
        let root_pem = root.self_signed(&root_key).map_err(unusable)?.pem();
        let issuer = Issuer::new(root, root_key);

        let key = KeyPair::generate().map_err(unusable)?;
        let mut leaf = CertificateParams::new(NAMES.map(str::to_owned)).map_err(unusable)?;
        leaf.distinguished_name
            .push(DnType::CommonName, "FakeAtlas");
        let leaf = leaf.signed_by(&key, &issuer).map_err(unusable)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());

        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS12, &version::TLS13])
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key.into())
            .map_err(unusable)?;
        config.alpn_protocols = protocols.alpn();
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            root_pem,
        })
    }
}

/// The fault is in how the certificate is made, not in what a test does.
fn unusable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
