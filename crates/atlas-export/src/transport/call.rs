//! One call: attempts, one after the other, until one succeeds or enough was tried.
//!
//! The caller's future waits for its turn, decides and backs off. It holds nothing that others
//! need while it does: an attempt runs on a task of its own ([`task`](super::task)), and a turn
//! is a place in a queue that moves without it.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use atlas_export_api::{Execute, Operation};
use futures_util::future::{Either, select};
use tracing::Instrument as _;
use url::Url;

use super::{
    caller::Caller,
    deleted::is_already_deleted,
    error_carrier::ErrorCarrier,
    failure::{Cause, Failure, TimeLimit},
    progress::Progress,
    rate::families::Scope,
    request::{CustomParts, Prepared, name},
    response::ReceivedResponse,
    retry::Situation,
    shared_state::Transport,
    task::AttemptEnd,
};
use crate::{clock::Sleep, error::Error};

/// One call: what the generated client is given to execute its request with.
#[derive(Debug)]
pub(crate) struct Call {
    transport: Arc<Transport>,
    caller: Caller,
    stats: Mutex<CallStats>,
}

/// How a call went, for errors that arise after the transport has done its part.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallStats {
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) status: Option<u16>,
}

impl Call {
    pub(crate) fn new(transport: Arc<Transport>, caller: Caller) -> Self {
        Self {
            transport,
            caller,
            stats: Mutex::default(),
        }
    }

    pub(crate) fn stats(&self) -> CallStats {
        *self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, set: impl FnOnce(&mut CallStats)) {
        set(&mut self.stats.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn run(
        &self,
        request: &reqwest::Request,
        operation: &'static Operation,
    ) -> Result<ReceivedResponse, Error> {
        self.note(|stats| stats.operation = Some(operation));
        let transport = &*self.transport;
        let prepared = Prepared::new(
            request,
            operation,
            &transport.versions,
            &transport.base_path,
        )?;
        self.finish(prepared).await
    }

    /// Sends a request of the caller's own making.
    pub(crate) async fn send_custom(&self, parts: CustomParts) -> Result<ReceivedResponse, Error> {
        let operation = parts.operation;
        let span = span(&operation, &parts.url);
        let sent = self.finish(parts.into()).instrument(span).await;
        sent.map_err(|error| self.finished(error, operation.id))
    }

    /// An error of this call, which knows how the call went.
    pub(crate) fn finished(&self, error: Error, operation: &'static str) -> Error {
        let stats = self.stats();
        error.with(|inner| {
            inner.operation = Some(operation);
            inner.attempts = stats.attempts;
            inner.elapsed = stats.elapsed;
        })
    }

    /// How long the call may take, what its caller has patience for included.
    fn call_timeout(&self) -> Duration {
        let limits = &self.transport.limits;
        limits.call_timeout.saturating_add(self.caller.patience())
    }

    /// Sends what is prepared until it succeeds, or until enough was tried.
    async fn finish(&self, prepared: Prepared) -> Result<ReceivedResponse, Error> {
        let transport = &*self.transport;
        let prepared = Arc::new(prepared);
        let wall = || transport.clock.wall();
        let fail =
            |cause| Failure::of(cause).into_error(&prepared, transport.proxy.as_deref(), wall());
        // A clock's timers need one.
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(fail(Cause::NoRuntime));
        }
        transport.limits.check()?;
        let _open = transport
            .open_work
            .begin_call()
            .map_err(|_| fail(Cause::ClientShutDown))?;
        let mut running = RunningCall {
            call: self,
            prepared: prepared.clone(),
            progress: Arc::default(),
            started: transport.clock.now(),
            deadline: transport.clock.guard(self.call_timeout()),
        };
        let outcome = running.attempts().await;
        self.note(|stats| {
            stats.attempts = running.progress.attempts();
            stats.elapsed = running.elapsed();
        });
        match outcome {
            Ok(response) => {
                self.note(|stats| stats.status = Some(response.status.as_u16()));
                Ok(response)
            }
            Err(failure) => Err(failure.into_error(&prepared, transport.proxy.as_deref(), wall())),
        }
    }
}

/// Why a call makes no further attempt, though none has decided it.
enum Stop {
    /// The rate limit lets none through in time; how long it would take.
    RateLimited(Duration),
    /// The time is up.
    TimedOut(Failure),
}

/// A call under way.
struct RunningCall<'a> {
    call: &'a Call,
    prepared: Arc<Prepared>,
    progress: Arc<Progress>,
    started: Instant,
    deadline: Sleep,
}

impl RunningCall<'_> {
    fn transport(&self) -> &Arc<Transport> {
        &self.call.transport
    }

    fn now(&self) -> Instant {
        self.transport().clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.now().saturating_duration_since(self.started)
    }

    /// How long it has taken, less the time that the caller had the patience to be held back.
    fn elapsed_without_patience(&self) -> Duration {
        let held = self.progress.waited(self.now()).rate_limit;
        let patience = held.min(self.call.caller.patience());
        self.elapsed().saturating_sub(patience)
    }

    /// Sets the deadline anew for a caller that has patience, which only some waits use up.
    fn set_deadline(&mut self, patience: Duration) {
        if !self.call.caller.patience().is_zero() {
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
    async fn attempts(&mut self) -> Result<ReceivedResponse, Failure> {
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
                    return Ok(ReceivedResponse::empty());
                }
                Ok(AttemptEnd::Failed(failure)) => failure,
                // Its turn has passed, or a limit has become known: it queues again.
                Ok(AttemptEnd::NotAdmitted) => {
                    wait = Duration::ZERO;
                    continue;
                }
                Err(Stop::TimedOut(failure)) => {
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
            match self.decide(&failure) {
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
        let patience = self.call.caller.patience().saturating_sub(held);
        self.set_deadline(patience);
        let scope = Scope::new(self.prepared.operation.path, self.prepared.url.path());
        let admitted = {
            let admission = pin!(transport.governor.admit(
                &scope,
                &self.call.caller,
                wait,
                self.left().saturating_add(patience),
                &*transport.clock,
            ));
            let closed = pin!(transport.open_work.closed());
            match select(select(admission, closed), &mut self.deadline).await {
                Either::Left((Either::Left((admitted, _)), _)) => Some(admitted),
                Either::Left((Either::Right(_), _)) => {
                    return Ok(AttemptEnd::Failed(Failure::of(Cause::ClientShutDown)));
                }
                Either::Right(_) => None,
            }
        };
        let held = self.now().saturating_duration_since(asked);
        let held = held.saturating_sub(wait);
        if !held.is_zero() {
            self.progress.add_rate_limit_wait(held);
            tracing::debug!(
                wait_seconds = held.as_secs_f64(),
                "held back by the rate limit"
            );
        }
        let Some(admitted) = admitted else {
            let after = self.call.call_timeout();
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
}

impl Execute for Call {
    fn execute<'a>(
        &'a self,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<reqwest::Response>> + Send + 'a>> {
        let span = span(operation, request.url());
        Box::pin(
            async move {
                Ok(match self.run(&request, operation).await {
                    Ok(response) => response.for_generated_code(operation),
                    Err(error) => ErrorCarrier::response(self.finished(error, operation.id)),
                })
            }
            .instrument(span),
        )
    }
}

/// The span of a call. It holds the template of its path, never the values.
fn span(operation: &Operation, url: &Url) -> tracing::Span {
    tracing::info_span!(
        "atlas.call",
        otel.name = name(operation).as_str(),
        http.request.method = operation.method,
        url.template = operation.path,
        server.address = url.host_str(),
        server.port = url.port_or_known_default(),
    )
}
