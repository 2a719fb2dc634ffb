//! From the outcome of an operation to its response: `pretty`, `envelope` and content types.
//!
//! Under `envelope=true` the status line always says 200 and the body's `status` is the true one:
//!
//! | Outcome | Body |
//! |---|---|
//! | one result | `{"status":200,"content":{…}}` |
//! | a list | `{"status":200,"links":…,"results":…,"totalCount":…}` |
//! | an error | `{"status":404,"content":{"error":404,…}}` |
//! | 204 | `{"status":204,"content":{}}` (unconfirmed) |
//!
//! A 401 is never wrapped: without its status line no client could answer the challenge.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, WWW_AUTHENTICATE};
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::rules::error::AtlasError;
use crate::rules::header::set;
use crate::rules::query;

/// What a single result is called inside an envelope: no recorded traffic shows it.
///
/// ```
/// use atlas_export_fake::{EnvelopeSpelling, FakeAtlas};
///
/// let builder = FakeAtlas::builder().envelope_spelling(EnvelopeSpelling::Envelope);
/// # drop(builder);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EnvelopeSpelling {
    /// `{"status":…,"content":…}`, as most Atlas documents have it.
    #[default]
    Content,
    /// `{"status":…,"envelope":…}`, as the v1.0 reference pages have it.
    Envelope,
}

impl EnvelopeSpelling {
    fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Envelope => "envelope",
        }
    }
}

/// What an operation answers when nothing went wrong.
#[derive(Debug)]
pub(crate) enum Reply {
    One(Value),
    Page(Map<String, Value>),
    /// 204.
    Nothing,
}

/// How the caller wants the body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResponseStyle {
    pretty: bool,
    envelope: bool,
    spelling: EnvelopeSpelling,
}

impl ResponseStyle {
    /// Reads `pretty` and `envelope`. The style comes with the error too, since the refusal of one
    /// parameter still honours the other.
    pub(crate) fn of(query: &str, spelling: EnvelopeSpelling) -> (Self, Result<(), AtlasError>) {
        let pretty = query::flag(query, "pretty", false);
        let envelope = query::flag(query, "envelope", false);
        let style = Self {
            pretty: pretty == Ok(true),
            envelope: envelope == Ok(true),
            spelling,
        };
        (style, pretty.and(envelope).map(drop))
    }

    /// The response for `outcome`; `success` and `media_type` are those of a success.
    pub(crate) fn respond(
        self,
        outcome: Result<Reply, AtlasError>,
        success: StatusCode,
        media_type: &str,
    ) -> Response<Bytes> {
        let mut headers = HeaderMap::new();
        let (status, body) = match outcome {
            Ok(reply) => {
                set(&mut headers, CONTENT_TYPE, media_type);
                let body = match reply {
                    Reply::One(body) => Some((body, false)),
                    Reply::Page(page) => Some((Value::Object(page), true)),
                    Reply::Nothing => None,
                };
                (success, body)
            }
            Err(error) => {
                set(&mut headers, CONTENT_TYPE, "application/json");
                set(&mut headers, X_ERROR_CODE, error.code);
                (error.status, Some((error.body(), false)))
            }
        };
        let (status, body) = if self.envelope {
            (StatusCode::OK, Some(self.wrap(status, body)))
        } else {
            (status, body.map(|(body, _)| body))
        };
        let mut response = Response::new(body.map_or_else(Bytes::new, |body| self.print(&body)));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    fn wrap(self, status: StatusCode, body: Option<(Value, bool)>) -> Value {
        let status = status.as_u16();
        match body {
            Some((Value::Object(mut page), true)) => {
                page.insert("status".into(), status.into());
                Value::Object(page)
            }
            body => {
                let content = body.map_or_else(|| json!({}), |(body, _)| body);
                json!({ "status": status, self.spelling.name(): content })
            }
        }
    }

    fn print(self, body: &Value) -> Bytes {
        Bytes::from(if self.pretty {
            format!("{body:#}")
        } else {
            body.to_string()
        })
    }
}

const X_ERROR_CODE: HeaderName = HeaderName::from_static("x-error-code");

/// The answer to a request without valid credentials: a challenge, and no header that the live
/// service keeps for callers it knows.
pub(crate) fn challenge(challenge: &str) -> Response<Bytes> {
    let body = AtlasError::unauthorized().body().to_string();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    set(headers, CONTENT_TYPE, "application/json");
    set(headers, WWW_AUTHENTICATE, challenge);
    response
}
