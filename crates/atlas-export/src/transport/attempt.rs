//! One attempt: authenticate, send, read, unwrap.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use digest_lanes::{BodyKind, Exchange, Step, Verdict};
use futures_util::future::{Either, select};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    body, envelope,
    failure::{Cause, Failure, TimeLimit, Timeout},
    progress::Progress,
    request::Prepared,
    response::{BodyUse, ReceivedResponse},
    shared_state::Transport,
    unsent::is_unsent,
};
use crate::redact;

/// The longest body of a refusal that is read: enough for Atlas's, too little for a page.
const MAX_REFUSAL_BODY: usize = 64 * 1024;

/// How long the body of a refusal is waited for.
const REFUSAL_BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many challenges of one response a message shows.
const MAX_SHOWN_CHALLENGES: usize = 4;

/// What one attempt gave.
#[derive(Debug)]
pub(super) struct Attempted {
    pub(super) result: Result<ReceivedResponse, Failure>,
    /// Whether the server refused a nonce that it had only just given out.
    pub(super) nonce_forgotten: bool,
}

/// Which challenge an attempt answers first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// One that is known, if there is a lane.
    Known,
    /// One of its own.
    Fresh,
}

impl Transport {
    /// Begins the dialogue of an attempt.
    fn begin(&self, prepared: &Prepared, challenge: Challenge) -> Exchange {
        let kind = match prepared.body {
            Some(_) => BodyKind::Present,
            None => BodyKind::Empty,
        };
        match challenge {
            Challenge::Known => self.lanes.begin(self.clock.now(), kind),
            Challenge::Fresh => self.lanes.begin_anew(kind),
        }
    }

    /// One attempt, under its time-out.
    pub(super) async fn attempt(
        &self,
        prepared: &Prepared,
        progress: &Progress,
        challenge: Challenge,
    ) -> Attempted {
        let mut nonce_forgotten = false;
        let result = {
            let dialogue = pin!(self.dialogue(prepared, progress, challenge, &mut nonce_forgotten));
            let guard = self.clock.guard(self.limits.attempt_timeout);
            match select(dialogue, guard).await {
                Either::Left((result, _)) => result,
                Either::Right(((), _)) => {
                    let after = self.limits.attempt_timeout;
                    Err(self.timed_out(TimeLimit::Attempt, after, progress))
                }
            }
        };
        Attempted {
            result: result.map_err(|cause| Failure {
                may_have_acted: progress.may_have_acted(),
                ..Failure::of(cause)
            }),
            nonce_forgotten,
        }
    }

    /// Too much time has passed.
    pub(super) fn timed_out(
        &self,
        limit: TimeLimit,
        after: Duration,
        progress: &Progress,
    ) -> Cause {
        Cause::Timeout(Timeout {
            limit,
            after,
            waited: progress.waited(self.clock.now()),
            max_in_flight: self.slots.max(),
            was_sent: progress.attempts() > 0,
        })
    }

    /// Sends, and answers challenges until the server has its say.
    async fn dialogue(
        &self,
        prepared: &Prepared,
        progress: &Progress,
        challenge: Challenge,
        nonce_forgotten: &mut bool,
    ) -> Result<ReceivedResponse, Cause> {
        let mut exchange = self.begin(prepared, challenge);
        let target = prepared.target();
        let mut was_challenged = false;
        loop {
            let random = self.clock.random().map_err(Cause::Random)?;
            let step = exchange.next(prepared.method.as_str(), &target, random);
            let (request, asks_for_challenge, is_signed) = match step {
                Step::Probe => {
                    progress.check_wanted()?;
                    (prepared.challenge_request(), true, false)
                }
                Step::Send { authorization } => {
                    let is_signed = authorization.is_some();
                    let value = authorization.map(|value| header_value(value.expose()));
                    let value = value.transpose()?;
                    progress.mark_sent()?;
                    (prepared.signed(value), false, is_signed)
                }
            };
            let response = match self.http.execute(request).await {
                Ok(response) => response,
                Err(error) => {
                    if error.is_connect() || is_unsent(&error) {
                        progress.clear_may_have_acted();
                    }
                    return Err(Cause::of_sending(error));
                }
            };
            let status = response.status();
            if asks_for_challenge
                && (status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error())
            {
                // Says nothing about authentication: the attempt ends before the request.
                return Err(Cause::refused(self.refusal(response).await));
            }
            let challenges = || {
                let values = response.headers().get_all(header::WWW_AUTHENTICATE).iter();
                values.map(HeaderValue::as_bytes)
            };
            let is_stale = digest_lanes::strongest(challenges()).is_some_and(|c| c.is_stale());
            let verdict = exchange.response(
                self.clock.now(),
                status.as_u16(),
                challenges(),
                response
                    .headers()
                    .get("authentication-info")
                    .map(HeaderValue::as_bytes),
            );
            if status == StatusCode::UNAUTHORIZED {
                progress.clear_may_have_acted();
                // Signed with what this very dialogue was challenged with.
                *nonce_forgotten |= is_signed && was_challenged;
                was_challenged = true;
            }
            match verdict {
                // The challenge's body is read so that the connection can be used again.
                Verdict::Again => drop(self.refusal(response).await),
                Verdict::Rejected => {
                    let refusal = Box::new(self.refusal(response).await);
                    // Stale to the end says nothing about the key.
                    return Err(if is_stale {
                        Cause::NoncesStale(refusal)
                    } else if self.lanes.key_has_worked() {
                        Cause::WorkingKeyRefused(refusal)
                    } else {
                        Cause::KeyRefused(refusal)
                    });
                }
                Verdict::Final if status == StatusCode::UNAUTHORIZED => {
                    return Err(Cause::NoUsableChallenge {
                        offered: offered(response.headers()),
                        response: Box::new(self.refusal(response).await),
                        was_signed: is_signed,
                    });
                }
                Verdict::Final => return self.read(prepared, response).await,
            }
        }
    }

