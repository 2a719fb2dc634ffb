//! Lets requests through, and keeps them waiting where a rate limit is known.

use std::{fmt, future::pending, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use tokio::sync::Notify;

use super::{
    families::{Families, Scope},
    family::QueueStatus,
    in_flight::InFlight,
    ticket::{QueuePlace, Ticket},
};
use crate::{
    clock::{Clock, later},
    transport::caller::Caller,
};

/// How long others are held back at the most by default.
const DEFAULT_MAX_PAUSE: Duration = Duration::from_secs(60);

/// How long a request would have to wait of which nobody knows how long.
const UNKNOWN_WAIT: Duration = Duration::from_secs(1);

/// What is known of the server's rate limits, and the queues of those who wait for them.
///
/// A client has one of its own. Clients that share a key draw from the same token buckets; built
/// with the same governor, they wait for them together, as one client would.
///
/// Limits are kept apart by project and set of endpoints. A 429 that describes its token bucket
/// (`RATE_LIMITED_TOKEN_BUCKET`) is believed for a day at most. Any other 429 holds back the
/// requests like it for as long as its `Retry-After` says, but no longer than a bound; then one
/// goes ahead, and the others follow if it gets through. The request that was refused waits
/// itself for as long as it was told, or fails where its time is too short.
///
/// Clients that share a governor must be clients of the same server, with the same [`Clock`].
///
/// ```
/// use std::time::Duration;
/// use atlas_export::{Client, Credentials, rate::RateGovernor};
///
/// let governor = RateGovernor::with_max_pause(Duration::from_secs(30));
/// let build = |governor| {
///     Client::builder()
///         .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
///         .rate_governor(governor)
///         .build()
/// };
/// let (nightly, on_call) = (build(governor.clone())?, build(governor)?);
/// # let _ = (nightly, on_call);
/// # Ok::<(), atlas_export::Error>(())
/// ```
#[derive(Clone)]
pub struct RateGovernor {
    families: Arc<Families>,
    max_pause: Duration,
}

impl Default for RateGovernor {
    fn default() -> Self {
        Self::with_max_pause(DEFAULT_MAX_PAUSE)
    }
}

impl RateGovernor {
    /// A governor that knows of no limit yet, and holds back for at most 60 s what is like a
    /// request that was refused.
    pub fn new() -> Self {
        Self::default()
    }

    /// A governor with another bound than 60 s on how long a 429 that does not describe its
    /// token bucket holds back what is like the refused request.
    pub fn with_max_pause(max_pause: Duration) -> Self {
        Self {
            families: Arc::default(),
            max_pause,
        }
    }

    /// How long a 429 that does not describe its token bucket holds others back at the most.
    pub fn max_pause(&self) -> Duration {
        self.max_pause
    }

    /// Waits until a request may go, for at most `left`.
    ///
    /// `wait` is how long the server asked this very request to wait.
    ///
    /// # Errors
    /// How long it would take, where that is too long.
    pub(crate) async fn admit(
        &self,
        scope: &Scope,
        caller: &Caller,
        wait: Duration,
        left: Duration,
        clock: &dyn Clock,
    ) -> Result<Ticket, Duration> {
        let family = self.families.known(scope);
        let Some(family) = family else {
            if !wait.is_zero() {
                clock.sleep(wait).await;
            }
            return Ok(Ticket {
                place: None,
                scope: scope.clone(),
            });
        };
        let since = clock.now();
        let mut end = clock.guard(left);
        let wake = Arc::new(Notify::new());
        let not_before = later(since, wait);
        let id = family
            .lock()
            .enter(caller.clone(), not_before, wake.clone());
        // From here on it leaves the queue when it is dropped.
        let place = QueuePlace { family, id, since };
        loop {
            let now = clock.now();
            let status = place.family.lock().poll(id, now);
            let waited = now.saturating_duration_since(since);
            let QueueStatus::Wait { estimate, sleep } = status else {
                if waited > left {
                    return Err(UNKNOWN_WAIT);
                }
                return Ok(Ticket {
                    place: Some(place),
                    scope: scope.clone(),
                });
            };
            if !estimate.is_zero() && estimate > left.saturating_sub(waited) {
                return Err(estimate);
            }
            let sleep = match sleep {
                Some(sleep) => clock.sleep(sleep),
                None => Box::pin(pending()),
            };
            // Behind a scout nobody knows how long it takes, so that there is an end to it.
            let woken = pin!(wake.notified());
            if let Either::Right(_) = select(select(woken, sleep), &mut end).await {
                return Err(UNKNOWN_WAIT);
            }
        }
    }

    /// Uses a ticket, now that the request goes out. `None`: it has lapsed, or a limit has become
    /// known meanwhile.
    pub(crate) fn spend(&self, mut ticket: Ticket, clock: &dyn Clock) -> Option<InFlight> {
        let now = clock.now();
        let request = match ticket.place.take() {
            Some(place) => {
                let request = place.family.lock().spend(Some(place.id), now)?;
                Some((place.family.clone(), request))
            }
            None => match self.families.known(&ticket.scope) {
                Some(family) => {
                    let request = family.lock().spend(None, now)?;
                    Some((family, request))
                }
                None => None,
            },
        };
        Some(InFlight {
            families: self.families.clone(),
            max_pause: self.max_pause,
            scope: ticket.scope,
            sent: now,
            request,
        })
    }
}

impl fmt::Debug for RateGovernor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateGovernor")
            .field("max_pause", &self.max_pause)
            .finish_non_exhaustive()
    }
}
