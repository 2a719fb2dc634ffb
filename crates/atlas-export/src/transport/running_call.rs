//! A call under way: attempts, one after the other, until one succeeds or enough was tried.
//!
//! The caller's future waits for its turn, decides and backs off. It holds nothing that others
//! need while it does: an attempt runs on a task of its own ([`task`](super::task)), and a turn
//! is a place in a queue that moves without it.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::{Either, select};

use super::{
    call_watch::CallWatch,
    caller::Caller,
    deleted::is_already_deleted,
    failure::{Cause, Failure, TimeLimit},
    progress::{Progress, WaitFor},
    rate::families::Scope,
    request::Prepared,
    response::ReceivedResponse,
    retry::Situation,
    shared_state::Transport,
    task::AttemptEnd,
};
use crate::clock::Sleep;

/// Why a call makes no further attempt, though none has decided it.
enum Stop {
    /// The rate limit lets none through in time; how long it would take.
    RateLimited(Duration),
    /// The time is up.
    TimedOut(Failure),
}

/// A call under way.
pub(super) struct RunningCall {
    transport: Arc<Transport>,
    caller: Caller,
    prepared: Arc<Prepared>,
    progress: Arc<Progress>,
    started: Instant,
    /// When its time is up.
    deadline: Sleep,
    watch: Option<CallWatch>,
}

impl RunningCall {
    /// Begins a call, whose time counts from now.
    pub(super) fn begin(
        (transport, caller): (Arc<Transport>, Caller),
        prepared: Arc<Prepared>,
        progress: Arc<Progress>,
        watch: Option<CallWatch>,
    ) -> Self {
        let time = call_timeout(&transport, &caller);
        Self {
            started: transport.clock.now(),
            deadline: transport.clock.guard(time),
            transport,
            caller,
            prepared,
            progress,
            watch,
        }
    }

    pub(super) fn attempts_so_far(&self) -> u32 {
        self.progress.attempts()
    }

    fn transport(&self) -> &Arc<Transport> {
        &self.transport
    }

    fn now(&self) -> Instant {
        self.transport().clock.now()
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.now().saturating_duration_since(self.started)
    }

    /// How long it has taken, less the time that the caller had the patience to be held back.
    fn elapsed_without_patience(&self) -> Duration {
        let held = self.progress.waited(self.now()).rate_limit;
        let patience = held.min(self.caller.patience());
        self.elapsed().saturating_sub(patience)
    }

    /// Sets the deadline anew for a caller that has patience, which only some waits use up.
    fn set_deadline(&mut self, patience: Duration) {
        if !self.caller.patience().is_zero() {
            let transport = self.transport();
            let left = transport
                .limits
                .call_timeout
                .saturating_sub(self.elapsed_without_patience());
            self.deadline = transport.clock.guard(left.saturating_add(patience));
        }
    }

    /// The time that is left for an attempt to begin.
    fn left(&self) -> Duration {
        let transport = self.transport();
        let within = transport.retry.begins_within(transport.limits.call_timeout);
        within.saturating_sub(self.elapsed_without_patience())
    }

    /// Attempts until one succeeds or the policy says that it is enough.
    pub(super) async fn attempts(&mut self) -> Result<ReceivedResponse, Failure> {
        let mut wait = Duration::ZERO;
        let mut before: Option<Failure> = None;
        loop {
            let mut failure = match self.attempt(wait).await {
                Ok(AttemptEnd::Succeeded(response)) => {
                    tracing::debug!(
                        http.request.resend_count = self.resends(),
                        http.response.status_code = response.status.as_u16(),
                        "answered"
                    );
                    self.tell_attempt(|watch| watch.attempt_succeeded(&response));
                    return Ok(response);
                }
                // It is gone, and it may well have been us.
                Ok(AttemptEnd::Failed(failure))
                    if self.progress.has_unknown_effect()
                        && is_already_deleted(&failure, &self.prepared) =>
                {
                    tracing::debug!(
                        http.request.resend_count = self.resends(),
                        "an earlier attempt has deleted it"
                    );
                    self.tell_attempt(|watch| watch.attempt_failed(&failure, None));
                    return Ok(ReceivedResponse::empty());
                }
                Ok(AttemptEnd::Failed(failure)) => failure,
                // Its turn has passed, or a limit has become known: it queues again.
                Ok(AttemptEnd::NotAdmitted) => {
                    wait = Duration::ZERO;
                    continue;
                }
                Err(Stop::TimedOut(failure)) => {
                    self.tell_attempt(|watch| watch.attempt_failed(&failure, None));
                    return Err(Failure {
                        earlier_effect_unknown: self.progress.has_unknown_effect(),
                        ..failure
                    });
                }
                // What came before says more than that there is no time left.
                Err(Stop::RateLimited(wait)) => {
                    return Err(Failure {
                        rate_limit_wait: Some(wait),
                        earlier_effect_unknown: self.progress.has_unknown_effect(),
                        ..before.unwrap_or_else(|| Failure::of(Cause::RateLimited))
                    });
                }
            };
            failure.earlier_effect_unknown = self.progress.has_unknown_effect();
            if failure.is_effect_unknown() {
                self.progress.note_unknown_effect();
            }
            let next = self.decide(&failure);
            self.tell_attempt(|watch| watch.attempt_failed(&failure, next));
            match next {
                Some(next) => wait = next,
                None => return Err(failure),
            }
            before = Some(failure);
        }
    }

