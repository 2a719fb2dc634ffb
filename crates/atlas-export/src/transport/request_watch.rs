//! One request on the wire, as the observer is told of it.
//!
//! It tells when it is dropped, so that none is forgotten: what was not said to have ended by then
//! was given up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use http::StatusCode;

use super::progress::{Progress, Traffic};
use crate::{
    clock::Clock,
    observe::{ObservedOperation, ObservedRequest, Purpose, Watcher},
};

/// A request under way. Empty where nobody observes.
#[derive(Debug)]
pub(super) struct RequestWatch<'a>(Option<Open<'a>>);

#[derive(Debug)]
struct Open<'a> {
    watcher: &'a Watcher,
    clock: &'a Arc<dyn Clock>,
    /// That of its call, if it has one.
    progress: Option<&'a Progress>,
    began: Instant,
    request: ObservedRequest,
    has_ended: bool,
}

impl<'a> RequestWatch<'a> {
    /// Begins with a request that goes out now.
    pub(super) fn begin(
        (watcher, clock): (&'a Watcher, &'a Arc<dyn Clock>),
        progress: Option<&'a Progress>,
        purpose: Purpose,
        request: &reqwest::Request,
        operation: impl FnOnce(&Watcher) -> ObservedOperation,
    ) -> Self {
        if !watcher.is_watching() {
            return Self(None);
        }
        let operation = operation(watcher);
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let body = body.map_or(0, <[u8]>::len);
        Self(Some(Open {
            watcher,
            clock,
            progress,
            began: clock.now(),
            request: ObservedRequest {
                // A request for a challenge goes by another method than its operation.
                method: if request.method() == http::Method::GET {
                    "GET"
                } else {
                    operation.method
                },
                operation,
                purpose,
                attempt: progress.map(Progress::attempts),
                status: None,
                error: None,
                duration: Duration::ZERO,
                bytes_sent: u64::try_from(body).unwrap_or(u64::MAX),
                bytes_received: 0,
            },
            has_ended: false,
        }))
    }

    /// The head of the answer is there.
    pub(super) fn answered(&mut self, status: StatusCode) {
        self.set(|open| open.request.status = Some(status.as_u16()));
    }

    /// More of the body is there.
    pub(super) fn received(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.set(|open| {
            let received = &mut open.request.bytes_received;
            *received = received.saturating_add(bytes);
        });
    }

    /// It was answered with a challenge, and is sent again.
    pub(super) fn was_challenged(&mut self) {
        self.set(|open| open.request.purpose = Purpose::Challenge);
    }

    /// It has ended, as well as a request can.
    pub(super) fn end(&mut self) {
        self.set(|open| open.has_ended = true);
    }

    /// It has broken off.
    pub(super) fn fail(&mut self, why: &'static str) {
        self.set(|open| {
            open.request.error = Some(why);
            open.has_ended = true;
        });
    }

    /// There was no connection, so nothing of it was sent.
    pub(super) fn was_not_sent(&mut self) {
        self.set(|open| open.request.bytes_sent = 0);
    }

    fn set(&mut self, set: impl FnOnce(&mut Open<'a>)) {
        self.0.as_mut().map(set);
    }
}

impl Drop for RequestWatch<'_> {
    fn drop(&mut self) {
        let Some(mut open) = self.0.take() else {
            return;
        };
        if !open.has_ended {
            let is_late = open.progress.is_some_and(Progress::is_late);
            open.request.error = Some(if is_late { "timeout" } else { "cancelled" });
        }
        let now = open.clock.now();
        open.request.duration = now.saturating_duration_since(open.began);
        if let Some(progress) = open.progress {
            progress.add_traffic(Traffic {
                sent: open.request.bytes_sent,
                received: open.request.bytes_received,
            });
        }
        open.watcher
            .tell(|observer| observer.on_request(&open.request));
    }
}
