//! Why an attempt failed, and what a person is told about it.

use std::{
    error::Error as StdError,
    io,
    time::{Duration, SystemTime},
};

use http::HeaderMap;

use super::{attempt::Answer, lesson::retry_after, request::Prepared};
use crate::{
    Error, ErrorKind,
    error::{ApiError, one_line},
};

/// An attempt that did not give what was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    /// Whether the server may have acted on the request. Not so where nothing was sent, and
    /// where the server challenged instead.
    pub(crate) acted: bool,
    /// Whether an earlier attempt may have taken effect.
    pub(crate) lost_before: bool,
}

#[derive(Debug)]
pub(crate) enum Cause {
    /// There is no connection.
    Connect(reqwest::Error),
    /// The connection broke, or the body did.
    Broken(reqwest::Error),
    Timeout(Duration),
    /// The body is longer than this.
    TooLarge(usize),
    /// To where, with which status.
    Redirect(String, u16),
    /// Any status but success.
    Refused(Box<Answer>),
    /// The server knows the nonce and refuses the answer.
    Rejected(Box<Answer>),
    /// The server calls nonces stale that it has only just given out.
    Stale(Box<Answer>),
    /// A success of somebody else, with this media type.
    Foreign(Option<String>),
    Random(io::Error),
    /// The answer to the challenge is no header value.
    Unsignable,
}

impl Cause {
    pub(super) fn of_sending(error: reqwest::Error) -> Self {
        // The URL would repeat ids in every message.
        let error = error.without_url();
        if error.is_connect() {
            Self::Connect(error)
        } else {
            Self::Broken(error)
        }
    }

    pub(crate) fn refused(answer: Answer) -> Self {
        Self::Refused(Box::new(answer))
    }

    pub(super) fn of_reading(error: reqwest::Error) -> Self {
        Self::Broken(error.without_url())
    }
}

impl Failure {
    pub(super) fn status(&self) -> Option<u16> {
        match &self.cause {
            Cause::Refused(answer) | Cause::Rejected(answer) | Cause::Stale(answer) => {
                Some(answer.status.as_u16())
            }
            Cause::Redirect(_, status) => Some(*status),
            _ => None,
        }
    }

    /// A word for the log.
    pub(super) fn reason(&self) -> &'static str {
        match &self.cause {
            Cause::Connect(_) => "connect",
            Cause::Broken(_) => "broken",
            Cause::Timeout(_) => "timeout",
            Cause::TooLarge(_) => "too large",
            Cause::Redirect(..) => "redirect",
            Cause::Refused(_) => "status",
            Cause::Rejected(_) => "credentials",
            Cause::Stale(_) => "stale nonces",
            Cause::Foreign(_) => "foreign",
            Cause::Random(_) => "no randomness",
            Cause::Unsignable => "challenge",
        }
    }

    pub(super) fn headers(&self) -> Option<&HeaderMap> {
        match &self.cause {
            Cause::Refused(answer) | Cause::Rejected(answer) | Cause::Stale(answer) => {
                Some(&answer.headers)
            }
            _ => None,
        }
    }

    pub(super) fn body(&self) -> Option<&[u8]> {
        match &self.cause {
            Cause::Refused(answer) => Some(&answer.body),
            _ => None,
        }
    }

    /// Whether the request may have taken effect, though nobody said so: it went out, and
    /// nothing came back that says no.
    pub(super) fn is_lost(&self) -> bool {
        if !self.acted {
            return false;
        }
        match &self.cause {
            Cause::Refused(answer) => {
                answer.status.is_server_error() || answer.status.as_u16() == 408
            }
            // A redirect is none of them: to show another page is what a form does once it acted.
            Cause::Rejected(_) | Cause::Stale(_) | Cause::Connect(_) => false,
            _ => true,
        }
    }

    /// The error that the caller gets.
    pub(super) fn into_error(self, prepared: &Prepared, now: SystemTime) -> Error {
        let retry_after = retry_after(&self, now);
        let effect = (self.is_lost() || self.lost_before) && prepared.method != http::Method::GET;
        let error = self.cause.into_error();
        let error = if effect && !prepared.idempotent() {
            Error::new(
                ErrorKind::Ambiguous,
                format!(
                    "{} may or may not have taken effect, look before repeating it: {error}",
                    prepared.operation.id
                ),
            )
            .with(|inner| {
                inner.status = error.status();
                inner.api = error.api().cloned();
                inner.source = Some(Box::new(error));
            })
        } else {
            error
        };
        error.with(|inner| {
            inner.retry_after = retry_after;
            inner.effect = effect;
        })
    }
}

impl Cause {
    fn into_error(self) -> Error {
        let caused = |kind, message: &str, cause: Box<dyn StdError + Send + Sync>| {
            let message = format!("{message}: {}", innermost(&*cause));
            Error::new(kind, message).with(|inner| {
                inner.transient = true;
                inner.source = Some(cause);
            })
        };
        match self {
            Self::Connect(cause) => caused(
                ErrorKind::Connect,
                "no connection to the server",
                cause.into(),
            ),
            Self::Broken(cause) => caused(
                ErrorKind::Transport,
                "the connection broke before the answer was complete",
                cause.into(),
            ),
            Self::Random(cause) => caused(
                ErrorKind::Transport,
                "the system gave no random bytes to sign with",
                cause.into(),
            ),
            Self::Timeout(after) => Error::new(
                ErrorKind::Timeout,
                format!("no complete answer within {} s", after.as_secs_f64()),
            ),
            Self::TooLarge(bound) => Error::new(
                ErrorKind::Transport,
                format!(
                    "the answer is larger than {bound} bytes \
                     (ClientBuilder::max_response_bytes sets the bound)"
                ),
            ),
            Self::Redirect(target, status) => Error::new(
                ErrorKind::Transport,
                format!(
                    "the server redirects to {}, and credentials follow no redirect: set the \
                     base URL to where the API is",
                    target_of(&target)
                ),
            )
            .with(|inner| inner.status = Some(status)),
            Self::Foreign(media_type) => Error::new(
                ErrorKind::Transport,
                format!(
                    "a success with {}, so not by Atlas itself: check the base URL, and what \
                     stands between",
                    media_type.as_deref().unwrap_or("a body that is no JSON")
                ),
            ),
            Self::Unsignable => Error::new(
                ErrorKind::Transport,
                "the server's digest challenge holds characters that no answer can repeat",
            ),
            Self::Refused(answer) => Error::of_status(
                answer.status.as_u16(),
                ApiError::read(&answer.body),
                answer.media_type(),
            ),
            Self::Stale(answer) => Error::new(
                ErrorKind::Api,
                "401: the server calls every nonce stale that it gives out, so no request can be \
                 signed: is there more than one server behind this URL?",
            )
            .with(|inner| inner.status = Some(answer.status.as_u16())),
            Self::Rejected(answer) => Error::new(
                ErrorKind::Authentication,
                "401: the server refuses the API key: check that public and private key belong \
                 together, that the key exists, and that the project belongs to its organization",
            )
            .with(|inner| {
                inner.status = Some(answer.status.as_u16());
                inner.api = ApiError::read(&answer.body);
            }),
        }
    }
}

/// The target of a redirect without what may be a secret in it: a user, a query, a fragment.
fn target_of(location: &str) -> String {
    match url::Url::parse(location) {
        Ok(mut url) => {
            // Neither fails where there is a host, and where there is none there is no user.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            one_line(url.as_str())
        }
        Err(_) => one_line(location.split(['?', '#']).next().unwrap_or_default()),
    }
}

/// The cause that says most: reqwest's own messages only say where it happened.
fn innermost<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}
