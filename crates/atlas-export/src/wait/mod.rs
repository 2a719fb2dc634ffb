//! Waiting for something that Atlas does by itself, by looking at it again and again.
//!
//! The pause between two looks grows with the age of what is waited for, so that a short one
//! is noticed soon and a long one costs little. A look that fails in a way that passes is
//! repeated with the next one; every wait has an end.

mod all;
mod job;
mod newborn;
mod snapshot;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant, SystemTime},
};

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::stream;

use crate::{Client, Error, clock::Clock};

pub use all::{WaitAll, Waited, wait_all};
pub use job::{Progress, ProgressStream, WaitError, WaitUntilFinished};
pub use snapshot::{SnapshotWaitError, WaitUntilCompleted};

/// How long a wait takes at the most, by default.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// How many polls in a row may fail in a way that passes before the wait gives up.
const MAX_FAILURES: u32 = 10;

/// The shortest and the longest pause between two polls.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// How often to look, and for how long.
#[derive(Clone, Copy, Debug)]
struct Pace {
    max_wait: Duration,
    poll_interval: Option<Duration>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            max_wait: MAX_WAIT,
            poll_interval: None,
        }
    }
}

impl Pace {
    /// A fixed pause, which is at least 100 ms.
    fn set_interval(&mut self, interval: Duration) {
        self.poll_interval = Some(interval.max(Duration::from_millis(100)));
    }

    fn pause(&self, age: Duration) -> Duration {
        self.poll_interval
            .unwrap_or_else(|| (age / 4).clamp(MIN_PAUSE, MAX_PAUSE))
    }
}

/// What is waited for.
trait Watched: Send + 'static {
    type Item: Clone + Send + 'static;

    /// Looks at it, with the patience to be held back by a rate limit for so long.
    fn look(&self, patience: Duration) -> impl Future<Output = Result<Self::Item, Error>> + Send;

    /// What Atlas knows it by.
    fn id(&self) -> &str;

    /// Whose requests these are.
    fn client(&self) -> &Client;

    /// Whether there is nothing more to wait for.
    fn has_ended(item: &Self::Item) -> bool;

    /// When it began, by Atlas's clock.
    fn began(item: &Self::Item) -> Option<DateTime<Utc>>;
}

/// A wait that has begun.
struct Waiter<W: Watched> {
    watched: W,
    pace: Pace,
    clock: Arc<dyn Clock>,
    started: Instant,
    /// How old it was when it was seen first.
    age_at_start: Option<Duration>,
    last: Option<W::Item>,
    failures: u32,
    /// Before the next poll.
    pause: Option<Duration>,
}

/// What a poll gave.
struct Seen<T> {
    item: T,
    elapsed: Duration,
    ended: bool,
}

/// Why a wait is over before what it waits for.
enum Stop<T> {
    TimeUp {
        last: Option<T>,
        waited: Duration,
        last_error: Option<Error>,
    },
    Poll(Error),
}

impl<W: Watched> Waiter<W> {
    fn new(watched: W, pace: Pace) -> Self {
        let clock = watched.client().clock();
        Self {
            watched,
            pace,
            started: clock.now(),
            clock,
            age_at_start: None,
            last: None,
            failures: 0,
            pause: None,
        }
    }

    /// Polls until one succeeds. Stops where the wait does.
    async fn step(&mut self) -> Result<Seen<W::Item>, Stop<W::Item>> {
        loop {
            if let Some(pause) = self.pause.take() {
                self.clock.sleep(pause).await;
            }
            let polled = self.watched.look(self.left(self.elapsed())).await;
            let elapsed = self.elapsed();
            match polled {
                Ok(item) => {
                    self.failures = 0;
                    if self.age_at_start.is_none() {
                        self.age_at_start = self.age(&item);
                    }
                    let ended = W::has_ended(&item);
                    if !ended {
                        self.last = Some(item.clone());
                        self.rest(elapsed, None)?;
                    }
                    return Ok(Seen {
                        item,
                        elapsed,
                        ended,
                    });
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
                    if newborn::may_show_later(&error, self.watched.id(), self.clock.wall()) =>
                {
                    tracing::debug!(%error, "what was just made does not show yet");
                    self.rest(elapsed, Some(error))?;
                }
                Err(error) => return Err(Stop::Poll(error)),
            }
        }
    }

    fn elapsed(&self) -> Duration {
        self.clock.now().saturating_duration_since(self.started)
    }

    fn left(&self, elapsed: Duration) -> Duration {
        self.pace.max_wait.saturating_sub(elapsed)
    }

    /// How old it is, less what this wait has taken. Clocks differ: what was made in the
    /// future is new.
    fn age(&self, item: &W::Item) -> Option<Duration> {
        let began = SystemTime::from(W::began(item)?);
        let age = self.clock.wall().duration_since(began).unwrap_or_default();
        Some(age.saturating_sub(self.elapsed()))
    }

    /// Sets the pause before the next poll, if there is time for one.
    fn rest(&mut self, elapsed: Duration, last_error: Option<Error>) -> Result<(), Stop<W::Item>> {
        let left = self.left(elapsed);
        if left.is_zero() {
            return Err(Stop::TimeUp {
                last: self.last.take(),
                waited: elapsed,
                last_error,
            });
        }
        let asked = last_error.as_ref().and_then(Error::retry_after);
        // A server may ask for a year. What it knows of its buckets, the client knows too, and
        // holds the next poll back by itself.
        let asked = asked.map(|asked| asked.min(self.watched.client().max_pause()));
        let age = elapsed.saturating_add(self.age_at_start.unwrap_or_default());
        let pause = self.pace.pause(age).max(asked.unwrap_or_default());
        self.pause = Some(pause.min(left));
        Ok(())
    }
}

impl<W: Watched> fmt::Debug for Waiter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("pace", &self.pace)
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}

type Boxed<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// The steps of a wait until one says that it is the last.
fn steps<S: Send + 'static, T: Send + 'static, E: Send + 'static>(
    state: S,
    step: impl for<'s> Fn(&'s mut S) -> Pin<Box<dyn Future<Output = Result<(T, bool), E>> + Send + 's>>
    + Send
    + Sync
    + Copy
    + 'static,
) -> Boxed<Result<T, E>> {
    Box::pin(stream::unfold(Some(state), move |state| async move {
        let mut state = state?;
        match step(&mut state).await {
            Ok((item, last)) => Some((Ok(item), (!last).then_some(state))),
            Err(error) => Some((Err(error), None)),
        }
    }))
}

fn poll_boxed<T>(stream: &mut Boxed<T>, context: &mut Context<'_>) -> Poll<Option<T>> {
    stream.as_mut().poll_next(context)
}
