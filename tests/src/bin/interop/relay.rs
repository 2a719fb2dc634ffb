//! A relay on loopback that counts what passes: requests, bytes up, and refusals.
//!
//! It counts between client and server, so the same way for every server, and believes neither.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{self, AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::oneshot,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use crate::wire::Requests;

/// How long open connections may take to end after the client is gone.
const ENDING: Duration = Duration::from_secs(10);

/// As much of a response as holds its status: `HTTP/1.1 401`.
const STATUS_LINE: usize = 12;

/// What has passed so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: usize,
    /// Of these, the answers to a challenge in the algorithm that is looked for.
    pub(crate) signed: usize,
    /// Responses with status 401.
    pub(crate) unauthorized: usize,
    /// Bytes from client to server, heads included.
    pub(crate) up: usize,
    /// What could not be counted.
    problem: Option<&'static str>,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    algorithm: &'static str,
    tally: Mutex<Tally>,
}

impl Shared {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running relay. Dropping it ends it, but only [`finish`](Self::finish) has counted all.
#[derive(Debug)]
pub(crate) struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Dropped to end the relay.
    stop: oneshot::Sender<()>,
    accepting: JoinHandle<JoinSet<()>>,
}

impl Relay {
    /// Listens on a free port, and looks for answers in this algorithm.
    pub(crate) async fn start(server: SocketAddr, algorithm: &'static str) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let shared = Arc::new(Shared {
            server,
            algorithm,
            tally: Mutex::default(),
        });
        let (stop, stopped) = oneshot::channel();
        Ok(Self {
            address: listener.local_addr()?,
            accepting: tokio::spawn(accept(listener, shared.clone(), stopped)),
            shared,
            stop,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes from client to server so far.
    pub(crate) fn up(&self) -> usize {
        self.shared.tally().up
    }

    /// Waits for the connections to end, which they do when the client is dropped.
    pub(crate) async fn finish(self) -> Result<Tally, String> {
        drop(self.stop);
        let connections = self.accepting.await;
        let mut connections = connections.map_err(|error| format!("the relay: {error}"))?;
        let ended = timeout(ENDING, async {
            while let Some(connection) = connections.join_next().await {
                connection.map_err(|error| format!("the relay: {error}"))?;
            }
            Ok::<_, String>(())
        });
        ended
            .await
            .map_err(|_| "a connection does not end".to_owned())??;
        let tally = self.shared.tally().clone();
        match tally.problem {
            Some(problem) => Err(format!("cannot be counted: {problem}")),
            None => Ok(tally),
        }
    }
}

async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stopped: oneshot::Receiver<()>,
) -> JoinSet<()> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => return connections,
            accepted = listener.accept() => if let Ok((client, _)) = accepted {
                connections.spawn(connection(client, shared.clone()));
            },
            // Reaps what has ended.
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Relays one connection until both sides have ended it. Where the server cannot be reached,
/// the client finds its connection closed.
async fn connection(client: TcpStream, shared: Arc<Shared>) {
    let Ok(server) = TcpStream::connect(shared.server).await else {
        return;
    };
    // Small requests are not to wait for more.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let expecting = Mutex::new(Vec::with_capacity(STATUS_LINE));
    // A side that breaks off ends its direction; the other ends with the connection.
    let _ = tokio::join!(
        up(from_client, to_server, &shared, &expecting),
        down(from_server, to_client, &shared, &expecting),
    );
}

/// The beginning of the response that comes next; full where none is expected. There is never
/// more than one, because HTTP/1.1 clients wait for a response before the next request.
type Expecting = Mutex<Vec<u8>>;

async fn up(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    shared: &Shared,
    expecting: &Expecting,
) -> io::Result<()> {
    let mut requests = Requests::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = client.read(&mut buffer).await?;
        let (bytes, _) = buffer.split_at(count);
        if bytes.is_empty() {
            return server.shutdown().await;
        }
        {
            let mut tally = shared.tally();
            tally.up += bytes.len();
            match requests.read(bytes) {
                Ok(heads) => {
                    tally.requests += heads.len();
                    tally.signed += heads
                        .iter()
                        .filter(|head| head.is_signed_with(shared.algorithm))
                        .count();
                    if !heads.is_empty() {
                        lock(expecting).clear();
                    }
                }
                Err(problem) => tally.problem = Some(problem),
            }
        }
        server.write_all(bytes).await?;
    }
}

async fn down(
    mut server: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    shared: &Shared,
    expecting: &Expecting,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = server.read(&mut buffer).await?;
        let (bytes, _) = buffer.split_at(count);
        if bytes.is_empty() {
            return client.shutdown().await;
        }
        {
            let mut line = lock(expecting);
            let wanted = STATUS_LINE - line.len();
            if wanted > 0 {
                line.extend(bytes.iter().take(wanted));
                if line.ends_with(b" 401") {
                    shared.tally().unauthorized += 1;
                }
            }
        }
        client.write_all(bytes).await?;
    }
}

fn lock(expecting: &Expecting) -> MutexGuard<'_, Vec<u8>> {
    expecting.lock().unwrap_or_else(PoisonError::into_inner)
}
