//! The task that one attempt runs on.
//!
//! What an attempt holds, others need: a slot, a token, a lane, a connection. So it does not run
//! in the caller's future, which may be kept and not polled, but on a task of its own, with its
//! time-out. The task is aborted when the call is dropped. The caller's span and subscriber go
//! along.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use tokio::{
    runtime::Handle,
    task::{JoinError, JoinHandle},
};
use tracing::{Instrument as _, instrument::WithSubscriber as _};

use super::{
    attempt::{Attempted, Challenge, Means, Signature},
    failure::{Cause, Failure, TimeLimit},
    progress::{Progress, WaitFor},
    rate::ticket::Ticket,
    request::Prepared,
    response::ReceivedResponse,
    session::{Authentication, Session},
    shared_state::Transport,
    slots::Slot,
};
use crate::clock::Sleep;

/// The fewest slots that there are while no key has worked: nobody can tell yet whether nonces
/// are forgotten or the key is wrong, and a wrong key should not be found out one call at a time.
const MIN_SLOTS_FOR_NEW_KEY: usize = 8;

/// How an attempt ended.
#[derive(Debug)]
pub(super) enum AttemptEnd {
    Succeeded(ReceivedResponse),
    Failed(Failure),
    /// Nothing was sent: its turn has passed.
    NotAdmitted,
}

impl From<Result<ReceivedResponse, Failure>> for AttemptEnd {
    fn from(result: Result<ReceivedResponse, Failure>) -> Self {
        result.map_or_else(Self::Failed, Self::Succeeded)
    }
}

/// The handle of a task, which is aborted when nobody waits for it any more.
struct AbortOnDrop<'a> {
    handle: JoinHandle<AttemptEnd>,
    is_over: bool,
    progress: &'a Progress,
}

impl AbortOnDrop<'_> {
    /// Waits for the task; `None` where the deadline comes first.
    async fn until(&mut self, deadline: &mut Sleep) -> Option<Result<AttemptEnd, JoinError>> {
        match select(&mut self.handle, deadline).await {
            Either::Left((joined, _)) => {
                self.is_over = true;
                Some(joined)
            }
            Either::Right(_) => None,
        }
    }

    /// Aborts the task, whose time is up, and waits until it is no more.
    async fn abort_late(&mut self) -> Result<AttemptEnd, JoinError> {
        self.progress.note_late();
        self.progress.give_up();
        self.handle.abort();
        let joined = (&mut self.handle).await;
        self.is_over = true;
        joined
    }
}

impl Drop for AbortOnDrop<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.progress.give_up();
            self.handle.abort();
        }
    }
}

impl Transport {
    /// Runs one attempt on a task, until it ends.
    ///
    /// # Errors
    /// Where the deadline of the call comes first.
    pub(super) async fn run_on_task(
        self: Arc<Self>,
        (prepared, progress): (Arc<Prepared>, Arc<Progress>),
        ticket: Ticket,
        left: Duration,
        deadline: &mut Sleep,
    ) -> Result<AttemptEnd, Failure> {
        let failed = |cause| Ok(AttemptEnd::Failed(Failure::of(cause)));
        let Ok(runtime) = Handle::try_current() else {
            return failed(Cause::NoRuntime);
        };
        let Ok(open) = self.open_work.begin_task() else {
            return failed(Cause::ClientShutDown);
        };
        let id = open.id();
        let attempt = {
            let (transport, progress) = (self.clone(), progress.clone());
            async move {
                let _open = open;
                transport.send_one(&prepared, &progress, ticket, left).await
            }
        };
        let handle = runtime.spawn(attempt.in_current_span().with_current_subscriber());
        self.open_work.task_started(id, handle.abort_handle());
        let mut task = AbortOnDrop {
            handle,
            is_over: false,
            progress: &progress,
        };
        let failure = |cause| Failure {
            may_have_acted: progress.may_have_acted(),
            ..Failure::of(cause)
        };
        match task.until(deadline).await {
            Some(Ok(ended)) => Ok(ended),
            Some(Err(error)) if error.is_panic() => {
                Ok(AttemptEnd::Failed(failure(Cause::Panicked)))
            }
            Some(Err(_)) if self.open_work.is_shut_down() => {
                Ok(AttemptEnd::Failed(failure(Cause::ClientShutDown)))
            }
            Some(Err(_)) => Ok(AttemptEnd::Failed(failure(Cause::RuntimeShutDown))),
            // What it was doing is known when it is no more. It may have ended just now.
            None => match task.abort_late().await {
                Ok(AttemptEnd::Succeeded(response)) => Ok(AttemptEnd::Succeeded(response)),
                _ => Err(failure(self.timed_out(
                    TimeLimit::Call,
                    self.limits.call_timeout,
                    &progress,
                ))),
            },
        }
    }

