//! What all operations of one fake share: its state, its clock and its rules.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api::options::AnswerOptions;
use crate::rules::deprecations::Deprecations;
use crate::rules::limiter::Limiter;
#[cfg(feature = "schemas")]
use crate::rules::schemas::Schemas;
use crate::world::bucket::Bucket;
use crate::world::clock::Clock;
use crate::world::indexed_list::IndexedList;
use crate::world::progress::Lifecycle;
use crate::world::state::World;

/// The service behind the authentication.
#[derive(Debug)]
pub(crate) struct Atlas {
    /// `http://127.0.0.1:PORT` or `https://localhost:PORT`.
    pub(crate) origin: String,
    pub(crate) clock: Arc<dyn Clock>,
    #[cfg(feature = "schemas")]
    pub(crate) schemas: &'static Schemas,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) options: AnswerOptions,
    pub(crate) limiter: Limiter,
    pub(crate) deprecations: Deprecations,
    pub(crate) bucket_changes: BucketChanges,
    pub(crate) world: Mutex<World>,
}

impl Atlas {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What changes a project's buckets before each page of their list is made.
type Change = Box<dyn FnMut(&mut Vec<Bucket>) + Send>;

/// The change of buckets that a test has asked for, if it has.
#[derive(Default)]
pub(crate) struct BucketChanges(Mutex<Option<Change>>);

impl BucketChanges {
    /// Replaces the change before.
    pub(crate) fn set(&self, change: impl FnMut(&mut Vec<Bucket>) + Send + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(change));
    }

    pub(crate) fn apply(&self, buckets: &mut IndexedList<Bucket>) {
        let mut change = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(change) = change.as_mut() {
            buckets.change(change);
        }
    }
}

impl fmt::Debug for BucketChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketChanges").finish_non_exhaustive()
    }
}
