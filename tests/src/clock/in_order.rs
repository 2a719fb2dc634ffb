//! Sleepers that are woken in the order of their deadlines, when nothing else is left to do.
//!
//! Whether something is left to do is found out on a runtime of one thread: a task that yields
//! lets every other task run, and the runtime look for sockets that have become ready. Whoever
//! does anything asks for the time, so that a while in which nobody does is a while in which
//! everybody waits. A guard fires only after a longer one, for it says that something else did
//! not happen.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::TestClock;

/// How many turns without anything done count as nothing left to do.
const QUIET: u32 = 60;
/// The same, before a guard fires.
const VERY_QUIET: u32 = 2_000;

#[derive(Debug, Default)]
pub(super) struct Sleepers {
    waiting: Mutex<BTreeMap<(Duration, u64), Entry>>,
    next_id: AtomicU64,
    activity: AtomicU64,
    most: AtomicUsize,
    arrived: tokio::sync::Notify,
}

#[derive(Debug)]
struct Entry {
    waker: Waker,
    is_guard: bool,
}

impl Sleepers {
    pub(super) fn note_activity(&self) {
        self.activity.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    pub(super) fn sleeper(&self, clock: TestClock, duration: Duration, is_guard: bool) -> Sleeper {
        self.note_activity();
        let deadline = clock.elapsed().saturating_add(duration);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        Sleeper {
            clock,
            key: (deadline, id),
            is_guard,
        }
    }

    /// Wakes whoever need not sleep any more.
    pub(super) fn wake(&self, elapsed: Duration) {
        let mut waiting = self.lock();
        let later = waiting.split_off(&(elapsed, u64::MAX));
        for entry in std::mem::replace(&mut *waiting, later).into_values() {
            entry.waker.wake();
        }
    }

    fn next(&self) -> Option<(Duration, bool)> {
        let waiting = self.lock();
        let (key, entry) = waiting.first_key_value()?;
        Some((key.0, entry.is_guard))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Duration, u64), Entry>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Over when the clock has moved that far.
#[derive(Debug)]
pub(super) struct Sleeper {
    clock: TestClock,
    key: (Duration, u64),
    is_guard: bool,
}

impl Future for Sleeper {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let sleepers = &self.clock.0.sleepers;
        sleepers.note_activity();
        let mut waiting = sleepers.lock();
        if self.clock.elapsed() >= self.key.0 {
            waiting.remove(&self.key);
            return Poll::Ready(());
        }
        let entry = Entry {
            waker: context.waker().clone(),
            is_guard: self.is_guard,
        };
        waiting.insert(self.key, entry);
        sleepers.most.fetch_max(waiting.len(), Ordering::Relaxed);
        sleepers.arrived.notify_one();
        Poll::Pending
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.clock.0.sleepers.lock().remove(&self.key);
    }
}

/// Moves the time to the next deadline whenever nothing else is left to do.
pub(super) async fn drive(clock: TestClock) {
    let sleepers = &clock.0.sleepers;
    loop {
        let Some(is_guard) = sleepers.next().map(|(_, is_guard)| is_guard) else {
            sleepers.arrived.notified().await;
            continue;
        };
        quiet(sleepers, if is_guard { VERY_QUIET } else { QUIET }).await;
        // Whatever was done meanwhile may have changed who is next.
        if let Some((deadline, still_guard)) = sleepers.next()
            && (is_guard || !still_guard)
        {
            let by = deadline.saturating_sub(clock.elapsed());
            clock.advance(by);
        }
    }
}

/// Waits until nobody has done anything for so many turns.
async fn quiet(sleepers: &Sleepers, turns: u32) {
    let mut seen = sleepers.activity.load(Ordering::Relaxed);
    let mut still = 0;
    while still < turns {
        tokio::task::yield_now().await;
        let now = sleepers.activity.load(Ordering::Relaxed);
        still = if now == seen { still + 1 } else { 0 };
        seen = now;
    }
}
