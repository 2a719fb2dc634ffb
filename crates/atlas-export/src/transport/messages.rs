//! What a person is told about a failure: the [`Error`] that it becomes.
//!
//! A message says on one line what happened, which rule that broke, and what to do.

use std::{
    error::Error as StdError,
    time::{Duration, SystemTime},
};

use super::{
    connect_advice::advice,
    failure::{Cause, Failure, Timeout},
    request::Prepared,
    response::ReceivedResponse,
};
use crate::{
    error::{ApiError, Error, ErrorKind},
    redact::{one_line, redirect_target},
};

/// What to do where somebody else than Atlas seems to answer.
const CHECK_THE_WAY: &str = "check the base URL, and what stands between";

/// The shortest wait that a message mentions.
const MIN_TOLD_WAIT: Duration = Duration::from_millis(1);

impl Failure {
    /// The error that the caller gets.
    pub(super) fn into_error(
        self,
        prepared: &Prepared,
        proxy: Option<&str>,
        now: SystemTime,
    ) -> Error {
        let retry_after = self.retry_after(now).max(self.rate_limit_wait);
        let effect = (self.is_effect_unknown() || self.earlier_effect_unknown)
            && prepared.method != http::Method::GET;
        let error = self.cause.into_error(self.rate_limit_wait, prepared, proxy);
        let error = if effect && !prepared.is_idempotent() {
            ambiguous(error, prepared)
        } else {
            error
        };
        error.with(|inner| {
            inner.retry_after = retry_after;
            inner.effect = effect;
        })
    }
}

/// The error of a creation that may have taken effect, with the one that hides whether it has.
fn ambiguous(cause: Error, prepared: &Prepared) -> Error {
    Error::new(
        ErrorKind::Ambiguous,
        format!(
            "{} may or may not have taken effect, look before repeating it: {cause}",
            prepared.operation.id
        ),
    )
    .with(|inner| {
        inner.status = cause.status();
        inner.api = cause.api().cloned();
        inner.source = Some(Box::new(cause));
    })
}

impl Cause {
    fn into_error(
        self,
        rate_limit_wait: Option<Duration>,
        prepared: &Prepared,
        proxy: Option<&str>,
    ) -> Error {
        match self {
            Self::Connect(cause) => no_connection(cause, &prepared.route(proxy)),
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
            Self::Timeout(timeout) => Error::new(ErrorKind::Timeout, timeout.message()),
            Self::RateLimited => Error::new(
                ErrorKind::RateLimited,
                format!(
                    "the rate limit lets this call through in {:.1} s, which is later than it may \
                     take: call again then, or give it more time (ClientBuilder::call_timeout)",
                    rate_limit_wait.unwrap_or_default().as_secs_f64()
                ),
            ),
            Self::TooLarge(bound) => failed(format!(
                "the answer is larger than {bound} bytes \
                 (ClientBuilder::max_response_bytes sets the bound)"
            )),
            Self::Redirect { target, status } => redirected(target.as_deref(), status.as_u16()),
            Self::NotAtlas(media_type) => not_atlas(
                media_type
                    .as_deref()
                    .map_or("with a body that is no JSON".to_owned(), |media_type| {
                        format!("with {media_type}")
                    })
                    .as_str(),
            ),
            Self::Empty => not_atlas("without a body"),
            Self::Encoded(encoding) => failed(format!(
                "the body is encoded in {}, which was not asked for: check what stands between \
                 this client and Atlas",
                one_line(&encoding)
            )),
            Self::GivenUp => Error::new(ErrorKind::Timeout, "the call was given up"),
            Self::Panicked => {
                failed("the task of the request panicked, of which the program's log has more")
            }
            Self::RuntimeShutDown => {
                failed("the runtime was shut down before the answer was complete")
            }
            Self::NoRuntime => Error::config(
                "there is no tokio runtime here: make the call within one that has time and I/O \
                 enabled, for instance under #[tokio::main]",
            ),
            Self::ClientShutDown => Error::config(
                "the client was shut down (Client::shutdown): build another for further calls",
            ),
            Self::Unsignable => {
                failed("the server's digest challenge holds characters that no answer can repeat")
            }
            Self::Refused(response) => Error::of_refusal(
                response.status.as_u16(),
                ApiError::read(&response.body),
                response.media_type(),
                prepared.operation.roles,
            ),
            Self::NoncesStale(response) => nonces_stale(&response),
            Self::WorkingKeyRefused(response) => key_refused(
                &response,
                "the server refuses the API key, which has worked before: check that it still \
                 exists and that the project belongs to its organization; a server that forgets nonces \
                 under load wants a lower ClientBuilder::max_in_flight",
            ),
            Self::KeyRefused(response) => key_refused(
                &response,
                "the server refuses the API key: check that public and private key belong \
                 together, that the key exists, and that the project belongs to its organization",
            ),
            Self::NoUsableChallenge {
                response,
                offered,
                was_signed,
            } => {
                let signed = if was_signed {
                    "the request was signed and is refused all the same"
                } else {
                    "so nothing was signed"
                };
                key_refused(
                    &response,
                    &format!(
                        "the server offers {offered}, and this client answers Digest with qop auth and \
                         MD5, SHA-256 or SHA-512-256 alone, {signed}: {CHECK_THE_WAY}"
                    ),
                )
            }
        }
    }
}

