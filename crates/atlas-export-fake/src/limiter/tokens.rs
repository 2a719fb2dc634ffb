//! The tokens of one bucket through time.
//!
//! Nothing happens between two requests, so a bucket catches up when it is next looked at. However
//! far the clock has jumped, the outcome is that of many small steps.

use std::time::Duration;

use super::RateLimit;

/// When tokens come back and go, apart from the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pace {
    pub(super) evenly: bool,
    pub(super) phase: Duration,
    pub(super) competitor: Option<(u32, Duration)>,
}

#[derive(Debug)]
pub(super) struct Tokens {
    left: u32,
    /// Up to when everything has happened, in nanoseconds of the fake's clock.
    settled: u128,
    /// Since when the competitor comes.
    contested: u128,
}

impl Tokens {
    pub(super) fn full(limit: RateLimit, now: Duration) -> Self {
        Self {
            left: limit.capacity,
            settled: now.as_nanos(),
            contested: now.as_nanos(),
        }
    }

    /// How many are left after one more; `None` where there was none.
    pub(super) fn take(&mut self, limit: RateLimit, pace: Pace, now: Duration) -> Option<u32> {
        self.settle(limit, pace, now);
        self.left = self.left.checked_sub(1)?;
        Some(self.left)
    }

    /// To the next refill, rounded up to whole seconds. Somebody else may be there first.
    pub(super) fn seconds_to_refill(&self, limit: RateLimit, pace: Pace, now: Duration) -> u64 {
        let refills = Course::new(limit, pace, self.contested).refills;
        let next = refills.moment(refills.until(self.settled));
        let nanos = next.saturating_sub(now.as_nanos());
        u64::try_from(nanos.div_ceil(1_000_000_000)).unwrap_or(u64::MAX)
    }

    /// Nothing is given for a higher capacity: the refills fill it.
    pub(super) fn cap(&mut self, capacity: u32) {
        self.left = self.left.min(capacity);
    }

    /// The competitor begins to count anew.
    pub(super) fn contest(&mut self, now: Duration) {
        self.contested = now.as_nanos();
    }

    /// Catches up with the clock.
    pub(super) fn settle(&mut self, limit: RateLimit, pace: Pace, now: Duration) {
        let now = now.as_nanos();
        let course = Course::new(limit, pace, self.contested);
        // Nothing repeats before the first refill.
        self.advance(&course, now.min(course.refills.from));
        while let Some(cycle) = course.cycle() {
            let next = self.settled.saturating_add(cycle);
            if next > now {
                break;
            }
            let before = self.left;
            self.advance(&course, next);
            if self.left == before {
                // So it goes on, cycle for cycle: a jump of years costs no more than one of a day.
                let rest = now.saturating_sub(self.settled) % cycle;
                self.settled = now.saturating_sub(rest);
                break;
            }
        }
        self.advance(&course, now);
    }

    fn advance(&mut self, course: &Course, to: u128) {
        // Two requests may read the clock in one order and get here in the other.
        if to > self.settled {
            self.left = course.after(self.left, self.settled, to);
            self.settled = to;
        }
    }
}

/// What happens to a bucket under one set of rules.
struct Course {
    capacity: u32,
    refills: Beat,
    /// What each refill brings.
    lump: u32,
    takes: Option<Beat>,
}

impl Course {
    fn new(limit: RateLimit, pace: Pace, contested: u128) -> Self {
        let (times, lump) = if pace.evenly {
            (limit.refill, 1)
        } else {
            (1, limit.refill)
        };
        Self {
            capacity: limit.capacity,
            refills: Beat::new(pace.phase.as_nanos(), times, limit.period),
            lump,
            takes: pace
                .competitor
                .map(|(requests, per)| Beat::new(contested, requests, per)),
        }
    }

    /// What is left at `to` of what was `left` when all up to `from` had happened.
    ///
    /// At one and the same moment tokens come back first and are taken then.
    fn after(&self, left: u32, from: u128, to: u128) -> u32 {
        let (past, all) = (self.refills.until(from), self.refills.until(to));
        let Some(takes) = &self.takes else {
            return self.refilled(left, all.saturating_sub(past));
        };
        let (mut left, mut seen) = (left, takes.until(from));
        for index in past..all {
            let earlier = takes.until(self.refills.moment(index).saturating_sub(1));
            left = left.saturating_sub(saturated(earlier.saturating_sub(seen)));
            left = self.refilled(left, 1);
            seen = earlier;
        }
        left.saturating_sub(saturated(takes.until(to).saturating_sub(seen)))
    }

    fn refilled(&self, left: u32, times: u128) -> u32 {
        let due = saturated(times).saturating_mul(self.lump);
        left.saturating_add(due).min(self.capacity)
    }

    /// The time after which refills and takes fall as they fell before; `None` without takes, where
    /// one step does for any time.
    fn cycle(&self) -> Option<u128> {
        let (one, other) = (self.refills.per, self.takes.as_ref()?.per);
        let (mut gcd, mut rest) = (one, other);
        while rest != 0 {
            (gcd, rest) = (rest, gcd % rest);
        }
        Some(one.saturating_mul(other / gcd))
    }
}

