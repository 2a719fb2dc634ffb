//! What went over the wire, counted.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use hyper::{Request, Version, header};

/// Since it was last taken.
#[derive(Default)]
pub(super) struct Traffic {
    connections: AtomicUsize,
    requests: AtomicUsize,
    /// Request lines and headers, without `Authorization`, as HTTP/1.1 writes them.
    head_bytes: AtomicUsize,
    /// Of these the `User-Agent`, by which Atlas tells who is calling.
    agent_bytes: AtomicUsize,
    body_bytes: AtomicUsize,
    created: AtomicUsize,
    http2: AtomicUsize,
}

impl Traffic {
    pub(super) fn connection(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    pub(super) fn request<B>(&self, request: &Request<B>) {
        self.requests.fetch_add(1, Relaxed);
        if request.version() == Version::HTTP_2 {
            self.http2.fetch_add(1, Relaxed);
        }
        let target = request
            .uri()
            .path_and_query()
            .map_or(0, |target| target.as_str().len());
        let line = request.method().as_str().len() + 1 + target + " HTTP/1.1\r\n".len();
        let headers: usize = request
            .headers()
            .iter()
            .filter(|(name, _)| *name != header::AUTHORIZATION)
            .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
            .sum();
        if let Some(agent) = request.headers().get(header::USER_AGENT) {
            let bytes = header::USER_AGENT.as_str().len() + agent.len() + ": \r\n".len();
            self.agent_bytes.fetch_add(bytes, Relaxed);
        }
        self.head_bytes
            .fetch_add(line + headers + "\r\n".len(), Relaxed);
    }

    pub(super) fn body(&self, bytes: usize) {
        self.body_bytes.fetch_add(bytes, Relaxed);
    }

    /// How many jobs were created so far.
    pub(super) fn created(&self) -> usize {
        self.created.fetch_add(1, Relaxed)
    }

    /// What was counted, which begins anew.
    pub(super) fn take(&self) -> String {
        let take = |count: &AtomicUsize| count.swap(0, Relaxed);
        self.created.store(0, Relaxed);
        format!(
            r#"{{"connections":{},"requests":{},"head_bytes":{},"agent_bytes":{},"body_bytes":{},"http2":{}}}"#,
            take(&self.connections),
            take(&self.requests),
            take(&self.head_bytes),
            take(&self.agent_bytes),
            take(&self.body_bytes),
            take(&self.http2)
        )
    }
}
