//! A clock that a test moves.

use std::{
    future::pending,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use atlas_export::clock::{Clock, Sleep};
use chrono::{DateTime, Utc};

/// One time for client and fake. A sleep moves it and is over at once; a guard never fires,
/// unless [`fire_guards`](Self::fire_guards) or [`real_guards`](Self::real_guards) is asked for.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    state: Mutex<State>,
    released: tokio::sync::Notify,
}

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    sleeps: Vec<Duration>,
    guards: Guards,
    held: bool,
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
        }))
    }
}

impl TestClock {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the time.
    pub fn advance(&self, by: Duration) {
        self.state().elapsed += by;
    }

    /// How far the time has moved.
    pub fn elapsed(&self) -> Duration {
        self.state().elapsed
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
}

/// When the story of a test begins.
fn epoch() -> DateTime<Utc> {
    DateTime::from_timestamp(1_786_332_505, 0).unwrap_or_default()
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        self.0.start + self.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::from(epoch()) + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let clock = self.clone();
        Box::pin(async move {
            loop {
                let released = clock.0.released.notified();
                if !clock.state().held {
                    break;
                }
                released.await;
            }
            let mut state = clock.state();
            state.elapsed += duration;
            state.sleeps.push(duration);
        })
    }

    fn guard(&self, duration: Duration) -> Sleep {
        match self.state().guards {
            Guards::Never => Box::pin(pending()),
            Guards::AtOnce => Box::pin(async {}),
            Guards::Real => Box::pin(tokio::time::sleep(duration)),
        }
    }
}

impl atlas_export_fake::Clock for TestClock {
    fn now(&self) -> Duration {
        self.elapsed()
    }

    fn wall(&self) -> DateTime<Utc> {
        epoch() + self.elapsed()
    }
}
