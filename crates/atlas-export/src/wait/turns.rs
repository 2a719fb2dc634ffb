//! Turns, where many wait: how many look at once.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::Clock;

/// How many look at once at the most. A call under way holds some ten times the memory of a wait
/// that sleeps, and it has a timer or two.
const MOST_LOOKS: usize = 256;

/// How long whoever is late stands in line for its last look.
const LATE: Duration = Duration::from_secs(60);

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
    /// A turn, when one is free, for whoever has so much time left. `None` where none was free in
    /// that time, nor, for those who are late, in a minute after it.
    pub(super) async fn turn(
        &self,
        clock: &dyn Clock,
        left: Duration,
    ) -> Option<SemaphorePermit<'_>> {
        if let Ok(turn) = self.in_time.try_acquire() {
            return Some(turn);
        }
        // Whoever holds the turns is polled whenever this is.
        for (turns, time) in [(&self.in_time, left), (&self.late, LATE)] {
            if let Either::Left((turn, _)) = select(pin!(turns.acquire()), clock.guard(time)).await
            {
                return turn.ok();
            }
        }
        None
    }
}
