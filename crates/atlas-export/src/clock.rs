//! What the SDK takes from outside the program: time and randomness.
//!
//! A test hands in a clock of its own through
//! [`ClientBuilder::clock`](crate::ClientBuilder::clock), and then decides when anything
//! happens.

use std::{
    fmt,
    future::Future,
    io,
    pin::Pin,
    time::{Duration, Instant, SystemTime},
};

/// A future that resolves when some time is over.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Time and randomness.
///
/// Sleeping comes in two kinds, which a test treats differently. A [`sleep`](Self::sleep) is
/// a pause that the SDK wants, between attempts or between polls: a test skips it. A
/// [`guard`](Self::guard) bounds something that should end sooner: if a test skipped it,
/// every time-out would fire.
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
/// use atlas_export::clock::{Clock, Sleep, SystemClock};
///
/// /// The system's clock, except that nobody waits.
/// #[derive(Debug)]
/// struct Impatient(SystemClock);
///
/// impl Clock for Impatient {
///     fn now(&self) -> Instant { self.0.now() }
///     fn wall(&self) -> SystemTime { self.0.wall() }
///     fn sleep(&self, _: Duration) -> Sleep { Box::pin(async {}) }
///     fn guard(&self, duration: Duration) -> Sleep { self.0.guard(duration) }
/// }
/// ```
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time on a clock that only moves forward.
    fn now(&self) -> Instant;

    /// The time of day, to which a server's dates refer.
    fn wall(&self) -> SystemTime;

    /// Pauses: back-off, polling.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// Resolves when something has taken too long: time-outs.
    fn guard(&self, duration: Duration) -> Sleep;

    /// Sixteen random bytes, for client nonces and jitter.
    ///
    /// # Errors
    /// What the operating system says if it has none.
    fn random(&self) -> io::Result<[u8; 16]> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// So much later, or as late as can be told: what a server or a caller names may be any duration.
pub(crate) fn later(then: Instant, by: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    then.checked_add(by)
        .or_else(|| then.checked_add(FAR))
        .unwrap_or(then)
}

/// The operating system's clock, with tokio's timers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    fn guard(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}
