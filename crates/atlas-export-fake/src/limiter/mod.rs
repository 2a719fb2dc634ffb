//! How many requests are let through: a token bucket for each family of operations in each project,
//! in the fake's own time, where the builder asks for it. Otherwise an allowance that is counted
//! and never enforced.

mod options;
mod tokens;

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName};

use self::tokens::{Pace, Tokens};
use crate::answer::set;
use crate::builder::invalid_input;
use crate::error::AtlasError;
use crate::ids::lowered;

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
    /// How many tokens come back in each period: all of them at its end, unless
    /// [`refill_evenly`](crate::FakeAtlasBuilder::refill_evenly) spreads them. At least 1.
    pub refill: u32,
    /// The time from one refill to the next, by the fake's clock. At least a second; bodies tell it
    /// in whole seconds.
    pub period: Duration,
}

#[derive(Debug, Default)]
pub(crate) struct Limiter {
    telling: Telling,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    limit: Option<RateLimit>,
    pace: Pace,
    /// By family and project.
    buckets: HashMap<(&'static str, String), Tokens>,
    allowance: Allowance,
}

/// What answers tell of the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Telling {
    retry_after: bool,
    no_headers: bool,
    plain: bool,
}

/// Whether one request may pass, and what its answer says about that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admission {
    limit: u64,
    remaining: u64,
    telling: Telling,
    refused: Option<Refused>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refused {
    limit: RateLimit,
    wait: u64,
}

impl Limiter {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// While nobody else has it: without the lock.
    fn state_mut(&mut self) -> &mut State {
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn check_options(&self) -> io::Result<()> {
        let state = self.state();
        if let Some(competitor @ (requests, per)) = state.pace.competitor
            && (requests == 0 || per.is_zero())
        {
            return Err(invalid_input(format!(
                "a competitor without requests, or without a time for them: {competitor:?}"
            )));
        }
        state.limit.map_or(Ok(()), check_limit)
    }

    /// Takes a token of `family` in the project of `path`.
    pub(crate) fn admit(&self, family: &'static str, path: &str, now: Duration) -> Admission {
        let mut state = self.state();
        let State {
            limit,
            pace,
            buckets,
            allowance,
        } = &mut *state;
        let (Some(limit), pace) = (*limit, *pace) else {
            return Admission {
                limit: Allowance::LIMIT,
                remaining: allowance.spend(now),
                telling: self.telling,
                refused: None,
            };
        };
        let tokens = buckets
            .entry((family, lowered(project_of(path))))
            .or_insert_with(|| Tokens::full(limit, now));
        let left = tokens.take(limit, pace, now);
        Admission {
            limit: limit.capacity.into(),
            remaining: left.unwrap_or_default().into(),
            telling: self.telling,
            refused: left.is_none().then(|| Refused {
                limit,
                wait: tokens.seconds_to_refill(limit, pace, now),
            }),
        }
    }

    fn set_limit(&self, limit: RateLimit, now: Duration) -> io::Result<()> {
        check_limit(limit)?;
        let mut state = self.state();
        state.settle(now);
        state.limit = Some(limit);
        for tokens in state.buckets.values_mut() {
            tokens.cap(limit.capacity);
        }
        Ok(())
    }

    fn set_competitor(&self, competitor: Option<(u32, Duration)>, now: Duration) {
        let mut state = self.state();
        state.settle(now);
        state.pace.competitor =
            competitor.filter(|(requests, per)| *requests > 0 && !per.is_zero());
        for tokens in state.buckets.values_mut() {
            tokens.contest(now);
        }
    }
}

impl State {
    /// Brings every bucket up to date by the rules that are about to change.
    fn settle(&mut self, now: Duration) {
        if let Some(limit) = self.limit {
            for tokens in self.buckets.values_mut() {
                tokens.settle(limit, self.pace, now);
            }
        }
    }
}

fn check_limit(limit: RateLimit) -> io::Result<()> {
    if limit.capacity == 0 || limit.refill == 0 || limit.period.as_secs() == 0 {
        return Err(invalid_input(format!(
            "a rate limit of nothing, or of less than a second: {limit:?}"
        )));
    }
    Ok(())
}

/// The project that a path names; empty where it names none.
fn project_of(path: &str) -> &str {
    let mut segments = path.split('/').skip_while(|segment| *segment != "groups");
    segments.nth(1).unwrap_or_default()
}

impl Admission {
    pub(crate) fn check(self, path: &str) -> Result<(), AtlasError> {
        match self.refused {
            None => Ok(()),
            Some(_) if self.telling.plain => Err(AtlasError::rate_limited_plainly(path)),
            Some(refused) => Err(AtlasError::rate_limited(path, refused.wait, refused.limit)),
        }
    }

