//! The envelope: a body that repeats the status, for clients that cannot see the status line.
//!
//! A single result comes as `{"status": …, "envelope": …}`; other documents of Atlas call the
//! second part `content`, so both are read. A page keeps its `results` and gains a `status`.
//! The point of it is that the HTTP status may be 200 when the body's is 404: the body's wins.

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::response::ReceivedResponse;

#[derive(Deserialize)]
struct Envelope<'a> {
    /// A snapshot has a `status` of its own, which is a text.
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow, rename = "envelope")]
    inside: Option<&'a RawValue>,
}

/// Takes a response out of its envelope; one without an envelope is left as it is.
pub(crate) fn unwrap(response: ReceivedResponse) -> ReceivedResponse {
    let Some((status, inside)) = open(&response.body) else {
        return response;
    };
    ReceivedResponse {
        status,
        body: inside.unwrap_or(response.body),
        headers: response.headers,
    }
}

fn open(body: &Bytes) -> Option<(StatusCode, Option<Bytes>)> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
    let status = envelope.status?.get().parse().ok()?;
    let status = StatusCode::from_u16(status).ok()?;
    let inside = envelope
        .content
        .or(envelope.inside)
        .map(|inside| body.slice_ref(inside.get().as_bytes()));
    Some((status, inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(body: &'static str) -> (u16, String) {
        let response = unwrap(ReceivedResponse {
            status: StatusCode::OK,
            headers: http::HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        });
        (
            response.status.as_u16(),
            String::from_utf8(response.body.to_vec()).unwrap(),
        )
    }

    #[test]
    fn both_spellings_are_opened() {
        for body in [
            r#"{"status": 200, "content": {"id": "x"}}"#,
            r#"{"envelope": {"id": "x"}, "status": 200}"#,
        ] {
            assert_eq!(unwrapped(body), (200, r#"{"id": "x"}"#.into()));
        }
    }

    #[test]
    fn the_status_of_the_body_wins() {
        let (status, body) = unwrapped(r#"{"status":404,"content":{"errorCode":"X"}}"#);
        assert_eq!((status, body.as_str()), (404, r#"{"errorCode":"X"}"#));
        // An error that is not wrapped a second time.
        let flat = r#"{"status":409,"errorCode":"X"}"#;
        assert_eq!(unwrapped(flat), (409, flat.into()));
    }

    #[test]
    fn a_page_keeps_its_results() {
        let page = r#"{"status":200,"results":[],"totalCount":0}"#;
        assert_eq!(unwrapped(page), (200, page.into()));
    }

    #[test]
    fn what_is_no_envelope_is_left_alone() {
        for body in [
            r#"{"id":"x","status":"completed"}"#,
            r#"{"status":7,"content":{}}"#,
            r#"{"status":1e9}"#,
            "[]",
            "",
            "<html>",
        ] {
            assert_eq!(unwrapped(body), (200, body.into()), "{body}");
        }
    }
}
