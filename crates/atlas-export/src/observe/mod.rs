//! Observing calls, for metrics.
//!
//! An [`Observer`] is told what ends, at three levels:
//!
//! | | what it is | when it is told |
//! |---|---|---|
//! | [`ObservedRequest`] | one request on the wire: one for a challenge or an access token too | when its answer was read, or it broke off |
//! | [`ObservedAttempt`] | one attempt of a call, with the requests that it took | when it is decided whether there is another one |
//! | [`ObservedCall`] | one call, with its attempts | when its outcome is known, or it was dropped |
//!
//! Each page of a list, each poll of a wait and each step of an `ensure` is a call. What is refused
//! before the client begins to work on it, an id that is none for instance, is no call.
//!
//! There is no secret in what is told, no value of a path, no query, no header and no body. Times
//! are measured by the client's [`Clock`](crate::clock::Clock).
//!
//! ```
//! use std::sync::{Arc, atomic::{AtomicU64, Ordering::Relaxed}};
//! use atlas_export::{Client, Credentials, observe::{ObservedCall, Observer, Outcome}};
//!
//! #[derive(Default)]
//! struct Failures(AtomicU64);
//!
//! impl Observer for Failures {
//!     fn on_call(&self, call: &ObservedCall) {
//!         if call.outcome == Outcome::Failed {
//!             self.0.fetch_add(1, Relaxed);
//!         }
//!     }
//! }
//!
//! let failures = Arc::new(Failures::default());
//! let atlas = Client::builder()
//!     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
//!     .observer(failures.clone())
//!     .build()?;
//! # let _ = atlas;
//! # Ok::<(), atlas_export::Error>(())
//! ```
//!
//! # OpenTelemetry
//!
//! The crate depends on no library for metrics. What its
//! [conventions for HTTP clients](https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-client)
//! name comes from [`on_request`](Observer::on_request):
//!
//! | instrument | value |
//! |---|---|
//! | `http.client.request.duration`, a histogram in seconds | [`duration`](ObservedRequest::duration) |
//! | `http.client.request.body.size`, a histogram in bytes | [`bytes_sent`](ObservedRequest::bytes_sent) |
//! | `http.client.response.body.size`, the same | [`bytes_received`](ObservedRequest::bytes_received), decompressed |
//!
//! | attribute | value |
//! |---|---|
//! | `http.request.method` | [`method`](ObservedRequest::method) |
//! | `http.response.status_code` | [`status`](ObservedRequest::status), where there is one |
//! | `error.type` | [`error_type`](ObservedRequest::error_type), where there is one |
//! | `http.request.resend_count` | [`attempt`](ObservedRequest::attempt) less one |
//! | `url.template` | [`operation.path_template`](ObservedOperation::path_template) |
//! | `server.address`, `server.port` | [`operation`](ObservedRequest::operation)`.server_address`, `.server_port` |
//!
//! `examples/metrics.rs` is such an observer, and a test.

mod observed;
mod watcher;

pub use observed::{
    ObservedAttempt, ObservedCall, ObservedOperation, ObservedRequest, Outcome, Purpose, Waits,
};
pub(crate) use watcher::{Watcher, code};

/// Is told of requests, attempts and calls as they end. Set by
/// [`ClientBuilder::observer`](crate::ClientBuilder::observer) for a client, its clones, and what
/// [`Client::with_options`](crate::Client::with_options) makes of it.
///
/// It is called where the end is found, on a thread of the runtime and under no lock of the client,
/// so it may make calls of its own; it should add to a counter or send to a channel, and not
/// block. Several threads may be in it at once. If it panics, the panic is caught and told as a
/// `tracing` event, and the call goes on as if nothing had happened (where a program is built with
/// `panic = "abort"`, it ends).
///
/// Of a call that is dropped, the call and its attempt are told at once, and the request under way
/// when its task has ended, which is a little later. Of a client that is shut down likewise.
pub trait Observer: Send + Sync + 'static {
    /// A request has ended.
    fn on_request(&self, request: &ObservedRequest) {
        let _ = request;
    }

    /// An attempt has ended.
    fn on_attempt(&self, attempt: &ObservedAttempt) {
        let _ = attempt;
    }

    /// A call has ended.
    fn on_call(&self, call: &ObservedCall) {
        let _ = call;
    }
}
