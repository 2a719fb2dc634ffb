//! The TLS library of the system, as far as the HTTP library can set it up.

use rustls_pki_types::PrivateKeyDer;
use secrecy::ExposeSecret as _;

use super::{Need, Roots, Tls, pem};
use crate::Error;

/// Where a private key of PKCS #8 begins and ends.
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

pub(super) fn set_up(
    tls: &Tls,
    http: reqwest::ClientBuilder,
    need: Need,
) -> Result<reqwest::ClientBuilder, Error> {
    let further = pem::roots(&tls.further_roots)?;
    let mut http = http.tls_backend_native();
    match tls.roots {
        _ if need == Need::None => http = http.tls_certs_only([]),
        Roots::Platform => {}
        #[cfg(feature = "webpki-roots")]
        Roots::Webpki => {
            return Err(Error::config(
                "webpki_roots and native_tls exclude each other: the system's TLS library trusts \
                 what the system trusts",
            ));
        }
    }
    for root in further {
        let root = reqwest::Certificate::from_der(&root).map_err(|cause| {
            Error::config("one of the root certificates is no valid certificate: leave it out")
                .with(|inner| inner.source = Some(Box::new(cause)))
        })?;
        http = http.tls_certs_merge([root]);
    }
    if let Some(file) = &tls.client_certificate {
        http = http.identity(identity(file.expose_secret())?);
    }
    Ok(http)
}

fn identity(file: &[u8]) -> Result<reqwest::Identity, Error> {
    let (_, key) = pem::identity(file)?;
    let not_pkcs8 = || {
        pem::invalid(
            "has a private key that native_tls does not take: convert it to PKCS #8, for example \
             with openssl pkcs8 -topk8 -nodes",
        )
    };
    let PrivateKeyDer::Pkcs8(_) = key else {
        return Err(not_pkcs8());
    };
    let key = section(file, BEGIN, END).ok_or_else(not_pkcs8)?;
    // The reason of the library is not kept: nobody promises that it leaves the key out.
    reqwest::Identity::from_pkcs8_pem(file, key)
        .map_err(|_| pem::invalid("cannot be used: the TLS library of the system refuses it"))
}

/// What is wrong with the options where the HTTP client cannot be built: OpenSSL compares key and
/// certificate only then.
pub(super) fn blame(tls: &Tls, reason: &str) -> Option<Error> {
    let is_mismatch = tls.client_certificate.is_some() && reason.contains("key values mismatch");
    is_mismatch.then(pem::does_not_fit)
}

/// The part of a file between two marks, with these.
fn section<'a>(file: &'a [u8], begin: &str, end: &str) -> Option<&'a [u8]> {
    let find = |mark: &str| {
        file.windows(mark.len())
            .position(|part| part == mark.as_bytes())
    };
    file.get(find(begin)?..find(end)? + end.len())
}
