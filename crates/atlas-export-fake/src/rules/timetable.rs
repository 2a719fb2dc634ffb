//! When the tokens of a bucket come back and when they are taken.

use std::time::Duration;

use crate::rules::rate_limit::RateLimit;

/// When tokens come back and go, apart from the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TokenOptions {
    /// Whether tokens come back one by one.
    pub(crate) evenly: bool,
    /// When they come back for the first time.
    pub(crate) phase: Duration,
    /// How many tokens another client takes, and in which time.
    pub(crate) competitor: Option<(u32, Duration)>,
}

/// When tokens come back to a bucket and when the competitor takes them, under one set of rules.
pub(crate) struct Timetable {
    capacity: u32,
    pub(crate) refills: Recurrence,
    /// How many tokens each refill brings.
    per_refill: u32,
    takes: Option<Recurrence>,
}

impl Timetable {
    pub(crate) fn new(limit: RateLimit, options: TokenOptions, contested: u128) -> Self {
        let (times, per_refill) = if options.evenly {
            (limit.refill, 1)
        } else {
            (1, limit.refill)
        };
        Self {
            capacity: limit.capacity,
            refills: Recurrence::new(options.phase.as_nanos(), times, limit.period),
            per_refill,
            takes: options
                .competitor
                .map(|(requests, per)| Recurrence::new(contested, requests, per)),
        }
    }

    /// What is left at `to` of what was `left` when all up to `from` had happened.
    ///
    /// At one and the same moment tokens come back first and are taken then.
    pub(crate) fn after(&self, left: u32, from: u128, to: u128) -> u32 {
        let (past, all) = (self.refills.count_until(from), self.refills.count_until(to));
        let Some(takes) = &self.takes else {
            return self.refilled(left, all.saturating_sub(past));
        };
        let (mut left, mut seen) = (left, takes.count_until(from));
        for index in past..all {
            let earlier = takes.count_until(self.refills.time_of(index).saturating_sub(1));
            left = left.saturating_sub(saturated(earlier.saturating_sub(seen)));
            left = self.refilled(left, 1);
            seen = earlier;
        }
        left.saturating_sub(saturated(takes.count_until(to).saturating_sub(seen)))
    }

    fn refilled(&self, left: u32, times: u128) -> u32 {
        let due = saturated(times).saturating_mul(self.per_refill);
        left.saturating_add(due).min(self.capacity)
    }

    /// The time after which refills and takes fall as they fell before; `None` without takes, where
    /// one step does for any time.
    pub(crate) fn cycle(&self) -> Option<u128> {
        let (one, other) = (self.refills.per, self.takes.as_ref()?.per);
        let (mut gcd, mut rest) = (one, other);
        while rest != 0 {
            (gcd, rest) = (rest, gcd % rest);
        }
        Some(one.saturating_mul(other / gcd))
    }
}

/// Moments evenly apart, in nanoseconds: the first at `from`, then `times` in each `per`.
pub(crate) struct Recurrence {
    pub(crate) from: u128,
    times: u128,
    per: u128,
}

impl Recurrence {
    /// Nothing is divided by zero, though such rules are refused before they get here.
    fn new(from: u128, times: u32, per: Duration) -> Self {
        Self {
            from,
            times: u128::from(times).max(1),
            per: per.as_nanos().max(1),
        }
    }

    /// How many there are up to `to`, itself included.
    pub(crate) fn count_until(&self, to: u128) -> u128 {
        to.checked_sub(self.from).map_or(0, |passed| {
            (passed.saturating_mul(self.times) / self.per).saturating_add(1)
        })
    }

    /// When the one after `index` others comes: at a whole nanosecond, no sooner than it is due.
    pub(crate) fn time_of(&self, index: u128) -> u128 {
        let passed = index.saturating_mul(self.per).div_ceil(self.times);
        self.from.saturating_add(passed)
    }
}

fn saturated(count: u128) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
