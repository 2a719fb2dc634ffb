//! One call and its attempts, as the observer is told of them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    failure::Failure,
    progress::{Progress, Traffic},
    response::ReceivedResponse,
};
use crate::{
    clock::Clock,
    error::{ApiError, Error},
    observe::{ObservedAttempt, ObservedCall, ObservedOperation, Outcome, Watcher, code},
};

/// A call under way that is observed.
#[derive(Clone, Debug)]
pub(super) struct CallWatch {
    pub(super) watcher: Watcher,
    pub(super) operation: ObservedOperation,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) progress: Arc<Progress>,
    pub(super) started: Instant,
}

impl CallWatch {
    /// An attempt has given an answer.
    pub(super) fn attempt_succeeded(&self, response: &ReceivedResponse) {
        self.attempt(|attempt| attempt.status = Some(response.status.as_u16()));
    }

    /// An attempt has failed, if one had begun.
    pub(super) fn attempt_failed(&self, failure: &Failure, next_wait: Option<Duration>) {
        self.attempt(|attempt| {
            attempt.outcome = Outcome::Failed;
            attempt.status = failure.status().map(|status| status.as_u16());
            attempt.error = Some(failure.reason());
            let said = failure.response();
            let said = said.and_then(|response| ApiError::read(&response.body));
            attempt.error_code = said.and_then(|api| code(&api.error_code?));
            attempt.next_wait = next_wait;
        });
    }

    /// Nobody waits for the attempt any more, if one was under way.
    pub(super) fn attempt_cancelled(&self) {
        self.attempt(|attempt| attempt.outcome = Outcome::Cancelled);
    }

    fn attempt(&self, set: impl FnOnce(&mut ObservedAttempt)) {
        let Some(account) = self.progress.take_attempt(self.clock.now()) else {
            return;
        };
        let mut attempt = ObservedAttempt {
            operation: self.operation.clone(),
            number: self.progress.attempts(),
            outcome: Outcome::Succeeded,
            status: None,
            error: None,
            error_code: None,
            duration: account.duration,
            waited: account.waited,
            next_wait: None,
            bytes_sent: account.traffic.sent,
            bytes_received: account.traffic.received,
        };
        set(&mut attempt);
        self.watcher.tell(|observer| observer.on_attempt(&attempt));
    }

    /// The call has given its caller what was asked for.
    pub(super) fn succeeded(self, status: Option<u16>) {
        self.ended(|call| call.status = status);
    }

    /// The call has given its caller an error.
    pub(super) fn failed(self, error: &Error) {
        self.ended(|call| {
            call.outcome = Outcome::Failed;
            call.status = error.status();
            call.error_kind = Some(error.kind());
            call.error_code = error.code().and_then(code);
        });
    }

    /// The call was dropped.
    pub(super) fn cancelled(self) {
        self.ended(|call| call.outcome = Outcome::Cancelled);
    }

    fn ended(self, set: impl FnOnce(&mut ObservedCall)) {
        let now = self.clock.now();
        let Traffic { sent, received } = self.progress.traffic();
        let waited = self.progress.waited(now);
        let mut call = ObservedCall {
            operation: self.operation,
            attempts: self.progress.attempts(),
            outcome: Outcome::Succeeded,
            status: None,
            error_kind: None,
            error_code: None,
            duration: now.saturating_duration_since(self.started),
            waited,
            bytes_sent: sent,
            bytes_received: received,
        };
        set(&mut call);
        self.watcher.tell(|observer| observer.on_call(&call));
    }
}
