//! How many requests are let through: a token bucket for each family of operations in each project,
//! in the fake's own time, where the builder asks for it. Otherwise an allowance that is counted
//! and never enforced.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName};

use crate::answer::set;
use crate::builder::{FakeAtlasBuilder, invalid_input};
use crate::error::AtlasError;

/// A token bucket: each request takes a token, and none is let through while there is none.
///
/// The buckets begin full. Each family of operations has one of its own in each project: export
/// buckets, export jobs, snapshots, backup schedules, clusters, access roles, and everything that
/// is no operation. Two projects never share one; the project is the one that the path names,
/// whether or not it exists, and paths that name none have theirs together. Both base paths draw on
/// the same ones. Challenges take nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many tokens a bucket holds. At least 1.
    pub capacity: u32,
    /// How many tokens come back at the end of each period. At least 1.
    pub refill: u32,
    /// The time from one refill to the next, by the fake's clock. At least a second; bodies tell it
    /// in whole seconds.
    pub period: Duration,
}

#[derive(Debug, Default)]
pub(crate) struct Limiter {
    pub(crate) limit: Option<RateLimit>,
    pub(crate) retry_after: bool,
    /// By family and project.
    tokens: Mutex<HashMap<(&'static str, String), Tokens>>,
    allowance: Mutex<Allowance>,
}

#[derive(Debug)]
struct Tokens {
    left: u32,
    /// The periods that have been paid for.
    periods: u64,
}

/// Whether one request may pass, and what its answer says about that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admission {
    limit: u64,
    remaining: u64,
    refused: Option<Refused>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refused {
    limit: RateLimit,
    wait: u64,
    retry_after: bool,
}

impl Limiter {
    pub(crate) fn check_options(&self) -> io::Result<()> {
        match self.limit {
            Some(limit)
                if limit.capacity == 0 || limit.refill == 0 || limit.period.as_secs() == 0 =>
            {
                Err(invalid_input(format!(
                    "a rate limit of nothing, or of less than a second: {limit:?}"
                )))
            }
            _ => Ok(()),
        }
    }

    /// Takes a token of `family` in the project of `path`.
    pub(crate) fn admit(&self, family: &'static str, path: &str, now: Duration) -> Admission {
        let Some(limit) = self.limit else {
            let mut allowance = self
                .allowance
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            return Admission {
                limit: Allowance::LIMIT,
                remaining: allowance.spend(now),
                refused: None,
            };
        };
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = (family, project_of(path).to_owned());
        let tokens = tokens.entry(bucket).or_insert(Tokens {
            left: limit.capacity,
            periods: 0,
        });
        let left = tokens.take(limit, now);
        Admission {
            limit: limit.capacity.into(),
            remaining: left.unwrap_or_default().into(),
            refused: left.is_none().then(|| Refused {
                limit,
                wait: seconds_to_refill(limit, now),
                retry_after: self.retry_after,
            }),
        }
    }
}

/// The project that a path names; empty where it names none.
fn project_of(path: &str) -> &str {
    let mut segments = path.split('/').skip_while(|segment| *segment != "groups");
    segments.nth(1).unwrap_or_default()
}

impl Tokens {
    /// How many are left after one more; `None` where there was none.
    fn take(&mut self, limit: RateLimit, now: Duration) -> Option<u32> {
        let periods = periods(limit, now);
        let due = periods.saturating_sub(self.periods);
        let due = u32::try_from(due).unwrap_or(u32::MAX);
        self.periods = periods;
        self.left = self
            .left
            .saturating_add(due.saturating_mul(limit.refill))
            .min(limit.capacity);
        self.left = self.left.checked_sub(1)?;
        Some(self.left)
    }
}

/// How many periods have ended since the clock started.
fn periods(limit: RateLimit, now: Duration) -> u64 {
    let periods = now.as_nanos().checked_div(limit.period.as_nanos());
    u64::try_from(periods.unwrap_or_default()).unwrap_or(u64::MAX)
}

/// To the end of this period, rounded up to whole seconds.
fn seconds_to_refill(limit: RateLimit, now: Duration) -> u64 {
    let into = now.as_nanos().checked_rem(limit.period.as_nanos());
    let left = limit
        .period
        .as_nanos()
        .saturating_sub(into.unwrap_or_default());
    u64::try_from(left.div_ceil(1_000_000_000)).unwrap_or(u64::MAX)
}

impl Admission {
    pub(crate) fn check(self, path: &str) -> Result<(), AtlasError> {
        match self.refused {
            None => Ok(()),
            Some(refused) => Err(AtlasError::rate_limited(path, refused.wait, refused.limit)),
        }
    }

