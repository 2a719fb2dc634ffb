//! Waiting for many jobs at once.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    task::{Context, Poll},
};

use atlas_export_api::types::ExportJob;
use atlas_export_types::ExportJobId;
use futures_core::{FusedStream, Stream};
use futures_util::{StreamExt as _, stream::FuturesUnordered};

use super::{WaitError, WaitUntilFinished};
use crate::transport::Caller;

/// Waits for many jobs at once, of whichever clusters.
///
/// Each wait keeps its own settings, and what happens to one job does not end the others'
/// waits. All polls go through their clients, so they share rate limits and bounds. Where a
/// rate limit is known the polls are spread at its pace, and take turns with other calls.
///
/// ```no_run
/// # async fn example(jobs: atlas_export::ExportJobs, ids: Vec<atlas_export::ExportJobId>) {
/// use futures_util::StreamExt as _;
///
/// // As they end:
/// let mut ended = atlas_export::wait_all(ids.iter().map(|id| jobs.wait_until_finished(id)));
/// while let Some(waited) = ended.next().await {
///     println!("{}: {}", waited.id, if waited.outcome.is_ok() { "done" } else { "not done" });
/// }
///
/// // Or all together, in the order in which they were given:
/// let all = atlas_export::wait_all(ids.iter().map(|id| jobs.wait_until_finished(id))).await;
/// # let _ = all;
/// # }
/// ```
pub fn wait_all(waits: impl IntoIterator<Item = WaitUntilFinished>) -> WaitAll {
    let caller = Caller::default().of_many();
    let waits = waits.into_iter().map(|wait| wait.made_for(&caller));
    WaitAll(
        waits
            .enumerate()
            .map(|(place, wait)| run(place, wait))
            .collect(),
    )
}

type Running = Pin<Box<dyn Future<Output = (usize, Waited)> + Send>>;

fn run(place: usize, wait: WaitUntilFinished) -> Running {
    Box::pin(async move {
        let id = wait.id().clone();
        let outcome = wait.await;
        (place, Waited { id, outcome })
    })
}

/// How the wait for one of many jobs ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Waited {
    /// The job.
    pub id: ExportJobId,
    /// What came of it.
    pub outcome: Result<ExportJob, WaitError>,
}

/// Many waits: a stream of their outcomes as the jobs end, or, awaited, all of them in the
/// order in which they were given. Made by [`wait_all`]. While nobody polls it, polls that are
/// under way end and no other begins. Dropping it ends the waits, not the jobs.
#[must_use = "nothing is waited for until it is polled or awaited"]
pub struct WaitAll(FuturesUnordered<Running>);

impl Stream for WaitAll {
    type Item = Waited;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Waited>> {
        let next = self.0.poll_next_unpin(context);
        next.map(|next| next.map(|(_, waited)| waited))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl FusedStream for WaitAll {
    fn is_terminated(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoFuture for WaitAll {
    type Output = Vec<Waited>;
    type IntoFuture = Pin<Box<dyn Future<Output = Vec<Waited>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut all: Vec<(usize, Waited)> = self.0.collect().await;
            all.sort_by_key(|(place, _)| *place);
            all.into_iter().map(|(_, waited)| waited).collect()
        })
    }
}

impl fmt::Debug for WaitAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitAll")
            .field("waiting", &self.0.len())
            .finish_non_exhaustive()
    }
}
