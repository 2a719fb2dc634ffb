//! What all calls of a client share.
//!
//! Each stage adds to [`Transport`] what it does with it, in a file of its own above this one.

use std::{future::ready, sync::Arc, time::Duration};

use digest_lanes::{LaneLimits, Lanes};
use url::Url;

use super::{
    call_options::CallOptions,
    deprecation::Deprecations,
    limits::Limits,
    rate::governor::RateGovernor,
    retry::RetryPolicy,
    shutdown::OpenWork,
    slots::Slots,
    token::{
        endpoint::TokenEndpoint,
        source::{TokenRules, TokenSource},
        token_error::TokenError,
    },
};
use crate::{
    clock::{Clock, Sleep},
    credentials::CheckedCredentials,
    error::Error,
    observe::Watcher,
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
    pub(crate) credentials: CheckedCredentials,
    /// Below which the endpoints of service accounts lie, with a slash at its end.
    pub(crate) oauth_url: Url,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) versions: Versions,
    /// The path of the base URL, below which the paths of the contract lie.
    pub(crate) base_path: String,
    /// Whether responses are asked for in an envelope.
    pub(crate) envelope: bool,
    pub(crate) limits: Limits,
    pub(crate) retry: RetryPolicy,
    pub(crate) governor: RateGovernor,
    pub(crate) watcher: Watcher,
}

/// How the sender of requests is known.
#[derive(Clone, Debug)]
pub(super) enum Authentication {
    /// An API key: challenges and answers, of the client's one origin.
    Digest(Arc<Lanes>),
    /// A service account: one access token.
    Token(Arc<TokenSource>),
}

impl Authentication {
    /// Whether the server has let a request in, or refuses no key.
    pub(super) fn key_has_worked(&self) -> bool {
        match self {
            Self::Digest(lanes) => lanes.key_has_worked(),
            Self::Token(_) => true,
        }
    }
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
    pub(super) authentication: Authentication,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) versions: Arc<Versions>,
    /// As in [`TransportParts`].
    pub(super) base_path: String,
    pub(super) envelope: bool,
    pub(super) limits: Limits,
    pub(super) retry: RetryPolicy,
    pub(super) governor: RateGovernor,
    pub(super) watcher: Watcher,
    pub(super) slots: Arc<Slots>,
    pub(super) deprecations: Arc<Deprecations>,
    pub(super) open_work: Arc<OpenWork>,
}

impl Transport {
    pub(crate) fn new(parts: TransportParts) -> Self {
        let open_work: Arc<OpenWork> = Arc::default();
        let authentication = match parts.credentials {
            CheckedCredentials::ApiKey(key) => {
                let limits = LaneLimits {
                    max_idle: parts.limits.max_idle_lanes,
                    ..LaneLimits::default()
                };
                Authentication::Digest(Arc::new(Lanes::new(key, limits)))
            }
            CheckedCredentials::ServiceAccount(account) => {
                let (http, clock) = (parts.http.clone(), parts.clock.clone());
                let (limits, url) = (parts.limits, &parts.oauth_url);
                let watcher = parts.watcher.clone();
                let endpoint = TokenEndpoint::new(http, clock, watcher, limits, account, url);
                let rules = TokenRules {
                    retry: parts.retry,
                    call_timeout: parts.limits.call_timeout,
                    max_pause: parts.governor.max_pause(),
                };
                let clock = parts.clock.clone();
                let source = TokenSource::new(endpoint, rules, clock, open_work.clone());
                Authentication::Token(Arc::new(source))
            }
        };
        Self {
            http: parts.http,
            proxy: parts.proxy,
            authentication,
            clock: parts.clock,
            versions: Arc::new(parts.versions),
            base_path: parts.base_path,
            envelope: parts.envelope,
            slots: Arc::new(Slots::new(parts.limits.max_in_flight)),
            limits: parts.limits,
            retry: parts.retry,
            governor: parts.governor,
            watcher: parts.watcher,
            deprecations: Arc::default(),
            open_work,
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

    /// Gives the access token of a service account back, if there is one.
    pub(crate) async fn revoke_token(&self) -> Result<(), Error> {
        match &self.authentication {
            Authentication::Digest(_) => Ok(()),
            Authentication::Token(source) => source.revoke().await.map_err(TokenError::into_error),
        }
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
