//! One attempt: authenticate, send, read, unwrap.

use std::{pin::pin, time::Duration};

use atlas_export_api::Operation;
use bytes::Bytes;
use digest_lanes::{BodyKind, Exchange, Step, Verdict};
use futures_util::future::{Either, select};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    Transport, body, envelope,
    failure::{Cause, Failure},
    request::Prepared,
    traces::Traces,
    unsent,
};
use crate::redact;

/// The longest body of a refusal that is read: enough for Atlas's, too little for a page.
const MAX_REFUSAL: usize = 64 * 1024;

/// How long the body of a refusal is waited for.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// A whole answer of the server.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A success without a body.
    pub(super) fn empty() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// The media type, without its parameters.
    pub(super) fn media_type(&self) -> Option<&str> {
        let value = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        Some(value.split(';').next().unwrap_or(value).trim())
    }

    /// Whether a success can come from Atlas, which sends JSON or nothing. A gateway may answer
    /// 200 with a page of its own, and a deletion would be believed on its status alone.
    fn is_of_atlas(&self, unread: bool) -> bool {
        if self.body.is_empty() {
            return true;
        }
        let parses = || serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok();
        match self.media_type() {
            Some(media_type) => is_json(media_type) && (!unread || parses()),
            None => parses(),
        }
    }

    /// The answer as the generated code takes it: a success has the one status that the
    /// contract gives it, because a 201 where 200 is documented is a success all the same.
    pub(super) fn into_response(self, operation: &Operation) -> reqwest::Response {
        let mut response = http::Response::new(reqwest::Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(operation.success).unwrap_or(self.status);
        *response.headers_mut() = self.headers;
        response.into()
    }
}

/// Whether a media type is JSON, in upper or lower case.
pub(crate) fn is_json(media_type: &str) -> bool {
    media_type.to_ascii_lowercase().contains("json")
}

/// What one attempt gave.
#[derive(Debug)]
pub(super) struct Attempted {
    pub(super) outcome: Result<Answer, Failure>,
    /// Whether the server refused a nonce that it had only just given out.
    pub(super) nonce_forgotten: bool,
}

impl Transport {
    /// Begins the dialogue of an attempt.
    fn begin(&self, prepared: &Prepared, anew: bool) -> Exchange {
        let kind = match prepared.body {
            Some(_) => BodyKind::Present,
            None => BodyKind::Empty,
        };
        if anew {
            self.lanes.begin_anew(kind)
        } else {
            self.lanes.begin(self.clock.now(), kind)
        }
    }

