//! The polls of a wait: when to look, and what a look that failed says.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use super::{
    error::WaitError,
    newborn,
    turns::Turns,
    waitable::{End, Waitable, sealed::Place as _},
};
use crate::{Error, clock::Clock};

/// How long a wait takes at the most, by default.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// How many polls in a row may fail in a way that passes before the wait gives up.
const MAX_FAILURES: u32 = 10;

/// The shortest and the longest pause between two polls.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// How often to look, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Polling {
    pub(super) max_wait: Duration,
    pub(super) poll_interval: Option<Duration>,
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            max_wait: MAX_WAIT,
            poll_interval: None,
        }
    }
}

impl Polling {
    /// A fixed pause, which is at least 100 ms.
    pub(super) fn set_interval(&mut self, interval: Duration) {
        self.poll_interval = Some(interval.max(Duration::from_millis(100)));
    }

    fn pause(&self, age: Duration) -> Duration {
        self.poll_interval
            .unwrap_or_else(|| (age / 4).clamp(MIN_PAUSE, MAX_PAUSE))
    }
}

/// A wait that has begun.
pub(super) struct Waiter<T: Waitable> {
    /// Its requests are made for the caller who waits.
    place: T::Place,
    id: T::Id,
    polling: Polling,
    clock: Arc<dyn Clock>,
    started: Instant,
    /// How old it was when it was seen first.
    age_at_start: Option<Duration>,
    last: Option<T>,
    failures: u32,
    /// Before the next poll.
    pause: Option<Duration>,
    /// Where many wait: a poll takes one.
    turns: Option<Arc<Turns>>,
}

/// What a poll gave.
pub(super) struct Seen<T> {
    pub(super) item: T,
    pub(super) elapsed: Duration,
    pub(super) end: Option<End>,
}

impl<T: Waitable> Waiter<T> {
    pub(super) fn new(
        place: T::Place,
        id: T::Id,
        polling: Polling,
        turns: Option<Arc<Turns>>,
    ) -> Self {
        let clock = place.client().clock();
        Self {
            place,
            id,
            polling,
            started: clock.now(),
            clock,
            age_at_start: None,
            last: None,
            failures: 0,
            pause: None,
            turns,
        }
    }

    /// Looks at it when its turn comes, with the patience to be held back by a rate limit for as
    /// long as is left. `None` where its time is over and no turn came.
    async fn look(&self) -> Option<Result<T, Error>> {
        let _turn = match &self.turns {
            Some(turns) => Some(turns.turn(&*self.clock, self.left(self.elapsed())).await?),
            None => None,
        };
        let patience = self.left(self.elapsed());
        let caller = self.place.client().caller().patient(patience);
        let place = self.place.map_client(|client| client.made_for(caller));
        Some(T::look(&place, &self.id).await)
    }

    /// Polls until one succeeds. Stops where the wait does.
    pub(super) async fn step(&mut self) -> Result<Seen<T>, WaitError<T>> {
        loop {
            if let Some(pause) = self.pause.take() {
                self.clock.sleep(pause).await;
            }
            let polled = self.look().await;
            let elapsed = self.elapsed();
            let Some(polled) = polled else {
                self.rest(elapsed, None)?;
                continue;
            };
            match polled {
                Ok(item) => {
                    self.failures = 0;
                    if self.age_at_start.is_none() {
                        self.age_at_start = self.age(&item);
                    }
                    let end = item.end();
                    if end.is_none() {
                        self.last = Some(item.clone());
                        self.rest(elapsed, None)?;
                    }
                    return Ok(Seen { item, elapsed, end });
                }
                Err(error) if error.is_retryable() && self.failures < MAX_FAILURES => {
                    // Being asked to wait is no failure: the pause is as long as that.
                    if error.retry_after().is_none() {
                        self.failures += 1;
                    }
                    tracing::warn!(failures = self.failures, %error, "a poll failed; the wait goes on");
                    self.rest(elapsed, Some(error))?;
                }
                // It does not show yet: no failure, and it stays new for a moment only.
                Err(error)
                    if newborn::may_show_later(&error, &self.id.to_string(), self.clock.wall()) =>
                {
                    tracing::debug!(%error, "what was just made does not show yet");
                    self.rest(elapsed, Some(error))?;
                }
                Err(error) => return Err(WaitError::Poll(error)),
            }
        }
    }

    fn elapsed(&self) -> Duration {
        self.clock.now().saturating_duration_since(self.started)
    }

    fn left(&self, elapsed: Duration) -> Duration {
        self.polling.max_wait.saturating_sub(elapsed)
    }

    /// How old it is, less what this wait has taken. Clocks differ: what was made in the
    /// future is new.
    fn age(&self, item: &T) -> Option<Duration> {
        let began = SystemTime::from(item.began()?);
        let age = self.clock.wall().duration_since(began).unwrap_or_default();
        Some(age.saturating_sub(self.elapsed()))
    }

    /// Sets the pause before the next poll, if there is time for one.
    fn rest(&mut self, elapsed: Duration, last_error: Option<Error>) -> Result<(), WaitError<T>> {
        let left = self.left(elapsed);
        if left.is_zero() {
            return Err(WaitError::MaxWaitExceeded {
                last: self.last.take().map(Box::new),
                waited: elapsed,
                last_error,
            });
        }
        let asked = last_error.as_ref().and_then(Error::retry_after);
        // A server may ask for a year. What it knows of its buckets, the client knows too, and
        // holds the next poll back by itself.
        let asked = asked.map(|asked| asked.min(self.place.client().max_pause()));
        let age = elapsed.saturating_add(self.age_at_start.unwrap_or_default());
        let pause = self.polling.pause(age).max(asked.unwrap_or_default());
        self.pause = Some(pause.min(left));
        Ok(())
    }
}

impl<T: Waitable> fmt::Debug for Waiter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("polling", &self.polling)
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}
