//! Why a provider gave no credentials, for everybody who waits for them.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use crate::{
    credentials::ProviderFailure,
    error::{Error, ErrorKind},
    redact::one_line,
};

/// Why there are no credentials. It is told to many, so a clone costs nothing.
#[derive(Clone, Debug)]
pub(in crate::transport) struct ProviderError(Arc<Reason>);

#[derive(Debug)]
struct Reason {
    kind: ErrorKind,
    message: String,
    /// Whether it may pass by itself.
    transient: bool,
    source: Option<SharedFailure>,
}

/// What the provider failed with, for many.
#[derive(Clone, Debug)]
struct SharedFailure(Arc<dyn StdError + Send + Sync>);

impl fmt::Display for SharedFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the provider of credentials failed")
    }
}

impl StdError for SharedFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

impl ProviderError {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Reason {
            kind,
            message: message.into(),
            transient: kind == ErrorKind::Authentication,
            source: None,
        }))
    }

    /// It said so itself.
    pub(super) fn failed(failure: ProviderFailure) -> Self {
        Self(Arc::new(Reason {
            kind: ErrorKind::Authentication,
            message: format!(
                "the provider of credentials failed: {}; see what it reads them from",
                one_line(&failure.to_string())
            ),
            transient: true,
            source: Some(SharedFailure(failure.into())),
        }))
    }

    pub(super) fn panicked() -> Self {
        Self::new(
            ErrorKind::Authentication,
            "the provider of credentials panicked: see the log of this program",
        )
    }

    pub(super) fn timed_out(after: Duration) -> Self {
        let seconds = after.as_secs_f64();
        Self::new(
            ErrorKind::Authentication,
            format!(
                "the provider of credentials gave none within {seconds} s: see what it waits for, \
                 or raise ClientBuilder::attempt_timeout"
            ),
        )
    }

    /// What it gave is no pair of credentials.
    pub(super) fn unusable(why: &str) -> Self {
        Self::new(
            ErrorKind::Authentication,
            format!("the provider of credentials gave some that are invalid: {why}"),
        )
    }

    pub(super) fn nested() -> Self {
        Self::unusable("another provider; give an API key or a service account")
    }

    pub(super) fn lost() -> Self {
        Self::new(
            ErrorKind::Authentication,
            "the provider of credentials was interrupted again and again: keep the tokio runtime \
             until the call has returned",
        )
    }

    /// It was not asked, and will not be.
    pub(super) fn not_asked(why: &str) -> Self {
        Self::new(ErrorKind::Config, why)
    }

    /// The error that a caller gets.
    pub(in crate::transport) fn into_error(self) -> Error {
        let reason = &*self.0;
        Error::new(reason.kind, reason.message.clone()).with(|inner| {
            inner.transient = reason.transient;
            inner.source = reason.source.clone().map(|source| Box::new(source) as _);
        })
    }
}

/// Each of these errors, for the table of all messages.
#[cfg(test)]
pub(in crate::transport) fn each() -> impl Iterator<Item = ProviderError> {
    [
        ProviderError::failed("permission denied".into()),
        ProviderError::panicked(),
        ProviderError::timed_out(Duration::from_secs(60)),
        ProviderError::unusable("the private key is empty: give it as Atlas showed it"),
        ProviderError::nested(),
        ProviderError::lost(),
    ]
    .into_iter()
}
