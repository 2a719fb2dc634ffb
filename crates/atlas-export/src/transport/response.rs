//! A whole response of the server, as it was received.

use atlas_export_api::Operation;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use crate::media_type::is_json;

/// A response with its whole body, or with as much of it as was wanted.
#[derive(Debug)]
pub(crate) struct ReceivedResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What becomes of the body of a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyUse {
    /// The generated code decodes it.
    Decoded,
    /// Nobody looks at it.
    Ignored,
}

impl ReceivedResponse {
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
    pub(super) fn may_be_from_atlas(&self, body_use: BodyUse) -> bool {
        if self.body.is_empty() {
            return true;
        }
        let parses = || serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok();
        match self.media_type() {
            Some(media_type) => is_json(media_type) && (body_use == BodyUse::Decoded || parses()),
            None => parses(),
        }
    }

    /// The response as the generated code takes it: a success has the one status that the
    /// contract gives it, because a 201 where 200 is documented is a success all the same.
    pub(super) fn for_generated_code(self, operation: &Operation) -> reqwest::Response {
        let mut response = http::Response::new(reqwest::Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(operation.success).unwrap_or(self.status);
        *response.headers_mut() = self.headers;
        response.into()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_json_or_nothing_may_be_from_atlas() {
        use BodyUse::{Decoded, Ignored};
        for (media_type, body, decoded, ignored) in [
            (None, "", true, true),
            (Some("text/html"), "", true, true),
            (Some("text/html"), "{}", false, false),
            (Some("application/JSON; charset=utf-8"), "{}", true, true),
            // What is decoded is found out about then.
            (Some("application/json"), "<html>", true, false),
            (None, "<html>", false, false),
            (None, "{}", true, true),
        ] {
            let content_type = media_type.map(HeaderValue::from_static);
            let response = ReceivedResponse {
                status: StatusCode::OK,
                headers: content_type
                    .map(|value| (header::CONTENT_TYPE, value))
                    .into_iter()
                    .collect(),
                body: Bytes::from_static(body.as_bytes()),
            };
            assert_eq!(
                (
                    response.may_be_from_atlas(Decoded),
                    response.may_be_from_atlas(Ignored)
                ),
                (decoded, ignored),
                "{media_type:?} {body}"
            );
        }
    }
}