/// Moments evenly apart, in nanoseconds: the first at `from`, then `times` in each `per`.
struct Beat {
    from: u128,
    times: u128,
    per: u128,
}

impl Beat {
    /// Nothing is divided by zero, though such rules are refused before they get here.
    fn new(from: u128, times: u32, per: Duration) -> Self {
        Self {
            from,
            times: u128::from(times).max(1),
            per: per.as_nanos().max(1),
        }
    }

    /// How many there are up to `to`, itself included.
    fn until(&self, to: u128) -> u128 {
        to.checked_sub(self.from).map_or(0, |passed| {
            (passed.saturating_mul(self.times) / self.per).saturating_add(1)
        })
    }

    /// When the one after `index` others comes: at a whole nanosecond, no sooner than it is due.
    fn moment(&self, index: u128) -> u128 {
        let passed = index.saturating_mul(self.per).div_ceil(self.times);
        self.from.saturating_add(passed)
    }
}

fn saturated(count: u128) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
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
    fn course(limit: RateLimit, pace: Pace, times: &[u64]) -> Vec<u32> {
        let mut tokens = Tokens::full(limit, Duration::ZERO);
        tokens.cap(0);
        let left = times.iter().map(|&now| {
            tokens.settle(limit, pace, NANO(now));
            tokens.left
        });
        left.collect()
    }

    #[test]
    fn tokens_come_back_in_lumps_that_begin_at_the_phase() {
        let pace = |phase| Pace {
            phase: NANO(phase),
            ..Pace::default()
        };
        let limit = limit(5, 2, 60);
        assert_eq!(
            course(limit, pace(0), &[59, 60, 119, 120, 600]),
            [0, 2, 2, 4, 5]
        );
        assert_eq!(course(limit, pace(15), &[14, 15, 74, 75]), [0, 2, 2, 4]);
        assert_eq!(course(limit, pace(130), &[129, 130, 190]), [0, 2, 4]);
    }

    #[test]
    fn even_tokens_come_no_sooner_than_they_are_due() {
        let pace = Pace {
            evenly: true,
            ..Pace::default()
        };
        // Due at 3 1/3, 6 2/3 and 10.
        let left = course(limit(9, 3, 10), pace, &[3, 4, 6, 7, 9, 10, 20]);
        assert_eq!(left, [0, 1, 1, 2, 2, 3, 6]);
    }

    #[test]
    fn a_competitor_takes_what_there_is_and_gets_no_credit_for_the_rest() {
        let pace = Pace {
            competitor: Some((1, NANO(20))),
            ..Pace::default()
        };
        // It comes at 20, 40, …: in vain until 60, when it is the second.
        let left = course(limit(5, 3, 60), pace, &[59, 60, 80, 100, 119, 120]);
        assert_eq!(left, [0, 2, 1, 0, 0, 2]);
    }

    #[test]
    fn a_jump_goes_on_until_nothing_changes_any_more() {
        let pace = Pace {
            competitor: Some((2, NANO(10))),
            ..Pace::default()
        };
        // Three come and two go in each cycle, so that one more is left after each.
        let left = course(limit(9, 3, 10), pace, &[40, 1_000, 1_005]);
        assert_eq!(left, [5, 8, 7]);
    }

    #[test]
    fn a_competitor_counts_from_the_first_use() {
        let pace = Pace {
            competitor: Some((2, NANO(10))),
            ..Pace::default()
        };
        let limit = limit(9, 1, 1_000);
        let mut tokens = Tokens::full(limit, NANO(103));
        assert_eq!(tokens.take(limit, pace, NANO(103)), Some(8));
        assert_eq!(tokens.take(limit, pace, NANO(107)), Some(7));
        assert_eq!(tokens.take(limit, pace, NANO(108)), Some(5));
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
            let pace = Pace {
                evenly,
                phase,
                ..Pace::default()
            };
            let mut tokens = Tokens::full(limit, now);
            tokens.settle(limit, pace, now);
            tokens.seconds_to_refill(limit, pace, now)
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
        let pace = Pace {
            evenly: true,
            competitor: Some((7, NANO(60_000_000_000))),
            ..Pace::default()
        };
        let limit = limit(50, 5, 60_000_000_000);
        let mut tokens = Tokens::full(limit, Duration::ZERO);
        tokens.settle(limit, pace, Duration::MAX);
        assert!(tokens.left < limit.capacity);
        assert_eq!(tokens.settled, Duration::MAX.as_nanos());
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
            let pace = Pace { evenly, phase: NANO(phase), competitor };
            let mut jumps = Tokens::full(limit, NANO(first));
            let mut steps = Tokens::full(limit, NANO(first));
            let mut now = first;
            for gap in requests {
                for step in now..now + gap {
                    steps.settle(limit, pace, NANO(step));
                }
                now += gap;
                let left = jumps.take(limit, pace, NANO(now));
                prop_assert_eq!(left, steps.take(limit, pace, NANO(now)), "at {}", now);
            }
        }
    }
}
