//! Certificates and keys out of PEM. What is said of a file never repeats any of it.

use rustls_pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{PemObject, SectionKind},
};

use crate::Error;

/// What a client shows of itself: its own certificate with those of who issued it, and its key.
pub(super) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The root certificates of all these files.
pub(super) fn roots(files: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut roots = Vec::new();
    for file in files {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(file).collect();
        let certificates = certificates.map_err(|_| {
            Error::config(
                "the root certificates are not PEM: give one or more certificates in PEM form",
            )
        })?;
        if certificates.is_empty() {
            return Err(Error::config(
                "the root certificates contain none: give a PEM file, which has BEGIN CERTIFICATE in it",
            ));
        }
        roots.extend(certificates);
    }
    Ok(roots)
}

/// A certificate with its chain, and the one private key.
pub(super) fn identity(file: &[u8]) -> Result<Identity, Error> {
    let mut chain = Vec::new();
    let mut keys = Vec::new();
    if is_encrypted(file) {
        return Err(invalid(
            "has an encrypted private key: decrypt it, for example with openssl pkey",
        ));
    }
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(file) {
        match section {
            Ok((SectionKind::Certificate, der)) => chain.push(der.into()),
            Ok((kind, der)) => keys.extend(PrivateKeyDer::from_pem(kind, der)),
            // The reason may repeat a line of the key.
            Err(_) => {
                return Err(invalid(
                    "is not PEM: give the certificate, its chain and its private key in PEM form",
                ));
            }
        }
    }
    match <[_; 1]>::try_from(keys) {
        Ok(_) if chain.is_empty() => Err(invalid(
            "contains no certificate: add it to the private key, with BEGIN CERTIFICATE in it",
        )),
        Ok([key]) => Ok((chain, key)),
        Err(keys) if keys.is_empty() && chain.is_empty() => Err(invalid(
            "contains neither a certificate nor a private key: give both in one PEM file",
        )),
        Err(keys) if keys.is_empty() => Err(invalid(
            "contains no private key: add it to the certificate, with BEGIN PRIVATE KEY in it",
        )),
        Err(_) => Err(invalid(
            "contains several private keys: leave the one that belongs to the first certificate",
        )),
    }
}

/// That the key is not that of the first certificate.
pub(super) fn does_not_fit() -> Error {
    invalid(
        "has a private key that does not fit its first certificate: put the client's own \
         certificate first, and give the key that it was made for",
    )
}

/// That a client certificate is not to be used.
pub(super) fn invalid(why: &str) -> Error {
    Error::config(format!("the client certificate {why}"))
}

fn is_encrypted(file: &[u8]) -> bool {
    let marks: [&[u8]; 2] = [b"BEGIN ENCRYPTED PRIVATE KEY", b"4,ENCRYPTED"];
    marks
        .iter()
        .any(|mark| file.windows(mark.len()).any(|part| part == *mark))
}
