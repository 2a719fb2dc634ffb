//! One token bucket through time.
//!
//! Nothing happens between two requests, so a bucket catches up when it is next looked at. However
//! far the clock has jumped, the outcome is that of many small steps.

use std::time::Duration;

use crate::rules::rate_limit::RateLimit;
use crate::rules::timetable::{Timetable, TokenOptions};

#[derive(Debug)]
pub(crate) struct TokenBucket {
    left: u32,
    /// Up to when everything has happened, in nanoseconds of the fake's clock.
    settled: u128,
    /// Since when the competitor comes.
    contested: u128,
}

impl TokenBucket {
    pub(crate) fn full(limit: RateLimit, now: Duration) -> Self {
        Self {
            left: limit.capacity,
            settled: now.as_nanos(),
            contested: now.as_nanos(),
        }
    }

    /// How many are left after one more; `None` where there was none.
    pub(crate) fn take(
        &mut self,
        limit: RateLimit,
        options: TokenOptions,
        now: Duration,
    ) -> Option<u32> {
        self.catch_up(limit, options, now);
        self.left = self.left.checked_sub(1)?;
        Some(self.left)
    }

    /// To the next refill, rounded up to whole seconds. Somebody else may be there first.
    pub(crate) fn seconds_to_refill(
        &self,
        limit: RateLimit,
        options: TokenOptions,
        now: Duration,
    ) -> u64 {
        let refills = Timetable::new(limit, options, self.contested).refills;
        let next = refills.time_of(refills.count_until(self.settled));
        let nanos = next.saturating_sub(now.as_nanos());
        u64::try_from(nanos.div_ceil(1_000_000_000)).unwrap_or(u64::MAX)
    }

    /// Nothing is given for a higher capacity: the refills fill it.
    pub(crate) fn cap(&mut self, capacity: u32) {
        self.left = self.left.min(capacity);
    }

    /// The competitor begins to count anew.
    pub(crate) fn contest(&mut self, now: Duration) {
        self.contested = now.as_nanos();
    }

    /// Catches up with the clock.
    pub(crate) fn catch_up(&mut self, limit: RateLimit, options: TokenOptions, now: Duration) {
        let now = now.as_nanos();
        let timetable = Timetable::new(limit, options, self.contested);
        // Nothing repeats before the first refill.
        self.advance(&timetable, now.min(timetable.refills.from));
        while let Some(cycle) = timetable.cycle() {
            let next = self.settled.saturating_add(cycle);
            if next > now {
                break;
            }
            let before = self.left;
            self.advance(&timetable, next);
            if self.left == before {
                // So it goes on, cycle for cycle: a jump of years costs no more than one of a day.
                let rest = now.saturating_sub(self.settled) % cycle;
                self.settled = now.saturating_sub(rest);
                break;
            }
        }
        self.advance(&timetable, now);
    }

