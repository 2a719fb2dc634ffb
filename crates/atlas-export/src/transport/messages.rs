//! What a person is told about a failure: the [`Error`] that it becomes.
//!
//! A message says on one line what happened, which rule that broke, and what to do.

use std::{
    error::Error as StdError,
    time::{Duration, SystemTime},
};

use super::{
    connect_advice::advice,
    failure::{Cause, Failure, TimeLimit, Timeout},
    preconditions::{CLIENT_SHUT_DOWN, NO_RUNTIME},
    request::{Prepared, name},
    response::ReceivedResponse,
};
use crate::{
    error::{ApiError, Error, ErrorKind},
    media_type::is_json,
    redact::{one_line, redirect_target},
};

/// What to do where somebody else than Atlas seems to answer.
const CHECK_THE_WAY: &str = "check the base URL and any proxy in between";

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
        let error = if effect && !prepared.is_idempotent {
            ambiguous(error, prepared)
        } else {
            error
        };
        error.with(|inner| {
            inner.retry_after = retry_after.or(inner.retry_after);
            inner.effect = effect;
        })
    }
}

/// The error of a creation that may have taken effect, with the one that hides whether it has.
fn ambiguous(cause: Error, prepared: &Prepared) -> Error {
    Error::new(
        ErrorKind::Ambiguous,
        format!(
            "{} may or may not have taken effect: {cause}; look before repeating it, or use ensure",
            name(&prepared.operation)
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
                "the connection broke before the response was complete",
                cause.into(),
            ),
            Self::Random(cause) => caused(
                ErrorKind::Transport,
                "the operating system gave no random bytes, which signing a request needs",
                cause.into(),
            ),
            Self::Timeout(timeout) => Error::new(ErrorKind::Timeout, timeout.message()),
            Self::RateLimited => Error::new(
                ErrorKind::RateLimited,
                format!(
                    "the rate limit lets this call through in {:.1} s, which is later than it may \
                     take: call again then, or raise ClientBuilder::call_timeout",
                    rate_limit_wait.unwrap_or_default().as_secs_f64()
                ),
            ),
            Self::TooLarge(bound) => failed(format!(
                "the response is larger than {bound} bytes: raise \
                 ClientBuilder::max_response_bytes"
            )),
            Self::Redirect { target, status } => redirected(target.as_deref(), status.as_u16()),
            Self::NotAtlas(media_type) => not_atlas(&match media_type {
                Some(media_type) if is_json(&media_type) => {
                    format!("with {media_type} that is not JSON")
                }
                Some(media_type) => format!("with {media_type}, not JSON"),
                None => "with a body that is not JSON".to_owned(),
            }),
            Self::Empty => not_atlas("without a body, where this operation has one"),
            Self::Encoded(encoding) => failed(format!(
                "got a body encoded in {}, which was not asked for: check any proxy between this \
                 client and Atlas",
                one_line(&encoding)
            )),
            Self::GivenUp => Error::new(ErrorKind::Timeout, "the call was given up"),
            Self::Panicked => failed(
                "the task of the request panicked before the response was complete: see the log \
                 of this program",
            ),
            Self::RuntimeShutDown => failed(
                "the tokio runtime was shut down before the response was complete: keep it until \
                 the call has returned",
            ),
            Self::NoRuntime => Error::config(NO_RUNTIME),
            Self::ClientShutDown => Error::config(CLIENT_SHUT_DOWN),
            Self::NoCredentials(error) => error.into_error(),
            Self::NoToken(error) => error.into_error(),
            Self::TokenRefused(response) => key_refused(
                &response,
                "the server refuses the access token, also one that it has only just given out: \
                 check that the service account still exists and that the project belongs to its \
                 organization",
            ),
            Self::Unsignable => failed(format!(
                "the server's Digest challenge holds characters that no header can repeat: \
                 {CHECK_THE_WAY}"
            )),
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
                 exists and that the project belongs to its organization; if the server forgets \
                 nonces under load, lower ClientBuilder::max_in_flight",
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
                    "and the signed request was refused"
                } else {
                    "so nothing was signed"
                };
                key_refused(
                    &response,
                    &format!(
                        "the server offers {offered}; this client answers Digest with qop auth and \
                         MD5, SHA-256 or SHA-512-256 only, {signed}: {CHECK_THE_WAY}"
                    ),
                )
            }
        }
    }
}

