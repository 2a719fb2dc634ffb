//! What can be made to go wrong with one request.
//!
//! A fault is *what* happens, and [*when*](Moment). The answers that a gateway or another server would
//! give replace the fake's own answer; the rest is done to that.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::faults::canned::{self, Canned};
use crate::faults::moment::Moment;
use crate::faults::raw_answer::{ConnectionEnd, RawAnswer};
use crate::faults::reaction::Reaction;
use crate::faults::turnstile::Turnstile;

/// One thing that goes wrong with one request.
///
/// | Fault | Strikes at | Acted on? | On the wire |
/// |---|---|---|---|
/// | [`reset`](Self::reset), [`close`](Self::close), [`silence`](Self::silence) | `Read`, or as [`at`](Self::at) says | at `Acted` alone | RST, FIN, nothing; not a byte of an answer |
/// | [`status`](Self::status), [`answer`](Self::answer), [`html`](Self::html), [`garbage_json`](Self::garbage_json), [`gzip_bomb`](Self::gzip_bomb), [`redirect`](Self::redirect), [`basic_challenge`](Self::basic_challenge), [`no_challenge`](Self::no_challenge), [`stale_nonce`](Self::stale_nonce) | likewise | likewise | that answer, whole; the connection stays |
/// | [`reset_in_body`](Self::reset_in_body), [`truncated`](Self::truncated), [`wrong_length`](Self::wrong_length), [`slow`](Self::slow) | `Acted` | yes | the true answer, damaged; then the connection ends |
/// | [`delay`](Self::delay), [`forget_nonces`](Self::forget_nonces), [`last_answer`](Self::last_answer) | `Read`, or as `at` says | yes | the true answer, whole |
/// | [`refuse_stream`](Self::refuse_stream), [`reset_stream`](Self::reset_stream) | `Read`, or as `at` says | at `Acted` alone | `RST_STREAM`; the connection stays |
/// | [`go_away`](Self::go_away) | likewise | likewise | GOAWAY, then FIN |
///
/// What is not acted on leaves no trace in the state, its count in the nonce included.
///
/// ```
/// use atlas_export_fake::{Fault, Moment};
/// use http::StatusCode;
///
/// // A gateway gives up on a request that goes through all the same:
/// let fault = Fault::html(StatusCode::GATEWAY_TIMEOUT).at(Moment::Acted);
/// assert!(fault.acts());
/// assert!(!Fault::reset().acts());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    kind: FaultKind,
    pub(crate) moment: Moment,
    pub(crate) hold: Option<Turnstile>,
}

