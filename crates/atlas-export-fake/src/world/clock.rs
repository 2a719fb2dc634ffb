//! Time as the fake sees it: nonces age by it, jobs move by it, bodies are stamped with it.
//!
//! Nothing here sleeps. A test that wants an expired nonce or a finished job moves a
//! [`ManualClock`] forward and asks again.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// Where a [`FakeAtlas`](crate::FakeAtlas) reads the time.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Time since the clock started. It never goes back: ages are measured with it.
    fn now(&self) -> Duration;

    /// The date and time that bodies carry (`createdAt`, `finishedAt`).
    fn wall(&self) -> DateTime<Utc>;
}

/// The machine's own time: the default.
#[derive(Debug, Clone)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock that starts counting now.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn wall(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still until a test moves it.
///
/// ```
/// use std::time::Duration;
/// use atlas_export_fake::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let before = clock.wall();
/// clock.advance(Duration::from_secs(61));
/// assert_eq!(clock.now(), Duration::from_secs(61));
/// assert_eq!((clock.wall() - before).num_seconds(), 61);
/// ```
#[derive(Debug)]
pub struct ManualClock {
    start: DateTime<Utc>,
    elapsed: Mutex<Duration>,
}

/// 2026-08-10T03:28:25Z, in Unix seconds: an arbitrary fixed moment, so that bodies are the same in
/// every run.
const MANUAL_START: i64 = 1_786_332_505;

impl ManualClock {
    /// A clock that stands at 2026-08-10T03:28:25Z, zero time after its start.
    pub fn new() -> Self {
        Self::starting_at(DateTime::from_timestamp(MANUAL_START, 0).unwrap_or_default())
    }

    /// A clock that stands at `start`.
    pub fn starting_at(start: DateTime<Utc>) -> Self {
        Self {
            start,
            elapsed: Mutex::new(Duration::ZERO),
        }
    }

    /// Moves both the age and the date forward by `by`; the date to the end of the year 9999 at the
    /// most.
    pub fn advance(&self, by: Duration) {
        let mut elapsed = self.elapsed.lock().unwrap_or_else(PoisonError::into_inner);
        *elapsed = elapsed.saturating_add(by);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        *self.elapsed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wall(&self) -> DateTime<Utc> {
        later(self.start, self.now())
    }
}

/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in Unix seconds: years have four digits.
const DATES: (i64, i64) = (-62_167_219_200, 253_402_300_799);

/// The last date that a body can hold.
pub(crate) fn last_date() -> DateTime<Utc> {
    DateTime::from_timestamp(DATES.1, 0).unwrap_or_default()
}

/// `by` after `date`; the last date where that would be later still.
pub(crate) fn later(date: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by)
        .ok()
        .and_then(|by| date.checked_add_signed(by))
        .map_or_else(last_date, |date| date.min(last_date()))
}

/// The nearest date whose year has four digits.
pub(crate) fn bounded(date: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = date.timestamp().clamp(DATES.0, DATES.1);
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// A date as Atlas prints it: UTC, whole seconds, `Z`.
pub(crate) fn stamp(date: DateTime<Utc>) -> String {
    bounded(date).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_date_is_after_the_year_9999(
            start in any::<i64>(),
            by in (any::<u64>(), 0_u32..64).prop_map(|(by, bits)| Duration::from_secs(by >> bits)),
        ) {
            let start = DateTime::from_timestamp(start, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
            for date in [start, later(start, by)] {
                let stamp = stamp(date);
                prop_assert_eq!(stamp.len(), 20, "{}", &stamp);
                prop_assert!(stamp.starts_with(|first: char| first.is_ascii_digit()));
            }
            prop_assert!(later(start, by) <= last_date());
        }
    }

    #[test]
    fn dates_within_the_calendar_are_exact() {
        let clock = ManualClock::new();
        assert_eq!(stamp(clock.wall()), "2026-08-10T03:28:25Z");
        assert_eq!(stamp(last_date()), "9999-12-31T23:59:59Z");
        clock.advance(Duration::MAX);
        assert_eq!(clock.wall(), last_date());
    }
}