    fn advance(&mut self, timetable: &Timetable, to: u128) {
        // Two requests may read the clock in one order and get here in the other.
        if to > self.settled {
            self.left = timetable.after(self.left, self.settled, to);
            self.settled = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NANO: fn(u64) -> Duration = Duration::from_nanos;

    fn limit(capacity: u32, refill: u32, period: u64) -> RateLimit {
        RateLimit {
            capacity,
            refill,
            period: NANO(period),
        }
    }

    /// What is left at each of `times` of a bucket that lost all its tokens at 0.
    fn left_at(limit: RateLimit, options: TokenOptions, times: &[u64]) -> Vec<u32> {
        let mut bucket = TokenBucket::full(limit, Duration::ZERO);
        bucket.cap(0);
        let left = times.iter().map(|&now| {
            bucket.catch_up(limit, options, NANO(now));
            bucket.left
        });
        left.collect()
    }

    #[test]
    fn tokens_come_back_in_lumps_that_begin_at_the_phase() {
        let options = |phase| TokenOptions {
            phase: NANO(phase),
            ..TokenOptions::default()
        };
        let limit = limit(5, 2, 60);
        assert_eq!(
            left_at(limit, options(0), &[59, 60, 119, 120, 600]),
            [0, 2, 2, 4, 5]
        );
        assert_eq!(left_at(limit, options(15), &[14, 15, 74, 75]), [0, 2, 2, 4]);
        assert_eq!(left_at(limit, options(130), &[129, 130, 190]), [0, 2, 4]);
    }

    #[test]
    fn even_tokens_come_no_sooner_than_they_are_due() {
        let options = TokenOptions {
            evenly: true,
            ..TokenOptions::default()
        };
        // Due at 3 1/3, 6 2/3 and 10.
        let left = left_at(limit(9, 3, 10), options, &[3, 4, 6, 7, 9, 10, 20]);
        assert_eq!(left, [0, 1, 1, 2, 2, 3, 6]);
    }

    #[test]
    fn a_competitor_takes_what_there_is_and_gets_no_credit_for_the_rest() {
        let options = TokenOptions {
            competitor: Some((1, NANO(20))),
            ..TokenOptions::default()
        };
        // It comes at 20, 40, …: in vain until 60, when it is the second.
        let left = left_at(limit(5, 3, 60), options, &[59, 60, 80, 100, 119, 120]);
        assert_eq!(left, [0, 2, 1, 0, 0, 2]);
    }

    #[test]
    fn a_jump_goes_on_until_nothing_changes_any_more() {
        let options = TokenOptions {
            competitor: Some((2, NANO(10))),
            ..TokenOptions::default()
        };
        // Three come and two go in each cycle, so that one more is left after each.
        let left = left_at(limit(9, 3, 10), options, &[40, 1_000, 1_005]);
        assert_eq!(left, [5, 8, 7]);
    }

    #[test]
    fn a_competitor_counts_from_the_first_use() {
        let options = TokenOptions {
            competitor: Some((2, NANO(10))),
            ..TokenOptions::default()
        };
        let limit = limit(9, 1, 1_000);
        let mut bucket = TokenBucket::full(limit, NANO(103));
        assert_eq!(bucket.take(limit, options, NANO(103)), Some(8));
        assert_eq!(bucket.take(limit, options, NANO(107)), Some(7));
        assert_eq!(bucket.take(limit, options, NANO(108)), Some(5));
    }

    #[test]
    fn the_wait_is_rounded_up() {
        let seconds = Duration::from_secs;
        let limit = RateLimit {
            capacity: 1,
            refill: 4,
            period: seconds(10),
        };
        let wait = |evenly, phase, now: Duration| {
            let options = TokenOptions {
                evenly,
                phase,
                ..TokenOptions::default()
            };
            let mut bucket = TokenBucket::full(limit, now);
            bucket.catch_up(limit, options, now);
            bucket.seconds_to_refill(limit, options, now)
        };
        let early = Duration::from_millis(2_499);
        assert_eq!(wait(false, seconds(0), early), 8);
        assert_eq!(wait(false, seconds(0), seconds(10)), 10);
        assert_eq!(wait(false, seconds(4), early), 2);
        assert_eq!(wait(false, seconds(40), early), 38);
        assert_eq!(wait(true, seconds(0), early), 1);
        assert_eq!(wait(true, seconds(0), Duration::from_millis(2_500)), 3);
    }

    #[test]
    fn a_clock_at_its_end_costs_nothing() {
        let options = TokenOptions {
            evenly: true,
            competitor: Some((7, NANO(60_000_000_000))),
            ..TokenOptions::default()
        };
        let limit = limit(50, 5, 60_000_000_000);
        let mut bucket = TokenBucket::full(limit, Duration::ZERO);
        bucket.catch_up(limit, options, Duration::MAX);
        assert!(bucket.left < limit.capacity);
        assert_eq!(bucket.settled, Duration::MAX.as_nanos());
    }

    proptest! {
        #[test]
        fn a_jump_is_many_steps(
            (capacity, refill, period) in (1_u32..12, 1_u32..9, 1_u64..40),
            (evenly, phase) in (any::<bool>(), 0_u64..90),
            competitor in proptest::option::of((1_u32..9, 1_u64..40)),
            (first, requests) in (0_u64..90, proptest::collection::vec(0_u64..2_000, 1..12)),
        ) {
            let limit = limit(capacity, refill, period);
            let competitor = competitor.map(|(requests, per)| (requests, NANO(per)));
            let options = TokenOptions { evenly, phase: NANO(phase), competitor };
            let mut jumps = TokenBucket::full(limit, NANO(first));
            let mut steps = TokenBucket::full(limit, NANO(first));
            let mut now = first;
            for gap in requests {
                for step in now..now + gap {
                    steps.catch_up(limit, options, NANO(step));
                }
                now += gap;
                let left = jumps.take(limit, options, NANO(now));
                prop_assert_eq!(left, steps.take(limit, options, NANO(now)), "at {}", now);
            }
        }
    }
}