    /// One attempt, under its time-out. `anew` asks for a challenge of its own.
    pub(super) async fn attempt(
        &self,
        prepared: &Prepared,
        traces: &Traces,
        anew: bool,
    ) -> Attempted {
        let mut nonce_forgotten = false;
        let outcome = {
            let dialogue = pin!(self.dialogue(prepared, traces, anew, &mut nonce_forgotten));
            let guard = self.clock.guard(self.limits.attempt_timeout);
            match select(dialogue, guard).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right(((), _)) => Err(self.timed_out(self.limits.attempt_timeout, traces)),
            }
        };
        Attempted {
            outcome: outcome.map_err(|cause| Failure {
                may_have_acted: traces.may_have_acted(),
                ..Failure::of(cause)
            }),
            nonce_forgotten,
        }
    }

    /// Too much time has passed.
    pub(super) fn timed_out(&self, after: Duration, traces: &Traces) -> Cause {
        Cause::Timeout {
            after,
            waited: traces.waited(self.clock.now()),
            most_in_flight: self.slots.most(),
            was_sent: traces.attempts() > 0,
        }
    }

    /// Sends, and answers challenges until the server has its say.
    async fn dialogue(
        &self,
        prepared: &Prepared,
        traces: &Traces,
        anew: bool,
        nonce_forgotten: &mut bool,
    ) -> Result<Answer, Cause> {
        let mut exchange = self.begin(prepared, anew);
        let target = prepared.target();
        let mut asked_before = false;
        loop {
            let random = self.clock.random().map_err(Cause::Random)?;
            let step = exchange.next(prepared.method.as_str(), &target, random);
            let (request, probing, signed) = match step {
                Step::Probe => {
                    traces.is_wanted()?;
                    (prepared.probe(), true, false)
                }
                Step::Send { authorization } => {
                    let signed = authorization.is_some();
                    let value = authorization.map(|value| header_value(value.expose()));
                    let value = value.transpose()?;
                    traces.goes_out()?;
                    (prepared.signed(value), false, signed)
                }
            };
            let response = match self.http.execute(request).await {
                Ok(response) => response,
                Err(error) => {
                    if error.is_connect() || unsent::is_unsent(&error) {
                        traces.did_not_act();
                    }
                    return Err(Cause::of_sending(error));
                }
            };
            let status = response.status();
            if probing && (status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()) {
                // Says nothing about authentication: the attempt ends before the request.
                return Err(Cause::refused(self.refusal(response).await));
            }
            let challenges = || {
                let values = response.headers().get_all(header::WWW_AUTHENTICATE).iter();
                values.map(HeaderValue::as_bytes)
            };
            let stale = digest_lanes::strongest(challenges()).is_some_and(|c| c.is_stale());
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
                traces.did_not_act();
                // Signed with what this very dialogue was challenged with.
                *nonce_forgotten |= signed && asked_before;
                asked_before = true;
            }
            match verdict {
                // The challenge's body is read so that the connection can be used again.
                Verdict::Again => drop(self.refusal(response).await),
                Verdict::Rejected => {
                    let answer = Box::new(self.refusal(response).await);
                    // Stale to the end says nothing about the key.
                    return Err(if stale {
                        Cause::Stale(answer)
                    } else if self.lanes.key_has_worked() {
                        Cause::RejectedLater(answer)
                    } else {
                        Cause::Rejected(answer)
                    });
                }
                Verdict::Final if status == StatusCode::UNAUTHORIZED && prepared.of_atlas => {
                    let offered = offered(response.headers());
                    let answer = Box::new(self.refusal(response).await);
                    return Err(Cause::Unanswerable(answer, offered, signed));
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
    ) -> Result<Answer, Cause> {
        let status = response.status();
        if status.is_redirection() {
            let target = response.headers().get(header::LOCATION);
            let target = target.map(|target| String::from_utf8_lossy(target.as_bytes()).into());
            return Err(Cause::Redirect(target, status.as_u16()));
        }
        if !status.is_success() {
            let refusal = self.refusal(response).await;
            if !self.envelope {
                return Err(Cause::refused(refusal));
            }
            // The status line has said that it is one already.
            return Err(Cause::refused(Answer {
                status,
                ..envelope::unwrap(refusal)
            }));
        }
        let headers = response.headers().clone();
        let mut body = body::read(response, self.limits.max_body).await?;
        if prepared.of_atlas {
            if let Some(encoding) = unasked_encoding(&headers) {
                return Err(Cause::Encoded(encoding));
            }
            body = without_byte_order_mark(body);
        }
        let answer = Answer {
            status,
            headers,
            body,
        };
        // Where nothing is to be decoded, nobody else would look at the body.
        let unread = prepared.operation.success == StatusCode::NO_CONTENT.as_u16();
        if prepared.of_atlas && !answer.is_of_atlas(unread) {
            return Err(Cause::Foreign(answer.media_type().map(str::to_owned)));
        }
        if prepared.is_read() && answer.body.is_empty() && !unread {
            return Err(Cause::Empty);
        }
        if !self.envelope {
            return Ok(answer);
        }
        let answer = envelope::unwrap(answer);
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(Cause::refused(answer))
        }
    }

    /// A refusal with as much of its body as there is, which may be nothing.
    async fn refusal(&self, response: reqwest::Response) -> Answer {
        let status = response.status();
        let headers = response.headers().clone();
        let bound = MAX_REFUSAL.min(self.limits.max_body);
        // The status is what counts; a body that breaks off or stalls takes nothing from it.
        let body = {
            let reading = pin!(body::read(response, bound));
            match select(reading, self.clock.guard(REFUSAL_TIMEOUT)).await {
                Either::Left((body, _)) => without_byte_order_mark(body.unwrap_or_default()),
                Either::Right(_) => Bytes::new(),
            }
        };
        Answer {
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
        .take(4)
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
        let told = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            unasked_encoding(&HeaderMap::from_iter([(header::CONTENT_ENCODING, value)]))
        };
        assert_eq!(told("br").as_deref(), Some("br"));
        assert_eq!(told("Identity"), None);
        assert_eq!(unasked_encoding(&HeaderMap::new()), None);
    }
}