#[derive(Debug, Clone, PartialEq)]
enum FaultKind {
    // In place of the fake's own answer.
    End(ConnectionEnd),
    Silence,
    Canned(Arc<Canned>),
    StaleNonce,
    ResetStream(u32),
    GoAway,
    // To the fake's own answer.
    Nothing,
    ForgetNonces,
    LastAnswer,
    Partial(usize, ConnectionEnd),
    WrongLength(i64),
    Slow(usize, Turnstile),
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            moment: Moment::Read,
            hold: None,
        }
    }

    fn canned(canned: Canned) -> Self {
        Self::new(FaultKind::Canned(Arc::new(canned)))
    }

    /// RST of the TCP connection, without a byte of an answer.
    pub fn reset() -> Self {
        Self::new(FaultKind::End(ConnectionEnd::Reset))
    }

    /// FIN, without a byte of an answer.
    pub fn close() -> Self {
        Self::new(FaultKind::End(ConnectionEnd::Fin))
    }

    /// Never an answer; the connection stays open until the caller ends it.
    pub fn silence() -> Self {
        Self::new(FaultKind::Silence)
    }

    /// A status with an error body as Atlas writes it, code `UNEXPECTED_ERROR`.
    pub fn status(status: StatusCode) -> Self {
        Self::canned(canned::error(status))
    }

    /// Any answer: status, headers and body as they are given. `Content-Length` is added.
    ///
    /// ```
    /// use atlas_export_fake::Fault;
    ///
    /// # fn main() -> Result<(), http::Error> {
    /// let busy = http::Response::builder().status(503).header("retry-after", "7").body("")?;
    /// let fault = Fault::answer(busy);
    /// # drop(fault);
    /// # Ok(())
    /// # }
    /// ```
    pub fn answer(answer: Response<impl Into<Bytes>>) -> Self {
        let (parts, body) = answer.into_parts();
        Self::canned(Canned {
            status: parts.status,
            headers: parts.headers,
            body: body.into(),
        })
    }

    /// A page of HTML, as gateways answer. The status may be 200 too.
    pub fn html(status: StatusCode) -> Self {
        Self::canned(canned::html(status))
    }

    /// 200, `application/json`, and a body that breaks off in the middle of a string.
    pub fn garbage_json() -> Self {
        Self::canned(canned::garbage_json())
    }

    /// 200, `Content-Encoding: gzip`, and a small body that becomes `mebibytes` MiB of spaces, which
    /// JSON allows before a value. It is compressed here, about 5 ms for each MiB.
    pub fn gzip_bomb(mebibytes: usize) -> Self {
        Self::canned(canned::gzip_bomb(mebibytes))
    }

    /// 307 with this `Location`.
    pub fn redirect(location: HeaderValue) -> Self {
        Self::canned(canned::redirect(location))
    }

    /// 401 that asks for Basic credentials.
    pub fn basic_challenge() -> Self {
        Self::canned(canned::basic_challenge())
    }

    /// 401 without a challenge.
    pub fn no_challenge() -> Self {
        Self::canned(canned::error(StatusCode::UNAUTHORIZED))
    }

    /// 401 with a fresh challenge that says `stale=true`. The nonce of the request, if it had one, is
    /// forgotten.
    pub fn stale_nonce() -> Self {
        Self::new(FaultKind::StaleNonce)
    }

    /// Every nonce is forgotten, and then the request is handled. Its own nonce is unknown by then: 401,
    /// `stale=true`.
    pub fn forget_nonces() -> Self {
        Self::new(FaultKind::ForgetNonces)
    }

    /// Nothing but a wait: for the turnstile, at the fault's moment. With [`Moment::Read`], the
    /// default, the request is acted on after the wait, unless its caller ends the connection meanwhile.
    /// With [`Moment::Acted`] the request is acted on first.
    pub fn delay(turnstile: &Turnstile) -> Self {
        Self::new(FaultKind::Nothing).held_by(turnstile)
    }

    /// The head of the true answer and the first `sent` bytes of its body, then RST.
    pub fn reset_in_body(sent: usize) -> Self {
        Self::new(FaultKind::Partial(sent, ConnectionEnd::Reset)).at(Moment::Acted)
    }

    /// The head of the true answer and the first `sent` bytes of its body, then FIN (in HTTP/2
    /// `END_STREAM`): `Content-Length` promises more.
    pub fn truncated(sent: usize) -> Self {
        Self::new(FaultKind::Partial(sent, ConnectionEnd::Fin)).at(Moment::Acted)
    }

    /// The true answer, whole, under a `Content-Length` that is wrong by `off` bytes, then FIN (in HTTP/2
    /// `END_STREAM`). Negative: the rest of the body stands where the next answer would begin. Positive:
    /// the body ends early.
    pub fn wrong_length(off: i64) -> Self {
        Self::new(FaultKind::WrongLength(off)).at(Moment::Acted)
    }

    /// The head of the true answer at once, then its body in `pieces` pieces (at most as many as it
    /// has bytes), each of which waits at the turnstile; then FIN (in HTTP/2 `END_STREAM`).
    pub fn slow(pieces: usize, turnstile: &Turnstile) -> Self {
        Self::new(FaultKind::Slow(pieces, turnstile.clone())).at(Moment::Acted)
    }

    /// HTTP/2: `RST_STREAM` with `REFUSED_STREAM`, which promises that the request was not processed.
    /// HTTP/1.1: as [`reset`](Self::reset).
    pub fn refuse_stream() -> Self {
        Self::reset_stream(h2::Reason::REFUSED_STREAM.into())
    }

    /// HTTP/2: `RST_STREAM` with this code (RFC 9113 §7). HTTP/1.1: as [`reset`](Self::reset).
    pub fn reset_stream(code: u32) -> Self {
        Self::new(FaultKind::ResetStream(code))
    }

    /// HTTP/2: a GOAWAY with `NO_ERROR`, and the end of the connection. The last stream that it names
    /// is the one before the request's, or the request's own at [`Moment::Acted`]; or a later stream, if
    /// that was acted on meanwhile. No stream beyond it was or will be acted on, so the frame is true.
    /// HTTP/1.1: as [`close`](Self::close).
    pub fn go_away() -> Self {
        Self::new(FaultKind::GoAway)
    }

    /// The true answer, and no further request on this connection: a graceful GOAWAY in HTTP/2,
    /// `Connection: close` in HTTP/1.1.
    pub fn last_answer() -> Self {
        Self::new(FaultKind::LastAnswer)
    }

    /// Strikes at another moment. A fault that damages the true answer waits then, if it
    /// [is held](Self::held_by), and is acted on in any case.
    pub fn at(mut self, moment: Moment) -> Self {
        self.moment = moment;
        self
    }

    /// Waits for the turnstile at its moment, before it strikes.
    pub fn held_by(mut self, turnstile: &Turnstile) -> Self {
        self.hold = Some(turnstile.clone());
        self
    }

    /// Adds a header to an answer that is not the fake's own; elsewhere it does nothing.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if let FaultKind::Canned(canned) = &mut self.kind {
            Arc::make_mut(canned).headers.append(name, value);
        }
        self
    }

    /// Whether the request is acted on: authenticated, and carried out or refused as without a fault.
    pub fn acts(&self) -> bool {
        self.damages() || self.moment == Moment::Acted
    }

    /// Whether it does something to the fake's own answer, rather than take its place.
    pub(crate) fn damages(&self) -> bool {
        match self.kind {
            FaultKind::End(_)
            | FaultKind::Silence
            | FaultKind::Canned(_)
            | FaultKind::StaleNonce
            | FaultKind::ResetStream(_)
            | FaultKind::GoAway => false,
            FaultKind::Nothing
            | FaultKind::ForgetNonces
            | FaultKind::LastAnswer
            | FaultKind::Partial(..)
            | FaultKind::WrongLength(_)
            | FaultKind::Slow(..) => true,
        }
    }

    /// Whether the nonces are to be forgotten before the credentials are checked.
    pub(crate) fn forgets(&self) -> bool {
        self.kind == FaultKind::ForgetNonces
    }

    /// What the connection does. `own` is the fake's own answer; `challenge` makes a stale one.
    pub(crate) fn strike(
        &self,
        own: Response<Bytes>,
        challenge: impl FnOnce() -> Response<Bytes>,
    ) -> Reaction {
        Reaction::RawAnswer(match &self.kind {
            FaultKind::End(end) => RawAnswer::nothing(*end),
            FaultKind::Silence => return Reaction::Silence,
            FaultKind::Canned(canned) => return Reaction::Answer(canned.response()),
            FaultKind::StaleNonce => return Reaction::Answer(challenge()),
            FaultKind::ResetStream(code) => return Reaction::ResetStream(*code),
            FaultKind::GoAway => {
                return Reaction::GoAway {
                    covered: self.acts(),
                };
            }
            FaultKind::Nothing | FaultKind::ForgetNonces => return Reaction::Answer(own),
            FaultKind::LastAnswer => return Reaction::LastAnswer(own),
            FaultKind::Partial(sent, end) => RawAnswer::partial(own, *sent, *end),
            FaultKind::WrongLength(off) => RawAnswer::wrong_length(own, *off),
            FaultKind::Slow(pieces, turnstile) => RawAnswer::slow(own, *pieces, turnstile),
        })
    }
}
