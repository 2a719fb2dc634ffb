//! HTTP Digest over lanes: who may go ahead, and with what.
//!
//! The dialogue itself is the business of the crate `digest-lanes`. What is left here is the
//! one thing that needs waiting: while nobody has spoken to the server yet, calls let one of
//! them go first, so that a crowd does not begin with a crowd of challenges.

use std::{sync::Arc, time::Instant};

use digest_lanes::{BodyKind, Credentials, Exchange, LaneLimits, Lanes};
use tokio::sync::{Mutex, MutexGuard};

/// The lanes of the client's one origin.
#[derive(Debug)]
pub(super) struct Auth {
    lanes: Arc<Lanes>,
    /// Held by the call that speaks to the server first.
    first: Mutex<()>,
}

/// A dialogue, and the right to be first if it is the first. Dropped as soon as the head of
/// the answer is in, and with it whatever was not put back.
#[derive(Debug)]
pub(super) struct Dialogue<'a> {
    pub(super) exchange: Exchange,
    _first: Option<MutexGuard<'a, ()>>,
}

impl Auth {
    pub(super) fn new(credentials: Credentials, max_idle: usize) -> Self {
        let limits = LaneLimits {
            max_idle,
            ..LaneLimits::default()
        };
        Self {
            lanes: Arc::new(Lanes::new(credentials, limits)),
            first: Mutex::new(()),
        }
    }

    /// Begins one attempt's dialogue. Waits only while another call has the first handshake;
    /// if that fails, the next in line tries its own, because the failure may be its alone.
    pub(super) async fn begin(&self, body: BodyKind, now: impl Fn() -> Instant) -> Dialogue<'_> {
        let mut first = None;
        if !self.lanes.is_primed() {
            let guard = self.first.lock().await;
            if !self.lanes.is_primed() {
                first = Some(guard);
            }
        }
        Dialogue {
            exchange: self.lanes.begin(now(), body),
            _first: first,
        }
    }
}
