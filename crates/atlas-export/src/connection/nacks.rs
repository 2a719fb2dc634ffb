//! Which requests the HTTP library itself repeats: those that an HTTP/2 server says it never
//! processed, on another connection (RFC 9113, sections 6.8 and 8.7). That is its default, said
//! here so that a hook cannot have it repeat more: a creation must not be doubled.

use std::error::Error as StdError;

use reqwest::retry;

/// How often, beyond the first.
const MAX_REPETITIONS: u32 = 2;

/// All hosts: a client knows one.
struct AnyHost;

impl PartialEq<&str> for AnyHost {
    fn eq(&self, _: &&str) -> bool {
        true
    }
}

pub(super) fn only() -> retry::Builder {
    retry::for_host(AnyHost)
        .no_budget()
        .max_retries_per_request(MAX_REPETITIONS)
        .classify_fn(|attempt| match attempt.error() {
            Some(error) if is_unprocessed(error) => attempt.retryable(),
            _ => attempt.success(),
        })
}

/// Whether the other side refused the stream, or left in good order before it.
fn is_unprocessed(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let reason = error.reason();
            return error.is_remote()
                && (error.is_go_away() && reason == Some(h2::Reason::NO_ERROR)
                    || error.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM));
        }
        cause = error.source();
    }
    false
}
