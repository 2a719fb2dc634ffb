//! The task that one attempt runs on.
//!
//! What an attempt holds, others need: a slot, a token, a lane, a connection. So it does not run
//! in the caller's future, which may be kept and not polled, but on a task of its own, with its
//! time-out. The task is aborted when the call is dropped. The caller's span and subscriber go
//! along.

use std::{pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use tokio::{
    runtime::Handle,
    task::{JoinError, JoinHandle},
};
use tracing::{Instrument as _, instrument::WithSubscriber as _};

use super::{
    Transport,
    attempt::{Answer, Attempted},
    failure::{Cause, Failure},
    rate::Ticket,
    request::Prepared,
    slots::Slot,
    traces::Traces,
};
use crate::clock::Sleep;

/// The fewest slots that there are while no key has worked: nobody can tell yet whether nonces
/// are forgotten or the key is wrong, and a wrong key should not be told one call at a time.
const UNPROVEN: usize = 8;

/// How an attempt ended.
#[derive(Debug)]
pub(super) enum Ended {
    Answered(Answer),
    Failed(Failure),
    /// Nothing was sent: its turn has passed.
    NotAdmitted,
}

impl From<Result<Answer, Failure>> for Ended {
    fn from(outcome: Result<Answer, Failure>) -> Self {
        outcome.map_or_else(Self::Failed, Self::Answered)
    }
}

/// The handle of a task, which is aborted when nobody waits for it any more.
struct Aborting<'a> {
    handle: JoinHandle<Ended>,
    is_over: bool,
    traces: &'a Traces,
}

impl Aborting<'_> {
    /// Waits for the task; `None` where the deadline comes first.
    async fn until(&mut self, deadline: &mut Sleep) -> Option<Result<Ended, JoinError>> {
        match select(&mut self.handle, deadline).await {
            Either::Left((joined, _)) => {
                self.is_over = true;
                Some(joined)
            }
            Either::Right(_) => None,
        }
    }

    /// Aborts the task, and waits until it is no more.
    async fn abort(&mut self) -> Result<Ended, JoinError> {
        self.traces.give_up();
        self.handle.abort();
        let joined = (&mut self.handle).await;
        self.is_over = true;
        joined
    }
}

impl Drop for Aborting<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.traces.give_up();
            self.handle.abort();
        }
    }
}

impl Transport {
    /// Runs one attempt on a task, until it ends.
    ///
    /// # Errors
    /// Where the deadline of the call comes first.
    pub(super) async fn on_a_task(
        self: Arc<Self>,
        (prepared, traces): (Arc<Prepared>, Arc<Traces>),
        ticket: Ticket,
        left: Duration,
        deadline: &mut Sleep,
    ) -> Result<Ended, Failure> {
        let failed = |cause| Ok(Ended::Failed(Failure::of(cause)));
        let Ok(runtime) = Handle::try_current() else {
            return failed(Cause::NoRuntime);
        };
        let Ok(open) = self.life.begin_task() else {
            return failed(Cause::ShutDown);
        };
        let id = open.id();
        let attempt = {
            let (transport, traces) = (self.clone(), traces.clone());
            async move {
                let _open = open;
                transport.send_one(&prepared, &traces, ticket, left).await
            }
        };
        let handle = runtime.spawn(attempt.in_current_span().with_current_subscriber());
        self.life.has_started(id, handle.abort_handle());
        let mut task = Aborting {
            handle,
            is_over: false,
            traces: &traces,
        };
        let failure = |cause| Failure {
            may_have_acted: traces.may_have_acted(),
            ..Failure::of(cause)
        };
        match task.until(deadline).await {
            Some(Ok(ended)) => Ok(ended),
            Some(Err(error)) if error.is_panic() => Ok(Ended::Failed(failure(Cause::Panicked))),
            Some(Err(_)) if self.life.is_shut_down() => Ok(Ended::Failed(failure(Cause::ShutDown))),
            Some(Err(_)) => Ok(Ended::Failed(failure(Cause::NoRuntimeAnyMore))),
            // What it was doing is known when it is no more. It may have ended just now.
            None => match task.abort().await {
                Ok(Ended::Answered(answer)) => Ok(Ended::Answered(answer)),
                _ => Err(failure(self.timed_out(self.limits.call_timeout, &traces))),
            },
        }
    }

    /// One attempt, from the wait for its slot to what its answer teaches.
    async fn send_one(
        &self,
        prepared: &Prepared,
        traces: &Traces,
        ticket: Ticket,
        left: Duration,
    ) -> Ended {
        let slot = match self.slot(traces, left).await {
            Ok(slot) => slot,
            Err(cause) => return Ended::Failed(Failure::of(cause)),
        };
        // Only now, so that those who wait for a slot do not leave together.
        let Some(flight) = self.governor.spend(ticket, &*self.clock) else {
            return Ended::NotAdmitted;
        };
        traces.begins();
        let begun_with = self.slots.in_flight();
        let mut attempted = self.attempt(prepared, traces, false).await;
        self.note_nonces(&slot, &attempted);
        if has_second_chance(&attempted, traces, begun_with) {
            drop(slot);
            let slot = match self.slot(traces, left).await {
                Ok(slot) => slot,
                Err(cause) => return Ended::Failed(Failure::of(cause)),
            };
            attempted = self.attempt(prepared, traces, true).await;
            self.note_nonces(&slot, &attempted);
        }
        let (headers, failure) = match &attempted.outcome {
            Ok(answer) => (Some(&answer.headers), None),
            Err(failure) => (failure.headers(), Some(failure)),
        };
        if let Some(headers) = headers {
            self.deprecations.notice(prepared.operation.id, headers);
            flight.answered(headers, failure, &*self.clock);
        }
        attempted.outcome.into()
    }

    /// Waits for a slot, for at most `left`.
    async fn slot(&self, traces: &Traces, left: Duration) -> Result<Slot<'_>, Cause> {
        traces.waits_for_slot(self.clock.now());
        let acquiring = pin!(self.slots.acquire());
        let slot = match select(acquiring, self.clock.guard(left)).await {
            Either::Left((slot, _)) => Ok(slot),
            Either::Right(_) => Err(self.timed_out(left, traces)),
        };
        traces.goes_on(self.clock.now());
        slot
    }

    /// Learns from an attempt how many requests the server's nonces bear.
    fn note_nonces(&self, slot: &Slot<'_>, attempted: &Attempted) {
        if attempted.nonce_forgotten {
            // A nonce that is called stale says nothing against the key.
            let is_stale = matches!(
                &attempted.outcome,
                Err(failure) if matches!(failure.cause, Cause::Stale(_))
            );
            let least = if is_stale || self.lanes.key_has_worked() {
                1
            } else {
                UNPROVEN
            };
            slot.nonces_are_forgotten(least);
        } else if attempted.outcome.is_ok() {
            slot.did_well();
        }
    }
}

/// Whether a refused key is given one more challenge, with fewer requests in flight. A key
/// that has worked is not wrong after one refusal; and of a crowd that begins together,
/// none has worked yet.
fn has_second_chance(attempted: &Attempted, traces: &Traces, begun_with: usize) -> bool {
    let Err(failure) = &attempted.outcome else {
        return false;
    };
    let is_open = match failure.cause {
        Cause::RejectedLater(_) => true,
        Cause::Rejected(_) => begun_with > UNPROVEN,
        _ => false,
    };
    is_open && traces.second_chance()
}