impl Timeout {
    /// What took too long, and what it was waiting for.
    fn message(&self) -> String {
        let what = if self.was_sent {
            "no complete answer"
        } else {
            "the request could not be sent"
        };
        let mut message = format!("{what} within {} s", self.after.as_secs_f64());
        let slot = format!(
            "for a slot (ClientBuilder::max_in_flight is {})",
            self.max_in_flight
        );
        for (time, purpose) in [
            (self.waited.slot, slot.as_str()),
            (self.waited.rate_limit, "for the rate limit"),
        ] {
            if time >= MIN_TOLD_WAIT {
                message = format!("{message}; waited {:.1} s {purpose}", time.as_secs_f64());
            }
        }
        message
    }
}

/// An error of the way there and back.
fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Transport, message)
}

/// An error with a cause, which may pass.
fn caused(kind: ErrorKind, message: &str, cause: Box<dyn StdError + Send + Sync>) -> Error {
    let message = format!("{message}: {}", innermost(&*cause));
    Error::new(kind, message).with(|inner| {
        inner.transient = true;
        inner.source = Some(cause);
    })
}

/// The cause that says most: reqwest's own messages only say where it happened.
fn innermost<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}

fn no_connection(cause: reqwest::Error, route: &str) -> Error {
    let advice = advice(&cause);
    let message = format!("no connection to {route}");
    caused(ErrorKind::Connect, &message, cause.into()).with(|inner| {
        inner.lasting = advice.is_some();
        if let Some(advice) = advice {
            inner.message = format!("{} ({advice})", inner.message);
        }
    })
}

fn redirected(target: Option<&str>, status: u16) -> Error {
    let target = target.map_or_else(
        || format!(" ({status}) without saying where to"),
        |target| format!(" to {}", redirect_target(target)),
    );
    failed(format!(
        "the server redirects{target}, and credentials follow no redirect: set the base URL \
         to where the API is"
    ))
    .with(|inner| inner.status = Some(status))
}

/// A success that somebody else answered, who may stand in for Atlas while it is away.
fn not_atlas(what: &str) -> Error {
    failed(format!(
        "a success {what}, so not by Atlas itself: {CHECK_THE_WAY}"
    ))
    .with(|inner| inner.transient = true)
}

fn nonces_stale(response: &ReceivedResponse) -> Error {
    Error::new(
        ErrorKind::Api,
        "401: the server calls every nonce stale that it gives out, so no request can be signed: \
         if it forgets them under load, lower ClientBuilder::max_in_flight; is there more than one \
         server behind this URL?",
    )
    .with(|inner| {
        inner.status = Some(response.status.as_u16());
        inner.transient = true;
    })
}

fn key_refused(response: &ReceivedResponse, advice: &str) -> Error {
    let api = ApiError::read(&response.body);
    Error::of_refused_key(response.status.as_u16(), api, advice)
}
