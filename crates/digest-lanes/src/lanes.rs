//! The pool: the idle lanes of one origin.
//!
//! A server that counts strictly refuses a nonce whose uses arrive out of order, and requests in
//! flight overtake each other. So no two of them ever share a nonce: each takes a lane out of the
//! pool, or opens one of its own, and puts it back when the server has answered.

use crate::credentials::Credentials;
use crate::exchange::{BodyKind, Exchange};
use crate::lane::Lane;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The bounds of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneLimits {
    /// How many lanes may lie idle; beyond it the one idle for longest is dropped. 0 keeps none,
    /// so that every call asks for a challenge of its own. It bounds neither the lanes in use nor
    /// the calls: a call never waits for a lane. Default: 64.
    pub max_idle: usize,
    /// How long a lane may have been idle to be trusted with a body. Beyond it the nonce may well
    /// have expired, and finding that out would send the body twice. Default: 30 seconds.
    pub trust_body_for: Duration,
}

impl Default for LaneLimits {
    fn default() -> Self {
        Self {
            max_idle: 64,
            trust_body_for: Duration::from_secs(30),
        }
    }
}

/// The lanes of *one* origin (scheme, host and port), and the credentials that open them.
///
/// Whoever keeps several origins keeps one `Lanes` for each and never lends one to another: the
/// credentials would go with it. An [`Exchange`] borrows a lane for the time of one call.
///
/// ```
/// use digest_lanes::{BodyKind, Credentials, LaneLimits, Lanes, Step, Verdict};
/// use std::sync::Arc;
/// use std::time::Instant;
///
/// let lanes = Arc::new(Lanes::new(
///     Credentials::new("public", "private"),
///     LaneLimits::default(),
/// ));
/// let mut exchange = lanes.begin(Instant::now(), BodyKind::Empty);
///
/// // Nothing is known yet: the first request goes without `Authorization`.
/// let step = exchange.next("GET", "/groups?pageNum=1", [0; 16]);
/// assert!(matches!(step, Step::Send { authorization: None }));
///
/// let challenge: &[u8] = br#"Digest realm="api", nonce="f00d", algorithm=MD5, qop="auth""#;
/// let verdict = exchange.response(Instant::now(), 401, [challenge], None);
/// assert_eq!(verdict, Verdict::Again);
///
/// let step = exchange.next("GET", "/groups?pageNum=1", [1; 16]);
/// let Step::Send { authorization: Some(value) } = step else {
///     panic!("a challenge has been learned");
/// };
/// assert!(value.expose().starts_with(b"Digest username=\"public\""));
///
/// let verdict = exchange.response(Instant::now(), 200, [], None);
/// assert_eq!(verdict, Verdict::Final);
/// assert_eq!(lanes.idle(), 1); // the next call signs its first request
/// ```
#[derive(Debug)]
pub struct Lanes {
    credentials: Credentials,
    limits: LaneLimits,
    pool: Mutex<Pool>,
}

#[derive(Debug, Default)]
struct Pool {
    /// Put back last, taken first: the newest nonce is the likeliest to be still good.
    idle: VecDeque<Idle>,
    primed: bool,
}

#[derive(Debug)]
struct Idle {
    lane: Lane,
    since: Instant,
}

impl Lanes {
    /// An empty pool.
    pub fn new(credentials: Credentials, limits: LaneLimits) -> Self {
        Self {
            credentials,
            limits,
            pool: Mutex::default(),
        }
    }

    /// Begins one attempt at a call, with the most recently used lane if there is one.
    ///
    /// A lane that has been idle for longer than [`LaneLimits::trust_body_for`] at `now` is not
    /// taken for a request with a body. It stays where it is, for a request without one.
    pub fn begin(self: &Arc<Self>, now: Instant, body: BodyKind) -> Exchange {
        let lane = self.take(now, body);
        Exchange::new(Arc::clone(self), body, lane)
    }

    /// Whether a first handshake with this origin has ended well. Until then a caller does well
    /// to let one call go first; afterwards every call may open a lane of its own.
    ///
    /// It has ended well when a signed request was answered by anything but a 401, or when an
    /// unsigned one was answered so and by neither a 429 nor a 5xx, which tell nothing about
    /// authentication. A handshake that failed says nothing about other calls.
    pub fn is_primed(&self) -> bool {
        self.pool().primed
    }

