//! What a connection is to do about one request, before HTTP/1.1 or HTTP/2 makes bytes of it.

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Response, StatusCode, response};

use crate::line::End;
use crate::turnstile::Turnstile;

#[derive(Debug)]
pub(crate) enum Reaction {
    /// A whole answer; the connection stays.
    Answer(Response<Bytes>),
    /// A whole answer, the last one: `Connection: close`, or a GOAWAY.
    LastAnswer(Response<Bytes>),
    /// A performance that ends the connection (in HTTP/2, an untidy end alone does).
    Play(Play),
    /// `RST_STREAM` with this code; the end of the connection in HTTP/1.1, which has no streams.
    ResetStream(u32),
    /// GOAWAY that covers this request or not, and the end of the connection.
    GoAway { covered: bool },
    /// Nothing, until the peer has enough of it.
    Silence,
}

impl Reaction {
    /// The status that goes out, if one does.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answer(answer) | Self::LastAnswer(answer) => Some(answer.status()),
            Self::Play(play) => play.head.as_ref().map(|head| head.status),
            Self::ResetStream(_) | Self::GoAway { .. } | Self::Silence => None,
        }
    }
}

/// An answer that is sent by hand.
#[derive(Debug)]
pub(crate) struct Play {
    /// Status line and headers, `Content-Length` included; without it not a byte is answered.
    pub(crate) head: Option<response::Parts>,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

#[derive(Debug)]
pub(crate) enum Step {
    Wait(Turnstile),
    Send(Bytes),
}

impl Play {
    /// The end at once.
    pub(crate) fn nothing(end: End) -> Self {
        Self {
            head: None,
            steps: Vec::new(),
            end,
        }
    }

    /// The first `sent` bytes of the body, under the head that the whole would have.
    pub(crate) fn first(answer: Response<Bytes>, sent: usize, end: End) -> Self {
        let (head, body) = told(answer, 0);
        let sent = body.slice(..sent.min(body.len()));
        Self {
            head: Some(head),
            steps: vec![Step::Send(sent)],
            end,
        }
    }

    /// The whole body under a length that is `off` by that much.
    pub(crate) fn off(answer: Response<Bytes>, off: i64) -> Self {
        let (head, body) = told(answer, off);
        Self {
            head: Some(head),
            steps: vec![Step::Send(body)],
            end: End::Fin,
        }
    }

    /// The whole body in `pieces` pieces, each of which waits for its turn.
    pub(crate) fn slow(answer: Response<Bytes>, pieces: usize, turnstile: &Turnstile) -> Self {
        let (head, mut body) = told(answer, 0);
        let size = body.len().div_ceil(pieces.max(1)).max(1);
        let mut steps = Vec::new();
        while !body.is_empty() {
            steps.push(Step::Wait(turnstile.clone()));
            steps.push(Step::Send(body.split_to(size.min(body.len()))));
        }
        Self {
            head: Some(head),
            steps,
            end: End::Fin,
        }
    }
}

/// Head and body of `answer`, with a length that is `off` by that much.
fn told(answer: Response<Bytes>, off: i64) -> (response::Parts, Bytes) {
    let (mut head, body) = answer.into_parts();
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let length = HeaderValue::from(length.saturating_add_signed(off));
    head.headers.insert(CONTENT_LENGTH, length);
    (head, body)
}
