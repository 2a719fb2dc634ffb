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

use super::{
    FAULT, Transport,
    attempt::Answer,
    caller::Caller,
    failure::{Cause, Failure},
    gone::is_gone,
    rate::Scope,
    request::Prepared,
    retry::Situation,
    task::Ended,
    traces::Traces,
};
use crate::{Error, clock::Sleep};

/// One call: what the generated client is given to execute its request with.
#[derive(Debug)]
pub(crate) struct Call {
    transport: Arc<Transport>,
    caller: Caller,
    course: Mutex<Course>,
}

/// How a call went, for errors that arise after the transport has done its part.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Course {
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
            course: Mutex::default(),
        }
    }

    pub(crate) fn course(&self) -> Course {
        *self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, set: impl FnOnce(&mut Course)) {
        set(&mut self.course.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn run(
        &self,
        request: &reqwest::Request,
        operation: &'static Operation,
    ) -> Result<Answer, Error> {
        self.note(|course| course.operation = Some(operation));
        let transport = &*self.transport;
        let prepared = Prepared::new(
            request,
            operation,
            &transport.versions,
            &transport.base_path,
        )?;
        self.finish(prepared).await
    }

    /// Sends a request that no operation describes: status and body of the answer.
    #[cfg(feature = "raw")]
    pub(crate) async fn raw(
        &self,
        method: http::Method,
        url: url::Url,
        body: Option<bytes::Bytes>,
    ) -> Result<(u16, bytes::Bytes), Error> {
        let prepared = Prepared::raw(method, url, body);
        let answer = self.finish(prepared).await?;
        Ok((answer.status.as_u16(), answer.body))
    }

    /// How long the call may take, what its caller has patience for included.
    fn call_timeout(&self) -> Duration {
        let limits = &self.transport.limits;
        limits.call_timeout.saturating_add(self.caller.patience())
    }

    /// Sends what is prepared until it succeeds, or until enough was tried.
    async fn finish(&self, prepared: Prepared) -> Result<Answer, Error> {
        let transport = &*self.transport;
        let prepared = Arc::new(prepared);
        let wall = || transport.clock.wall();
        let fail =
            |cause| Failure::of(cause).into_error(&prepared, transport.proxy.as_deref(), wall());
        // A clock's timers need one.
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(fail(Cause::NoRuntime));
        }
        let _open = transport
            .life
            .begin_call()
            .map_err(|_| fail(Cause::ShutDown))?;
        let mut running = Running {
            call: self,
            prepared: prepared.clone(),
            traces: Arc::default(),
            started: transport.clock.now(),
            deadline: transport.clock.guard(self.call_timeout()),
        };
        let outcome = running.attempts().await;
        self.note(|course| {
            course.attempts = running.traces.attempts();
            course.elapsed = running.elapsed();
        });
        match outcome {
            Ok(answer) => {
                self.note(|course| course.status = Some(answer.status.as_u16()));
                Ok(answer)
            }
            Err(failure) => Err(failure.into_error(&prepared, transport.proxy.as_deref(), wall())),
        }
    }
}

/// Why a call makes no further attempt, though none has decided it.
enum Stop {
    /// The rate limit lets none through in time; how long it would take.
    Held(Duration),
    /// The time is up.
    Late(Failure),
}

/// A call under way.
struct Running<'a> {
    call: &'a Call,
    prepared: Arc<Prepared>,
    traces: Arc<Traces>,
    started: Instant,
    deadline: Sleep,
}

