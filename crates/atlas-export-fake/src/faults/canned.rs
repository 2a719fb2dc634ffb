//! Answers that are not Atlas's own, for [`Fault`](crate::Fault)s.

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::json;

const JSON: &str = "application/json";

/// An answer that is not the fake's own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Canned {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Canned {
    pub(crate) fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.body.clone());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}

fn canned(
    status: StatusCode,
    headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    body: impl Into<Bytes>,
) -> Canned {
    Canned {
        status,
        headers: HeaderMap::from_iter(headers),
        body: body.into(),
    }
}

fn of_type(media_type: &'static str) -> (HeaderName, HeaderValue) {
    (CONTENT_TYPE, HeaderValue::from_static(media_type))
}

/// Without `X-Error-Code` and `parameters`: what the live service sends where the code is this one.
pub(crate) fn error(status: StatusCode) -> Canned {
    let body = json!({
        "error": status.as_u16(),
        "errorCode": "UNEXPECTED_ERROR",
        "detail": "A fault was injected here.",
        "reason": status.canonical_reason().unwrap_or_default(),
    });
    canned(status, [of_type(JSON)], body.to_string())
}

pub(crate) fn html(status: StatusCode) -> Canned {
    let title = status.to_string();
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
    );
    canned(status, [of_type("text/html; charset=utf-8")], body)
}

pub(crate) fn garbage_json() -> Canned {
    canned(
        StatusCode::OK,
        [of_type(JSON)],
        r#"{"results":[{"_id":"6a79"#,
    )
}

pub(crate) fn redirect(location: HeaderValue) -> Canned {
    canned(
        StatusCode::TEMPORARY_REDIRECT,
        [(LOCATION, location)],
        Bytes::new(),
    )
}

pub(crate) fn basic_challenge() -> Canned {
    let mut answer = error(StatusCode::UNAUTHORIZED);
    let basic = HeaderValue::from_static(r#"Basic realm="MMS Public API""#);
    answer.headers.insert(WWW_AUTHENTICATE, basic);
    answer
}

pub(crate) fn gzip_bomb(mebibytes: usize) -> Canned {
    let spaces = vec![b' '; 1024 * 1024];
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    for _ in 0..mebibytes {
        // Writing to memory does not fail.
        let _ = gzip.write_all(&spaces);
    }
    let body = gzip.finish().unwrap_or_default();
    let encoding = (CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    canned(StatusCode::OK, [of_type(JSON), encoding], body)
}
