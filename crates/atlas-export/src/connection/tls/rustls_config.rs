//! rustls, set up for a client with everything named: provider, roots, certificate, protocols.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore, client::danger::ServerCertVerifier, crypto::CryptoProvider,
};
use rustls_pki_types::CertificateDer;
use secrecy::ExposeSecret as _;

use super::{Need, Roots, Tls, pem};
use crate::Error;

/// What is offered to the server by ALPN, in this order.
const PROTOCOLS: [&str; 2] = ["h2", "http/1.1"];

pub(super) fn of(tls: &Tls, need: Need) -> Result<ClientConfig, Error> {
    let further = pem::roots(&tls.further_roots)?;
    let provider = Arc::new(provider(tls));
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(not_set_up)?;
    let builder = match tls.roots {
        _ if need == Need::None => builder.with_root_certificates(RootCertStore::empty()),
        Roots::Platform => builder
            .dangerous()
            .with_custom_certificate_verifier(of_platform(further, provider)?),
        #[cfg(feature = "webpki-roots")]
        Roots::Webpki => {
            let mozilla_s = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
            let mut store: RootCertStore = mozilla_s.collect();
            for root in further {
                store.add(root).map_err(not_set_up)?;
            }
            builder.with_root_certificates(store)
        }
    };
    let mut config = match &tls.client_certificate {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let (chain, key) = pem::identity(file.expose_secret())?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|cause| match cause {
                    rustls::Error::InconsistentKeys(_) => pem::does_not_fit(),
                    cause => pem::invalid(&format!(
                        "cannot be used: {}; give a key of RSA, ECDSA or Ed25519",
                        crate::error::one_line(&cause.to_string())
                    )),
                })?
        }
    };
    config.alpn_protocols = PROTOCOLS.map(Into::into).to_vec();
    Ok(config)
}

/// What does the cryptography. Named here, so that it is never the one of the process, which
/// belongs to whoever else is in it.
fn provider(tls: &Tls) -> CryptoProvider {
    match tls.library {
        #[cfg(feature = "ring")]
        super::Library::Ring => rustls::crypto::ring::default_provider(),
        #[cfg(feature = "aws-lc-rs")]
        _ => rustls::crypto::aws_lc_rs::default_provider(),
        #[cfg(not(feature = "aws-lc-rs"))]
        _ => rustls::crypto::ring::default_provider(),
    }
}

/// What the system trusts, and `further`.
fn of_platform(
    further: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    use rustls_platform_verifier::Verifier;

    if further.is_empty() {
        return Ok(Arc::new(Verifier::new(provider).map_err(not_set_up)?));
    }
    // The verifier of Android takes none.
    #[cfg(target_os = "android")]
    return Err(Error::config(
        "root_certificates cannot be added to what Android trusts: install them in the system",
    ));
    #[cfg(not(target_os = "android"))]
    Ok(Arc::new(
        Verifier::new_with_extra_roots(further, provider).map_err(not_set_up)?,
    ))
}

/// Why there is no TLS. What was given has been checked by now, so the reason holds nothing of it:
/// as a rule it is that the system trusts no certificate.
fn not_set_up(cause: rustls::Error) -> Error {
    let remedy = match &cause {
        rustls::Error::General(reason) if reason.contains("CA certificates") => {
            ": install the CA certificates of the system, name a PEM file in SSL_CERT_FILE, or give \
             ClientBuilder::root_certificates"
        }
        rustls::Error::InvalidCertificate(_) => {
            ": one of ClientBuilder::root_certificates is no valid certificate"
        }
        _ => "",
    };
    let reason = crate::error::one_line(&cause.to_string());
    Error::config(format!("TLS cannot be set up: {reason}{remedy}"))
        .with(|inner| inner.source = Some(Box::new(cause)))
}
