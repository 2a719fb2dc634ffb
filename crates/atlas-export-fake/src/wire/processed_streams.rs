//! Which streams of one HTTP/2 connection were processed (RFC 9113 §6.8), so that a GOAWAY is right about
//! every stream and not only about the one that met the fault.
//!
//! Streams are served at the same time. Before a request is acted on its stream asks here, and a
//! GOAWAY takes its last stream from here: in one step it covers every stream processed so far, and
//! keeps the streams that it leaves out from being processed later.

use std::sync::{Arc, Mutex, PoisonError};

/// What the streams of one connection share. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProcessedStreams(Arc<Mutex<StreamBounds>>);

#[derive(Debug, Default)]
struct StreamBounds {
    /// The highest stream that was acted on.
    highest: u32,
    /// The last stream that the GOAWAY names, once there is one.
    last: Option<u32>,
}

impl ProcessedStreams {
    /// Whether `stream` may be acted on. If so it counts as acted on from now.
    pub(crate) fn begin(&self, stream: u32) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let may = state.last.is_none_or(|last| stream <= last);
        if may {
            state.highest = state.highest.max(stream);
        }
        may
    }

    /// The last stream that a GOAWAY may name: `wanted`, or the highest one acted on if that is
    /// higher. Streams beyond it are not acted on any more. A second GOAWAY names no other stream.
    pub(crate) fn go_away(&self, wanted: u32) -> u32 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let covered = state.highest.max(wanted);
        *state.last.get_or_insert(covered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goaway_covers_what_was_acted_on_beyond_its_own_stream() {
        let streams = ProcessedStreams::default();
        assert!(streams.begin(3) && streams.begin(9) && streams.begin(5));
        assert_eq!(streams.go_away(3), 9);
    }

    #[test]
    fn what_a_goaway_leaves_out_is_not_acted_on_later() {
        let streams = ProcessedStreams::default();
        assert!(streams.begin(3));
        assert_eq!(streams.go_away(5), 5);
        assert!(streams.begin(5));
        assert!(!streams.begin(7));
        assert_eq!(streams.go_away(7), 5);
    }
}
