//! What all calls of a client share.
//!
//! Each stage adds to [`Transport`] what it does with it, in a file of its own above this one.

use std::{future::ready, sync::Arc, time::Duration};

use digest_lanes::{LaneLimits, Lanes};

use super::{
    call_options::CallOptions, deprecation::Deprecations, limits::Limits,
    rate::governor::RateGovernor, retry::RetryPolicy, shutdown::OpenWork, slots::Slots,
};
use crate::{
    clock::{Clock, Sleep},
    version::Versions,
};

/// How long tasks that were aborted are waited for, which end as soon as their runtime runs.
const ABORT_GRACE: Duration = Duration::from_secs(1);

/// What a transport is made of.
#[derive(Debug)]
pub(crate) struct TransportParts {
    pub(crate) http: reqwest::Client,
    /// The proxy that was set, without its user and password, for messages.
    pub(crate) proxy: Option<String>,
    pub(crate) credentials: digest_lanes::Credentials,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) versions: Versions,
    /// The path of the base URL, below which the paths of the contract lie.
    pub(crate) base_path: String,
    /// Whether responses are asked for in an envelope.
    pub(crate) envelope: bool,
    pub(crate) limits: Limits,
    pub(crate) retry: RetryPolicy,
    pub(crate) governor: RateGovernor,
}

/// What all calls of a client share.
///
/// Cloning is cheap: everything that calls of one client have in common is behind an `Arc`, and
/// what is not may differ from call to call.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    pub(super) http: reqwest::Client,
    /// As in [`TransportParts`].
    pub(super) proxy: Option<String>,
    /// Of the client's one origin.
    pub(super) lanes: Arc<Lanes>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) versions: Arc<Versions>,
    /// As in [`TransportParts`].
    pub(super) base_path: String,
    pub(super) envelope: bool,
    pub(super) limits: Limits,
    pub(super) retry: RetryPolicy,
    pub(super) governor: RateGovernor,
    pub(super) slots: Arc<Slots>,
    pub(super) deprecations: Arc<Deprecations>,
    pub(super) open_work: Arc<OpenWork>,
}

impl Transport {
    pub(crate) fn new(parts: TransportParts) -> Self {
        let lane_limits = LaneLimits {
            max_idle: parts.limits.max_idle_lanes,
            ..LaneLimits::default()
        };
        Self {
            http: parts.http,
            proxy: parts.proxy,
            lanes: Arc::new(Lanes::new(parts.credentials, lane_limits)),
            clock: parts.clock,
            versions: Arc::new(parts.versions),
            base_path: parts.base_path,
            envelope: parts.envelope,
            slots: Arc::new(Slots::new(parts.limits.max_in_flight)),
            limits: parts.limits,
            retry: parts.retry,
            governor: parts.governor,
            deprecations: Arc::default(),
            open_work: Arc::default(),
        }
    }

    /// The same transport, for calls with other options: connections, authentication, slots and
    /// what is known of rate limits stay shared.
    pub(crate) fn with_options(&self, options: &CallOptions) -> Self {
        let mut other = self.clone();
        options.change(&mut other.limits);
        other.retry = options.retry.unwrap_or(self.retry);
        other
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn versions(&self) -> &Versions {
        &self.versions
    }

    /// The longest wait that a server is believed that describes no token bucket.
    pub(crate) fn max_pause(&self) -> Duration {
        self.governor.max_pause()
    }

    /// Lets no call begin any more, and those under way end until the deadline. Returns how
    /// many it cut off.
    pub(crate) async fn shut_down(&self, deadline: Duration) -> usize {
        let (deadline, grace) = match tokio::runtime::Handle::try_current() {
            Ok(_) => (self.clock.guard(deadline), self.clock.guard(ABORT_GRACE)),
            // Nothing is waited for where nothing can be.
            Err(_) => (Box::pin(ready(())) as Sleep, Box::pin(ready(())) as Sleep),
        };
        self.open_work.shut_down(deadline, grace).await
    }
}
