//! Turns, where many wait: how many look at once.

use std::pin::pin;

use futures_util::future::{Either, select};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::Sleep;

/// How many look at once at the most. A call under way holds some ten times the memory of a wait
/// that sleeps, and it has a timer or two.
const MOST_LOOKS: usize = 256;

/// The turns of many waits. A look takes one for as long as it lasts.
#[derive(Debug)]
pub(super) struct Turns {
    in_time: Semaphore,
    /// Of those whose time is over before their turn came. A rate limit holds none of them back, so
    /// none lasts longer than the call itself, however long the others do.
    late: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            in_time: Semaphore::new(MOST_LOOKS),
            late: Semaphore::new(MOST_LOOKS),
        }
    }
}

impl Turns {
    /// A turn, when one is free; `over` ends when the time of whoever asks is over.
    pub(super) async fn turn(&self, over: impl FnOnce() -> Sleep) -> Option<SemaphorePermit<'_>> {
        if let Ok(turn) = self.in_time.try_acquire() {
            return Some(turn);
        }
        // Whoever holds the turns is polled whenever this is.
        let turn = match select(pin!(self.in_time.acquire()), over()).await {
            Either::Left((turn, _)) => Some(turn),
            Either::Right(_) => None,
        };
        match turn {
            Some(turn) => turn.ok(),
            None => self.late.acquire().await.ok(),
        }
    }
}