impl Timeout {
    /// What took too long, what gives it more time, and what it was waiting for.
    fn message(&self) -> String {
        let what = if self.was_sent {
            "no complete response"
        } else {
            "the request could not be sent"
        };
        let setting = match self.limit {
            TimeLimit::Call => "call_timeout",
            TimeLimit::Attempt => "attempt_timeout",
        };
        let mut message = format!(
            "{what} within {} s: raise ClientBuilder::{setting}",
            self.after.as_secs_f64()
        );
        let slot = format!(
            "for a slot (ClientBuilder::max_in_flight is {})",
            self.max_in_flight
        );
        for (time, purpose) in [
            (self.waited.slot, slot.as_str()),
            (self.waited.rate_limit, "for the rate limit"),
            (self.waited.token, "for an access token"),
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
            inner.message = format!("{}; {advice}", inner.message);
        }
    })
}

fn redirected(target: Option<&str>, status: u16) -> Error {
    let target = target.map_or_else(
        || "that names no target".to_owned(),
        |target| format!("to {}", redirect_target(target)),
    );
    failed(format!(
        "got a redirect ({status}) {target}, and credentials follow no redirect: set the base URL \
         to where the API is"
    ))
    .with(|inner| inner.status = Some(status))
}

/// A success that somebody else answered, who may stand in for Atlas while it is away.
fn not_atlas(what: &str) -> Error {
    failed(format!(
        "got a success {what}: this is not Atlas; {CHECK_THE_WAY}"
    ))
    .with(|inner| inner.transient = true)
}

fn nonces_stale(response: &ReceivedResponse) -> Error {
    Error::new(
        ErrorKind::Api,
        "401: the server calls each nonce stale that it gives out, so no request can be signed: \
         lower ClientBuilder::max_in_flight, in case it forgets them under load, and check whether \
         this URL leads to several servers that do not share their nonces",
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

#[cfg(test)]
pub(super) mod table;

#[cfg(test)]
mod tests {
    use atlas_export_api::operations;
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::observe::Waits;

    fn message(cause: Cause) -> String {
        let operation = operations::LIST_EXPORT_BUCKETS;
        let prepared = Prepared {
            operation: *operation,
            method: http::Method::GET,
            url: "https://host/x?s3cret".parse().unwrap(),
            headers: HeaderMap::new(),
            body: None,
            is_idempotent: true,
        };
        let error = Failure::of(cause).into_error(&prepared, None, SystemTime::UNIX_EPOCH);
        error.to_string()
    }

    #[test]
    fn a_success_of_somebody_else_says_by_what_it_was_known() {
        for (media_type, what) in [
            (Some("text/html"), "text/html, not JSON"),
            (
                Some("application/json"),
                "application/json that is not JSON",
            ),
            (None, "a body that is not JSON"),
        ] {
            assert_eq!(
                message(Cause::NotAtlas(media_type.map(str::to_owned))),
                format!(
                    "got a success with {what}: this is not Atlas; check the base URL and any \
                     proxy in between"
                )
            );
        }
    }

    #[test]
    fn a_redirect_says_where_to_without_secrets() {
        for (target, told) in [
            (Some("https://me:s3cret@host/x?y"), "to https://host/x"),
            (None, "that names no target"),
        ] {
            let cause = Cause::Redirect {
                target: target.map(str::to_owned),
                status: StatusCode::FOUND,
            };
            assert_eq!(
                message(cause),
                format!(
                    "got a redirect (302) {told}, and credentials follow no redirect: set the base \
                     URL to where the API is"
                )
            );
        }
    }

    #[test]
    fn a_challenge_that_cannot_be_answered_says_what_can_be() {
        for (was_signed, told) in [
            (false, "so nothing was signed"),
            (true, "and the signed request was refused"),
        ] {
            let response = ReceivedResponse {
                status: StatusCode::UNAUTHORIZED,
                headers: HeaderMap::new(),
                body: Bytes::new(),
            };
            let cause = Cause::NoUsableChallenge {
                response: Box::new(response),
                offered: "Basic".to_owned(),
                was_signed,
            };
            assert_eq!(
                message(cause),
                format!(
                    "401: the server offers Basic; this client answers Digest with qop auth and \
                     MD5, SHA-256 or SHA-512-256 only, {told}: check the base URL and any proxy in \
                     between"
                )
            );
        }
    }

    #[test]
    fn a_timeout_says_what_gives_it_more_time_and_what_it_waited_for() {
        let cause = Cause::Timeout(Timeout {
            limit: TimeLimit::Attempt,
            after: Duration::from_secs(60),
            waited: Waits {
                slot: Duration::from_millis(1500),
                rate_limit: Duration::from_micros(999),
                ..Waits::default()
            },
            max_in_flight: 4,
            was_sent: true,
        });
        assert_eq!(
            message(cause),
            "no complete response within 60 s: raise ClientBuilder::attempt_timeout; waited 1.5 s \
             for a slot (ClientBuilder::max_in_flight is 4)"
        );
    }
}
