//! The parts of messages about what went wrong on the way: certificates, proxies, time.

use std::{error::Error as StdError, time::Duration};

use super::traces::Waited;

/// What to do about a connection that another attempt would not make.
pub(super) fn lasting(cause: &reqwest::Error) -> Option<&'static str> {
    let mut said = String::new();
    let mut part: Option<&(dyn StdError + 'static)> = Some(cause);
    while let Some(error) = part {
        said = format!("{said}{error}\n");
        part = error.source();
    }
    advice(&said.to_ascii_lowercase())
}

/// The same by the words of the HTTP library, of rustls and of OpenSSL, which tell it in no
/// other way.
fn advice(reason: &str) -> Option<&'static str> {
    let says = |words: &[&str]| words.iter().any(|words| reason.contains(words));
    if says(&[
        "unknownissuer",
        "unknown issuer",
        "local issuer",
        "self-signed",
        "self signed",
    ]) {
        Some(
            "the server's certificate is of an issuer that is not trusted here: give its root to \
             ClientBuilder::root_certificates",
        )
    } else if says(&["invalid peer certificate", "certificate verify failed"]) {
        Some(
            "the server's certificate is not good for it: check the host of the base URL, this \
             machine's clock, and what stands between",
        )
    } else if says(&["proxy authorization required"]) {
        Some(crate::error::PROXY)
    } else {
        None
    }
}

/// What took too long, and what it was waiting for.
pub(super) fn timeout(
    after: Duration,
    waited: Waited,
    most_in_flight: usize,
    was_sent: bool,
) -> String {
    let what = if was_sent {
        "no complete answer"
    } else {
        "the request could not be sent"
    };
    let mut line = format!("{what} within {} s", after.as_secs_f64());
    let mut told = |time: Duration, why: &str| {
        if time >= Duration::from_millis(1) {
            line = format!("{line}; waited {:.1} s {why}", time.as_secs_f64());
        }
    };
    told(
        waited.slot,
        &format!("for a slot (ClientBuilder::max_in_flight is {most_in_flight})"),
    );
    told(waited.rate_limit, "for the rate limit");
    line
}

/// The cause that says most: reqwest's own messages only say where it happened.
pub(super) fn innermost<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_is_not_trusted_will_not_be_by_trying_again() {
        for (reason, told) in [
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
            let advice = advice(reason).unwrap_or_default();
            assert!(advice.contains(told), "{reason}: {advice}");
        }
        for reason in ["connection refused", "tls handshake eof", "dns error"] {
            assert_eq!(advice(reason), None);
        }
    }
}
