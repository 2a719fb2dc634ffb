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
    key_worked: bool,
    budget: Budget,
}

/// How many uses the server gives a nonce, learned from its refusals.
///
/// A nonce may be refused for its age as well, so that one refusal teaches nothing; two in a
/// row at the same use do. That may be chance, so what was learned is forgotten in the end.
#[derive(Debug, Default)]
struct Budget {
    refused_at: Option<u32>,
    known: Option<u32>,
    /// How many lanes were given up because of it.
    given_up: u32,
}

/// How many lanes are given up until the count of uses is learned anew.
const RELEARN_AFTER: u32 = 64;

impl Budget {
    fn refused(&mut self, at: u32) {
        if self.refused_at.replace(at) == Some(at) {
            self.known = at.checked_sub(1);
            self.given_up = 0;
        }
    }

    fn worked(&mut self, at: u32) {
        if self.known.is_some_and(|known| at > known) {
            *self = Self::default();
        }
    }

    /// Whether a lane with so many uses is to be given up.
    fn gives_up(&mut self, uses: u32) -> bool {
        let spent = self.known.is_some_and(|known| uses >= known);
        if spent {
            self.given_up = self.given_up.saturating_add(1);
            if self.given_up > RELEARN_AFTER {
                *self = Self::default();
                return false;
            }
        }
        spent
    }
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

    /// Begins one attempt at a call as if the pool were empty: with a challenge of its own.
    ///
    /// For a call whose fresh nonce was refused with a key that has worked: the server may have
    /// forgotten the nonce, and those in the pool with it.
    pub fn begin_anew(self: &Arc<Self>, body: BodyKind) -> Exchange {
        Exchange::new(Arc::clone(self), body, None)
    }

    /// Whether the credentials have ever been let in: a signed request was answered by anything
    /// but a 401. Such a key is not wrong after one refusal, because servers forget nonces, and
    /// back ends behind one address may not share them.
    pub fn key_has_worked(&self) -> bool {
        self.pool().key_worked
    }

    /// How many lanes lie idle, at most [`LaneLimits::max_idle`].
    pub fn idle(&self) -> usize {
        self.pool().idle.len()
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    fn take(&self, now: Instant, body: BodyKind) -> Option<Lane> {
        let Pool { idle, budget, .. } = &mut *self.pool();
        if body == BodyKind::Empty {
            return idle.pop_back().map(|idle| idle.lane);
        }
        // A lane whose uses are spent costs the same without a body, and twice the body with.
        idle.retain(|idle| !budget.gives_up(idle.lane.uses()));
        let age = now.saturating_duration_since(idle.back()?.since);
        if age > self.limits.trust_body_for {
            return None;
        }
        idle.pop_back().map(|idle| idle.lane)
    }

    /// Notes at which of its uses a nonce of the pool was refused.
    pub(crate) fn refused(&self, lane: &Lane) {
        self.pool().budget.refused(lane.uses());
    }

    /// Takes in a lane whose nonce has just worked, or the one that the server named instead.
    pub(crate) fn put_back(&self, lane: Lane, next: Option<Vec<u8>>, now: Instant) {
        let mut pool = self.pool();
        pool.key_worked = true;
        pool.budget.worked(lane.uses());
        let lane = match next {
            Some(nonce) => lane.renew(nonce),
            None => lane,
        };
        if lane.is_used_up() {
            return;
        }
        pool.idle.push_back(Idle { lane, since: now });
        if pool.idle.len() > self.limits.max_idle {
            pool.idle.pop_front();
        }
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
        lanes.put_back(lane("a"), None, now);
        lanes.put_back(lane("b"), None, now);
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
            lanes.put_back(lane(name), None, now);
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
        lanes.put_back(lane("a"), None, Instant::now());
        assert_eq!(lanes.idle(), 0);
        assert!(lanes.key_has_worked());
    }

    #[test]
    fn rule_07_a_lane_idle_for_too_long_is_not_trusted_with_a_body() {
        let (lanes, now) = (lanes(LaneLimits::default()), Instant::now());
        lanes.put_back(lane("a"), None, now);
        let just = now + Duration::from_secs(30);
        let over = just + Duration::from_millis(1);
        assert!(lanes.take(over, BodyKind::Present).is_none());
        assert_eq!(lanes.idle(), 1, "a request without a body may still try it");
        assert!(lanes.take(just, BodyKind::Present).is_some());
        lanes.put_back(lane("a"), None, now);
        assert!(lanes.take(over, BodyKind::Empty).is_some());
    }

    /// A lane whose nonce has been used so often.
    fn used(lanes: &Lanes, times: u32) -> Lane {
        let mut lane = lane("a");
        for _ in 0..times {
            let _ = lane.sign(lanes.credentials(), "GET", "/", [0; 16]);
        }
        lane
    }

    #[test]
    fn a_lane_whose_uses_are_known_to_be_spent_is_not_trusted_with_a_body() {
        let (lanes, now) = (lanes(LaneLimits::default()), Instant::now());
        // Refused at different uses: that was its age.
        lanes.refused(&used(&lanes, 9));
        lanes.refused(&used(&lanes, 17));
        lanes.put_back(used(&lanes, 16), None, now);
        assert!(lanes.take(now, BodyKind::Present).is_some());
        // Twice at the 17th: 16 is what a nonce has.
        lanes.refused(&used(&lanes, 17));
        lanes.put_back(used(&lanes, 15), None, now);
        assert!(lanes.take(now, BodyKind::Present).is_some());
        lanes.put_back(used(&lanes, 16), None, now);
        assert!(lanes.take(now, BodyKind::Present).is_none());
        assert_eq!(lanes.idle(), 0, "it is of no use to anybody");
        // The server gives more now.
        lanes.put_back(used(&lanes, 17), None, now);
        assert!(lanes.take(now, BodyKind::Present).is_some());
        // Two refusals at their first use were chance; that does not cost a challenge for ever.
        lanes.refused(&used(&lanes, 1));
        lanes.refused(&used(&lanes, 1));
        let trusted = |_: &u32| {
            lanes.put_back(lane("b"), None, now);
            lanes.take(now, BodyKind::Present).is_some()
        };
        assert_eq!((0..1000).filter(trusted).count(), 1000 - 64);
    }

    #[test]
    fn a_clock_that_runs_backwards_does_no_harm() {
        let (lanes, now) = (lanes(LaneLimits::default()), Instant::now());
        lanes.put_back(lane("a"), None, now + Duration::from_secs(5));
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
        lanes.put_back(lane, None, now);
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
        lanes.put_back(lane("a"), None, Instant::now());
        assert_eq!(lanes.idle(), 1);
    }
}
