//! Answers that HTTP libraries do not send: cut off, slow, or under a wrong length.

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Response, response};

use crate::faults::turnstile::Turnstile;

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionEnd {
    /// FIN (after `close_notify`, in TLS): all is said.
    Fin,
    /// RST: the peer's reads and writes fail. What was sent before it can still be read.
    Reset,
}

/// An answer that is sent byte by byte, without the HTTP library.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    /// Status line and headers, `Content-Length` included; without it not a byte is answered.
    pub(crate) head: Option<response::Parts>,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: ConnectionEnd,
}

/// One part of a raw answer.
#[derive(Debug)]
pub(crate) enum Step {
    Wait(Turnstile),
    Send(Bytes),
}

impl RawAnswer {
    /// Not a byte, then the end.
    pub(crate) fn nothing(end: ConnectionEnd) -> Self {
        Self {
            head: None,
            steps: Vec::new(),
            end,
        }
    }

    /// The first `sent` bytes of the body, under the head that the whole would have.
    pub(crate) fn partial(answer: Response<Bytes>, sent: usize, end: ConnectionEnd) -> Self {
        let (head, body) = with_length(answer, 0);
        let sent = body.slice(..sent.min(body.len()));
        Self {
            head: Some(head),
            steps: vec![Step::Send(sent)],
            end,
        }
    }

    /// The whole body under a length that is `off` by that much.
    pub(crate) fn wrong_length(answer: Response<Bytes>, off: i64) -> Self {
        let (head, body) = with_length(answer, off);
        Self {
            head: Some(head),
            steps: vec![Step::Send(body)],
            end: ConnectionEnd::Fin,
        }
    }

    /// The whole body in `pieces` pieces, each of which waits for its turn.
    pub(crate) fn slow(answer: Response<Bytes>, pieces: usize, turnstile: &Turnstile) -> Self {
        let (head, mut body) = with_length(answer, 0);
        let size = body.len().div_ceil(pieces.max(1)).max(1);
        let mut steps = Vec::new();
        while !body.is_empty() {
            steps.push(Step::Wait(turnstile.clone()));
            steps.push(Step::Send(body.split_to(size.min(body.len()))));
        }
        Self {
            head: Some(head),
            steps,
            end: ConnectionEnd::Fin,
        }
    }
}

/// Head and body of `answer`, with a length that is `off` by that much.
fn with_length(answer: Response<Bytes>, off: i64) -> (response::Parts, Bytes) {
    let (mut head, body) = answer.into_parts();
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let length = HeaderValue::from(length.saturating_add_signed(off));
    head.headers.insert(CONTENT_LENGTH, length);
    (head, body)
}
