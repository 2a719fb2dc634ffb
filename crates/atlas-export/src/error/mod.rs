//! What can go wrong, as one type.

mod api;
#[cfg(test)]
mod conversions;
mod help;
mod hint;
mod kind;
#[cfg(test)]
mod table;

use std::{error::Error as StdError, fmt, time::Duration};

use atlas_export_types::{
    ClusterName, InvalidClusterName, InvalidId, InvalidPageSize, OneLine, Undecodable,
};

pub(crate) use crate::redact::one_line;
pub use api::{ApiError, FieldError};
pub(crate) use hint::{PROXY, is_about_addresses};
pub use kind::ErrorKind;

/// Why a call did not give what was asked for.
///
/// `Display` is one line for a person, with the remedy where it is known. Causes are in
/// [`source`](StdError::source). Neither holds a body, a header or a secret.
///
/// ```
/// use atlas_export::{Client, ErrorKind};
///
/// let error = Client::builder().build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// assert!(error.to_string().contains("credentials"));
/// ```
pub struct Error(Box<Inner>);

pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) status: Option<u16>,
    pub(crate) api: Option<ApiError>,
    pub(crate) operation: Option<&'static str>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) retry_after: Option<Duration>,
    /// Whether the request may have changed something.
    pub(crate) effect: bool,
    /// Of a `Transport` or `Api` error: whether it may pass.
    pub(crate) transient: bool,
    /// Of a `Connect` error: whether it will not pass by itself.
    pub(crate) lasting: bool,
    pub(crate) raw: Option<Box<str>>,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            status: None,
            api: None,
            operation: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            retry_after: None,
            effect: false,
            transient: false,
            lasting: false,
            raw: None,
            source: None,
        }))
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// A `Config` error whose message is that of its cause.
    pub(crate) fn invalid(cause: impl StdError + Send + Sync + 'static) -> Self {
        Self::of_cause(ErrorKind::Config, cause)
    }

    /// An error that is about another one, which is kept whole as its source.
    pub(crate) fn of_cause(kind: ErrorKind, cause: impl StdError + Send + Sync + 'static) -> Self {
        Self::new(kind, String::new()).with_cause(cause)
    }

    /// The same error, about this cause.
    pub(crate) fn with_cause(self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.with(|inner| {
            inner.message = cause.to_string();
            inner.source = Some(Box::new(cause));
        })
    }

    /// What is known of the call that failed, without a message and a cause.
    pub(crate) fn outline(&self) -> Self {
        let inner = &*self.0;
        Self(Box::new(Inner {
            message: String::new(),
            api: inner.api.clone(),
            raw: inner.raw.clone(),
            source: None,
            ..*inner
        }))
    }

    /// The same error, of an operation.
    pub(crate) fn with_operation(self, operation: &'static str) -> Self {
        self.with(|inner| inner.operation = Some(operation))
    }

    /// An item of an answer that does not decode.
    pub(crate) fn undecodable(
        operation: &'static str,
        cluster: Option<&ClusterName>,
        item: Undecodable,
    ) -> Self {
        // What is no id is not repeated.
        let is_id = |id: &String| id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let mut message = operation.to_owned();
        if let Some(cluster) = cluster {
            message = format!("{message} of cluster {cluster}");
        }
        message = format!("{message}: {item}");
        if let Some(id) = id_of(&item).filter(is_id) {
            message = format!("{message} (its id is {id})");
        }
        Self::new(ErrorKind::Decode, message).with(|inner| {
            inner.operation = Some(operation);
            inner.raw = Some(item.raw().into());
            inner.source = Some(Box::new(item));
        })
    }

    pub(crate) fn with(mut self, set: impl FnOnce(&mut Inner)) -> Self {
        set(&mut self.0);
        self
    }

    pub(crate) fn of_status(status: u16, api: Option<ApiError>, media_type: Option<&str>) -> Self {
        Self::of_refusal(status, api, media_type, &[])
    }

    /// A refusal of an operation for which these roles suffice.
    pub(crate) fn of_refusal(
        status: u16,
        api: Option<ApiError>,
        media_type: Option<&str>,
        roles: &[&str],
    ) -> Self {
        let message = api::message(status, api.as_ref(), media_type, roles);
        Self::new(ErrorKind::Api, message).with(|inner| {
            inner.status = Some(status);
            inner.api = api;
        })
    }

    /// A refused key: Atlas's own words, then what can be done about it, unless they are about
    /// something else that has an advice of its own.
    pub(crate) fn of_refused_key(status: u16, api: Option<ApiError>, advice: &str) -> Self {
        let code = api.as_ref().and_then(|api| api.error_code.as_deref());
        let message = match &api {
            None => format!("{status}: {advice}"),
            Some(_) if hint::remedy(status, code, &[]).is_some() => {
                api::message(status, api.as_ref(), None, &[])
            }
            Some(_) => format!(
                "{}; {advice}",
                api::message(status, api.as_ref(), None, &[])
            ),
        };
        Self::new(ErrorKind::Authentication, message).with(|inner| {
            inner.status = Some(status);
            inner.api = api;
        })
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The HTTP status, where the server gave one. Within an envelope, the body's.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What Atlas says about the failure, where the answer was Atlas's.
    pub fn api(&self) -> Option<&ApiError> {
        self.0.api.as_ref()
    }

    /// Atlas's code, for instance [`codes::CLUSTER_NOT_FOUND`](crate::codes::CLUSTER_NOT_FOUND).
    /// An open set, of which [`codes`](crate::codes) has those that the SDK knows.
    pub fn code(&self) -> Option<&str> {
        self.api()?.error_code.as_deref()
    }

    /// The cause as the type that it has, where it has this one; or else the error itself.
    ///
    /// ```no_run
    /// # async fn example(jobs: atlas_export::ExportJobs, id: atlas_export::ExportJobId) {
    /// use atlas_export::{Error, models::ExportJob, wait::WaitError};
    ///
    /// let waited = jobs.wait_until_finished(&id).await;
    /// let error = Error::from(waited.unwrap_err());
    /// match error.downcast::<WaitError<ExportJob>>() {
    ///     Ok(waited) => println!("the wait itself: {waited}"),
    ///     Err(error) => println!("the look at the job: {error}"),
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// The error as it was, where its cause is of another type, or there is none.
    pub fn downcast<C: StdError + Send + Sync + 'static>(mut self) -> Result<C, Self> {
        match self
            .0
            .source
            .take()
            .map(<dyn StdError + Send + Sync>::downcast::<C>)
        {
            Some(Ok(cause)) => Ok(*cause),
            Some(Err(source)) => Err(self.with(|inner| inner.source = Some(source))),
            None => Err(self),
        }
    }

    /// The cause as the type that it has, where it has this one.
    ///
    /// ```no_run
    /// # fn example(error: &atlas_export::Error) {
    /// use atlas_export::{models::ExportJob, wait::WaitError};
    ///
    /// if let Some(WaitError::Failed(job)) = error.downcast_ref::<WaitError<ExportJob>>() {
    ///     println!("{} failed", job.id);
    /// }
    /// # }
    /// ```
    pub fn downcast_ref<C: StdError + 'static>(&self) -> Option<&C> {
        self.0.source.as_deref()?.downcast_ref()
    }

    /// The id of the operation in the contract, for instance `listExportJobs`; of a
    /// [`CustomRequest`](crate::request::CustomRequest) the template of its path.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// How often the request was tried; 0 where nothing was sent. Answering a digest
    /// challenge is part of an attempt, and so is what the HTTP library repeats by itself
    /// where a pooled connection turns out to be dead before anything was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call took, waits included.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// How long the server asked to wait, where it did, or how long it takes until a known rate
    /// limit lets the call through.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The raw JSON of an item that did not decode ([`ErrorKind::Decode`] from a list).
    pub fn raw(&self) -> Option<&str> {
        self.0.raw.as_deref()
    }

    /// Whether the same call may succeed later and cannot do harm twice.
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect => !self.0.lasting,
            ErrorKind::Timeout | ErrorKind::RateLimited => true,
            ErrorKind::Transport | ErrorKind::Authentication => self.0.transient,
            ErrorKind::Api => {
                self.0.transient || matches!(self.status(), Some(408 | 429 | 500 | 502..=504))
            }
            _ => false,
        }
    }

    /// Whether the request may have changed something at the server, though it is not known to
    /// have. Always so for [`ErrorKind::Ambiguous`]; a deletion whose answer was lost may have
    /// taken effect too. Never so for a read.
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.effect
    }

    /// Whether the resource does not exist (404).
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether the call came too soon: refused by the server (429), or held back by what is known
    /// of its limits ([`ErrorKind::RateLimited`], without a status).
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(429) || self.kind() == ErrorKind::RateLimited
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        OneLine(&self.0.message).fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("status", &inner.status)
            .field("operation", &inner.operation)
            .field("attempts", &inner.attempts)
            .field("elapsed", &inner.elapsed)
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

/// What an item that did not decode is known by, where at least that can be read.
pub(crate) fn id_of(item: &Undecodable) -> Option<String> {
    let item: serde_json::Value = serde_json::from_str(item.raw()).ok()?;
    let id = item.get("_id").or_else(|| item.get("id"))?;
    id.as_str().map(str::to_owned)
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = self.0.source.as_deref()?;
        Some(source)
    }
}

/// What was given is no id, name or page size: nothing was sent.
macro_rules! from_invalid {
    ($($invalid:ident),*) => {
        $(
            impl From<$invalid> for Error {
                fn from(cause: $invalid) -> Self {
                    Self::invalid(cause)
                }
            }
        )*
    };
}

from_invalid!(InvalidId, InvalidClusterName, InvalidPageSize);

#[cfg(test)]
mod tests;
