//! The one pipeline that every request goes through.
//!
//! ```text
//! prepare   method, URL, version headers, body            request.rs
//!   attempt ─┬ authenticate  digest lanes                 auth.rs
//!            ├ send          reqwest, redirects off
//!            ├ read          body under a bound           body.rs
//!            └ unwrap        envelope                     envelope.rs
//!   retry?   a pure decision                              retry.rs
//! failure → Error                                         failure.rs
//! ```
//!
//! It never lets an HTTP status other than success through to the generated code: what fails
//! becomes an [`Error`], which travels in the extensions of a made-up response.

mod attempt;
mod auth;
mod body;
mod envelope;
mod failure;
mod request;
mod retry;

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
use tracing::Instrument as _;

use self::{
    attempt::Answer,
    auth::Auth,
    failure::{Cause, Failure},
    request::Prepared,
};
use crate::{ApiVersion, Error, clock::Clock};

pub use retry::RetryPolicy;

/// The status of the made-up response that carries an error. No operation documents it.
const FAULT: u16 = 999;

/// The bounds of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) call_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_body: usize,
}

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    auth: Auth,
    clock: Arc<dyn Clock>,
    version: ApiVersion,
    /// The path of the base URL, below which the paths of the contract lie.
    base_path: String,
    envelope: bool,
    limits: Limits,
    retry: RetryPolicy,
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
        version: ApiVersion,
        base_path: String,
        envelope: bool,
        limits: Limits,
        retry: RetryPolicy,
    ) -> Self {
        Self {
            http,
            auth: Auth::new(credentials),
            clock,
            version,
            base_path,
            envelope,
            limits,
            retry,
        }
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }
}

/// One call: what the generated client is given to execute its request with.
#[derive(Debug)]
pub(crate) struct Call {
    transport: Arc<Transport>,
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
        let prepared = Prepared::new(request, operation, transport.version, &transport.base_path)?;
        self.finish(&prepared).await
    }

    /// Sends what is prepared until it succeeds, or until enough was tried.
    async fn finish(&self, prepared: &Prepared) -> Result<Answer, Error> {
        let transport = &*self.transport;
        let started = transport.clock.now();
        // Whether the server may have acted on what was sent.
        let acted = AtomicBool::new(false);
        let outcome = {
            let attempts = pin!(self.attempts(prepared, &acted, started));
            let deadline = transport.clock.guard(transport.limits.call_timeout);
            match select(attempts, deadline).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right(((), _)) => Err(Failure {
                    cause: Cause::Timeout(transport.limits.call_timeout),
                    acted: acted.load(Ordering::Relaxed),
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
        acted: &AtomicBool,
        started: Instant,
    ) -> Result<Answer, Failure> {
        let transport = &*self.transport;
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.note(|course| course.attempts = attempt);
            let failure = match transport.attempt(prepared, acted).await {
                Ok(answer) => {
                    tracing::debug!(attempt, status = answer.status.as_u16(), "answered");
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            let wait = transport.retry.decide(
                &failure,
                prepared.idempotent(),
                attempt,
                transport.clock.now() - started,
                transport.limits.call_timeout,
                &*transport.clock,
            );
            tracing::debug!(
                attempt,
                status = failure.status(),
                reason = failure.reason(),
                wait_seconds = wait.map(|wait| wait.as_secs_f64()),
                "failed"
            );
            match wait {
                Some(wait) => transport.clock.sleep(wait).await,
                None => return Err(failure),
            }
        }
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
