//! How many requests may be in flight at once, and fewer where that is too many.
//!
//! The caller sets a bound. Below it there is a bound of this side's own: a server that forgets
//! nonces as fast as it gives them out, because so many are asked for at once, is sent fewer
//! requests at once. It is cut to half of what was in flight, and to eight at once from a crowd,
//! whenever a fresh nonce turns out to be forgotten, once for each crowd; and grows again while
//! none is.
//!
//! A slot is held by a task, never by a future that somebody may not poll.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// From more than this, a cut goes down to half of this: every further refusal costs calls.
const MAX_HALVED: usize = 16;

/// How many requests for each slot must succeed before there is one slot more.
const SUCCESSES_TO_GROW: usize = 8;

/// The slots of a client.
#[derive(Debug)]
pub(super) struct Slots {
    semaphore: Semaphore,
    /// The bound that the caller set.
    max: usize,
    bound: Mutex<Bound>,
}

#[derive(Debug)]
struct Bound {
    /// How many there are to be.
    wanted: usize,
    /// How many there are: more than wanted while some of them are held.
    existing: usize,
    /// Counts the times that the bound was cut.
    cuts: u64,
    /// How many requests have succeeded since.
    successes: usize,
}

/// A request in flight.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    slots: &'a Slots,
    permit: Option<SemaphorePermit<'a>>,
    /// How often the bound had been cut when the slot was acquired.
    cuts: u64,
}

impl Slots {
    pub(super) fn new(max: usize) -> Self {
        let max = max.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            semaphore: Semaphore::new(max),
            max,
            bound: Mutex::new(Bound {
                wanted: max,
                existing: max,
                cuts: 0,
                successes: 0,
            }),
        }
    }

    /// Waits for a slot, in the order of asking.
    pub(super) async fn acquire(&self) -> Slot<'_> {
        // Never closed, so there is always one in the end.
        let permit = self.semaphore.acquire().await.ok();
        let cuts = self.bound().cuts;
        Slot {
            slots: self,
            permit,
            cuts,
        }
    }

    /// How many are held.
    pub(super) fn in_flight(&self) -> usize {
        self.bound()
            .existing
            .saturating_sub(self.semaphore.available_permits())
    }

    /// The bound that the caller set.
    pub(super) fn max(&self) -> usize {
        self.max
    }

    fn bound(&self) -> MutexGuard<'_, Bound> {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot<'_> {
    /// Notes that the server forgets nonces while so many are in flight. Those that went out
    /// together say so once. There are at least `min` slots afterwards.
    pub(super) fn note_forgotten_nonce(&self, min: usize) {
        let slots = self.slots;
        let in_flight = slots.in_flight();
        let mut bound = slots.bound();
        bound.successes = 0;
        if self.cuts != bound.cuts || bound.wanted <= min {
            return;
        }
        bound.cuts += 1;
        let cut = in_flight.min(bound.wanted).min(MAX_HALVED) / 2;
        bound.wanted = cut.max(min).max(1);
        let surplus = bound.existing.saturating_sub(bound.wanted);
        bound.existing -= slots.semaphore.forget_permits(surplus);
        tracing::debug!(
            in_flight = bound.wanted,
            "the server forgets nonces; fewer requests go out at once"
        );
    }

    /// Notes that a request has succeeded.
    pub(super) fn note_success(&self) {
        let slots = self.slots;
        let mut bound = slots.bound();
        if bound.wanted == slots.max {
            return;
        }
        bound.successes += 1;
        if bound.successes >= bound.wanted.saturating_mul(SUCCESSES_TO_GROW) {
            bound.successes = 0;
            bound.wanted += 1;
            if bound.existing < bound.wanted {
                bound.existing += 1;
                slots.semaphore.add_permits(1);
            }
        }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut bound = self.slots.bound();
        if bound.existing > bound.wanted
            && let Some(permit) = self.permit.take()
        {
            bound.existing -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    fn fill(slots: &Slots) -> Vec<Slot<'_>> {
        std::iter::from_fn(|| slots.acquire().now_or_never()).collect()
    }

    /// The bounds after so many crowds whose nonces were forgotten.
    fn cuts(slots: &Slots, min: usize, crowds: usize) -> Vec<usize> {
        let crowd = |_| {
            let held = fill(slots);
            for slot in &held {
                slot.note_forgotten_nonce(min);
            }
            drop(held);
            fill(slots).len()
        };
        (0..crowds).map(crowd).collect()
    }

    #[test]
    fn a_crowd_whose_nonces_are_forgotten_cuts_the_bound_once() {
        let slots = Slots::new(64);
        let held = fill(&slots);
        assert_eq!((held.len(), slots.in_flight()), (64, 64));
        for slot in &held {
            slot.note_forgotten_nonce(1);
        }
        assert!(slots.acquire().now_or_never().is_none());
        drop(held);
        assert_eq!(fill(&slots).len(), 8);
    }

    #[test]
    fn the_bound_never_falls_below_one_nor_below_what_is_asked() {
        assert_eq!(cuts(&Slots::new(64), 1, 5), [8, 4, 2, 1, 1]);
        assert_eq!(cuts(&Slots::new(64), 8, 2), [8, 8]);
        assert_eq!(cuts(&Slots::new(12), 0, 2), [6, 3]);
        assert_eq!(cuts(&Slots::new(4), 8, 2), [4, 4]);
    }

    #[test]
    fn what_is_cut_is_what_was_in_flight() {
        let slots = Slots::new(64);
        let held: Vec<_> = fill(&slots).into_iter().take(6).collect();
        held[0].note_forgotten_nonce(1);
        drop(held);
        assert_eq!(fill(&slots).len(), 3);
    }

    #[test]
    fn the_bound_grows_again_up_to_what_the_caller_set() {
        let slots = Slots::new(8);
        assert_eq!(cuts(&slots, 1, 1), [4]);
        for _ in 0..4 * SUCCESSES_TO_GROW {
            slots.acquire().now_or_never().unwrap().note_success();
        }
        assert_eq!(fill(&slots).len(), 5);
        for _ in 0..1000 {
            slots.acquire().now_or_never().unwrap().note_success();
        }
        assert_eq!(fill(&slots).len(), 8);
    }

    #[test]
    fn a_slot_that_nobody_waits_for_any_more_is_not_lost() {
        let slots = Slots::new(1);
        let held = fill(&slots);
        {
            let mut waiting = Box::pin(slots.acquire());
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        drop(held);
        assert_eq!(fill(&slots).len(), 1);
    }
}
