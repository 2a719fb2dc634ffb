//! Why there is no access token, for everybody who waits for it.

use std::{sync::Arc, time::Duration};

use crate::error::{ApiError, Error, ErrorKind};

/// Why there is no access token. It is told to many, so a clone costs nothing.
#[derive(Clone, Debug)]
pub(in crate::transport) struct TokenError(Arc<Reason>);

/// The reason, in full.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
    pub(super) status: Option<u16>,
    pub(super) api: Option<ApiError>,
    /// How long the server asked to wait.
    pub(super) retry_after: Option<Duration>,
    /// Whether it may pass by itself.
    pub(super) transient: bool,
    pub(super) source: Option<Arc<reqwest::Error>>,
}

impl Reason {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
            api: None,
            retry_after: None,
            transient: false,
            source: None,
        }
    }
}

impl From<Reason> for TokenError {
    fn from(reason: Reason) -> Self {
        Self(Arc::new(reason))
    }
}

impl TokenError {
    /// Whether asking again would give the same.
    pub(super) fn is_definite(&self) -> bool {
        !self.0.transient && !self.is_rate_limit()
    }

    /// Whether the server refuses the account: its secret, or each token that it gets.
    pub(in crate::transport) fn refuses_the_account(&self) -> bool {
        self.0.status == Some(401)
    }

    /// Whether the endpoint was asked too often.
    pub(super) fn is_rate_limit(&self) -> bool {
        self.0.kind == ErrorKind::RateLimited
    }

    /// How long the server asked to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The same, of which so much of the wait is left.
    pub(super) fn with_wait(&self, wait: Duration) -> Self {
        let mut reason = Reason::clone(&self.0);
        reason.retry_after = Some(wait);
        reason.into()
    }

    /// The error that a caller gets.
    pub(in crate::transport) fn into_error(self) -> Error {
        let reason = Arc::unwrap_or_clone(self.0);
        Error::new(reason.kind, reason.message).with(|inner| {
            inner.status = reason.status;
            inner.api = reason.api;
            inner.retry_after = reason.retry_after;
            inner.transient = reason.transient;
            inner.source = reason.source.map(|source| Box::new(source) as _);
        })
    }
}
