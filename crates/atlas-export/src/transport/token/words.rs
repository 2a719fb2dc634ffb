//! What a person is told where the token endpoint gives no token, or takes none back.
//!
//! Of what the server says, its code is shown, and its words where they are on one line and not
//! long; a server that repeats what it was sent is no reason to show a secret, so words in which
//! something as long as a secret stands are left out.

use std::{error::Error as StdError, sync::Arc, time::SystemTime};

use super::{endpoint::NoGrant, token_error::Reason};
use crate::{
    error::{ApiError, ErrorKind, is_about_addresses, one_line},
    redact::redirect_target,
    transport::{
        connect_advice::advice,
        failure::{Cause, Failure},
        response::ReceivedResponse,
    },
};

/// What to do where somebody else than Atlas seems to answer.
const CHECK_THE_WAY: &str = "check the base URL and any proxy in between";

/// The longest word that is shown of what a server says: a secret and a token are longer.
const MAX_WORD_CHARS: usize = 24;

/// What was asked of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Fetch,
    Revoke,
}

impl Purpose {
    fn failed(self) -> &'static str {
        match self {
            Self::Fetch => "no access token",
            Self::Revoke => "the access token was not revoked",
        }
    }
}

/// Why there is no token.
pub(super) fn of_no_grant(why: NoGrant, host: &str, now: SystemTime) -> Reason {
    match why {
        NoGrant::Failed(failure) => of_failure(failure, Purpose::Fetch, host, now),
        NoGrant::Unusable(lacks) => Reason::new(
            ErrorKind::Authentication,
            format!("no access token: {host} gave an answer {lacks}: {CHECK_THE_WAY}"),
        ),
    }
}

/// Why a request to the endpoint failed.
pub(super) fn of_failure(
    failure: Failure,
    purpose: Purpose,
    host: &str,
    now: SystemTime,
) -> Reason {
    let (what, retry_after) = (purpose.failed(), failure.retry_after(now));
    let authentication = |why: String| {
        let message = format!("{what}: {why}");
        Reason::new(ErrorKind::Authentication, message)
    };
    match failure.cause {
        Cause::Refused(response) => Reason {
            retry_after,
            ..refused(&response, what)
        },
        Cause::Connect(cause) => {
            let advice = advice(&cause);
            let remedy = advice.map(|advice| format!("; {advice}"));
            let (reason, remedy) = (innermost(&cause), remedy.unwrap_or_default());
            Reason {
                transient: advice.is_none(),
                source: Some(Arc::new(cause)),
                ..Reason::new(
                    ErrorKind::Connect,
                    format!("{what}: no connection to {host}: {reason}{remedy}"),
                )
            }
        }
        Cause::Broken(cause) => {
            let reason = innermost(&cause);
            Reason {
                transient: true,
                source: Some(Arc::new(cause)),
                ..Reason::new(
                    ErrorKind::Transport,
                    format!(
                        "{what}: the connection to {host} broke before the answer was complete: \
                         {reason}"
                    ),
                )
            }
        }
        Cause::Timeout(timeout) => Reason {
            transient: true,
            ..Reason::new(
                ErrorKind::Timeout,
                format!(
                    "{what}: no complete answer of {host} within {} s: raise \
                     ClientBuilder::attempt_timeout",
                    timeout.after.as_secs_f64()
                ),
            )
        },
        Cause::NotAtlas(media_type) => Reason {
            transient: true,
            ..authentication(format!(
                "{host} gave a success with {}, which is not Atlas's: {CHECK_THE_WAY}",
                media_type.map_or_else(|| "no media type".to_owned(), |text| one_line(&text)),
            ))
        },
        Cause::TooLarge(bound) => authentication(format!(
            "the answer of {host} is larger than {bound} bytes, and a token is not: \
             {CHECK_THE_WAY}"
        )),
        Cause::Redirect { target, status } => Reason {
            status: Some(status.as_u16()),
            ..authentication(format!(
                "got a redirect ({}) to {}, and credentials follow no redirect: set the base URL \
                 to where the API is",
                status.as_u16(),
                target.map_or_else(|| "nowhere".to_owned(), |target| redirect_target(&target)),
            ))
        },
        other => authentication(format!("failed ({}): {CHECK_THE_WAY}", reason_of(other))),
    }
}

/// A word for what no request to the endpoint ends with.
fn reason_of(cause: Cause) -> &'static str {
    Failure::of(cause).reason()
}

/// What a status means, and what to do about it.
fn refused(response: &ReceivedResponse, what: &str) -> Reason {
    let status = response.status.as_u16();
    let api = ApiError::read(&response.body);
    let said = said(response);
    let by_atlas = api.as_ref().and_then(|api| api.error_code.as_deref());
    let is_about_addresses = by_atlas.is_some_and(is_about_addresses);
    let kind = match status {
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::Authentication,
    };
    let help = match status {
        _ if is_about_addresses => {
            "add this machine's address to the access list of the service account"
        }
        400 | 401 => {
            "check that client id and secret belong together, and that the secret has not expired: \
             make a new one in Atlas, if it has"
        }
        403 => {
            "check that this machine's address is on the access list of the service account, and \
             that it has fewer than 100 live tokens: call Client::revoke_token where a program ends"
        }
        429 => "the token endpoint has been asked too often: wait, and share one client",
        407 => crate::error::PROXY,
        408 | 500..=599 => "the token endpoint fails: try again later",
        _ => CHECK_THE_WAY,
    };
    Reason {
        status: Some(status),
        transient: status == 408 || response.status.is_server_error(),
        api: api.filter(|api| api.error_code.is_some()),
        ..Reason::new(kind, format!("{what}: {status}{said}: {help}"))
    }
}

/// The code of a refusal and its words, each where it may be shown.
fn said(response: &ReceivedResponse) -> String {
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(&response.body) else {
        return match response.media_type() {
            Some(media_type) if !response.body.is_empty() => {
                format!(" with {}, not JSON", one_line(media_type))
            }
            _ => String::new(),
        };
    };
    let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str);
    let code = text("errorCode").or_else(|| text("error"));
    let words = text("error_description").or_else(|| text("detail"));
    let shown: Vec<String> = [code, words]
        .into_iter()
        .flatten()
        .filter(|text| !text.split_whitespace().any(may_be_secret))
        .map(one_line)
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    format!(" {}", shown.join(", "))
}

/// Whether a word is too long to be one. Codes have underscores in them.
fn may_be_secret(word: &str) -> bool {
    let mut parts = word.split('_');
    word.contains("mdb_") || parts.any(|part| part.chars().count() > MAX_WORD_CHARS)
}

/// The cause that says most.
fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &(dyn StdError + 'static) = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
