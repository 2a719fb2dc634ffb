//! One request goes first where a client is cold, so that a crowd shares its connection.
//!
//! Over TLS it is the handshake that says whether HTTP/2 is spoken, and the HTTP library opens a
//! connection for each request that comes before it knows: for a crowd of 32, as many handshakes,
//! of which all but one are thrown away. So, until an answer has come, one request is sent at a
//! time. The first answer lets all go, for as long as the client lives, whichever version of HTTP
//! it came by. A request that ends without one passes the turn on, and nobody waits for long.
//!
//! Plain text is HTTP/1.1, where each request in flight needs a connection of its own: there
//! nobody waits.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use tokio::sync::{Semaphore, SemaphorePermit, TryAcquireError};
use url::Url;

use crate::clock::Clock;

/// The longest wait: a server that does not answer holds up who asked it, and the others so long.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Whether all may go, or one at a time.
#[derive(Debug)]
pub(super) struct Opening {
    /// The turn to go first. Closed once all may go.
    turn: Semaphore,
}

/// Goes first. Dropped before an answer has come, it passes the turn on.
#[derive(Debug)]
pub(super) struct First<'a> {
    _turn: SemaphorePermit<'a>,
}

impl Opening {
    /// That of a client of this origin.
    pub(super) fn of(origin: &Url) -> Self {
        let turn = Semaphore::new(1);
        if origin.scheme() != "https" {
            turn.close();
        }
        Self { turn }
    }

    /// Waits until all may go, or for the turn to go first, or until half of this time limit, of
    /// the request that waits, is over, and one second at most.
    pub(super) async fn enter(&self, clock: &dyn Clock, limit: Duration) -> Option<First<'_>> {
        let turn = match self.turn.try_acquire() {
            Ok(turn) => Some(turn),
            Err(TryAcquireError::Closed) => None,
            Err(TryAcquireError::NoPermits) => {
                let patience = clock.guard(MAX_WAIT.min(limit / 2));
                match select(pin!(self.turn.acquire()), patience).await {
                    Either::Left((turn, _)) => turn.ok(),
                    Either::Right(_) => None,
                }
            }
        };
        turn.map(|turn| First { _turn: turn })
    }

    /// An answer has come: all may go, now and later.
    pub(super) fn answered(&self) {
        // Closing takes a lock, which no later answer needs.
        if !self.turn.is_closed() {
            self.turn.close();
        }
    }
}
