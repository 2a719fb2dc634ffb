//! Telling that the server did not act on a request, though a connection there was.
//!
//! Two refusals below HTTP say so: hyper cancels a request that it never wrote because its
//! pooled connection was dead, and an HTTP/2 server refuses a stream before processing it
//! (RFC 9113, section 8.7). The HTTP library repeats most of these by itself; what comes here
//! is what it gave up on.

use std::error::Error as StdError;

/// Whether an error says that the request was not acted on.
pub(super) fn is_unsent(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let canceled = error
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_canceled);
        let refused = error.downcast_ref::<h2::Error>().is_some_and(|error| {
            error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM)
        });
        if canceled || refused {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_stream_was_not_acted_on_and_a_cancelled_one_may_have_been() {
        // Resets that this side made say nothing about the other.
        for reason in [h2::Reason::REFUSED_STREAM, h2::Reason::CANCEL] {
            assert!(!is_unsent(&h2::Error::from(reason)));
        }
        assert!(!is_unsent(&std::io::Error::other("reset")));
    }
}