    /// Reads a final response: a success whole, anything else as far as it is of use.
    async fn read(
        &self,
        prepared: &Prepared,
        response: reqwest::Response,
    ) -> Result<ReceivedResponse, Cause> {
        let status = response.status();
        if status.is_redirection() {
            let target = response.headers().get(header::LOCATION);
            let target = target.map(|target| String::from_utf8_lossy(target.as_bytes()).into());
            return Err(Cause::Redirect { target, status });
        }
        if !status.is_success() {
            let refusal = self.refusal(response).await;
            if !self.envelope {
                return Err(Cause::refused(refusal));
            }
            // The status line has said that it is one already.
            return Err(Cause::refused(ReceivedResponse {
                status,
                ..envelope::unwrap(refusal)
            }));
        }
        let headers = response.headers().clone();
        let body = body::read(response, self.limits.max_body).await?;
        if let Some(encoding) = unasked_encoding(&headers) {
            return Err(Cause::Encoded(encoding));
        }
        let response = ReceivedResponse {
            status,
            headers,
            body: without_byte_order_mark(body),
        };
        // Where nothing is to be decoded, nobody else would look at the body.
        let body_use = if prepared.operation.success == StatusCode::NO_CONTENT.as_u16() {
            BodyUse::Ignored
        } else {
            BodyUse::Decoded
        };
        if !response.may_be_from_atlas(body_use) {
            let media_type = response.media_type().map(str::to_owned);
            return Err(Cause::NotAtlas(media_type));
        }
        if prepared.is_read() && response.body.is_empty() && body_use == BodyUse::Decoded {
            return Err(Cause::Empty);
        }
        if !self.envelope {
            return Ok(response);
        }
        let response = envelope::unwrap(response);
        if response.status.is_success() {
            Ok(response)
        } else {
            Err(Cause::refused(response))
        }
    }

    /// A refusal with as much of its body as there is, which may be nothing.
    async fn refusal(&self, response: reqwest::Response) -> ReceivedResponse {
        let status = response.status();
        let headers = response.headers().clone();
        let bound = MAX_REFUSAL_BODY.min(self.limits.max_body);
        // The status is what counts; a body that breaks off or stalls takes nothing from it.
        let body = {
            let reading = pin!(body::read(response, bound));
            match select(reading, self.clock.guard(REFUSAL_BODY_TIMEOUT)).await {
                Either::Left((body, _)) => without_byte_order_mark(body.unwrap_or_default()),
                Either::Right(_) => Bytes::new(),
            }
        };
        ReceivedResponse {
            status,
            headers,
            body,
        }
    }
}

/// What a 401 offers that cannot be answered: schemes, and the Digest parameters that decide.
fn offered(headers: &HeaderMap) -> String {
    let offers: Vec<String> = headers
        .get_all(header::WWW_AUTHENTICATE)
        .iter()
        .take(MAX_SHOWN_CHALLENGES)
        .map(|value| redact::challenge(value.as_bytes()))
        .collect();
    if offers.is_empty() {
        "no challenge".to_owned()
    } else {
        offers.join(" and ")
    }
}

/// A body without the mark that some editors and gateways put before JSON.
fn without_byte_order_mark(body: Bytes) -> Bytes {
    if body.starts_with(b"\xef\xbb\xbf") {
        body.slice(3..)
    } else {
        body
    }
}

/// What a body is encoded in that was not asked for. The HTTP library takes the header away with
/// an encoding that it undoes.
fn unasked_encoding(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_ENCODING)?;
    let value = String::from_utf8_lossy(value.as_bytes());
    let value = value.trim();
    (!value.is_empty() && !value.eq_ignore_ascii_case("identity")).then(|| value.to_owned())
}

/// A header value that no log shows.
fn header_value(bytes: &[u8]) -> Result<HeaderValue, Cause> {
    let mut value = HeaderValue::from_bytes(bytes).map_err(|_| Cause::Unsignable)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authorization_is_kept_from_logs_and_from_the_tables_of_http2() {
        assert!(header_value(b"Digest x").unwrap().is_sensitive());
    }

    #[test]
    fn a_mark_before_json_is_skipped_and_nothing_else() {
        let bytes = Bytes::from_static;
        assert_eq!(without_byte_order_mark(bytes(b"\xef\xbb\xbf{}")), "{}");
        assert_eq!(without_byte_order_mark(bytes(b"{}")), "{}");
        assert_eq!(without_byte_order_mark(bytes(b"\xef\xbb")), b"\xef\xbb"[..]);
    }

    #[test]
    fn an_encoding_that_nobody_asked_for_is_noticed() {
        let unasked = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            unasked_encoding(&HeaderMap::from_iter([(header::CONTENT_ENCODING, value)]))
        };
        assert_eq!(unasked("br").as_deref(), Some("br"));
        assert_eq!(unasked("Identity"), None);
        assert_eq!(unasked_encoding(&HeaderMap::new()), None);
    }
}
