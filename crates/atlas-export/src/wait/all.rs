//! Waiting for many jobs at once.

use std::{
    collections::HashMap,
    fmt,
    future::{Future, IntoFuture, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_core::{FusedStream, Stream};
use futures_util::{StreamExt as _, stream::FuturesUnordered};

use super::{builder::Wait, error::WaitError, turns::Turns, waitable::Waitable};
use crate::{ProjectId, transport::Caller};

/// Waits for many jobs, or many snapshots, at once, of whichever clusters.
///
/// Each wait keeps its own settings, and how one ends does not end the others'
/// waits. All polls go through their clients, so they share rate limits and bounds. Where a
/// rate limit is known the polls are spread at its pace, and take turns with other calls. Of
/// one project at most 256 look at once, so that ten thousand waits are mostly asleep, with a timer
/// and less than 2 KB each. One whose [`max_wait`](Wait::max_wait) is over before its turn came
/// stands in a second line, again of 256 that look at once, for its last look, and for a minute at
/// the most; then it ends without.
///
/// ```no_run
/// # async fn example(jobs: atlas_export::ExportJobs, ids: Vec<atlas_export::ExportJobId>) {
/// use atlas_export::wait::wait_all;
///
/// // As they end:
/// let mut ended = wait_all(ids.iter().map(|id| jobs.wait_until_finished(id)));
/// while let Some(waited) = ended.next().await {
///     println!("{}: {}", waited.id, if waited.outcome.is_ok() { "done" } else { "not done" });
/// }
///
/// // Or all together, in the order in which they were given:
/// let all = wait_all(ids.iter().map(|id| jobs.wait_until_finished(id))).await;
/// # let _ = all;
/// # }
/// ```
pub fn wait_all<T: Waitable>(waits: impl IntoIterator<Item = Wait<T>>) -> WaitAll<T> {
    let caller = Caller::default().of_many();
    // By project, as rate limits are: where one holds its own back, the others' turns are not taken.
    let mut turns: HashMap<Option<ProjectId>, Arc<Turns>> = HashMap::new();
    let begun = waits.into_iter().enumerate().map(|(place, wait)| {
        let turns = turns.entry(wait.project().cloned()).or_default();
        run(place, wait.one_of_many(&caller, turns.clone()))
    });
    WaitAll(begun.collect())
}

type Running<T> = Pin<Box<dyn Future<Output = (usize, Waited<T>)> + Send>>;

fn run<T: Waitable>(place: usize, wait: Wait<T>) -> Running<T> {
    Box::pin(async move {
        let id = wait.id().clone();
        let outcome = wait.await;
        (place, Waited { id, outcome })
    })
}

/// How the wait for one of many ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Waited<T: Waitable> {
    /// What was waited for.
    pub id: T::Id,
    /// What came of it.
    pub outcome: Result<T, WaitError<T>>,
}

/// Many waits: a stream of their outcomes as they end, or, awaited, all of them in the
/// order in which they were given. Made by [`wait_all`]. While nobody polls it, polls that are
/// under way end and no other begins. Dropping it ends the waits, not what they wait for.
#[must_use = "nothing is waited for until it is polled or awaited"]
pub struct WaitAll<T: Waitable>(FuturesUnordered<Running<T>>);

impl<T: Waitable> WaitAll<T> {
    /// The next that ends, `None` when all have.
    pub async fn next(&mut self) -> Option<Waited<T>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T: Waitable> Stream for WaitAll<T> {
    type Item = Waited<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Waited<T>>> {
        let next = self.0.poll_next_unpin(context);
        next.map(|next| next.map(|(_, waited)| waited))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T: Waitable> FusedStream for WaitAll<T> {
    fn is_terminated(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Waitable> IntoFuture for WaitAll<T> {
    type Output = Vec<Waited<T>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Vec<Waited<T>>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut all: Vec<(usize, Waited<T>)> = self.0.collect().await;
            all.sort_by_key(|(place, _)| *place);
            all.into_iter().map(|(_, waited)| waited).collect()
        })
    }
}

impl<T: Waitable> fmt::Debug for WaitAll<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitAll")
            .field("waiting", &self.0.len())
            .finish_non_exhaustive()
    }
}
