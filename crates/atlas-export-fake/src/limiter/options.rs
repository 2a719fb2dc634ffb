//! How a test sets the rates: before the start, and while the fake runs.

use std::io;
use std::time::Duration;

use super::RateLimit;
use crate::builder::FakeAtlasBuilder;
use crate::fake::FakeAtlas;

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
        self.limiter.state_mut().limit = Some(limit);
        self
    }

    /// Sends `Retry-After`, in seconds, with the 429s of [`rate_limit`](Self::rate_limit). Without
    /// this they say how long to wait in their body alone.
    pub fn with_retry_after(mut self) -> Self {
        self.limiter.telling.retry_after = true;
        self
    }

    /// Answers the 429s of [`rate_limit`](Self::rate_limit) with `RATE_LIMITED` and without
    /// `parameters`: their body does not say how long to wait, nor what the limit is.
    pub fn rate_limit_plain(mut self) -> Self {
        self.limiter.telling.plain = true;
        self
    }

    /// Leaves `Ratelimit-Limit` and `Ratelimit-Remaining` out of every answer, with a limit or
    /// without.
    pub fn without_rate_headers(mut self) -> Self {
        self.limiter.telling.no_headers = true;
        self
    }

    /// Has tokens come back one by one, [`refill`](RateLimit::refill) of them spread evenly over
    /// each [`period`](RateLimit::period), in place of all at once at its end. By the fake's clock,
    /// whose start is the start of a period; each comes at the first whole nanosecond at which it
    /// is due.
    pub fn refill_evenly(mut self) -> Self {
        self.limiter.state_mut().pace.evenly = true;
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
        self.limiter.state_mut().pace.phase = phase;
        self
    }

    /// Has somebody else with the same key take `requests` tokens in each `per`, evenly spread,
    /// from each bucket that was used. Both at least 1: a request, a nanosecond. Default: nobody.
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
        self.limiter.state_mut().pace.competitor = Some((requests, per));
        self
    }
}

/// Rates.
impl FakeAtlas {
    /// Changes the limit from now on. Buckets keep the tokens they have, as far as the new capacity
    /// holds them; a higher one is filled by refills alone. Those come at the new limit's times,
    /// which go on counting from the clock's start or [the phase](FakeAtlasBuilder::refill_phase).
    /// A fake without a limit has one from now on, and its buckets begin full.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where the limit lets nothing through or has a period of less than a second;
    /// then the one before stays.
    ///
    /// ```
    /// use std::time::Duration;
    /// use atlas_export_fake::{FakeAtlas, RateLimit};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fast = RateLimit { capacity: 100, refill: 100, period: Duration::from_secs(60) };
    /// let fake = FakeAtlas::builder().rate_limit(fast).start().await?;
    /// fake.set_rate_limit(RateLimit { refill: 10, ..fast })?;
    /// assert!(fake.set_rate_limit(RateLimit { refill: 0, ..fast }).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_rate_limit(&self, limit: RateLimit) -> io::Result<()> {
        let shared = self.shared();
        shared.limiter.set_limit(limit, shared.clock.now())
    }

    /// Has somebody else, who takes so many tokens per time, come or go; see
    /// [`competitor`](FakeAtlasBuilder::competitor). The first token is taken from each bucket that
    /// was used one interval from now. Nobody comes for `None`, no requests, or a time of zero.
    ///
    /// ```
    /// use std::time::Duration;
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().start().await?;
    /// fake.set_competitor(Some((30, Duration::from_secs(60))));
    /// fake.set_competitor(None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_competitor(&self, competitor: Option<(u32, Duration)>) {
        let shared = self.shared();
        shared
            .limiter
            .set_competitor(competitor, shared.clock.now());
    }
}
