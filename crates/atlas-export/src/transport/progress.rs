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
    waits: Mutex<Waits>,
}

/// The request was given up before it went out.
#[derive(Clone, Copy, Debug)]
pub(super) struct GivenUp;

/// How long a call has waited before its requests went out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waited {
    pub(crate) slot: Duration,
    pub(crate) rate_limit: Duration,
}

#[derive(Debug, Default)]
struct Waits {
    completed: Waited,
    /// Since when it waits for a slot.
    slot_since: Option<Instant>,
}

impl Waits {
    fn until(&self, now: Instant) -> Waited {
        let current = self
            .slot_since
            .map(|since| now.saturating_duration_since(since));
        Waited {
            slot: self
                .completed
                .slot
                .saturating_add(current.unwrap_or_default()),
            ..self.completed
        }
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
    pub(super) fn begin_attempt(&self) {
        self.clear_may_have_acted();
        self.attempts.fetch_add(1, Ordering::Relaxed);
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

    pub(super) fn begin_slot_wait(&self, now: Instant) {
        self.lock().slot_since = Some(now);
    }

    pub(super) fn end_slot_wait(&self, now: Instant) {
        let mut waits = self.lock();
        waits.completed = waits.until(now);
        waits.slot_since = None;
    }

    /// It was held back by a rate limit.
    pub(super) fn add_rate_limit_wait(&self, time: Duration) {
        let mut waits = self.lock();
        waits.completed.rate_limit = waits.completed.rate_limit.saturating_add(time);
    }

    pub(super) fn waited(&self, now: Instant) -> Waited {
        self.lock().until(now)
    }

    fn lock(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
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
        progress.add_rate_limit_wait(Duration::from_secs(2));
        progress.begin_slot_wait(at(2));
        progress.end_slot_wait(at(5));
        progress.begin_slot_wait(at(10));
        assert_eq!(
            progress.waited(at(11)),
            Waited {
                slot: Duration::from_secs(4),
                rate_limit: Duration::from_secs(2)
            }
        );
    }
}
