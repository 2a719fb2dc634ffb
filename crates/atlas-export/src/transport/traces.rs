//! What a call leaves behind, for whoever gives up on it.
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

#[derive(Debug, Default)]
pub(super) struct Traces {
    state: AtomicU8,
    attempts: AtomicU32,
    /// An earlier attempt may have taken effect.
    lost: AtomicBool,
    /// The call has had the one challenge more that a key is given.
    had_second_chance: AtomicBool,
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
    over: Waited,
    /// Since when it waits for a slot.
    since: Option<Instant>,
}

impl Waits {
    fn until(&self, now: Instant) -> Waited {
        let since = self.since.map(|since| now.saturating_duration_since(since));
        Waited {
            slot: self.over.slot.saturating_add(since.unwrap_or_default()),
            ..self.over
        }
    }
}

impl Traces {
    /// Before a request goes out that the server may act on.
    pub(super) fn goes_out(&self) -> Result<(), GivenUp> {
        let mark = |state| (state & GIVEN_UP == 0).then_some(state | MAY_HAVE_ACTED);
        self.state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, mark)
            .map(drop)
            .map_err(|_| GivenUp)
    }

    /// Before a request goes out that nobody acts on.
    pub(super) fn is_wanted(&self) -> Result<(), GivenUp> {
        if self.state.load(Ordering::Acquire) & GIVEN_UP == 0 {
            Ok(())
        } else {
            Err(GivenUp)
        }
    }

    /// The server has said, or shown, that it did not act.
    pub(super) fn did_not_act(&self) {
        self.state.fetch_and(!MAY_HAVE_ACTED, Ordering::AcqRel);
    }

    pub(super) fn give_up(&self) {
        self.state.fetch_or(GIVEN_UP, Ordering::AcqRel);
    }

    pub(super) fn may_have_acted(&self) -> bool {
        self.state.load(Ordering::Acquire) & MAY_HAVE_ACTED != 0
    }

    /// An attempt begins.
    pub(super) fn begins(&self) {
        self.did_not_act();
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// How many attempts have begun.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    pub(super) fn note_lost(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Takes the one challenge more. Whether it was there.
    pub(super) fn second_chance(&self) -> bool {
        !self.had_second_chance.swap(true, Ordering::Relaxed)
    }

    pub(super) fn waits_for_slot(&self, now: Instant) {
        self.lock().since = Some(now);
    }

    pub(super) fn goes_on(&self, now: Instant) {
        let mut waits = self.lock();
        waits.over = waits.until(now);
        waits.since = None;
    }

    /// It was held back by a rate limit.
    pub(super) fn was_held(&self, time: Duration) {
        let mut waits = self.lock();
        waits.over.rate_limit = waits.over.rate_limit.saturating_add(time);
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
        let traces = Traces::default();
        traces.give_up();
        assert!(traces.goes_out().is_err() && traces.is_wanted().is_err());
        assert!(!traces.may_have_acted());
    }

    #[test]
    fn giving_up_takes_nothing_back() {
        let traces = Traces::default();
        traces.goes_out().unwrap();
        traces.give_up();
        assert!(traces.may_have_acted());
        traces.did_not_act();
        assert!(!traces.may_have_acted() && traces.goes_out().is_err());
    }

    #[test]
    fn waits_add_up_and_are_told_apart() {
        let (traces, start) = (Traces::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        traces.was_held(Duration::from_secs(2));
        traces.waits_for_slot(at(2));
        traces.goes_on(at(5));
        traces.waits_for_slot(at(10));
        assert_eq!(
            traces.waited(at(11)),
            Waited {
                slot: Duration::from_secs(4),
                rate_limit: Duration::from_secs(2)
            }
        );
    }
}