impl Running<'_> {
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
    fn counted(&self) -> Duration {
        let held = self.traces.waited(self.now()).rate_limit;
        let patience = held.min(self.call.caller.patience());
        self.elapsed().saturating_sub(patience)
    }

    /// Sets the deadline anew for a caller that has patience, which only some waits use up.
    fn set_deadline(&mut self, patience: Duration) {
        if !self.call.caller.patience().is_zero() {
            let transport = self.transport();
            let left = transport.limits.call_timeout.saturating_sub(self.counted());
            self.deadline = transport.clock.guard(left.saturating_add(patience));
        }
    }

    /// The time that is left for an attempt to begin.
    fn left(&self) -> Duration {
        let transport = self.transport();
        let within = transport.retry.begins_within(transport.limits.call_timeout);
        within.saturating_sub(self.counted())
    }

    /// Attempts until one succeeds or the policy says that it is enough.
    async fn attempts(&mut self) -> Result<Answer, Failure> {
        let mut wait = Duration::ZERO;
        let mut before: Option<Failure> = None;
        loop {
            let mut failure = match self.attempt(wait).await {
                Ok(Ended::Answered(answer)) => {
                    tracing::debug!(
                        http.request.resend_count = self.resends(),
                        http.response.status_code = answer.status.as_u16(),
                        "answered"
                    );
                    return Ok(answer);
                }
                // It is gone, and it may well have been us.
                Ok(Ended::Failed(failure))
                    if self.traces.is_lost() && is_gone(&failure, &self.prepared) =>
                {
                    tracing::debug!(
                        http.request.resend_count = self.resends(),
                        "an earlier attempt has deleted it"
                    );
                    return Ok(Answer::empty());
                }
                Ok(Ended::Failed(failure)) => failure,
                // Its turn has passed, or a limit has become known: it queues again.
                Ok(Ended::NotAdmitted) => {
                    wait = Duration::ZERO;
                    continue;
                }
                Err(Stop::Late(failure)) => {
                    return Err(Failure {
                        lost_before: self.traces.is_lost(),
                        ..failure
                    });
                }
                // What came before says more than that there is no time left.
                Err(Stop::Held(wait)) => {
                    return Err(Failure {
                        held_for: Some(wait),
                        lost_before: self.traces.is_lost(),
                        ..before.unwrap_or_else(|| Failure::of(Cause::RateLimited))
                    });
                }
            };
            failure.lost_before = self.traces.is_lost();
            if failure.is_lost() {
                self.traces.note_lost();
            }
            match self.decide(&failure) {
                Some(next) => wait = next,
                None => return Err(failure),
            }
            before = Some(failure);
        }
    }

    /// One attempt, after a wait and when it is let through.
    async fn attempt(&mut self, wait: Duration) -> Result<Ended, Stop> {
        let transport = self.transport().clone();
        let asked = self.now();
        let held = self.traces.waited(asked).rate_limit;
        let patience = self.call.caller.patience().saturating_sub(held);
        self.set_deadline(patience);
        let scope = Scope::of(&self.prepared);
        let admitted = {
            let admission = pin!(transport.governor.admit(
                &scope,
                &self.call.caller,
                wait,
                self.left().saturating_add(patience),
                &*transport.clock,
            ));
            let closed = pin!(transport.life.closed());
            match select(select(admission, closed), &mut self.deadline).await {
                Either::Left((Either::Left((admitted, _)), _)) => Some(admitted),
                Either::Left((Either::Right(_), _)) => {
                    return Ok(Ended::Failed(Failure::of(Cause::ShutDown)));
                }
                Either::Right(_) => None,
            }
        };
        let held = self.now().saturating_duration_since(asked);
        let held = held.saturating_sub(wait);
        if !held.is_zero() {
            self.traces.was_held(held);
            tracing::debug!(
                wait_seconds = held.as_secs_f64(),
                "held back by the rate limit"
            );
        }
        let Some(admitted) = admitted else {
            let cause = transport.timed_out(self.call.call_timeout(), &self.traces);
            return Err(Stop::Late(Failure::of(cause)));
        };
        let ticket = admitted.map_err(Stop::Held)?;
        let left = self.left();
        // It had patience for the rate limit, and for nothing else.
        self.set_deadline(Duration::ZERO);
        let parts = (self.prepared.clone(), self.traces.clone());
        transport
            .on_a_task(parts, ticket, left, &mut self.deadline)
            .await
            .map_err(Stop::Late)
    }

    /// Whether there is another attempt, and after which wait.
    fn decide(&self, failure: &Failure) -> Option<Duration> {
        let transport = self.transport();
        let situation = Situation {
            failure,
            idempotent: self.prepared.idempotent(),
            attempt: self.traces.attempts(),
            elapsed: self.counted(),
            deadline: transport.limits.call_timeout,
        };
        let wait = transport.retry.decide(&situation, &*transport.clock);
        tracing::debug!(
            http.request.resend_count = self.resends(),
            http.response.status_code = failure.status(),
            error.type = failure.reason(),
            wait_seconds = wait.map(|wait| wait.as_secs_f64()),
            "failed"
        );
        wait
    }

    fn resends(&self) -> u32 {
        self.traces.attempts().saturating_sub(1)
    }
}

impl Execute for Call {
    fn execute<'a>(
        &'a self,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<reqwest::Response>> + Send + 'a>> {
        let span = tracing::info_span!(
            "atlas.call",
            otel.name = operation.id,
            http.request.method = operation.method,
            url.template = operation.path,
            server.address = request.url().host_str(),
            server.port = request.url().port_or_known_default(),
        );
        Box::pin(
            async move {
                Ok(match self.run(&request, operation).await {
                    Ok(answer) => answer.into_response(operation),
                    Err(error) => Fault::response(error.with(|inner| {
                        let course = self.course();
                        inner.operation = Some(operation.id);
                        inner.attempts = course.attempts;
                        inner.elapsed = course.elapsed;
                    })),
                })
            }
            .instrument(span),
        )
    }
}

/// An error on its way through the generated code.
///
/// Extensions must be `Clone`, which an error is not; whoever takes it first has it.
#[derive(Clone)]
pub(crate) struct Fault(Arc<Mutex<Option<Error>>>);

impl Fault {
    fn response(error: Error) -> reqwest::Response {
        let mut response = http::Response::new(Vec::new());
        if let Ok(status) = http::StatusCode::from_u16(FAULT) {
            *response.status_mut() = status;
        }
        response
            .extensions_mut()
            .insert(Self(Arc::new(Mutex::new(Some(error)))));
        response.into()
    }

    /// The error in a response, if it carries one.
    pub(crate) fn take(response: &reqwest::Response) -> Option<Error> {
        let Self(fault) = response.extensions().get()?;
        fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
