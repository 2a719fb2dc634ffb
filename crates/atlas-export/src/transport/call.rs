//! One call: what the generated client executes its request with, and what is known of it
//! afterwards.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use atlas_export_api::{Execute, Operation};
use tracing::Instrument as _;
use url::Url;

use super::{
    call_watch::CallWatch,
    caller::Caller,
    error_carrier::ErrorCarrier,
    failure::{Cause, Failure},
    progress::Progress,
    request::{CustomParts, Prepared, name},
    response::ReceivedResponse,
    running_call::RunningCall,
    shared_state::Transport,
};
use crate::error::Error;

/// One call: what the generated client is given to execute its request with.
#[derive(Debug)]
pub(crate) struct Call {
    transport: Arc<Transport>,
    caller: Caller,
    stats: Mutex<CallStats>,
    /// There from when the call begins until it has been told how it ended.
    watch: Mutex<Option<CallWatch>>,
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
            watch: Mutex::default(),
        }
    }

    /// Tells the observer how the call has ended, once.
    pub(crate) fn tell_end<T>(&self, outcome: &Result<T, Error>) {
        let watch = self
            .watch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match (watch, outcome) {
            (Some(watch), Ok(_)) => watch.succeeded(self.stats().status),
            (Some(watch), Err(error)) => watch.failed(error),
            (None, _) => {}
        }
    }

    /// Begins to watch the call, if anybody wants to know.
    fn watch(&self, operation: &Operation, progress: &Arc<Progress>) -> Option<CallWatch> {
        let transport = &self.transport;
        let watcher = &transport.watcher;
        let watch = watcher.is_watching().then(|| CallWatch {
            watcher: watcher.clone(),
            operation: watcher.operation(operation.id, operation.method, operation.path),
            clock: transport.clock.clone(),
            progress: progress.clone(),
            started: transport.clock.now(),
        });
        watch.clone_into(&mut self.watch.lock().unwrap_or_else(PoisonError::into_inner));
        watch
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

    /// Sends what is prepared until it succeeds, or until enough was tried.
    async fn finish(&self, prepared: Prepared) -> Result<ReceivedResponse, Error> {
        let transport = &*self.transport;
        let prepared = Arc::new(prepared);
        let progress = Arc::default();
        let watch = self.watch(&prepared.operation, &progress);
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
        let parts = (self.transport.clone(), self.caller.clone());
        let mut running = RunningCall::begin(parts, prepared.clone(), progress, watch);
        let outcome = running.attempts().await;
        self.note(|stats| {
            stats.attempts = running.attempts_so_far();
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

impl Drop for Call {
    fn drop(&mut self) {
        let watch = self.watch.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(watch) = watch.take() {
            watch.cancelled();
        }
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
