//! The one pipeline that every request goes through.
//!
//! ```text
//! prepare   method, URL, version headers, body            request.rs
//!   attempt ─┬ govern        a token, a free slot         governor.rs
//!            ├ authenticate  digest lanes                 auth.rs
//!            ├ send          reqwest, redirects off       attempt.rs
//!            ├ read          body under a bound           body.rs
//!            └ unwrap        envelope                     envelope.rs
//!   learn    rate limits, deprecations                    lesson.rs, deprecation.rs
//!   retry?   a pure decision                              retry.rs
//! failure → Error                                         failure.rs
//! ```
//!
//! It never lets an HTTP status other than success through to the generated code: what fails
//! becomes an [`Error`], which travels in the extensions of a made-up response.

mod attempt;
mod auth;
mod body;
mod deprecation;
pub(crate) mod envelope;
mod failure;
mod governor;
mod lesson;
mod request;
mod retry;
mod unsent;

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use atlas_export_api::{Execute, Operation};
use futures_util::future::{Either, select};
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use self::{
    auth::Auth,
    deprecation::Deprecations,
    governor::{Family, Governor},
    lesson::{Lesson, lesson},
    request::Prepared,
    retry::Situation,
};
use crate::{Error, clock::Clock, version::Versions};

pub(crate) use attempt::Answer;
pub(crate) use failure::{Cause, Failure};
pub(crate) use lesson::retry_after;
pub use retry::{Backoff, RetryPolicy};

/// The status of the made-up response that carries an error. No operation documents it.
const FAULT: u16 = 999;

/// The bounds of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) call_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_body: usize,
    pub(crate) max_idle_lanes: usize,
    pub(crate) max_in_flight: usize,
}

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    auth: Auth,
    clock: Arc<dyn Clock>,
    versions: Versions,
    /// The path of the base URL, below which the paths of the contract lie.
    base_path: String,
    envelope: bool,
    limits: Limits,
    retry: RetryPolicy,
    governor: Governor,
    /// One for each request that may be in flight.
    slots: Semaphore,
    deprecations: Deprecations,
}

impl Transport {
    #[expect(
        clippy::too_many_arguments,
        reason = "called once, by the builder; each is one part of the pipeline"
    )]
    pub(crate) fn new(
        http: reqwest::Client,
        credentials: digest_lanes::Credentials,
        clock: Arc<dyn Clock>,
        versions: Versions,
        base_path: String,
        envelope: bool,
        limits: Limits,
        retry: RetryPolicy,
    ) -> Self {
        Self {
            http,
            auth: Auth::new(credentials, limits.max_idle_lanes),
            governor: Governor::default(),
            slots: Semaphore::new(limits.max_in_flight.min(Semaphore::MAX_PERMITS)),
            deprecations: Deprecations::default(),
            clock,
            versions,
            base_path,
            envelope,
            limits,
            retry,
        }
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn versions(&self) -> &Versions {
        &self.versions
    }
}

/// One call: what the generated client is given to execute its request with.
#[derive(Debug)]
pub(crate) struct Call {
    transport: Arc<Transport>,
    course: Mutex<Course>,
}

/// What a call may have left behind at the server, kept outside the attempts so that whoever
/// gives up on them knows.
#[derive(Debug, Default)]
struct Traces {
    /// Whether the server may have acted on the request that is under way.
    acted: AtomicBool,
    /// Whether an earlier attempt may have taken effect.
    lost: AtomicBool,
}

impl Traces {
    fn lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
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
    pub(crate) fn new(transport: Arc<Transport>) -> Self {
        Self {
            transport,
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
        self.finish(&prepared).await
    }

    /// Sends what is prepared until it succeeds, or until enough was tried.
    async fn finish(&self, prepared: &Prepared) -> Result<Answer, Error> {
        let transport = &*self.transport;
        let started = transport.clock.now();
        let traces = Traces::default();
        let outcome = {
            let attempts = pin!(self.attempts(prepared, &traces, started));
            let deadline = transport.clock.guard(transport.limits.call_timeout);
            match select(attempts, deadline).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right(((), _)) => Err(Failure {
                    cause: Cause::Timeout(transport.limits.call_timeout),
                    acted: traces.acted.load(Ordering::Relaxed),
                    lost_before: traces.lost.load(Ordering::Relaxed),
                }),
            }
        };
        self.note(|course| course.elapsed = transport.clock.now() - started);
        match outcome {
            Ok(answer) => {
                self.note(|course| course.status = Some(answer.status.as_u16()));
                Ok(answer)
            }
            Err(failure) => Err(failure.into_error(prepared, transport.clock.wall())),
        }
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
        let answer = self.finish(&prepared).await?;
        Ok((answer.status.as_u16(), answer.body))
    }

