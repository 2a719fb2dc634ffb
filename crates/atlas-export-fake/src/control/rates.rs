//! Rates: changed while the fake runs.

use std::io;
use std::time::Duration;

use crate::control::fake::FakeAtlas;
use crate::rules::rate_limit::RateLimit;

/// Rates.
impl FakeAtlas {
    /// Changes the limit from now on. Buckets keep the tokens they have, as far as the new capacity
    /// holds them; a higher one is filled by refills alone. Those come at the new limit's times,
    /// which go on counting from the clock's start or [the phase](crate::FakeAtlasBuilder::refill_phase).
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
        let atlas = &self.handler.atlas;
        atlas.limiter.set_limit(limit, atlas.clock.now())
    }

    /// Starts or stops another client, which takes so many tokens per time; see
    /// [`competitor`](crate::FakeAtlasBuilder::competitor). The first token is taken from each bucket that
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
        let atlas = &self.handler.atlas;
        atlas.limiter.set_competitor(competitor, atlas.clock.now());
    }
}
