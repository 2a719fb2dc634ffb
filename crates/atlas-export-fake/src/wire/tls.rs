//! TLS, where the feature is on: with certificates that are made for each fake.

use tokio_rustls::TlsAcceptor;

#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) root_pem: String,
}
