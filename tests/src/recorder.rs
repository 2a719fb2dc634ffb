//! An observer that remembers what it was told.

use std::sync::{Mutex, MutexGuard, PoisonError};

use atlas_export::observe::{ObservedAttempt, ObservedCall, ObservedRequest, Observer};

/// Remembers what it was told, in the order in which it was.
///
/// ```no_run
/// # async fn example() {
/// use std::sync::Arc;
/// use atlas_export_fake::FakeAtlas;
/// use atlas_export_tests::{PROJECT, Recorder, Scene};
///
/// let recorder = Arc::new(Recorder::default());
/// let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
/// let scene = scene.with(|client| client.observer(recorder.clone()));
/// scene.buckets.list().await.unwrap();
/// assert_eq!(recorder.calls().len(), 1);
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Recorder(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    requests: Vec<ObservedRequest>,
    attempts: Vec<ObservedAttempt>,
    calls: Vec<ObservedCall>,
}

impl Recorder {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The requests that have ended.
    pub fn requests(&self) -> Vec<ObservedRequest> {
        self.told().requests.clone()
    }

    /// The attempts that have ended.
    pub fn attempts(&self) -> Vec<ObservedAttempt> {
        self.told().attempts.clone()
    }

    /// The calls that have ended.
    pub fn calls(&self) -> Vec<ObservedCall> {
        self.told().calls.clone()
    }

    /// Forgets all of it.
    pub fn clear(&self) {
        *self.told() = Told::default();
    }
}

impl Observer for Recorder {
    fn on_request(&self, request: &ObservedRequest) {
        self.told().requests.push(request.clone());
    }

    fn on_attempt(&self, attempt: &ObservedAttempt) {
        self.told().attempts.push(attempt.clone());
    }

    fn on_call(&self, call: &ObservedCall) {
        self.told().calls.push(call.clone());
    }
}
