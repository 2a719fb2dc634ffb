//! The way in and out of every request: read it whole, write it down, ask the gate, route it, note
//! the answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http_body_util::{BodyExt, Limited};

use crate::answer;
use crate::digest::Verdict;
use crate::error::AtlasError;
use crate::routes;
use crate::state::Shared;

/// No request of this API comes near it.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// The body of a request, for the operation to read.
#[derive(Debug, Clone)]
pub(crate) struct WholeBody(pub(crate) Bytes);

pub(crate) async fn front(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let body = body.map(http_body_util::Collected::to_bytes);
    let ticket = shared
        .log
        .enter(&parts, body.as_ref().cloned().unwrap_or_default());

    let authorization = parts.headers.get(AUTHORIZATION);
    let now = shared.clock.now();
    let verdict = shared.gate.check(
        authorization.and_then(|value| value.to_str().ok()),
        parts.method.as_str(),
        &parts.uri.to_string(),
        now,
    );
    let response = match (verdict, body) {
        (Verdict::Refused { stale }, _) => answer::challenge(&shared.gate.challenge(stale, now)),
        (Verdict::Accepted, Err(_)) => {
            let request = Request::from_parts(parts, Body::empty());
            routes::refuse(&shared, &request, AtlasError::unreadable_body())
        }
        (Verdict::Accepted, Ok(body)) => {
            parts.extensions.insert(WholeBody(body));
            next.run(Request::from_parts(parts, Body::empty())).await
        }
    };
    shared.log.answered(ticket, response.status());
    response
}
