//! Rates: what the fake starts with.

use std::time::Duration;

use crate::builder::fake_builder::FakeAtlasBuilder;
use crate::rules::rate_limit::RateLimit;

/// Rates.
impl FakeAtlasBuilder {
    /// Limits the rate of each family of operations in each project: an empty bucket answers 429
    /// `RATE_LIMITED_TOKEN_BUCKET`, with `parameters: [path, seconds to wait, capacity, refill,
    /// period]`, and such a request is not acted on. The seconds are those to the next refill,
    /// rounded up, so at least 1. Default: no limit.
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
        self.limits.limit = Some(limit);
        self
    }

    /// Sends `Retry-After`, in seconds, with the 429s of [`rate_limit`](Self::rate_limit). Without
    /// this they say how long to wait in their body alone.
    pub fn with_retry_after(mut self) -> Self {
        self.limits.disclosure.retry_after = true;
        self
    }

    /// Answers the 429s of [`rate_limit`](Self::rate_limit) with `RATE_LIMITED` and without
    /// `parameters`: their body does not say how long to wait, nor what the limit is.
    pub fn rate_limit_plain(mut self) -> Self {
        self.limits.disclosure.plain = true;
        self
    }

    /// Leaves `Ratelimit-Limit` and `Ratelimit-Remaining` out of every answer, with a limit or
    /// without.
    pub fn without_rate_headers(mut self) -> Self {
        self.limits.disclosure.no_headers = true;
        self
    }

    /// Lets tokens come back one by one, [`refill`](RateLimit::refill) of them spread evenly over
    /// each [`period`](RateLimit::period), in place of all at once at its end. By the fake's clock,
    /// whose start is the start of a period; each comes at the first whole nanosecond at which it
    /// is due.
    pub fn refill_evenly(mut self) -> Self {
        self.limits.tokens.evenly = true;
        self
    }

    /// When, by the fake's clock, tokens come back for the first time; from then on they do each
    /// [`period`](RateLimit::period). Before that none come. Default: 0, so that refills are at the
    /// ends of the periods since the clock started. Any time will do, one beyond the first period
    /// too.
    ///
    /// With [`refill_evenly`](Self::refill_evenly) this is the time of the first token.
    ///
    /// ```
    /// use std::time::Duration;
    /// use atlas_export_fake::{FakeAtlas, RateLimit};
    ///
    /// // Five tokens at 0:20, 1:20, 2:20 and so on.
    /// let builder = FakeAtlas::builder()
    ///     .rate_limit(RateLimit { capacity: 10, refill: 5, period: Duration::from_secs(60) })
    ///     .refill_phase(Duration::from_secs(20));
    /// # drop(builder);
    /// ```
    pub fn refill_phase(mut self, phase: Duration) -> Self {
        self.limits.tokens.phase = phase;
        self
    }

    /// Adds another client with the same key, which takes `requests` tokens in each `per`, evenly
    /// spread, from each token bucket that was used. Both at least 1: a request, a nanosecond. Default: none.
    ///
    /// The first is taken `per / requests` after the bucket's first use. One that finds the bucket
    /// empty is lost and not made up for. Where they meet at one moment, tokens come back first,
    /// then the competitor takes, then a request of the test does. What a 429 says of the wait does
    /// not count on the competitor.
    ///
    /// ```
    /// use std::time::Duration;
    /// use atlas_export_fake::{FakeAtlas, RateLimit};
    ///
    /// // Half of what comes back is gone before anybody else has come.
    /// let minute = Duration::from_secs(60);
    /// let builder = FakeAtlas::builder()
    ///     .rate_limit(RateLimit { capacity: 10, refill: 10, period: minute })
    ///     .refill_evenly()
    ///     .competitor(5, minute);
    /// # drop(builder);
    /// ```
    pub fn competitor(mut self, requests: u32, per: Duration) -> Self {
        self.limits.tokens.competitor = Some((requests, per));
        self
    }
}
