//! What a connection has to do about one request, the same for HTTP/1.1 and HTTP/2.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::faults::raw_answer::RawAnswer;

#[derive(Debug)]
pub(crate) enum Reaction {
    /// A whole answer; the connection stays.
    Answer(Response<Bytes>),
    /// A whole answer, the last one: `Connection: close`, or a GOAWAY.
    LastAnswer(Response<Bytes>),
    /// An answer byte by byte, and the end of the connection (in HTTP/2, only a reset ends it).
    RawAnswer(RawAnswer),
    /// `RST_STREAM` with this code; the end of the connection in HTTP/1.1, which has no streams.
    ResetStream(u32),
    /// GOAWAY that covers this request or not, and the end of the connection.
    GoAway { covered: bool },
    /// Nothing, until the peer ends the connection.
    Silence,
}

impl Reaction {
    /// The status that goes out, if one does.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answer(answer) | Self::LastAnswer(answer) => Some(answer.status()),
            Self::RawAnswer(raw) => raw.head.as_ref().map(|head| head.status),
            Self::ResetStream(_) | Self::GoAway { .. } | Self::Silence => None,
        }
    }
}
