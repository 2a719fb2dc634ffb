//! Which versions of HTTP are served.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocols {
    /// The one that ALPN chooses; HTTP/1.1 where there is none.
    Both,
    Http1,
    Http2,
}

/// HTTP/2 in ALPN.
pub(crate) const H2: &[u8] = b"h2";

#[cfg(feature = "tls")]
impl Protocols {
    /// What ALPN offers, the best first.
    pub(crate) fn alpn(self) -> Vec<Vec<u8>> {
        let http1 = b"http/1.1".to_vec();
        match self {
            Self::Both => vec![H2.to_vec(), http1],
            Self::Http1 => vec![http1],
            Self::Http2 => vec![H2.to_vec()],
        }
    }
}
