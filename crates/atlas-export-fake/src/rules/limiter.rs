//! How many requests are let through: a token bucket for each family of operations in each project,
//! in the fake's own time, where the builder asks for it. Otherwise an allowance that is counted
//! and never enforced.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName};

use crate::rules::allowance::Allowance;
use crate::rules::error::AtlasError;
use crate::rules::header::set;
use crate::rules::invalid_option::invalid_option;
use crate::rules::rate_limit::RateLimit;
use crate::rules::timetable::TokenOptions;
use crate::rules::token_bucket::TokenBucket;
use crate::world::ids::lowered;

/// What the builder says about rates.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LimitOptions {
    pub(crate) limit: Option<RateLimit>,
    pub(crate) tokens: TokenOptions,
    pub(crate) disclosure: LimitDisclosure,
}

/// What answers say about the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LimitDisclosure {
    /// Whether a 429 has `Retry-After`.
    pub(crate) retry_after: bool,
    /// Whether `Ratelimit-Limit` and `Ratelimit-Remaining` are left out.
    pub(crate) no_headers: bool,
    /// Whether the body of a 429 says nothing about the token bucket.
    pub(crate) plain: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Limiter {
    disclosure: LimitDisclosure,
    state: Mutex<LimiterState>,
}

#[derive(Debug, Default)]
struct LimiterState {
    limit: Option<RateLimit>,
    options: TokenOptions,
    /// By family and project.
    token_buckets: HashMap<(&'static str, String), TokenBucket>,
    allowance: Allowance,
}

/// Whether one request may pass, and what its answer says about that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admission {
    limit: u64,
    remaining: u64,
    disclosure: LimitDisclosure,
    refused: Option<Refused>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refused {
    limit: RateLimit,
    wait: u64,
}

impl Limiter {
    /// Refuses options under which nothing ever passes.
    pub(crate) fn new(options: LimitOptions) -> io::Result<Self> {
        if let Some(limit) = options.limit {
            limit.check()?;
        }
        if let Some(competitor @ (requests, per)) = options.tokens.competitor
            && (requests == 0 || per.is_zero())
        {
            return Err(invalid_option(format!(
                "the competitor is invalid: {competitor:?}; it needs at least 1 request, and a time \
                 of at least a nanosecond"
            )));
        }
        Ok(Self {
            disclosure: options.disclosure,
            state: Mutex::new(LimiterState {
                limit: options.limit,
                options: options.tokens,
                ..LimiterState::default()
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, LimiterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a token of `family` in the project of `path`.
    pub(crate) fn admit(&self, family: &'static str, path: &str, now: Duration) -> Admission {
        let mut state = self.state();
        let LimiterState {
            limit,
            options,
            token_buckets,
            allowance,
        } = &mut *state;
        let (Some(limit), options) = (*limit, *options) else {
            return Admission {
                limit: Allowance::LIMIT,
                remaining: allowance.spend(now),
                disclosure: self.disclosure,
                refused: None,
            };
        };
        let token_bucket = token_buckets
            .entry((family, lowered(project_of(path))))
            .or_insert_with(|| TokenBucket::full(limit, now));
        let left = token_bucket.take(limit, options, now);
        Admission {
            limit: limit.capacity.into(),
            remaining: left.unwrap_or_default().into(),
            disclosure: self.disclosure,
            refused: left.is_none().then(|| Refused {
                limit,
                wait: token_bucket.seconds_to_refill(limit, options, now),
            }),
        }
    }

    /// Changes the limit from now on.
    pub(crate) fn set_limit(&self, limit: RateLimit, now: Duration) -> io::Result<()> {
        limit.check()?;
        let mut state = self.state();
        state.catch_up(now);
        state.limit = Some(limit);
        for token_bucket in state.token_buckets.values_mut() {
            token_bucket.cap(limit.capacity);
        }
        Ok(())
    }

    /// Changes the competitor from now on.
    pub(crate) fn set_competitor(&self, competitor: Option<(u32, Duration)>, now: Duration) {
        let mut state = self.state();
        state.catch_up(now);
        state.options.competitor =
            competitor.filter(|(requests, per)| *requests > 0 && !per.is_zero());
        for token_bucket in state.token_buckets.values_mut() {
            token_bucket.contest(now);
        }
    }
}

impl LimiterState {
    /// Brings every token bucket up to date by the rules that are about to change.
    fn catch_up(&mut self, now: Duration) {
        if let Some(limit) = self.limit {
            for token_bucket in self.token_buckets.values_mut() {
                token_bucket.catch_up(limit, self.options, now);
            }
        }
    }
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
            Some(_) if self.disclosure.plain => Err(AtlasError::rate_limited_plainly(path)),
            Some(refused) => Err(AtlasError::rate_limited(path, refused.wait, refused.limit)),
        }
    }

    /// The headers of every answer to a known caller.
    pub(crate) fn write_headers(self, headers: &mut HeaderMap) {
        if !self.disclosure.no_headers {
            let limit = HeaderName::from_static("ratelimit-limit");
            set(headers, limit, &self.limit.to_string());
            let left = HeaderName::from_static("ratelimit-remaining");
            set(headers, left, &self.remaining.to_string());
        }
        if let Some(refused) = self.refused.filter(|_| self.disclosure.retry_after) {
            set(headers, RETRY_AFTER, &refused.wait.to_string());
        }
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
}
