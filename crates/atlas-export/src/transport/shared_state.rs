//! What all calls of a client share.
//!
//! Each stage adds to [`Transport`] what it does with it, in a file of its own above this one.

use std::{future::ready, sync::Arc, time::Duration};

use url::Url;

use super::{
    call_options::CallOptions,
    deprecation::Deprecations,
    limits::Limits,
    opening::Opening,
    provider::{provider_error::ProviderError, source::SessionSource},
    rate::governor::RateGovernor,
    retry::RetryPolicy,
    session::{Authentication, Session, SessionOpener},
    shutdown::OpenWork,
    slots::Slots,
    token::{source::TokenRules, token_error::TokenError},
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
    /// Which credentials these are, for people.
    pub(crate) description: String,
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

/// The sessions of a client, one after the other.
#[derive(Clone, Debug)]
pub(super) enum Sessions {
    /// The one pair of credentials that it was given.
    Fixed(Session),
    /// Those that a provider gives.
    Provided(Arc<SessionSource>),
}

impl Sessions {
    /// The session that a request is sent in.
    pub(super) async fn session(&self) -> Result<Session, ProviderError> {
        match self {
            Self::Fixed(session) => Ok(session.clone()),
            Self::Provided(source) => source.session().await,
        }
    }

    /// Another session than this one, which the server refuses, if there is one.
    pub(super) async fn other(&self, refused: u64) -> Result<Option<Session>, ProviderError> {
        match self {
            Self::Fixed(_) => Ok(None),
            Self::Provided(source) => source.other(refused).await,
        }
    }

    /// The session that there is, without asking for one.
    fn known(&self) -> Option<Session> {
        match self {
            Self::Fixed(session) => Some(session.clone()),
            Self::Provided(source) => source.known(),
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
    pub(super) sessions: Sessions,
    /// The credentials that it was given, for people.
    description: Arc<str>,
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
    pub(super) opening: Arc<Opening>,
    pub(super) deprecations: Arc<Deprecations>,
    pub(super) open_work: Arc<OpenWork>,
}

impl Transport {
    pub(crate) fn new(parts: TransportParts) -> Self {
        let open_work: Arc<OpenWork> = Arc::default();
        let opening = Arc::new(Opening::of(&parts.oauth_url));
        let opener = SessionOpener {
            http: parts.http.clone(),
            clock: parts.clock.clone(),
            watcher: parts.watcher.clone(),
            limits: parts.limits,
            oauth_url: parts.oauth_url,
            token_rules: TokenRules {
                retry: parts.retry,
                call_timeout: parts.limits.call_timeout,
                max_pause: parts.governor.max_pause(),
            },
            open_work: open_work.clone(),
            opening: opening.clone(),
        };
        let sessions = match parts.credentials {
            CheckedCredentials::Pair(pair) => {
                Sessions::Fixed(opener.open(0, pair, parts.description.clone()))
            }
            CheckedCredentials::Provider(provider) => {
                Sessions::Provided(Arc::new(SessionSource::new(provider, opener)))
            }
        };
        Self {
            http: parts.http,
            proxy: parts.proxy,
            sessions,
            description: parts.description.into(),
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
            opening,
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
        match self.sessions.known().map(|session| session.authentication) {
            Some(Authentication::Token(source)) => {
                source.revoke().await.map_err(TokenError::into_error)
            }
            Some(Authentication::Digest(_)) | None => Ok(()),
        }
    }

    /// Which credentials its requests are sent with.
    pub(crate) fn describe(&self) -> String {
        let known = self.sessions.known().map(|session| session.description);
        known
            .unwrap_or_else(|| self.description.clone())
            .as_ref()
            .into()
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
