//! What to do about a connection that no further attempt would make: certificates, proxies.

use std::error::Error as StdError;

use crate::error::PROXY;

/// What to do about it; `None` where another attempt may succeed.
pub(super) fn advice(cause: &reqwest::Error) -> Option<&'static str> {
    let mut reasons = String::new();
    let mut next: Option<&(dyn StdError + 'static)> = Some(cause);
    while let Some(error) = next {
        reasons = format!("{reasons}{error}\n");
        next = error.source();
    }
    advice_by_words(&reasons.to_ascii_lowercase())
}

/// The same by the words of the HTTP library, of rustls and of OpenSSL, which have no types for
/// it.
fn advice_by_words(reason: &str) -> Option<&'static str> {
    let says = |any: &[&str]| any.iter().any(|words| reason.contains(words));
    if says(&[
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
        ] {
            let advice = advice_by_words(reason).unwrap_or_default();
            assert!(advice.contains(part), "{reason}: {advice}");
        }
        for reason in ["connection refused", "tls handshake eof", "dns error"] {
            assert_eq!(advice_by_words(reason), None);
        }
    }
}
