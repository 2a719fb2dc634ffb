//! HTTP/1.1: hyper, until a fault takes the socket from it and writes by hand.

use std::convert::Infallible;
use std::future;
use std::io::Write as _;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, response};
use http_body_util::{BodyExt as _, Collected, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;

use crate::front::{MAX_BODY_BYTES, Unreadable, Visitor};
use crate::line::{End, Line, Socket};
use crate::reaction::{Play, Reaction, Step};

/// Serves one connection to its end. A connection that fails is over and concerns nobody else.
pub(crate) async fn serve(socket: Socket, visitor: Visitor) {
    let line = Line::new(socket);
    let (hand_over, mut plays) = mpsc::unbounded_channel();
    let service = service_fn(move |request: Request<Incoming>| {
        let (visitor, hand_over) = (visitor.clone(), hand_over.clone());
        async move {
            let (parts, body) = request.into_parts();
            let play = match visitor.receive(parts, whole(body), || true).await {
                Reaction::Answer(answer) => return Ok::<_, Infallible>(answer.map(Full::new)),
                Reaction::LastAnswer(mut answer) => {
                    let close = HeaderValue::from_static("close");
                    answer.headers_mut().insert(CONNECTION, close);
                    return Ok(answer.map(Full::new));
                }
                Reaction::Play(play) => Some(play),
                Reaction::ResetStream(_) => Some(Play::nothing(End::Reset)),
                Reaction::GoAway { .. } => Some(Play::nothing(End::Fin)),
                Reaction::Silence => None,
            };
            if let Some(play) = play {
                let _ = hand_over.send(play);
            }
            // Dropped with the connection: by the play, or because the peer went away.
            future::pending().await
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(line.clone()), service);
    tokio::select! {
        _ = connection => {}
        Some(play) = plays.recv() => {
            if let Some(socket) = line.take() {
                perform(socket, play).await;
            }
        }
    }
}

async fn whole(body: Incoming) -> Result<Bytes, Unreadable> {
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
    body.map(Collected::to_bytes).map_err(|_| Unreadable)
}

async fn perform(mut socket: Socket, play: Play) {
    if let Some(head) = &play.head {
        socket.say(&print(head)).await;
    }
    for step in play.steps {
        match step {
            Step::Wait(turnstile) => turnstile.pass().await,
            Step::Send(bytes) => socket.say(&bytes).await,
        }
    }
    socket.end(play.end).await;
}

/// The bytes of a head whose connection will not live on.
fn print(head: &response::Parts) -> Vec<u8> {
    let reason = head.status.canonical_reason().unwrap_or_default();
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = write!(bytes, "HTTP/1.1 {} {reason}\r\n", head.status.as_u16());
    for (name, value) in &head.headers {
        let _ = write!(bytes, "{name}: ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    bytes
}
