//! How far a call has come, for whoever gives up on it.
//!
//! A request runs on a task of its own, and whoever gives up on it from outside must know
//! whether it went out. One value says both that the request was given up and that the server
//! may have acted on it, and each change looks at the other in the same step: a request that was
//! given up does not go out, and one that went out is not taken for one that did not.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use crate::observe::Waits;

/// The server may have acted on the request that is under way.
const MAY_HAVE_ACTED: u8 = 1;
/// Nobody wants the request any more.
const GIVEN_UP: u8 = 2;

/// The progress of one call, shared with the task of its current attempt.
#[derive(Debug, Default)]
pub(super) struct Progress {
    state: AtomicU8,
    attempts: AtomicU32,
    /// An earlier attempt may have taken effect.
    effect_unknown: AtomicBool,
    /// The call has had the one challenge more that a key is given.
    had_extra_challenge: AtomicBool,
    /// The call has had the other credentials that a provider may give for refused ones.
    had_other_credentials: AtomicBool,
    /// The time of the request under way is up.
    is_late: AtomicBool,
    account: Mutex<Account>,
}

/// The request was given up before it went out.
#[derive(Clone, Copy, Debug)]
pub(super) struct GivenUp;

/// What a call waits for.
#[derive(Clone, Copy, Debug)]
pub(super) enum WaitFor {
    /// A turn, after a back-off of so long.
    Turn(Duration),
    Token,
    Slot,
}

/// An attempt that has begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct AttemptAccount {
    pub(super) duration: Duration,
    /// Before it began, since the one before it began.
    pub(super) waited: Waits,
    pub(super) traffic: Traffic,
}

/// How many bytes of bodies have gone out and come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    pub(super) sent: u64,
    pub(super) received: u64,
}

/// Where the time and the bytes of a call went.
#[derive(Debug, Default)]
struct Account {
    waited: Waits,
    /// What it waits for now, and since when.
    waits_for: Option<(WaitFor, Instant)>,
    traffic: Traffic,
    attempt: Option<OpenAttempt>,
    /// What it had waited for when the last attempt began.
    waited_before: Waits,
}

#[derive(Clone, Copy, Debug)]
struct OpenAttempt {
    began: Instant,
    ended: Option<Instant>,
    waited: Waits,
    traffic_before: Traffic,
}

impl Account {
    fn waited(&self, now: Instant) -> Waits {
        let mut waited = self.waited;
        let Some((what, since)) = self.waits_for else {
            return waited;
        };
        let time = now.saturating_duration_since(since);
        let add = |to: &mut Duration, time| *to = to.saturating_add(time);
        match what {
            WaitFor::Turn(backoff) => {
                add(&mut waited.backoff, time.min(backoff));
                add(&mut waited.rate_limit, time.saturating_sub(backoff));
            }
            WaitFor::Token => add(&mut waited.token, time),
            WaitFor::Slot => add(&mut waited.slot, time),
        }
        waited
    }
}

/// The later less the earlier.
fn between(earlier: &Waits, later: &Waits) -> Waits {
    Waits {
        backoff: later.backoff.saturating_sub(earlier.backoff),
        rate_limit: later.rate_limit.saturating_sub(earlier.rate_limit),
        slot: later.slot.saturating_sub(earlier.slot),
        token: later.token.saturating_sub(earlier.token),
    }
}

