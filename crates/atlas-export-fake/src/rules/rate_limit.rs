//! How many requests a fake lets through.

use std::io;
use std::time::Duration;

use crate::rules::invalid_option::invalid_option;

/// The size and the refills of token buckets: each request takes a token, and is refused with 429 while
/// there is none.
///
/// The buckets begin full. Each family of operations has one of its own in each project: export
/// buckets, export jobs, snapshots, backup schedules, clusters, access roles, and everything that
/// is no operation. Two projects never share one; the project is the one that the path names,
/// whether or not it exists, and paths that name none share one. Both base paths take from the same
/// buckets. Challenges take nothing.
///
/// ```
/// use std::time::Duration;
/// use atlas_export_fake::{FakeAtlas, RateLimit};
///
/// let limit = RateLimit { capacity: 10, refill: 5, period: Duration::from_secs(60) };
/// let builder = FakeAtlas::builder().rate_limit(limit);
/// # drop(builder);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many tokens a bucket holds. At least 1.
    pub capacity: u32,
    /// How many tokens come back in each period: all of them at its end, unless
    /// [`refill_evenly`](crate::FakeAtlasBuilder::refill_evenly) spreads them. At least 1.
    pub refill: u32,
    /// The time from one refill to the next, by the fake's clock. At least a second; bodies give it
    /// in whole seconds.
    pub period: Duration,
}

impl RateLimit {
    /// Refuses a limit under which nothing ever passes.
    pub(crate) fn check(self) -> io::Result<()> {
        if self.capacity == 0 || self.refill == 0 || self.period.as_secs() == 0 {
            return Err(invalid_option(format!(
                "the rate limit is invalid: {self:?}; capacity and refill must be at least 1, the \
                 period at least a second"
            )));
        }
        Ok(())
    }
}