    /// Attempts until one succeeds or the policy says that it is enough.
    async fn attempts(
        &self,
        prepared: &Prepared,
        traces: &Traces,
        started: Instant,
    ) -> Result<Answer, Failure> {
        let transport = &*self.transport;
        let clock = &*transport.clock;
        let family = transport.governor.family(prepared.operation.path);
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.note(|course| course.attempts = attempt);
            let (sent, outcome) = transport.governed(&family, prepared, &traces.acted).await;
            let failure = match outcome {
                Ok(answer) => {
                    tracing::debug!(
                        http.request.resend_count = attempt - 1,
                        http.response.status_code = answer.status.as_u16(),
                        "answered"
                    );
                    return Ok(answer);
                }
                // It is gone, and it may well have been us.
                Err(failure) if traces.lost() && is_gone(&failure, prepared) => {
                    tracing::debug!(
                        http.request.resend_count = attempt - 1,
                        "an earlier attempt has deleted it"
                    );
                    return Ok(Answer::empty());
                }
                Err(failure) => Failure {
                    lost_before: traces.lost(),
                    ..failure
                },
            };
            if failure.is_lost() {
                traces.lost.store(true, Ordering::Relaxed);
            }
            let wait = transport.retry.decide(
                &Situation {
                    failure: &failure,
                    idempotent: prepared.idempotent(),
                    attempt,
                    elapsed: clock.now() - started,
                    deadline: transport.limits.call_timeout,
                },
                clock,
            );
            tracing::debug!(
                http.request.resend_count = attempt - 1,
                http.response.status_code = failure.status(),
                error.type = failure.reason(),
                wait_seconds = wait.map(|wait| wait.as_secs_f64()),
                "failed"
            );
            let limited = transport.learn(&family, &failure, sent, wait);
            match wait {
                // The governor has the wait, and whoever came first goes first.
                Some(_) if limited => {}
                Some(wait) => clock.sleep(wait).await,
                None => return Err(failure),
            }
        }
    }
}

impl Transport {
    /// One attempt, once there is a token and a slot for it; and when that was.
    async fn governed(
        &self,
        family: &Family,
        prepared: &Prepared,
        acted: &AtomicBool,
    ) -> (Instant, Result<Answer, Failure>) {
        acted.store(false, Ordering::Relaxed);
        let waited = family.admit(&*self.clock).await;
        if !waited.is_zero() {
            tracing::debug!(
                wait_seconds = waited.as_secs_f64(),
                "held back by the rate limit"
            );
        }
        // Never closed, so there is always a slot in the end.
        let _slot = self.slots.acquire().await.ok();
        let sent = self.clock.now();
        let outcome = self.attempt(prepared, acted).await;
        let headers = match &outcome {
            Ok(answer) => Some(&answer.headers),
            Err(failure) => failure.headers(),
        };
        if let Some(headers) = headers {
            self.deprecations.notice(prepared.operation.id, headers);
            if governor::is_exhausted(headers) {
                family.exhausted(self.clock.now());
            }
        }
        (sent, outcome)
    }

    /// Tells the governor what a refusal says about the rate. Whether it says anything.
    fn learn(
        &self,
        family: &Family,
        failure: &Failure,
        sent: Instant,
        wait: Option<Duration>,
    ) -> bool {
        if failure.status() != Some(429) {
            return false;
        }
        let now = self.clock.now();
        let wait = wait.or_else(|| retry_after(failure, self.clock.wall()));
        if let Some(lesson) = lesson(failure) {
            tracing::info!(
                wait_seconds = lesson.wait.as_secs_f64(),
                interval_seconds = lesson.interval.as_secs_f64(),
                "learned a rate limit"
            );
            let wait = wait.unwrap_or_default().max(lesson.wait);
            family.learn(Lesson { wait, ..lesson }, sent, now);
        } else if let Some(wait) = wait {
            family.pause(wait, now);
        }
        true
    }
}

/// Whether a deletion finds nothing to delete.
fn is_gone(failure: &Failure, prepared: &Prepared) -> bool {
    prepared.method == http::Method::DELETE && failure.status() == Some(404)
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
