//! Why an attempt failed, and what a person is told about it.

use std::{
    error::Error as StdError,
    io,
    time::{Duration, SystemTime},
};

use http::HeaderMap;

use super::{
    attempt::Answer,
    rate::retry_after,
    request::Prepared,
    traces::{GivenUp, Waited},
    words::{innermost, lasting, timeout},
};
use crate::{
    error::{ApiError, Error, ErrorKind},
    redact::{one_line, redirect_target},
};

/// An attempt that did not give what was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    /// Whether the server may have acted on the request. Not so where nothing was sent, and
    /// where the server challenged instead.
    pub(crate) may_have_acted: bool,
    /// Whether an earlier attempt may have taken effect.
    pub(crate) lost_before: bool,
    /// How long it takes until the rate limit lets another attempt through, where the call has
    /// no time for it.
    pub(crate) held_for: Option<Duration>,
}

#[derive(Debug)]
pub(crate) enum Cause {
    /// There is no connection.
    Connect(reqwest::Error),
    /// The connection broke, or the body did.
    Broken(reqwest::Error),
    /// Too much time has passed.
    Timeout {
        after: Duration,
        waited: Waited,
        most_in_flight: usize,
        was_sent: bool,
    },
    /// The rate limit lets the request through too late: see [`Failure::held_for`].
    RateLimited,
    /// The body is longer than this.
    TooLarge(usize),
    /// To where, if it says so, with which status.
    Redirect(Option<String>, u16),
    /// Any status but success.
    Refused(Box<Answer>),
    /// The server knows the nonce and refuses the answer.
    Rejected(Box<Answer>),
    /// The same, with a key that has worked before.
    RejectedLater(Box<Answer>),
    /// The server calls nonces stale that it has only just given out.
    Stale(Box<Answer>),
    /// A 401 without a challenge that can be answered: what was offered, and whether the request
    /// was signed.
    Unanswerable(Box<Answer>, String, bool),
    /// A success of somebody else, with this media type.
    Foreign(Option<String>),
    /// A success without what was asked for.
    Empty,
    /// A body in an encoding that was not asked for.
    Encoded(String),
    /// The request was given up before it went out; whoever gave it up says why.
    GivenUp,
    /// The task of the request panicked.
    Panicked,
    /// The runtime of the request was shut down.
    NoRuntimeAnyMore,
    /// The call was made outside of a runtime.
    NoRuntime,
    /// The client was shut down.
    ShutDown,
    Random(io::Error),
    /// The answer to the challenge is no header value.
    Unsignable,
}

impl From<GivenUp> for Cause {
    fn from(GivenUp: GivenUp) -> Self {
        Self::GivenUp
    }
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
    /// A failure of which the server has seen nothing.
    pub(crate) fn of(cause: Cause) -> Self {
        Self {
            cause,
            may_have_acted: false,
            lost_before: false,
            held_for: None,
        }
    }

    /// The answer that refused, if there is one.
    fn answer(&self) -> Option<&Answer> {
        match &self.cause {
            Cause::Refused(answer)
            | Cause::Rejected(answer)
            | Cause::RejectedLater(answer)
            | Cause::Stale(answer)
            | Cause::Unanswerable(answer, ..) => Some(answer),
            _ => None,
        }
    }

    pub(super) fn status(&self) -> Option<u16> {
        match &self.cause {
            Cause::Redirect(_, status) => Some(*status),
            _ => self.answer().map(|answer| answer.status.as_u16()),
        }
    }

