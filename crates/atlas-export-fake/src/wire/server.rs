//! The accept loop: one task for each connection, so that what happens on it can be decided here.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::wire::handler::RequestHandler;
use crate::wire::protocols::{H2, Protocols};
use crate::wire::socket::Socket;
use crate::wire::tls::Tls;
use crate::wire::{http1, http2};

/// How long the accept loop rests when it could not accept.
const PAUSE: Duration = Duration::from_millis(10);

/// What the accept loop serves with.
pub(crate) struct Server {
    pub(crate) handler: Arc<RequestHandler>,
    pub(crate) tls: Option<Tls>,
    pub(crate) protocols: Protocols,
}

impl Server {
    /// Accepts connections until it is dropped; that ends all of them.
    pub(crate) async fn accept(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                (stream, _) = next(|| listener.accept()) => {
                    self.handler.traffic.connected();
                    let (tls, handler) = (self.tls.clone(), Arc::clone(&self.handler));
                    connections.spawn(connection(stream, tls, self.protocols, handler));
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

/// What `accept` gives once it does. Where it fails the peer went away, or the process has no descriptor
/// left; then the next attempt fails at once too, and a loop without a pause would take a whole core.
async fn next<T, A>(mut accept: impl FnMut() -> A) -> T
where
    A: Future<Output = io::Result<T>>,
{
    loop {
        match accept().await {
            Ok(accepted) => return accepted,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Serves one connection to its end. A handshake that fails is the end of it.
async fn connection(
    stream: TcpStream,
    tls: Option<Tls>,
    protocols: Protocols,
    handler: Arc<RequestHandler>,
) {
    // Answers are small and come one at a time: waiting to fill a segment would only delay them.
    let _ = stream.set_nodelay(true);
    let (socket, chosen) = match tls {
        None => (Socket::Plain(stream), None),
        Some(tls) => {
            let Ok(stream) = tls.acceptor.accept(stream).await else {
                return;
            };
            let chosen = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
            (Socket::Tls(Box::new(stream)), chosen)
        }
    };
    if protocols == Protocols::Http2 || chosen.as_deref() == Some(H2) {
        http2::serve(socket, handler).await;
    } else {
        http1::serve(socket, handler).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    /// The time is tokio's own, which passes only while nothing else is to be done.
    #[tokio::test(start_paused = true)]
    async fn a_failed_accept_is_not_repeated_at_once() {
        let mut attempts = 0;
        let exhausted = next(|| {
            attempts += 1;
            let spinning = attempts > 1000;
            async move {
                if spinning {
                    pending::<()>().await;
                }
                Err::<(), _>(io::Error::other("too many open files"))
            }
        });
        let second = Duration::from_secs(1) - Duration::from_millis(1);
        assert!(tokio::time::timeout(second, exhausted).await.is_err());
        assert_eq!(attempts, 100);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_success_ends_the_pauses() {
        let mut attempts = 0;
        let accepted = next(|| {
            attempts += 1;
            ready(match attempts {
                4 => Ok("accepted"),
                _ => Err(io::Error::other("too many open files")),
            })
        });
        assert_eq!(accepted.await, "accepted");
        assert_eq!(attempts, 4);
    }
}