    /// One attempt, after a wait and when it is let through.
    async fn attempt(&mut self, wait: Duration) -> Result<AttemptEnd, Stop> {
        let transport = self.transport().clone();
        let asked = self.now();
        let held = self.progress.waited(asked).rate_limit;
        let patience = self.caller.patience().saturating_sub(held);
        self.set_deadline(patience);
        self.progress.begin_wait(WaitFor::Turn(wait), asked);
        let scope = Scope::new(self.prepared.operation.path, self.prepared.url.path());
        let admitted = {
            let progress = self.progress.clone();
            let admission = pin!(transport.governor.admit(
                &scope,
                &self.caller,
                wait,
                self.left().saturating_add(patience),
                &*transport.clock,
            ));
            let closed = pin!(transport.open_work.closed());
            match select(select(admission, closed), &mut self.deadline).await {
                Either::Left((Either::Left((admitted, _)), _)) => Some(admitted),
                Either::Left((Either::Right(_), _)) => {
                    progress.end_wait(transport.clock.now());
                    return Ok(AttemptEnd::Failed(Failure::of(Cause::ClientShutDown)));
                }
                Either::Right(_) => None,
            }
        };
        self.progress.end_wait(self.now());
        let held = self.now().saturating_duration_since(asked);
        let held = held.saturating_sub(wait);
        if !held.is_zero() {
            tracing::debug!(
                wait_seconds = held.as_secs_f64(),
                "held back by the rate limit"
            );
        }
        let Some(admitted) = admitted else {
            let after = call_timeout(&self.transport, &self.caller);
            let cause = transport.timed_out(TimeLimit::Call, after, &self.progress);
            return Err(Stop::TimedOut(Failure::of(cause)));
        };
        let ticket = admitted.map_err(Stop::RateLimited)?;
        let left = self.left();
        // It had patience for the rate limit, and for nothing else.
        self.set_deadline(Duration::ZERO);
        let parts = (self.prepared.clone(), self.progress.clone());
        transport
            .run_on_task(parts, ticket, left, &mut self.deadline)
            .await
            .map_err(Stop::TimedOut)
    }

    /// Whether there is another attempt, and after which wait.
    fn decide(&self, failure: &Failure) -> Option<Duration> {
        let transport = self.transport();
        let situation = Situation {
            failure,
            is_idempotent: self.prepared.is_idempotent,
            attempts: self.progress.attempts(),
            elapsed: self.elapsed_without_patience(),
            call_timeout: transport.limits.call_timeout,
        };
        let wait = transport.retry.decide(&situation, &*transport.clock);
        tracing::debug!(
            http.request.resend_count = self.resends(),
            http.response.status_code = failure.status().map(|status| status.as_u16()),
            error.type = failure.reason(),
            wait_seconds = wait.map(|wait| wait.as_secs_f64()),
            "failed"
        );
        wait
    }

    fn resends(&self) -> u32 {
        self.progress.attempts().saturating_sub(1)
    }

    fn tell_attempt(&self, tell: impl FnOnce(&CallWatch)) {
        self.watch.as_ref().map(tell);
    }
}

/// How long a call may take, what its caller has patience for included.
fn call_timeout(transport: &Transport, caller: &Caller) -> Duration {
    let limit = transport.limits.call_timeout;
    limit.saturating_add(caller.patience())
}

impl Drop for RunningCall {
    fn drop(&mut self) {
        self.tell_attempt(CallWatch::attempt_cancelled);
    }
}
