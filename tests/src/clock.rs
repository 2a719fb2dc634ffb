//! A clock that a test moves.

use std::{
    future::pending,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use atlas_export::clock::{Clock, Sleep};
use chrono::{DateTime, Utc};

/// One time for client and fake. A sleep moves it and is over at once; a guard never fires,
/// unless [`fire_guards`](Self::fire_guards) is asked for.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    sleeps: Vec<Duration>,
    fire_guards: bool,
}

impl Default for TestClock {
    fn default() -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            state: Mutex::default(),
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

    /// Makes every guard fire at once: everything takes too long.
    pub fn fire_guards(&self) {
        self.state().fire_guards = true;
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
        let mut state = self.state();
        state.elapsed += duration;
        state.sleeps.push(duration);
        Box::pin(async {})
    }

    fn guard(&self, _: Duration) -> Sleep {
        if self.state().fire_guards {
            Box::pin(async {})
        } else {
            Box::pin(pending())
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