    /// The headers of every answer to a known caller.
    pub(crate) fn note(self, headers: &mut HeaderMap) {
        if !self.telling.no_headers {
            let limit = HeaderName::from_static("ratelimit-limit");
            set(headers, limit, &self.limit.to_string());
            let left = HeaderName::from_static("ratelimit-remaining");
            set(headers, left, &self.remaining.to_string());
        }
        if let Some(refused) = self.refused.filter(|_| self.telling.retry_after) {
            set(headers, RETRY_AFTER, &refused.wait.to_string());
        }
    }
}

/// The allowance that `Ratelimit-Remaining` counts down: per minute of the fake's clock. It is
/// never enforced, so it never says zero.
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
        let limiter = Limiter::default();
        limiter.state().limit = Some(LIMIT);
        limiter
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
    fn a_project_in_capitals_is_the_same_one() {
        let limiter = limiter();
        let project = "32b6e34b3d91647abb20e7b8";
        assert_eq!(left(&limiter, "a", project, 0), Ok(2));
        assert_eq!(left(&limiter, "a", &project.to_uppercase(), 0), Ok(1));
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
    fn a_new_limit_keeps_the_tokens_that_fit() {
        let limiter = limiter();
        let second = Duration::from_secs(1);
        assert_eq!(left(&limiter, "a", "1", 0), Ok(2));
        let lower = RateLimit {
            capacity: 1,
            ..LIMIT
        };
        assert!(limiter.set_limit(lower, second).is_ok());
        assert_eq!(left(&limiter, "a", "1", 1_000), Ok(0));
        let higher = RateLimit {
            capacity: 9,
            refill: 4,
            period: Duration::from_secs(40),
        };
        assert!(limiter.set_limit(higher, second).is_ok());
        assert_eq!(left(&limiter, "a", "1", 1_000), Err(39));
        assert_eq!(left(&limiter, "a", "1", 40_000), Ok(3));
        assert_eq!(left(&limiter, "b", "1", 40_000), Ok(8), "begins full");
    }

    #[test]
    fn what_was_due_by_the_old_limit_is_there() {
        let limiter = limiter();
        for expected in [Ok(2), Ok(1), Ok(0)] {
            assert_eq!(left(&limiter, "a", "1", 0), expected);
        }
        let slow = RateLimit {
            refill: 1,
            period: Duration::from_secs(600),
            ..LIMIT
        };
        assert!(limiter.set_limit(slow, Duration::from_secs(60)).is_ok());
        for expected in [Ok(1), Ok(0), Err(540)] {
            assert_eq!(left(&limiter, "a", "1", 60_000), expected);
        }
    }

    #[test]
    fn a_limit_of_nothing_leaves_the_one_before() {
        let limiter = limiter();
        let nothing = RateLimit { refill: 0, ..LIMIT };
        let kind = limiter.set_limit(nothing, Duration::ZERO);
        let kind = kind.err().map(|error| error.kind());
        assert_eq!(kind, Some(io::ErrorKind::InvalidInput));
        assert_eq!(limiter.state().limit, Some(LIMIT));
    }

    #[test]
    fn a_competitor_comes_and_goes() {
        let limiter = limiter();
        assert_eq!(left(&limiter, "a", "1", 0), Ok(2));
        let each_second = Some((1, Duration::from_secs(1)));
        limiter.set_competitor(each_second, Duration::from_millis(500));
        assert_eq!(left(&limiter, "a", "1", 1_499), Ok(1));
        limiter.set_competitor(None, Duration::from_millis(1_500));
        assert_eq!(left(&limiter, "a", "1", 50_000), Err(10));
        limiter.set_competitor(Some((0, Duration::from_secs(1))), Duration::from_secs(50));
        limiter.set_competitor(Some((1, Duration::ZERO)), Duration::from_secs(50));
        assert_eq!(left(&limiter, "a", "1", 119_000), Ok(1));
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