    /// The headers of every answer to a known caller.
    pub(crate) fn note(self, headers: &mut HeaderMap) {
        let limit = HeaderName::from_static("ratelimit-limit");
        set(headers, limit, &self.limit.to_string());
        let left = HeaderName::from_static("ratelimit-remaining");
        set(headers, left, &self.remaining.to_string());
        if let Some(refused) = self.refused.filter(|refused| refused.retry_after) {
            set(headers, RETRY_AFTER, &refused.wait.to_string());
        }
    }
}

/// Rates.
impl FakeAtlasBuilder {
    /// Limits the rate of each family of operations in each project: an empty bucket answers 429
    /// `RATE_LIMITED_TOKEN_BUCKET`, with `parameters: [path, seconds to wait, capacity, refill,
    /// period]`, and such a request is not acted on. Default: no limit.
    ///
    /// ```
    /// use std::time::Duration;
    /// use atlas_export_fake::{FakeAtlas, RateLimit};
    ///
    /// let builder = FakeAtlas::builder()
    ///     .rate_limit(RateLimit { capacity: 10, refill: 5, period: Duration::from_secs(60) })
    ///     .with_retry_after();
    /// # drop(builder);
    /// ```
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.limiter.limit = Some(limit);
        self
    }

    /// Sends `Retry-After`, in seconds, with the 429s of [`rate_limit`](Self::rate_limit). Without
    /// this they say how long to wait in their body alone.
    pub fn with_retry_after(mut self) -> Self {
        self.limiter.retry_after = true;
        self
    }
}

/// The allowance that `Ratelimit-Remaining` counts down: per minute of the fake's clock. It is never
/// enforced, so it never says zero.
#[derive(Debug, Default)]
struct Allowance {
    window: u64,
    spent: u64,
}

impl Allowance {
    const LIMIT: u64 = 1200;

    fn spend(&mut self, now: Duration) -> u64 {
        let window = now.as_secs() / 60;
        if window != self.window {
            *self = Self { window, spent: 0 };
        }
        self.spent = self.spent.saturating_add(1);
        Self::LIMIT.saturating_sub(self.spent).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: RateLimit = RateLimit {
        capacity: 3,
        refill: 2,
        period: Duration::from_secs(60),
    };

    fn limiter() -> Limiter {
        Limiter {
            limit: Some(LIMIT),
            ..Limiter::default()
        }
    }

    /// What is left of a family in `project`, or how long to wait.
    fn left(
        limiter: &Limiter,
        family: &'static str,
        project: &str,
        millis: u64,
    ) -> Result<u64, u64> {
        let path = format!("/api/atlas/v2/groups/{project}/clusters");
        let admission = limiter.admit(family, &path, Duration::from_millis(millis));
        let wait = admission.refused.map(|refused| refused.wait);
        wait.map_or(Ok(admission.remaining), Err)
    }

    #[test]
    fn tokens_come_back_by_the_period_and_never_beyond_the_capacity() {
        let limiter = limiter();
        let left = |family, millis| left(&limiter, family, "1", millis);
        assert_eq!(
            [left("a", 0), left("a", 1), left("a", 2)],
            [Ok(2), Ok(1), Ok(0)]
        );
        assert_eq!(left("a", 3), Err(60));
        assert_eq!(left("b", 3), Ok(2), "another family");
        assert_eq!(left("a", 59_001), Err(1));
        assert_eq!([left("a", 60_000), left("a", 60_000)], [Ok(1), Ok(0)]);
        assert_eq!(left("a", 60_000), Err(60));
        assert_eq!(left("a", 6_000_000), Ok(2));
    }

    #[test]
    fn projects_share_nothing() {
        let limiter = limiter();
        for expected in [Ok(2), Ok(1), Ok(0), Err(60)] {
            assert_eq!(left(&limiter, "a", "1", 0), expected);
        }
        assert_eq!(left(&limiter, "a", "2", 0), Ok(2));
    }

    #[test]
    fn a_project_is_what_follows_groups() {
        for (path, project) in [
            ("/api/atlas/v2/groups/1/clusters", "1"),
            ("/api/atlas/v1.0/groups/1", "1"),
            ("/api/atlas/v2/groups", ""),
            ("/api/atlas/v2/groups//clusters", ""),
            ("/", ""),
        ] {
            assert_eq!(project_of(path), project, "{path}");
        }
    }

    #[test]
    fn the_allowance_counts_down_and_comes_back_each_minute() {
        let mut allowance = Allowance::default();
        assert_eq!(allowance.spend(Duration::ZERO), 1199);
        assert_eq!(allowance.spend(Duration::from_secs(59)), 1198);
        assert_eq!(allowance.spend(Duration::from_secs(60)), 1199);
        for _ in 0..2000 {
            allowance.spend(Duration::from_secs(60));
        }
        assert_eq!(allowance.spend(Duration::from_secs(60)), 1);
    }
}
