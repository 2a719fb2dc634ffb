//! A clock that a test moves.

mod in_order;

use std::{
    future::pending,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use atlas_export::clock::{Clock, Sleep};
use chrono::{DateTime, Utc};

use self::in_order::Sleepers;

/// One time for client and fake.
///
/// By default a sleep moves it and is over at once, so that sleeps which overlap add up; a guard
/// never fires, unless [`fire_guards`](Self::fire_guards) or [`real_guards`](Self::real_guards) is
/// asked for. [`in_order`](Self::in_order) makes it a time as real ones are.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    state: Mutex<State>,
    released: tokio::sync::Notify,
    sleepers: Sleepers,
}

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    sleeps: Vec<Duration>,
    guards: Guards,
    held: bool,
    is_in_order: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum Guards {
    #[default]
    Never,
    AtOnce,
    Real,
}

impl Default for TestClock {
    fn default() -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            state: Mutex::default(),
            released: tokio::sync::Notify::new(),
            sleepers: Sleepers::default(),
        }))
    }
}

impl TestClock {
    /// A clock that wakes sleepers, and fires guards, in the order of their deadlines: whenever
    /// nothing else is left to do, the time moves to the next one. It is driven by a task of its
    /// own, on a runtime of one thread.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub fn in_order() -> Self {
        let clock = Self::default();
        clock.state().is_in_order = true;
        tokio::spawn(in_order::drive(clock.clone()));
        clock
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the time.
    pub fn advance(&self, by: Duration) {
        let elapsed = {
            let mut state = self.state();
            state.elapsed = state.elapsed.saturating_add(by);
            state.elapsed
        };
        self.0.sleepers.wake(elapsed);
    }

    /// How far the time has moved.
    pub fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    /// How many slept at once at the most, guards included, where sleepers are woken
    /// [in order](Self::in_order).
    pub fn most_sleepers(&self) -> usize {
        self.0.sleepers.most()
    }

    /// What the client has slept, pause by pause.
    pub fn sleeps(&self) -> Vec<Duration> {
        self.state().sleeps.clone()
    }

    /// Holds up whoever sleeps, until [`release_sleeps`](Self::release_sleeps).
    pub fn hold_sleeps(&self) {
        self.state().held = true;
    }

    /// Lets sleeps end at once again, those that were held up too.
    pub fn release_sleeps(&self) {
        self.state().held = false;
        self.0.released.notify_waiters();
    }

    /// Makes every guard fire at once: everything takes too long.
    pub fn fire_guards(&self) {
        self.state().guards = Guards::AtOnce;
    }

    /// Lets guards fire in real time: something never answers, and must be given up.
    pub fn real_guards(&self) {
        self.state().guards = Guards::Real;
    }

    /// Sleeps as whoever else sleeps on an [in-order](Self::in_order) clock.
    pub async fn pass(&self, duration: Duration) {
        self.sleep(duration).await;
    }
}

/// When the story of a test begins.
fn epoch() -> DateTime<Utc> {
    DateTime::from_timestamp(1_786_332_505, 0).unwrap_or_default()
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        self.0.sleepers.note_activity();
        let elapsed = self.elapsed();
        self.0.start.checked_add(elapsed).unwrap_or(self.0.start)
    }

    fn wall(&self) -> SystemTime {
        let epoch = SystemTime::from(epoch());
        epoch.checked_add(self.elapsed()).unwrap_or(epoch)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let clock = self.clone();
        if self.state().is_in_order {
            let sleeper = self.0.sleepers.sleeper(self.clone(), duration, false);
            return Box::pin(async move {
                sleeper.await;
                clock.state().sleeps.push(duration);
            });
        }
        Box::pin(async move {
            loop {
                let released = clock.0.released.notified();
                if !clock.state().held {
                    break;
                }
                released.await;
            }
            clock.state().sleeps.push(duration);
            clock.advance(duration);
        })
    }

    fn guard(&self, duration: Duration) -> Sleep {
        let state = self.state();
        match state.guards {
            Guards::Never if state.is_in_order => {
                drop(state);
                Box::pin(self.0.sleepers.sleeper(self.clone(), duration, true))
            }
            Guards::Never => Box::pin(pending()),
            Guards::AtOnce => Box::pin(async {}),
            Guards::Real => Box::pin(tokio::time::sleep(duration)),
        }
    }
}

impl atlas_export_fake::Clock for TestClock {
    fn now(&self) -> Duration {
        self.0.sleepers.note_activity();
        self.elapsed()
    }

    fn wall(&self) -> DateTime<Utc> {
        epoch() + self.elapsed()
    }
}
