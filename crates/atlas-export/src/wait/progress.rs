//! How far what is waited for is.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_core::{FusedStream, Stream};
use futures_util::{StreamExt as _, stream};

use super::{
    builder::Wait,
    error::WaitError,
    polling::{Seen, Waiter},
    waitable::Waitable,
};

/// How far what is waited for is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress<T> {
    /// The job or snapshot as last seen.
    pub item: T,
    /// How long the wait has taken.
    pub elapsed: Duration,
    /// How many collections are exported, and of how many. `None` where Atlas does not say,
    /// which includes 0 of 0: a job has been seen to report that from start to end. Atlas says
    /// nothing of the kind about a snapshot.
    pub collections: Option<(u64, u64)>,
    /// How long the rest will take if it goes on as it did during this wait. `None` until
    /// collections have been seen to be exported, and they differ in size: an estimate.
    pub remaining: Option<Duration>,
}

/// How fast collections are exported, measured from the last poll before they began to move:
/// time in the queue does not count.
#[derive(Clone, Copy, Debug, Default)]
struct Speed {
    base: Option<(u64, Duration)>,
}

impl Speed {
    fn remaining(&mut self, collections: (u64, u64), elapsed: Duration) -> Option<Duration> {
        let (exported, total) = collections;
        let (before, since) = match self.base {
            Some(base) if base.0 != exported => base,
            _ => {
                self.base = Some((exported, elapsed));
                return None;
            }
        };
        let done = u32::try_from(exported.checked_sub(before)?).ok()?;
        let left = u32::try_from(total.saturating_sub(exported)).ok()?;
        let each = elapsed.saturating_sub(since).checked_div(done)?;
        each.checked_mul(left)
    }
}

/// Is called after every poll.
pub(super) type OnProgress<T> = Box<dyn FnMut(&Progress<T>) + Send>;

/// A wait that has begun, and what it tells.
pub(super) struct Steps<T: Waitable> {
    waiter: Waiter<T>,
    on_progress: Option<OnProgress<T>>,
    speed: Speed,
}

impl<T: Waitable> Steps<T> {
    pub(super) fn new(waiter: Waiter<T>, on_progress: Option<OnProgress<T>>) -> Self {
        Self {
            waiter,
            on_progress,
            speed: Speed::default(),
        }
    }

    /// Polls until one succeeds: what it saw, and whether it was the end. An end without success
    /// is an error.
    pub(super) async fn step(&mut self) -> Result<(Progress<T>, bool), WaitError<T>> {
        let Seen { item, elapsed, end } = self.waiter.step().await?;
        let collections = item.collections();
        let mut progress = Progress {
            remaining: collections
                .filter(|_| end.is_none())
                .and_then(|collections| self.speed.remaining(collections, elapsed)),
            item,
            elapsed,
            collections,
        };
        if let Some(on_progress) = &mut self.on_progress {
            on_progress(&progress);
        }
        if let Some(end) = end {
            progress.item = WaitError::of_end(end, progress.item)?;
        }
        Ok((progress, end.is_some()))
    }
}

/// The progress of a wait. Made by [`Wait::into_stream`]. Dropping it ends the wait, not what it
/// waits for.
#[must_use = "a stream does nothing until it is polled"]
pub struct ProgressStream<T: Waitable>(Boxed<Result<Progress<T>, WaitError<T>>>);

type Boxed<T> = Pin<Box<dyn FusedStream<Item = T> + Send>>;

impl<T: Waitable> ProgressStream<T> {
    pub(super) fn new(wait: Wait<T>) -> Self {
        /// Its time begins with the first poll.
        enum State<T: Waitable> {
            NotBegun(Wait<T>),
            Begun(Steps<T>),
            Ended,
        }

        let steps = stream::unfold(State::NotBegun(wait), |state| async move {
            let mut steps = match state {
                State::NotBegun(wait) => wait.begin(),
                State::Begun(steps) => steps,
                State::Ended => return None,
            };
            Some(match steps.step().await {
                Ok((progress, false)) => (Ok(progress), State::Begun(steps)),
                Ok((progress, true)) => (Ok(progress), State::Ended),
                Err(error) => (Err(error), State::Ended),
            })
        });
        // It may be polled after its end.
        Self(Box::pin(steps.fuse()))
    }

    /// The progress after the next poll, `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Progress<T>, WaitError<T>>> {
        poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl<T: Waitable> Stream for ProgressStream<T> {
    type Item = Result<Progress<T>, WaitError<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T: Waitable> FusedStream for ProgressStream<T> {
    fn is_terminated(&self) -> bool {
        self.0.is_terminated()
    }
}

impl<T: Waitable> fmt::Debug for ProgressStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgressStream").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use atlas_export_api::types::ExportJob;

    use super::*;

    #[test]
    fn an_estimate_is_made_from_what_this_wait_has_seen() {
        let mut speed = Speed::default();
        let at = Duration::from_secs;
        // Nothing has moved yet.
        assert_eq!(speed.remaining((4, 12), at(10)), None);
        assert_eq!(speed.remaining((4, 12), at(20)), None);
        // Two in ten seconds, so six take half a minute.
        assert_eq!(speed.remaining((6, 12), at(30)), Some(at(30)));
        assert_eq!(speed.remaining((12, 12), at(90)), Some(at(0)));
        // Whatever Atlas says, nothing overflows.
        assert_eq!(speed.remaining((3, 12), at(99)), None);
        assert_eq!(speed.remaining((u64::MAX, 0), at(99)), None);
        assert_eq!(speed.remaining((5, u64::MAX), at(99)), None);
    }

    proptest::proptest! {
        #[test]
        fn no_numbers_of_collections_overflow(
            looks in proptest::collection::vec(proptest::prelude::any::<(i64, i64, u64)>(), 0..5),
        ) {
            let mut speed = Speed::default();
            for (exported, total, millis) in looks {
                let job: ExportJob = serde_json::from_value(serde_json::json!({
                    "id": "a", "exportBucketId": "b",
                    "exportStatus": {"exportedCollections": exported, "totalCollections": total},
                })).unwrap();
                let told = job.collections();
                proptest::prop_assert_eq!(told.is_some(), exported >= 0 && total > 0);
                if let Some(collections) = told {
                    speed.remaining(collections, Duration::from_millis(millis));
                }
            }
        }
    }
}
