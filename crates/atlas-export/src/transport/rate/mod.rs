//! The rate governor: after the first refusal for coming too soon, requests come no sooner than
//! the server has tokens for them.
//!
//! ```text
//! hint.rs     what a refusal and the headers of an answer say
//! bucket.rs   a model of the server's token bucket
//! family.rs   the requests that draw from one bucket, and what lets them through
//! queue.rs    those who wait, in the order of their turns
//! ```
//!
//! Atlas limits requests by token buckets, one for each set of endpoints and scope. The governor
//! is off until a 429 tells of a bucket; from then on the requests of that family take its
//! tokens, bursts included. A 429 that tells of none only pauses the family.
//!
//! Nothing is held across a wait: see [`family`].

mod bucket;
mod family;
mod hint;
mod queue;

use std::{
    collections::BTreeMap,
    fmt,
    future::pending,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::{Either, select};
use http::HeaderMap;
use tokio::sync::Notify;

use self::family::{Departure, Family, Told};
use super::{caller::Caller, failure::Failure, request::Prepared};
use crate::clock::{Clock, later};

pub(crate) use hint::retry_after;

/// How long others are held back at the most by default.
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// The pause where nothing says for how long.
const PAUSE: Duration = Duration::from_secs(1);

/// The pause after a 429 that says nothing at all (what Atlas advises).
const UNTOLD: Duration = Duration::from_secs(10);

/// How many families are kept before idle ones are forgotten.
const MANY: usize = 1024;

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

/// A project, and the resource at the end of a path.
type Key = (String, &'static str);

type Families = Mutex<BTreeMap<Key, Arc<Shared>>>;

#[derive(Debug, Default)]
struct Shared(Mutex<Family>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Family> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for RateGovernor {
    fn default() -> Self {
        Self::with_max_pause(MAX_PAUSE)
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
    /// `not_before` is how long the server asked this very request to wait.
    ///
    /// # Errors
    /// How long it would take, where that is too long.
    pub(super) async fn admit(
        &self,
        scope: &Scope,
        caller: &Caller,
        not_before: Duration,
        left: Duration,
        clock: &dyn Clock,
    ) -> Result<Ticket, Duration> {
        let family = self.known(&scope.0);
        let Some(family) = family else {
            if !not_before.is_zero() {
                clock.sleep(not_before).await;
            }
            return Ok(Ticket {
                place: None,
                scope: scope.clone(),
            });
        };
        let begun = clock.now();
        let mut end = clock.guard(left);
        let wake = Arc::new(Notify::new());
        let due = later(begun, not_before);
        let id = family.lock().enter(caller.clone(), due, wake.clone());
        // From here on it leaves the queue when it is dropped.
        let place = Place { family, id, begun };
        loop {
            let now = clock.now();
            let told = place.family.lock().look(id, now);
            let spent = now.saturating_duration_since(begun);
            let Told::Wait { estimate, sleep } = told else {
                if spent > left {
                    return Err(PAUSE);
                }
                return Ok(Ticket {
                    place: Some(place),
                    scope: scope.clone(),
                });
            };
            if !estimate.is_zero() && estimate > left.saturating_sub(spent) {
                return Err(estimate);
            }
            let sleep = match sleep {
                Some(sleep) => clock.sleep(sleep),
                None => Box::pin(pending()),
            };
            // Behind a scout nobody knows how long it takes, so that there is an end to it.
            let woken = pin!(wake.notified());
            if let Either::Right(_) = select(select(woken, sleep), &mut end).await {
                return Err(PAUSE);
            }
        }
    }

    /// Uses a ticket, now that the request goes out. `None`: it has lapsed, or a limit has become
    /// known meanwhile.
    pub(super) fn spend(&self, mut ticket: Ticket, clock: &dyn Clock) -> Option<Flight> {
        let now = clock.now();
        let departure = match ticket.place.take() {
            Some(place) => {
                let departure = place.family.lock().spend(Some(place.id), now)?;
                Some((place.family.clone(), departure))
            }
            None => match self.known(&ticket.scope.0) {
                Some(family) => {
                    let departure = family.lock().spend(None, now)?;
                    Some((family, departure))
                }
                None => None,
            },
        };
        Some(Flight {
            governor: self.clone(),
            scope: ticket.scope,
            sent: now,
            departure,
        })
    }

    fn known(&self, key: &Key) -> Option<Arc<Shared>> {
        let families = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        families.get(key).cloned()
    }

    fn family(&self, key: &Key, now: Instant) -> Arc<Shared> {
        let mut families = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        if families.len() >= MANY && !families.contains_key(key) {
            families
                .retain(|_, family| Arc::strong_count(family) > 1 || !family.lock().is_idle(now));
        }
        families.entry(key.clone()).or_default().clone()
    }
}

impl fmt::Debug for RateGovernor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateGovernor")
            .field("max_pause", &self.max_pause)
            .finish_non_exhaustive()
    }
}

/// Which bucket a request draws from.
#[derive(Clone, Debug)]
pub(super) struct Scope(Key);

impl Scope {
    /// The project in the path, and the resource at its end, without the placeholder for one of
    /// its items.
    pub(super) fn of(prepared: &Prepared) -> Self {
        let path = prepared.operation.path;
        let resource = path
            .rsplit('/')
            .find(|segment| !segment.starts_with('{'))
            .unwrap_or(path);
        let project = path
            .split('/')
            .rev()
            .zip(prepared.url.path().rsplit('/'))
            .find_map(|(wanted, given)| (wanted == "{groupId}").then_some(given));
        Self((project.unwrap_or_default().to_owned(), resource))
    }
}

/// A place in a queue, given up when it is dropped.
#[derive(Debug)]
struct Place {
    family: Arc<Shared>,
    id: u64,
    begun: Instant,
}

impl Drop for Place {
    fn drop(&mut self) {
        // There is no clock here; whoever is woken has one.
        self.family.lock().leave(self.id, self.begun);
    }
}

/// The permission to send one request, used when it goes out.
#[derive(Debug)]
pub(super) struct Ticket {
    /// `None` where no limit was known.
    place: Option<Place>,
    scope: Scope,
}

/// A request that is out. Dropped without an answer, it told nothing.
#[derive(Debug)]
pub(super) struct Flight {
    governor: RateGovernor,
    scope: Scope,
    sent: Instant,
    /// In which family, where one was known.
    departure: Option<(Arc<Shared>, Departure)>,
}

impl Flight {
    /// Takes in what an answer tells.
    pub(super) fn answered(
        mut self,
        headers: &HeaderMap,
        refusal: Option<&Failure>,
        clock: &dyn Clock,
    ) {
        let now = clock.now();
        let limited = refusal.filter(|failure| failure.status() == Some(429));
        if let Some(failure) = limited {
            self.refused(failure, clock);
        } else {
            if let Some(told) = hint::allowance(headers)
                && let Some((family, departure)) = &self.departure
            {
                family.lock().observe(told, *departure, self.sent, now);
            }
            if hint::is_exhausted(headers) {
                let family = self.governor.family(&self.scope.0, now);
                family.lock().exhausted(PAUSE, now);
            }
        }
        self.land(Some(limited.is_some()), now);
    }

    fn refused(&self, failure: &Failure, clock: &dyn Clock) {
        let now = clock.now();
        let family = self.governor.family(&self.scope.0, now);
        let told = retry_after(failure, clock.wall());
        let hint = hint::rate_hint(failure);
        if let Some(hint) = &hint {
            let headers = failure.headers().and_then(hint::allowance);
            let is_news = {
                let mut family = family.lock();
                let is_news = family.learn(hint, self.sent, now);
                if let Some(told) = headers {
                    family.compare(told);
                }
                is_news
            };
            if is_news {
                tracing::info!(
                    wait_seconds = hint.wait.as_secs_f64(),
                    capacity = hint.capacity,
                    refill = hint.refill,
                    period_seconds = hint.period.as_secs_f64(),
                    "a rate limit is known"
                );
            }
        }
        let wait = match (told, hint) {
            (Some(wait), Some(hint)) if wait <= hint.wait => return,
            (Some(wait), _) => wait,
            (None, Some(_)) => return,
            (None, None) => UNTOLD,
        };
        if !wait.is_zero() {
            let wait = wait.min(self.governor.max_pause);
            family.lock().hold(wait, now);
        }
    }

    fn land(&mut self, refused: Option<bool>, now: Instant) {
        if let Some((family, departure)) = self.departure.take() {
            family.lock().landed(departure.pass, refused, now);
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let sent = self.sent;
        self.land(None, sent);
    }
}

/// What a refusal makes of the queue: for fuzzers, which look for a panic.
#[cfg(feature = "raw")]
pub(crate) fn admissions(failure: &Failure) {
    let mut now = Instant::now();
    let mut family = Family::default();
    let hint = hint::rate_hint(failure);
    if let Some(wait) = retry_after(failure, std::time::SystemTime::UNIX_EPOCH) {
        family.hold(wait, now);
    }
    for round in 0..4_u32 {
        let sent = now;
        for wait in [Duration::ZERO, Duration::MAX] {
            let id = family.enter(Caller::default(), later(now, wait), Arc::new(Notify::new()));
            if let Told::Wait { estimate, .. } = family.look(id, now) {
                now = later(now, estimate.min(PAUSE * 100_000));
            }
            if let Some(departure) = family.spend(Some(id), now) {
                if let Some(told) = failure.headers().and_then(hint::allowance) {
                    family.observe(told, departure, sent, now);
                }
                family.landed(departure.pass, Some(round % 2 == 0), now);
            }
        }
        if let Some(hint) = &hint {
            family.learn(hint, sent, now);
        }
        if let Some(told) = failure.headers().and_then(hint::allowance) {
            family.compare(told);
        }
        family.exhausted(Duration::MAX, now);
    }
}
