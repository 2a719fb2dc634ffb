//! HTTP/2, on the `h2` crate itself: hyper would not say which stream a request came on, and a
//! GOAWAY must name the last one that may have been acted on ([`ActedStreams`]).

use std::future::poll_fn;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use h2::server::{Connection, SendResponse};
use h2::{Reason, RecvStream, SendStream};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::JoinSet;

use crate::acted::ActedStreams;
use crate::front::{MAX_BODY_BYTES, Unreadable, Visitor};
use crate::line::{End, Line, Socket};
use crate::reaction::{Play, Reaction, Step};

/// What a stream asks of its connection.
#[derive(Debug, Clone, Copy)]
enum Order {
    /// No new streams; those that are open come to their end.
    LastCall,
    /// A GOAWAY by hand that names `last` as the last stream that may have been processed, then FIN.
    GoAway { last: u32 },
    /// The end of the connection, after what is written already.
    Cut(End),
}

/// Serves one connection to its end; that ends its streams too.
pub(crate) async fn serve(socket: Socket, visitor: Visitor) {
    let line = Line::new(socket);
    let Ok(mut connection) = h2::server::handshake(line.clone()).await else {
        return;
    };
    let (orders, mut inbox) = mpsc::unbounded_channel();
    let mut streams = JoinSet::new();
    let acted = ActedStreams::default();
    loop {
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Some(Ok((request, respond))) => {
                    let (visitor, orders) = (visitor.clone(), orders.clone());
                    streams.spawn(stream(visitor, request, respond, orders, acted.clone()));
                }
                Some(Err(_)) | None => return,
            },
            Some(order) = inbox.recv() => {
                let (farewell, end) = match order {
                    Order::LastCall => {
                        connection.graceful_shutdown();
                        continue;
                    }
                    Order::GoAway { last } => (Some(go_away(last)), End::Fin),
                    Order::Cut(end) => (None, end),
                };
                flush(&mut connection).await;
                drop(connection);
                streams.abort_all();
                if let Some(mut socket) = line.take() {
                    if let Some(farewell) = farewell {
                        socket.say(&farewell).await;
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
async fn flush(connection: &mut Connection<Line, Bytes>) {
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
    visitor: Visitor,
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    orders: UnboundedSender<Order>,
    acted: ActedStreams,
) {
    let id = respond.stream_id().as_u32();
    let (mut parts, body) = request.into_parts();
    // The form that the Digest answer was made for, and that HTTP/1.1 has on the wire.
    if let Some(path) = parts.uri.path_and_query() {
        parts.uri = Uri::from(path.clone());
    }
    let bodiless = parts.method == Method::HEAD;
    let reaction = tokio::select! {
        reaction = visitor.receive(parts, whole(body), || acted.begin(id)) => reaction,
        _ = poll_fn(|cx| respond.poll_reset(cx)) => return,
    };
    // A stream whose sending half is dropped loses what is queued, and is reset.
    let mut kept = None;
    let order = match reaction {
        Reaction::Answer(answer) => return send(&mut respond, answer, bodiless),
        Reaction::LastAnswer(answer) => {
            let _ = orders.send(Order::LastCall);
            return send(&mut respond, answer, bodiless);
        }
        Reaction::ResetStream(code) => return respond.send_reset(Reason::from(code)),
        Reaction::Play(play) => {
            let end = play.end;
            match perform(&mut respond, play, &mut kept).await {
                Some(()) => Some(Order::Cut(end)),
                None => return,
            }
        }
        Reaction::GoAway { covered } => Some(Order::GoAway {
            // The client's streams have odd numbers.
            last: acted.go_away(if covered { id } else { id.saturating_sub(2) }),
        }),
        Reaction::Silence => None,
    };
    if let Some(order) = order {
        let _ = orders.send(order);
    }
    // Until the caller or the connection ends it.
    match kept {
        Some(mut stream) => drop(poll_fn(|cx| stream.poll_reset(cx)).await),
        None => drop(poll_fn(|cx| respond.poll_reset(cx)).await),
    }
}

async fn whole(mut body: RecvStream) -> Result<Bytes, Unreadable> {
    let mut read = BytesMut::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.map_err(|_| Unreadable)?;
        if read.len().saturating_add(chunk.len()) > MAX_BODY_BYTES {
            return Err(Unreadable);
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

/// What the play has to say. `None`: that was all; otherwise the connection has to end, and `kept` is
/// the stream until then.
async fn perform(
    respond: &mut SendResponse<Bytes>,
    play: Play,
    kept: &mut Option<SendStream<Bytes>>,
) -> Option<()> {
    let Some(head) = play.head else {
        return Some(());
    };
    let stream = respond.send_response(Response::from_parts(head, ()), false);
    let stream = kept.insert(stream.ok()?);
    for step in play.steps {
        match step {
            Step::Send(bytes) => stream.send_data(bytes, false).ok()?,
            Step::Wait(turnstile) => tokio::select! {
                () = turnstile.pass() => {}
                _ = poll_fn(|cx| stream.poll_reset(cx)) => return None,
            },
        }
    }
    match play.end {
        End::Fin => {
            let _ = stream.send_data(Bytes::new(), true);
            None
        }
        End::Reset => Some(()),
    }
}
