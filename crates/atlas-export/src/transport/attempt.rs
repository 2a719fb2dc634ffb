//! One attempt: authenticate, send, read, unwrap.

use std::{
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use atlas_export_api::Operation;
use bytes::Bytes;
use digest_lanes::{BodyKind, Step, Verdict};
use futures_util::future::{Either, select};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    Transport, body, envelope,
    failure::{Cause, Failure},
    request::Prepared,
    unsent,
};

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
            Some(media_type) => media_type.contains("json") && (!unread || parses()),
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

impl Transport {
    /// One attempt, under its time-out. `acted` is kept up to date for whoever gives up on it
    /// from outside.
    pub(super) async fn attempt(
        &self,
        prepared: &Prepared,
        acted: &AtomicBool,
    ) -> Result<Answer, Failure> {
        let outcome = {
            let dialogue = pin!(self.dialogue(prepared, acted));
            let guard = self.clock.guard(self.limits.attempt_timeout);
            match select(dialogue, guard).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right(((), _)) => Err(Cause::Timeout(self.limits.attempt_timeout)),
            }
        };
        outcome.map_err(|cause| Failure {
            cause,
            acted: acted.load(Ordering::Relaxed),
            lost_before: false,
        })
    }

    /// Sends, and answers challenges until the server has its say.
    async fn dialogue(&self, prepared: &Prepared, acted: &AtomicBool) -> Result<Answer, Cause> {
        let kind = match prepared.body {
            Some(_) => BodyKind::Present,
            None => BodyKind::Empty,
        };
        let mut dialogue = self.auth.begin(kind, || self.clock.now()).await;
        let target = prepared.target();
        loop {
            let random = self.clock.random().map_err(Cause::Random)?;
            let step = dialogue
                .exchange
                .next(prepared.method.as_str(), &target, random);
            let (request, probing) = match step {
                Step::Probe => (prepared.probe(), true),
                Step::Send { authorization } => {
                    let value = authorization.map(|value| header_value(value.expose()));
                    let value = value.transpose()?;
                    acted.store(true, Ordering::Relaxed);
                    (prepared.signed(value), false)
                }
            };
            let response = match self.http.execute(request).await {
                Ok(response) => response,
                Err(error) => {
                    if error.is_connect() || unsent::is_unsent(&error) {
                        acted.store(false, Ordering::Relaxed);
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
            let verdict = dialogue.exchange.response(
                self.clock.now(),
                status.as_u16(),
                challenges(),
                response
                    .headers()
                    .get("authentication-info")
                    .map(HeaderValue::as_bytes),
            );
            if status == StatusCode::UNAUTHORIZED {
                acted.store(false, Ordering::Relaxed);
            }
            match verdict {
                // The challenge's body is read so that the connection can be used again.
                Verdict::Again => drop(self.refusal(response).await),
                Verdict::Rejected => {
                    let answer = Box::new(self.refusal(response).await);
                    // Stale to the end says nothing about the key.
                    return Err(if stale {
                        Cause::Stale(answer)
                    } else {
                        Cause::Rejected(answer)
                    });
                }
                Verdict::Final => {
                    // Others need not wait for the body.
                    drop(dialogue);
                    return self.read(prepared, response).await;
                }
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
        let target = response.headers().get(header::LOCATION);
        if let Some(target) = target.filter(|_| status.is_redirection()) {
            let target = String::from_utf8_lossy(target.as_bytes()).into_owned();
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
        let body = body::read(response, self.limits.max_body).await?;
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
                Either::Left((body, _)) => body.unwrap_or_default(),
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

/// A header value that no log shows.
fn header_value(bytes: &[u8]) -> Result<HeaderValue, Cause> {
    let mut value = HeaderValue::from_bytes(bytes).map_err(|_| Cause::Unsignable)?;
    value.set_sensitive(true);
    Ok(value)
}
