//! The wait between attempts, where the server names none.

use std::time::Duration;

use crate::clock::Clock;

/// How long to wait between attempts, where the server does not say: exponential, capped, and
/// with full jitter, so that clients that failed together do not return together.
///
/// ```
/// use std::time::Duration;
/// use atlas_export::retry::Backoff;
///
/// let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
/// // The bound of the random wait before each further attempt.
/// assert_eq!(backoff.bound(1), Duration::from_millis(100));
/// assert_eq!(backoff.bound(3), Duration::from_millis(400));
/// assert_eq!(backoff.bound(30), Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    initial: Duration,
    max: Duration,
}

impl Default for Backoff {
    /// 500 ms, doubling, up to 20 s.
    fn default() -> Self {
        Self::new(Duration::from_millis(500), Duration::from_secs(20))
    }
}

impl Backoff {
    /// Waits of up to `initial`, doubling with every attempt, but never more than `max`.
    pub const fn new(initial: Duration, max: Duration) -> Self {
        Self { initial, max }
    }

    /// The longest wait after so many attempts; the wait itself is a random part of it.
    pub fn bound(self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1);
        self.initial
            .saturating_mul(2_u32.saturating_pow(doublings))
            .min(self.max)
    }

    /// The wait after so many attempts.
    pub(super) fn wait(self, attempts: u32, clock: &dyn Clock) -> Duration {
        let bound = self.bound(attempts);
        match clock.random() {
            Ok([first, second, ..]) => part_of(bound, u16::from_be_bytes([first, second])),
            Err(_) => bound,
        }
    }
}

/// So many 65,535ths of a duration, which may be any that there is.
fn part_of(whole: Duration, part: u16) -> Duration {
    let nanos = whole.as_nanos() / u128::from(u16::MAX) * u128::from(part);
    u64::try_from(nanos / 1_000_000_000).map_or(whole, |seconds| {
        let nanos = u32::try_from(nanos % 1_000_000_000).unwrap_or_default();
        Duration::new(seconds, nanos)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn no_duration_overflows() {
        for bound in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::ZERO] {
            for part in [0, 1, u16::MAX - 1, u16::MAX] {
                assert!(part_of(bound, part) <= bound);
            }
        }
        assert_eq!(
            part_of(Duration::from_millis(65_535), 1),
            Duration::from_millis(1)
        );
        let endless = Backoff::new(Duration::MAX, Duration::MAX);
        assert_eq!(endless.bound(u32::MAX), Duration::MAX);
    }

    #[test]
    fn back_off_is_a_random_part_of_a_bound_that_doubles() {
        let backoff = Backoff::default();
        for attempt in 1..70 {
            assert!(backoff.wait(attempt, &SystemClock) <= backoff.bound(attempt));
        }
        let waits: std::collections::BTreeSet<_> =
            (0..20).map(|_| backoff.wait(5, &SystemClock)).collect();
        assert!(waits.len() > 1, "there is no jitter");
    }
}
