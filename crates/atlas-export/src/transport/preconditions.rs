//! What to say where no request can be made at all.

/// A clock's timers, and sockets, need one.
pub(super) const NO_RUNTIME: &str = "there is no tokio runtime here: make the call within one that has \
    time and I/O enabled, for instance under #[tokio::main]";

pub(super) const CLIENT_SHUT_DOWN: &str =
    "the client was shut down (Client::shutdown): build another for further calls";
