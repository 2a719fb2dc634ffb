//! The fake on its sockets: TLS, HTTP/1.1 and HTTP/2, the order of what is done about a request, and
//! what is recorded of it.

#[cfg(feature = "tls")]
mod certificates;
pub(crate) mod handler;
pub(crate) mod http1;
pub(crate) mod http2;
pub(crate) mod log;
pub(crate) mod processed_streams;
pub(crate) mod protocols;
pub(crate) mod server;
pub(crate) mod socket;
pub(crate) mod tls;
pub(crate) mod traffic;
