//! One request, and what comes back: a success is read whole and checked, a refusal as far as it
//! is of use.

use std::{pin::pin, time::Duration};

use atlas_export_api::Operation;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderMap, StatusCode, header};

use super::{
    body, envelope,
    failure::Cause,
    limits::Limits,
    progress::Progress,
    request::Prepared,
    request_watch::RequestWatch,
    response::{BodyUse, ReceivedResponse},
    shared_state::Transport,
    unsent::is_unsent,
};
use crate::observe::Purpose;

/// The longest body of a refusal that is read: enough for Atlas's, too little for a page.
const MAX_REFUSAL_BODY: usize = 64 * 1024;

/// How long the body of a refusal is waited for.
const REFUSAL_BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// A response whose body has not been read.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    response: reqwest::Response,
    pub(super) watch: RequestWatch<'a>,
}

impl Answer<'_> {
    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }
}

impl Transport {
    /// Sends a request in its turn, as far as the head of its response. It is marked as sent when it
    /// goes out, and not while it waits.
    pub(super) async fn send<'a>(
        &'a self,
        prepared: &Prepared,
        request: reqwest::Request,
        purpose: Purpose,
        progress: &'a Progress,
    ) -> Result<Answer<'a>, Cause> {
        let Limits {
            attempt_timeout,
            call_timeout,
            ..
        } = self.limits;
        let limit = attempt_timeout.min(call_timeout);
        let _first = self.opening.enter(&*self.clock, limit).await;
        match purpose {
            // Nobody acts on a question for a challenge.
            Purpose::Challenge => progress.check_wanted()?,
            _ => progress.mark_sent()?,
        }
        let Operation {
            id, method, path, ..
        } = prepared.operation;
        let mut watch = RequestWatch::begin(
            (&self.watcher, &self.clock),
            Some(progress),
            purpose,
            &request,
            |watcher| watcher.operation(id, method, path),
        );
        match self.http.execute(request).await {
            Ok(response) => {
                self.opening.answered();
                watch.answered(response.status());
                Ok(Answer { response, watch })
            }
            Err(error) => {
                let is_unsent = error.is_connect() || is_unsent(&error);
                let cause = Cause::of_sending(error);
                if is_unsent || matches!(cause, Cause::Connect(_)) {
                    progress.clear_may_have_acted();
                }
                if is_unsent {
                    watch.was_not_sent();
                }
                watch.fail(cause.reason());
                Err(cause)
            }
        }
    }

    /// Reads a final response: a success whole, anything else as far as it is of use.
    pub(super) async fn read(
        &self,
        prepared: &Prepared,
        answer: Answer<'_>,
    ) -> Result<ReceivedResponse, Cause> {
        let status = answer.status();
        if status.is_redirection() {
            let Answer {
                response,
                mut watch,
            } = answer;
            watch.end();
            let target = response.headers().get(header::LOCATION);
            let target = target.map(|target| String::from_utf8_lossy(target.as_bytes()).into());
            return Err(Cause::Redirect { target, status });
        }
        if !status.is_success() {
            let refusal = self.refusal(answer).await;
            if !self.envelope {
                return Err(Cause::refused(refusal));
            }
            // The status line has said that it is one already.
            return Err(Cause::refused(ReceivedResponse {
                status,
                ..envelope::unwrap(refusal)
            }));
        }
        let headers = answer.headers().clone();
        let body = self.whole_body(answer).await?;
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

    /// The body of a success.
    async fn whole_body(&self, answer: Answer<'_>) -> Result<Bytes, Cause> {
        let Answer {
            response,
            mut watch,
        } = answer;
        let body = body::read(response, self.limits.max_body, |more| watch.received(more)).await;
        match &body {
            Ok(_) => watch.end(),
            Err(cause) => watch.fail(cause.reason()),
        }
        body
    }

    /// A refusal with as much of its body as there is, which may be nothing.
    pub(super) async fn refusal(&self, answer: Answer<'_>) -> ReceivedResponse {
        let status = answer.status();
        let headers = answer.headers().clone();
        let Answer {
            response,
            mut watch,
        } = answer;
        let bound = MAX_REFUSAL_BODY.min(self.limits.max_body);
        // The status is what counts; a body that breaks off or stalls takes nothing from it.
        let body = {
            let reading = pin!(body::read(response, bound, |more| watch.received(more)));
            match select(reading, self.clock.guard(REFUSAL_BODY_TIMEOUT)).await {
                Either::Left((body, _)) => without_byte_order_mark(body.unwrap_or_default()),
                Either::Right(_) => Bytes::new(),
            }
        };
        watch.end();
        ReceivedResponse {
            status,
            headers,
            body,
        }
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

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

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
