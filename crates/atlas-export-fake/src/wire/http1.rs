//! HTTP/1.1: hyper, until a fault takes the socket from it and writes by hand.

use std::convert::Infallible;
use std::future;
use std::io::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, response};
use http_body_util::{BodyExt as _, Collected, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;

use crate::faults::raw_answer::{ConnectionEnd, RawAnswer, Step};
use crate::faults::reaction::Reaction;
use crate::wire::handler::{IncompleteBody, MAX_BODY_BYTES, RequestHandler};
use crate::wire::socket::{SharedSocket, Socket};

/// Serves one connection to its end. A connection that fails is over; the others go on.
pub(crate) async fn serve(socket: Socket, handler: Arc<RequestHandler>) {
    let shared = SharedSocket::new(socket);
    let (hand_over, mut raw_answers) = mpsc::unbounded_channel();
    let service = service_fn(move |request: Request<Incoming>| {
        let (handler, hand_over) = (Arc::clone(&handler), hand_over.clone());
        async move {
            let (parts, body) = request.into_parts();
            let raw = match handler.receive(parts, whole(body), || true).await {
                Reaction::Answer(answer) => return Ok::<_, Infallible>(answer.map(Full::new)),
                Reaction::LastAnswer(mut answer) => {
                    let close = HeaderValue::from_static("close");
                    answer.headers_mut().insert(CONNECTION, close);
                    return Ok(answer.map(Full::new));
                }
                Reaction::RawAnswer(raw) => Some(raw),
                Reaction::ResetStream(_) => Some(RawAnswer::nothing(ConnectionEnd::Reset)),
                Reaction::GoAway { .. } => Some(RawAnswer::nothing(ConnectionEnd::Fin)),
                Reaction::Silence => None,
            };
            if let Some(raw) = raw {
                let _ = hand_over.send(raw);
            }
            // Dropped with the connection: by the raw answer, or because the peer went away.
            future::pending().await
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(shared.clone()), service);
    tokio::select! {
        _ = connection => {}
        Some(raw) = raw_answers.recv() => {
            if let Some(socket) = shared.take() {
                send(socket, raw).await;
            }
        }
    }
}

async fn whole(body: Incoming) -> Result<Bytes, IncompleteBody> {
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
    body.map(Collected::to_bytes).map_err(|_| IncompleteBody)
}

async fn send(mut socket: Socket, raw: RawAnswer) {
    if let Some(head) = &raw.head {
        socket.send(&print(head)).await;
    }
    for step in raw.steps {
        match step {
            Step::Wait(turnstile) => turnstile.pass().await,
            Step::Send(bytes) => socket.send(&bytes).await,
        }
    }
    socket.end(raw.end).await;
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