    /// How many lanes lie idle, at most [`LaneLimits::max_idle`].
    pub fn idle(&self) -> usize {
        self.pool().idle.len()
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    fn take(&self, now: Instant, body: BodyKind) -> Option<Lane> {
        let idle = &mut self.pool().idle;
        let age = now.saturating_duration_since(idle.back()?.since);
        if body == BodyKind::Present && age > self.limits.trust_body_for {
            return None;
        }
        idle.pop_back().map(|idle| idle.lane)
    }

    /// Takes in a lane whose nonce has just worked.
    pub(crate) fn put_back(&self, lane: Lane, now: Instant) {
        let mut pool = self.pool();
        pool.primed = true;
        if lane.is_used_up() {
            return;
        }
        pool.idle.push_back(Idle { lane, since: now });
        if pool.idle.len() > self.limits.max_idle {
            pool.idle.pop_front();
        }
    }

    /// Notes that the origin answers without asking who is there.
    pub(crate) fn mark_primed(&self) {
        self.pool().primed = true;
    }

    /// Every change to the pool is complete before anything could panic, so a poisoned lock
    /// guards a pool as sound as any.
    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::strongest;
    use crate::lane::tests::nearly_used_up;
    use std::thread;

    fn lanes(limits: LaneLimits) -> Arc<Lanes> {
        Arc::new(Lanes::new(Credentials::new("u", "p"), limits))
    }

    fn lane(nonce: &str) -> Lane {
        let header = format!("Digest realm=r, nonce={nonce}, qop=auth");
        let challenge = strongest([header.as_bytes()]).unwrap();
        Lane::open(challenge, &Credentials::new("u", "p"))
    }

    fn nonce(lane: Option<Lane>) -> Option<String> {
        let mut lane = lane?;
        let value = lane.sign(&Credentials::new("u", "p"), "GET", "/", [0; 16])?;
        let value = String::from_utf8(value.expose().to_vec()).unwrap();
        let (_, rest) = value.split_once("nonce=\"").unwrap();
        Some(rest.split_once('"').unwrap().0.to_owned())
    }

    #[test]
    fn rule_01_the_most_recently_used_lane_is_taken_first() {
        let (lanes, now) = (lanes(LaneLimits::default()), Instant::now());
        lanes.put_back(lane("a"), now);
        lanes.put_back(lane("b"), now);
        assert_eq!(nonce(lanes.take(now, BodyKind::Empty)).unwrap(), "b");
        assert_eq!(nonce(lanes.take(now, BodyKind::Empty)).unwrap(), "a");
        assert!(lanes.take(now, BodyKind::Empty).is_none());
    }

    #[test]
    fn rule_01_the_bound_drops_the_lane_idle_for_longest() {
        let max_idle = 2;
        let lanes = lanes(LaneLimits {
            max_idle,
            ..LaneLimits::default()
        });
        let now = Instant::now();
        for name in ["a", "b", "c"] {
            lanes.put_back(lane(name), now);
        }
        assert_eq!(lanes.idle(), max_idle);
        assert_eq!(nonce(lanes.take(now, BodyKind::Empty)).unwrap(), "c");
        assert_eq!(nonce(lanes.take(now, BodyKind::Empty)).unwrap(), "b");
    }

    #[test]
    fn a_pool_without_room_keeps_nothing() {
        let lanes = lanes(LaneLimits {
            max_idle: 0,
            ..LaneLimits::default()
        });
        lanes.put_back(lane("a"), Instant::now());
        assert_eq!(lanes.idle(), 0);
        assert!(lanes.is_primed());
    }

    #[test]
    fn rule_07_a_lane_idle_for_too_long_is_not_trusted_with_a_body() {
        let (lanes, now) = (lanes(LaneLimits::default()), Instant::now());
        lanes.put_back(lane("a"), now);
        let just = now + Duration::from_secs(30);
        let over = just + Duration::from_millis(1);
        assert!(lanes.take(over, BodyKind::Present).is_none());
        assert_eq!(lanes.idle(), 1, "a request without a body may still try it");
        assert!(lanes.take(just, BodyKind::Present).is_some());
        lanes.put_back(lane("a"), now);
        assert!(lanes.take(over, BodyKind::Empty).is_some());
    }

    #[test]
    fn a_clock_that_runs_backwards_does_no_harm() {
        let (lanes, now) = (lanes(LaneLimits::default()), Instant::now());
        lanes.put_back(lane("a"), now + Duration::from_secs(5));
        assert!(lanes.take(now, BodyKind::Present).is_some());
    }

    #[test]
    fn a_nonce_whose_count_is_used_up_is_dropped() {
        let (lanes, now) = (lanes(LaneLimits::default()), Instant::now());
        let mut lane = nearly_used_up(lanes.credentials());
        assert!(
            lane.sign(lanes.credentials(), "GET", "/", [0; 16])
                .is_some()
        );
        lanes.put_back(lane, now);
        assert_eq!(lanes.idle(), 0);
    }

    #[test]
    fn a_poisoned_lock_is_no_obstacle() {
        let lanes = lanes(LaneLimits::default());
        let held = Arc::clone(&lanes);
        let outcome = thread::spawn(move || {
            let _guard = held.pool.lock();
            panic!("poison the lock");
        })
        .join();
        assert!(outcome.is_err() && lanes.pool.is_poisoned());
        lanes.put_back(lane("a"), Instant::now());
        assert_eq!(lanes.idle(), 1);
    }
}