    /// A word for the log.
    pub(super) fn reason(&self) -> &'static str {
        match &self.cause {
            Cause::Connect(_) => "connect",
            Cause::Broken(_) => "broken",
            Cause::Timeout { .. } => "timeout",
            Cause::RateLimited => "rate limit",
            Cause::TooLarge(_) => "too large",
            Cause::Redirect(..) => "redirect",
            Cause::Refused(_) => "status",
            Cause::Rejected(_) | Cause::RejectedLater(_) | Cause::Unanswerable(..) => "credentials",
            Cause::Stale(_) => "stale nonces",
            Cause::Foreign(_) => "foreign",
            Cause::Empty => "empty",
            Cause::Encoded(_) => "encoding",
            Cause::GivenUp => "given up",
            Cause::Panicked => "panic",
            Cause::NoRuntime | Cause::NoRuntimeAnyMore => "no runtime",
            Cause::ShutDown => "shut down",
            Cause::Random(_) => "no randomness",
            Cause::Unsignable => "challenge",
        }
    }

    pub(super) fn headers(&self) -> Option<&HeaderMap> {
        self.answer().map(|answer| &answer.headers)
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
        if !self.may_have_acted {
            return false;
        }
        match &self.cause {
            Cause::Refused(answer) => {
                answer.status.is_server_error() || answer.status.as_u16() == 408
            }
            // A redirect is none of them: to show another page is what a form does once it acted.
            Cause::Rejected(_)
            | Cause::RejectedLater(_)
            | Cause::Stale(_)
            | Cause::Unanswerable(..)
            | Cause::Connect(_) => false,
            _ => true,
        }
    }

    /// The error that the caller gets.
    pub(super) fn into_error(
        self,
        prepared: &Prepared,
        proxy: Option<&str>,
        now: SystemTime,
    ) -> Error {
        let retry_after = retry_after(&self, now).max(self.held_for);
        let effect = (self.is_lost() || self.lost_before) && prepared.method != http::Method::GET;
        let error = self.cause.into_error(self.held_for, prepared, proxy);
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
    #[expect(
        clippy::too_many_lines,
        reason = "a table has as many rows as there are causes"
    )]
    fn into_error(
        self,
        held_for: Option<Duration>,
        prepared: &Prepared,
        proxy: Option<&str>,
    ) -> Error {
        let caused = |kind, message: &str, cause: Box<dyn StdError + Send + Sync>| {
            let message = format!("{message}: {}", innermost(&*cause));
            Error::new(kind, message).with(|inner| {
                inner.transient = true;
                inner.source = Some(cause);
            })
        };
        match self {
            Self::Connect(cause) => {
                let advice = lasting(&cause);
                caused(
                    ErrorKind::Connect,
                    &format!("no connection to {}", prepared.route(proxy)),
                    cause.into(),
                )
                .with(|inner| {
                    inner.lasting = advice.is_some();
                    if let Some(advice) = advice {
                        inner.message = format!("{} ({advice})", inner.message);
                    }
                })
            }
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
            Self::Timeout {
                after,
                waited,
                most_in_flight,
                was_sent,
            } => Error::new(
                ErrorKind::Timeout,
                timeout(after, waited, most_in_flight, was_sent),
            ),
            Self::RateLimited => Error::new(
                ErrorKind::RateLimited,
                format!(
                    "the rate limit lets this call through in {:.1} s, which is later than it may \
                     take: call again then, or give it more time (ClientBuilder::call_timeout)",
                    held_for.unwrap_or_default().as_secs_f64()
                ),
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
                    "the server redirects{}, and credentials follow no redirect: set the base URL \
                     to where the API is",
                    target.map_or_else(
                        || format!(" ({status}) without saying where to"),
                        |target| format!(" to {}", redirect_target(&target))
                    )
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
            )
            .with(|inner| inner.transient = true),
            Self::Empty => Error::new(
                ErrorKind::Transport,
                "a success without a body, so not by Atlas itself: check the base URL, and what \
                 stands between",
            )
            .with(|inner| inner.transient = true),
            Self::Encoded(encoding) => Error::new(
                ErrorKind::Transport,
                format!(
                    "the body is encoded in {}, which was not asked for: check what stands between \
                     this client and Atlas",
                    one_line(&encoding)
                ),
            ),
            Self::GivenUp => Error::new(ErrorKind::Timeout, "the call was given up"),
            Self::Panicked => Error::new(
                ErrorKind::Transport,
                "the task of the request panicked, of which the program's log has more",
            ),
            Self::NoRuntimeAnyMore => Error::new(
                ErrorKind::Transport,
                "the runtime was shut down before the answer was complete",
            ),
            Self::NoRuntime => Error::config(
                "there is no tokio runtime here: make the call within one that has time and I/O \
                 enabled, for instance under #[tokio::main]",
            ),
            Self::ShutDown => Error::config(
                "the client was shut down (Client::shutdown): build another for further calls",
            ),
            Self::Unsignable => Error::new(
                ErrorKind::Transport,
                "the server's digest challenge holds characters that no answer can repeat",
            ),
            Self::Refused(answer) => Error::of_refusal(
                answer.status.as_u16(),
                ApiError::read(&answer.body),
                answer.media_type(),
                prepared.operation.roles,
            ),
            Self::Stale(answer) => Error::new(
                ErrorKind::Api,
                "401: the server calls every nonce stale that it gives out, so no request can be \
                 signed: if it forgets them under load, lower ClientBuilder::max_in_flight; is \
                 there more than one server behind this URL?",
            )
            .with(|inner| {
                inner.status = Some(answer.status.as_u16());
                inner.transient = true;
            }),
            Self::RejectedLater(answer) => Error::of_refused_key(
                answer.status.as_u16(),
                ApiError::read(&answer.body),
                "the server refuses the API key, which has worked before: check that it still \
                 exists and that the project belongs to its organization; a server that forgets \
                 nonces under load wants a lower ClientBuilder::max_in_flight",
            ),
            Self::Rejected(answer) => Error::of_refused_key(
                answer.status.as_u16(),
                ApiError::read(&answer.body),
                "the server refuses the API key: check that public and private key belong \
                 together, that the key exists, and that the project belongs to its organization",
            ),
            Self::Unanswerable(answer, offered, signed) => {
                let signed = if signed {
                    "the request was signed and is refused all the same"
                } else {
                    "so nothing was signed"
                };
                Error::of_refused_key(
                    answer.status.as_u16(),
                    ApiError::read(&answer.body),
                    &format!(
                        "the server offers {offered}, and this client answers Digest with qop \
                         auth and MD5, SHA-256 or SHA-512-256 alone, {signed}: check the base URL, \
                         and what stands between"
                    ),
                )
            }
        }
    }
}
