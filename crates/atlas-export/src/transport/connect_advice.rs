//! What to do about a connection that no further attempt would make: certificates, proxies.

use std::error::Error as StdError;

use crate::error::PROXY;

/// What a server says of a client's certificate, or of there being none, in the words of rustls
/// and of OpenSSL.
const CLIENT_REFUSED: &[&str] = &[
    "fatal alert: certificaterequired",
    "fatal alert: badcertificate",
    "fatal alert: unsupportedcertificate",
    "fatal alert: certificaterevoked",
    "fatal alert: certificateexpired",
    "fatal alert: certificateunknown",
    "fatal alert: unknownca",
    "fatal alert: accessdenied",
    "fatal alert: decrypterror",
    "alert certificate required",
    "alert bad certificate",
    "alert unsupported certificate",
    "alert certificate revoked",
    "alert certificate expired",
    "alert certificate unknown",
    "alert unknown ca",
    "alert access denied",
    "alert decrypt error",
];

/// What to do about it; `None` where another attempt may succeed.
pub(super) fn advice(cause: &reqwest::Error) -> Option<&'static str> {
    advice_by_words(&words(cause))
}

/// Whether the server refuses who the client is, which it does before it looks at any request.
pub(super) fn is_client_refused(cause: &reqwest::Error) -> bool {
    says(&words(cause), CLIENT_REFUSED)
}

/// Whatever the libraries say of it.
fn words(cause: &reqwest::Error) -> String {
    let mut reasons = String::new();
    let mut next: Option<&(dyn StdError + 'static)> = Some(cause);
    while let Some(error) = next {
        reasons = format!("{reasons}{error}\n");
        next = error.source();
    }
    reasons.to_ascii_lowercase()
}

fn says(reason: &str, any: &[&str]) -> bool {
    any.iter().any(|words| reason.contains(words))
}

/// The same by the words of the HTTP library, of rustls and of OpenSSL, which have no types for
/// it.
fn advice_by_words(reason: &str) -> Option<&'static str> {
    let says = |any| says(reason, any);
    if says(CLIENT_REFUSED) {
        Some(
            "the server refuses the client's certificate, or wants one and got none: give one that \
             it trusts to ClientBuilder::client_certificate",
        )
    } else if says(&[
        "unknownissuer",
        "unknown issuer",
        "local issuer",
        "self-signed",
        "self signed",
    ]) {
        Some(
            "the server's certificate comes from an issuer that this machine does not trust: give \
             the issuer's root to ClientBuilder::root_certificates",
        )
    } else if says(&["invalid peer certificate", "certificate verify failed"]) {
        Some(
            "the server's certificate is not valid for this host at this time: check the host of \
             the base URL, this machine's clock and any proxy in between",
        )
    } else if says(&["proxy authorization required"]) {
        Some(PROXY)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_is_not_trusted_will_not_be_by_trying_again() {
        for (reason, part) in [
            (
                "invalid peer certificate: unknownissuer",
                "root_certificates",
            ),
            (
                "certificate verify failed:ssl/x.c:2123: (self-signed certificate in certificate chain)",
                "root_certificates",
            ),
            (
                "certificate verify failed: (unable to get local issuer certificate)",
                "root_certificates",
            ),
            ("invalid peer certificate: expired", "clock"),
            (
                "invalid peer certificate: certificate not valid for name \"x\"",
                "base URL",
            ),
            ("certificate verify failed: (hostname mismatch)", "base URL"),
            ("proxy authorization required", "ClientBuilder::proxy"),
            (
                "received fatal alert: certificaterequired",
                "ClientBuilder::client_certificate",
            ),
            (
                "error:0a000418:ssl routines:ssl3_read_bytes:tlsv1 alert unknown ca:ssl alert number 48",
                "ClientBuilder::client_certificate",
            ),
        ] {
            let advice = advice_by_words(reason).unwrap_or_default();
            assert!(advice.contains(part), "{reason}: {advice}");
        }
        for reason in [
            "connection refused",
            "tls handshake eof",
            "dns error",
            "received fatal alert: internalerror",
        ] {
            assert_eq!(advice_by_words(reason), None);
        }
    }
}