    /// One attempt, from the wait for its slot to what is learned from its response.
    async fn send_one(
        &self,
        prepared: &Prepared,
        progress: &Progress,
        ticket: Ticket,
        left: Duration,
    ) -> AttemptEnd {
        let signed = self.signed_slot(progress, left, Challenge::Known).await;
        let (mut signature, mut slot) = match signed {
            Ok(signed) => signed,
            Err(cause) => return AttemptEnd::Failed(Failure::of(cause)),
        };
        // Only now, so that those who wait for a slot do not leave together.
        let Some(in_flight) = self.governor.spend(ticket, &*self.clock) else {
            return AttemptEnd::NotAdmitted;
        };
        progress.begin_attempt(self.clock.now());
        let in_flight_at_start = self.slots.in_flight();
        let attempted = loop {
            let attempted = self.attempt(prepared, progress, &signature).await;
            note_nonces(&slot, &attempted, &signature);
            if !refuses_credentials(&attempted) {
                break attempted;
            }
            // Nobody waits in a slot for credentials.
            drop(slot);
            let challenge = if takes_another_signature(&attempted, progress, in_flight_at_start) {
                Challenge::Fresh
            } else {
                let other = self.other_session(signature.session, progress);
                match self.within(left, progress, other).await {
                    Ok(Some(_)) => Challenge::Known,
                    Ok(None) => break attempted,
                    Err(cause) => return AttemptEnd::Failed(Failure::of(cause)),
                }
            };
            let signed = self.signed_slot(progress, left, challenge).await;
            (signature, slot) = match signed {
                Ok(signed) => signed,
                Err(cause) => return AttemptEnd::Failed(Failure::of(cause)),
            };
        };
        let response = match &attempted.result {
            Ok(response) => Some(response),
            Err(failure) => failure.response(),
        };
        if let Some(response) = response {
            self.deprecations
                .log_once(prepared.operation.id, &response.headers);
            in_flight.answered(response, &*self.clock);
        }
        progress.end_attempt(self.clock.now());
        attempted.result.into()
    }

    /// Waits for what signs a request and for a slot. Nobody waits in a slot for a token; one that
    /// has ended during the wait for the slot is exchanged.
    async fn signed_slot(
        &self,
        progress: &Progress,
        left: Duration,
        challenge: Challenge,
    ) -> Result<(Signature, Slot<'_>), Cause> {
        let sign = || self.within(left, progress, self.sign(progress, challenge));
        sign().await?;
        let slot = self.slot(progress, left).await?;
        Ok((sign().await?, slot))
    }

    /// What this wait for credentials gives, for which it has so much time.
    async fn within<T: Send>(
        &self,
        left: Duration,
        progress: &Progress,
        work: impl Future<Output = Result<T, Cause>> + Send,
    ) -> Result<T, Cause> {
        progress.begin_wait(WaitFor::Token, self.clock.now());
        let result = match select(pin!(work), self.clock.guard(left)).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => Err(self.timed_out(TimeLimit::Call, left, progress)),
        };
        progress.end_wait(self.clock.now());
        result
    }

    /// What signs a request: it waits for credentials and for a token.
    async fn sign(&self, progress: &Progress, challenge: Challenge) -> Result<Signature, Cause> {
        let mut session = self.sessions.session().await?;
        loop {
            let Session {
                number,
                authentication,
                ..
            } = session;
            let source = match authentication {
                Authentication::Digest(lanes) => {
                    return Ok(Signature {
                        session: number,
                        means: Means::Digest(lanes, challenge),
                    });
                }
                Authentication::Token(source) => source,
            };
            let error = match source.token().await {
                Ok(token) => {
                    return Ok(Signature {
                        session: number,
                        means: Means::Bearer(source, token),
                    });
                }
                Err(error) => error,
            };
            if !error.refuses_the_account() {
                return Err(Cause::NoToken(error));
            }
            match self.other_session(number, progress).await? {
                Some(other) => session = other,
                None => return Err(Cause::NoToken(error)),
            }
        }
    }

    /// The session that a call goes on in whose credentials are refused, once a call.
    async fn other_session(
        &self,
        refused: u64,
        progress: &Progress,
    ) -> Result<Option<Session>, Cause> {
        if !progress.take_other_credentials() {
            return Ok(None);
        }
        let other = self.sessions.other(refused).await?;
        if other.is_some() {
            progress.renew_extra_challenge();
        }
        Ok(other)
    }

    /// Waits for a slot, for at most `left`.
    async fn slot(&self, progress: &Progress, left: Duration) -> Result<Slot<'_>, Cause> {
        progress.begin_wait(WaitFor::Slot, self.clock.now());
        let acquiring = pin!(self.slots.acquire());
        let slot = match select(acquiring, self.clock.guard(left)).await {
            Either::Left((slot, _)) => Ok(slot),
            Either::Right(_) => Err(self.timed_out(TimeLimit::Call, left, progress)),
        };
        progress.end_wait(self.clock.now());
        slot
    }
}

/// Learns from an attempt whether the server forgets its nonces.
fn note_nonces(slot: &Slot<'_>, attempted: &Attempted, signature: &Signature) {
    if attempted.nonce_forgotten {
        // A nonce that is called stale says nothing against the key.
        let is_stale = matches!(
            &attempted.result,
            Err(failure) if matches!(failure.cause, Cause::NoncesStale(_))
        );
        let min = if is_stale || signature.key_has_worked() {
            1
        } else {
            MIN_SLOTS_FOR_NEW_KEY
        };
        slot.note_forgotten_nonce(min);
    } else if attempted.result.is_ok() {
        slot.note_success();
    }
}

fn refuses_credentials(attempted: &Attempted) -> bool {
    let failure = attempted.result.as_ref().err();
    failure.is_some_and(|failure| failure.cause.refuses_credentials())
}

/// Whether a refused key is given one more challenge, with fewer requests in flight, or a call
/// another token. A key that has worked is not wrong after one refusal; of a crowd that begins
/// together, none has worked yet; and a token may have been revoked.
fn takes_another_signature(
    attempted: &Attempted,
    progress: &Progress,
    in_flight_at_start: usize,
) -> bool {
    let Err(failure) = &attempted.result else {
        return false;
    };
    let is_due = match failure.cause {
        Cause::WorkingKeyRefused(_) | Cause::TokenRefused(_) => true,
        Cause::KeyRefused(_) => in_flight_at_start > MIN_SLOTS_FOR_NEW_KEY,
        _ => false,
    };
    is_due && progress.take_extra_challenge()
}
