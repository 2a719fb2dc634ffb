//! A round trip that takes its time, in the socket layer: what is sent arrives half a round trip
//! later, in both directions, and a connection costs a whole one before its first byte.
//!
//! Bytes keep their pace and their order, and any number of them is under way at once, as on a
//! long line. Nothing sleeps once for each request.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{
        AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf,
        duplex, split,
    },
    net::TcpStream,
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// How much may be in a buffer at the ends of the line.
const BUFFER: usize = 1024 * 1024;

/// A connection whose other end is far away.
pub(super) enum Delayed {
    Near(TcpStream),
    Far(DuplexStream),
}

impl Delayed {
    pub(super) fn new(socket: TcpStream, round_trip: Duration) -> Self {
        if round_trip.is_zero() {
            return Self::Near(socket);
        }
        let (far, near) = duplex(BUFFER);
        let (from_client, to_client) = socket.into_split();
        let (from_server, to_server) = split(near);
        // SYN and its answer have taken no time here.
        let connected = Instant::now() + round_trip;
        let one_way = round_trip / 2;
        tokio::spawn(line(from_client, to_server, one_way, connected));
        tokio::spawn(line(from_server, to_client, one_way, connected));
        Self::Far(far)
    }
}

/// Carries bytes from one end to the other, each for so long.
async fn line(
    mut from: impl AsyncRead + Unpin + Send + 'static,
    mut to: impl AsyncWrite + Unpin,
    one_way: Duration,
    not_before: Instant,
) {
    let (sender, mut under_way) = mpsc::unbounded_channel::<(Instant, Bytes)>();
    tokio::spawn(async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            let arrives = Instant::now().max(not_before) + one_way;
            let bytes = Bytes::copy_from_slice(buffer.get(..read).unwrap_or_default());
            if sender.send((arrives, bytes)).is_err() {
                return;
            }
        }
    });
    while let Some((arrives, bytes)) = under_way.recv().await {
        sleep_until(arrives).await;
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

impl AsyncRead for Delayed {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Near(socket) => Pin::new(socket).poll_read(context, buffer),
            Self::Far(line) => Pin::new(line).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Delayed {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Near(socket) => Pin::new(socket).poll_write(context, bytes),
            Self::Far(line) => Pin::new(line).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Near(socket) => Pin::new(socket).poll_flush(context),
            Self::Far(line) => Pin::new(line).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Near(socket) => Pin::new(socket).poll_shutdown(context),
            Self::Far(line) => Pin::new(line).poll_shutdown(context),
        }
    }
}