impl Progress {
    /// Before a request goes out that the server may act on.
    pub(super) fn mark_sent(&self) -> Result<(), GivenUp> {
        let mark = |state| (state & GIVEN_UP == 0).then_some(state | MAY_HAVE_ACTED);
        self.state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, mark)
            .map(drop)
            .map_err(|_| GivenUp)
    }

    /// Before a request goes out that nobody acts on.
    pub(super) fn check_wanted(&self) -> Result<(), GivenUp> {
        if self.state.load(Ordering::Acquire) & GIVEN_UP == 0 {
            Ok(())
        } else {
            Err(GivenUp)
        }
    }

    /// The server has said, or shown, that it did not act.
    pub(super) fn clear_may_have_acted(&self) {
        self.state.fetch_and(!MAY_HAVE_ACTED, Ordering::AcqRel);
    }

    pub(super) fn give_up(&self) {
        self.state.fetch_or(GIVEN_UP, Ordering::AcqRel);
    }

    pub(super) fn may_have_acted(&self) -> bool {
        self.state.load(Ordering::Acquire) & MAY_HAVE_ACTED != 0
    }

    /// An attempt begins.
    pub(super) fn begin_attempt(&self, now: Instant) {
        self.clear_may_have_acted();
        self.is_late.store(false, Ordering::Relaxed);
        self.attempts.fetch_add(1, Ordering::Relaxed);
        let mut account = self.account();
        let waited = account.waited(now);
        account.attempt = Some(OpenAttempt {
            began: now,
            ended: None,
            waited: between(&account.waited_before, &waited),
            traffic_before: account.traffic,
        });
        account.waited_before = waited;
    }

    /// The attempt has ended; what becomes of that is decided later.
    pub(super) fn end_attempt(&self, now: Instant) {
        if let Some(attempt) = &mut self.account().attempt {
            attempt.ended.get_or_insert(now);
        }
    }

    /// The attempt that has begun, once.
    pub(super) fn take_attempt(&self, now: Instant) -> Option<AttemptAccount> {
        let mut account = self.account();
        let attempt = account.attempt.take()?;
        let ended = attempt.ended.unwrap_or(now);
        let (traffic, before) = (account.traffic, attempt.traffic_before);
        Some(AttemptAccount {
            duration: ended.saturating_duration_since(attempt.began),
            waited: attempt.waited,
            traffic: Traffic {
                sent: traffic.sent.saturating_sub(before.sent),
                received: traffic.received.saturating_sub(before.received),
            },
        })
    }

    /// The time of the request under way is up, so that it will be dropped.
    pub(super) fn note_late(&self) {
        self.is_late.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_late(&self) -> bool {
        self.is_late.load(Ordering::Relaxed)
    }

    /// A request has ended with so many.
    pub(super) fn add_traffic(&self, more: Traffic) {
        let mut account = self.account();
        let traffic = &mut account.traffic;
        traffic.sent = traffic.sent.saturating_add(more.sent);
        traffic.received = traffic.received.saturating_add(more.received);
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.account().traffic
    }

    /// How many attempts have begun.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// An attempt has failed that may have taken effect.
    pub(super) fn note_unknown_effect(&self) {
        self.effect_unknown.store(true, Ordering::Relaxed);
    }

    /// Whether an attempt has failed that may have taken effect.
    pub(super) fn has_unknown_effect(&self) -> bool {
        self.effect_unknown.load(Ordering::Relaxed)
    }

    /// Takes the one challenge more. Whether it was there.
    pub(super) fn take_extra_challenge(&self) -> bool {
        !self.had_extra_challenge.swap(true, Ordering::Relaxed)
    }

    /// Takes the other credentials that a call may have once. Whether it could.
    pub(super) fn take_other_credentials(&self) -> bool {
        !self.had_other_credentials.swap(true, Ordering::Relaxed)
    }

    /// The credentials are others, of which a first refusal says as little as ever.
    pub(super) fn renew_extra_challenge(&self) {
        self.had_extra_challenge.store(false, Ordering::Relaxed);
    }

    pub(super) fn begin_wait(&self, what: WaitFor, now: Instant) {
        self.account().waits_for = Some((what, now));
    }

    pub(super) fn end_wait(&self, now: Instant) {
        let mut account = self.account();
        account.waited = account.waited(now);
        account.waits_for = None;
    }

    /// What it has waited for until now.
    pub(super) fn waited(&self, now: Instant) -> Waits {
        self.account().waited(now)
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_was_given_up_does_not_go_out() {
        let progress = Progress::default();
        progress.give_up();
        assert!(progress.mark_sent().is_err() && progress.check_wanted().is_err());
        assert!(!progress.may_have_acted());
    }

    #[test]
    fn giving_up_takes_nothing_back() {
        let progress = Progress::default();
        progress.mark_sent().unwrap();
        progress.give_up();
        assert!(progress.may_have_acted());
        progress.clear_may_have_acted();
        assert!(!progress.may_have_acted() && progress.mark_sent().is_err());
    }

    #[test]
    fn waits_add_up_and_are_told_apart() {
        let (progress, start) = (Progress::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        progress.begin_wait(WaitFor::Turn(Duration::from_secs(1)), at(0));
        progress.end_wait(at(3));
        progress.begin_wait(WaitFor::Token, at(3));
        progress.end_wait(at(4));
        progress.begin_wait(WaitFor::Slot, at(4));
        progress.end_wait(at(7));
        progress.begin_wait(WaitFor::Slot, at(10));
        assert_eq!(
            progress.waited(at(11)),
            Waits {
                backoff: Duration::from_secs(1),
                rate_limit: Duration::from_secs(2),
                slot: Duration::from_secs(4),
                token: Duration::from_secs(1),
            }
        );
    }

    #[test]
    fn an_attempt_has_the_waits_before_it_and_its_own_bytes_and_is_taken_once() {
        let (progress, start) = (Progress::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let traffic = |sent, received| Traffic { sent, received };
        for n in 0..2 {
            progress.begin_wait(WaitFor::Slot, at(10 * n));
            progress.end_wait(at(10 * n + 2));
            progress.begin_attempt(at(10 * n + 2));
            progress.add_traffic(traffic(1 + n, 5));
            progress.end_attempt(at(10 * n + 5));
            let attempt = progress.take_attempt(at(10 * n + 9)).unwrap();
            assert_eq!(attempt.waited.total(), Duration::from_secs(2));
            assert_eq!(attempt.duration, Duration::from_secs(3));
            assert_eq!(attempt.traffic, traffic(1 + n, 5));
            assert!(progress.take_attempt(at(10 * n + 9)).is_none());
        }
        assert_eq!(progress.waited(at(20)).slot, Duration::from_secs(4));
        assert_eq!(progress.traffic(), traffic(3, 10));
    }
}
