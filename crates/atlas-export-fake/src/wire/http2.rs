//! HTTP/2, on the `h2` crate itself: hyper would not say which stream a request came on, and a
//! GOAWAY must name the last one that may have been acted on ([`ProcessedStreams`]).

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use h2::server::{Connection, SendResponse};
use h2::{Reason, RecvStream, SendStream};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::JoinSet;

use crate::faults::raw_answer::{ConnectionEnd, RawAnswer, Step};
use crate::faults::reaction::Reaction;
use crate::wire::handler::{IncompleteBody, MAX_BODY_BYTES, RequestHandler};
use crate::wire::processed_streams::ProcessedStreams;
use crate::wire::socket::{SharedSocket, Socket};

/// What a stream asks of its connection.
#[derive(Debug, Clone, Copy)]
enum Command {
    /// No new streams; those that are open come to their end.
    Shutdown,
    /// A GOAWAY by hand that names `last` as the last stream that may have been processed, then FIN.
    GoAway { last: u32 },
    /// The end of the connection, after what is written already.
    Cut(ConnectionEnd),
}

/// Serves one connection to its end; that ends its streams too.
pub(crate) async fn serve(socket: Socket, handler: Arc<RequestHandler>) {
    let shared = SharedSocket::new(socket);
    let Ok(mut connection) = h2::server::handshake(shared.clone()).await else {
        return;
    };
    let (commands, mut inbox) = mpsc::unbounded_channel();
    let mut streams = JoinSet::new();
    let processed = ProcessedStreams::default();
    loop {
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Some(Ok((request, respond))) => {
                    let (handler, commands) = (Arc::clone(&handler), commands.clone());
                    streams.spawn(stream(handler, request, respond, commands, processed.clone()));
                }
                Some(Err(_)) | None => return,
            },
            Some(command) = inbox.recv() => {
                let (frame, end) = match command {
                    Command::Shutdown => {
                        connection.graceful_shutdown();
                        continue;
                    }
                    Command::GoAway { last } => (Some(go_away(last)), ConnectionEnd::Fin),
                    Command::Cut(end) => (None, end),
                };
                flush(&mut connection).await;
                drop(connection);
                streams.abort_all();
                if let Some(mut socket) = shared.take() {
                    if let Some(frame) = frame {
                        socket.send(&frame).await;
                    }
                    socket.end(end).await;
                }
                return;
            }
            Some(_) = streams.join_next() => {}
        }
    }
}

/// Sends what is queued, as far as the socket takes it. A request that comes at this very moment is
/// lost, as it would be on a connection that ends.
async fn flush(connection: &mut Connection<SharedSocket, Bytes>) {
    poll_fn(|cx| {
        let _ = connection.poll_accept(cx);
        Poll::Ready(())
    })
    .await;
}

/// A GOAWAY frame (RFC 9113 §6.8) with `NO_ERROR`.
fn go_away(last: u32) -> Vec<u8> {
    let mut frame = vec![0, 0, 8, 7, 0, 0, 0, 0, 0];
    frame.extend_from_slice(&last.to_be_bytes());
    frame.extend_from_slice(&u32::from(Reason::NO_ERROR).to_be_bytes());
    frame
}

/// One request, unless its caller resets it first.
async fn stream(
    handler: Arc<RequestHandler>,
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    commands: UnboundedSender<Command>,
    processed: ProcessedStreams,
) {
    let id = respond.stream_id().as_u32();
    let (mut parts, body) = request.into_parts();
    // The form that the Digest answer was made for, and that HTTP/1.1 has on the wire.
    if let Some(path) = parts.uri.path_and_query() {
        parts.uri = Uri::from(path.clone());
    }
    let bodiless = parts.method == Method::HEAD;
    let reaction = tokio::select! {
        reaction = handler.receive(parts, whole(body), || processed.begin(id)) => reaction,
        _ = poll_fn(|cx| respond.poll_reset(cx)) => return,
    };
    // A stream whose sending half is dropped loses what is queued, and is reset.
    let mut kept = None;
    let command = match reaction {
        Reaction::Answer(answer) => return send(&mut respond, answer, bodiless),
        Reaction::LastAnswer(answer) => {
            let _ = commands.send(Command::Shutdown);
            return send(&mut respond, answer, bodiless);
        }
        Reaction::ResetStream(code) => return respond.send_reset(Reason::from(code)),
        Reaction::RawAnswer(raw) => {
            let end = raw.end;
            match send_raw(&mut respond, raw, &mut kept).await {
                Some(()) => Some(Command::Cut(end)),
                None => return,
            }
        }
        Reaction::GoAway { covered } => Some(Command::GoAway {
            // The client's streams have odd numbers.
            last: processed.go_away(if covered { id } else { id.saturating_sub(2) }),
        }),
        Reaction::Silence => None,
    };
    if let Some(command) = command {
        let _ = commands.send(command);
    }
    // Until the caller or the connection ends it.
    match kept {
        Some(mut stream) => drop(poll_fn(|cx| stream.poll_reset(cx)).await),
        None => drop(poll_fn(|cx| respond.poll_reset(cx)).await),
    }
}

async fn whole(mut body: RecvStream) -> Result<Bytes, IncompleteBody> {
    let mut read = BytesMut::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.map_err(|_| IncompleteBody)?;
        if read.len().saturating_add(chunk.len()) > MAX_BODY_BYTES {
            return Err(IncompleteBody);
        }
        let _ = body.flow_control().release_capacity(chunk.len());
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

fn send(respond: &mut SendResponse<Bytes>, answer: Response<Bytes>, bodiless: bool) {
    let (mut head, body) = answer.into_parts();
    if head.status != StatusCode::NO_CONTENT && !head.headers.contains_key(CONTENT_LENGTH) {
        let length = HeaderValue::from(body.len());
        head.headers.insert(CONTENT_LENGTH, length);
    }
    let empty = bodiless || body.is_empty();
    // Errors say that the stream is over, and then so is the answer.
    if let Ok(mut stream) = respond.send_response(Response::from_parts(head, ()), empty)
        && !empty
    {
        let _ = stream.send_data(body, true);
    }
}

/// Sends a raw answer. `None`: that was all; otherwise the connection has to end, and `kept` is
/// the stream until then.
async fn send_raw(
    respond: &mut SendResponse<Bytes>,
    raw: RawAnswer,
    kept: &mut Option<SendStream<Bytes>>,
) -> Option<()> {
    let Some(head) = raw.head else {
        return Some(());
    };
    let stream = respond.send_response(Response::from_parts(head, ()), false);
    let stream = kept.insert(stream.ok()?);
    for step in raw.steps {
        match step {
            Step::Send(bytes) => stream.send_data(bytes, false).ok()?,
            Step::Wait(turnstile) => tokio::select! {
                () = turnstile.pass() => {}
                _ = poll_fn(|cx| stream.poll_reset(cx)) => return None,
            },
        }
    }
    match raw.end {
        ConnectionEnd::Fin => {
            let _ = stream.send_data(Bytes::new(), true);
            None
        }
        ConnectionEnd::Reset => Some(()),
    }
}
