//! A wait that is about to begin.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use super::{
    error::WaitError,
    polling::{Polling, Waiter},
    progress::{OnProgress, Progress, ProgressStream, Steps},
    turns::Turns,
    waitable::{Waitable, sealed::Place as _},
};
use crate::{ProjectId, request::call_options, transport::Caller};

/// A wait that is about to begin: await it. Made by
/// [`ExportJobs::wait_until_finished`](crate::ExportJobs::wait_until_finished),
/// [`Snapshots::wait_until_completed`](crate::Snapshots::wait_until_completed),
/// [`AccessRoles::wait_until_usable`](crate::AccessRoles::wait_until_usable) and
/// [`PrivateEndpoints::wait_until_active`](crate::PrivateEndpoints::wait_until_active).
///
/// Dropping it ends the wait, not what is waited for.
///
/// ```no_run
/// # async fn example(jobs: atlas_export::ExportJobs, id: atlas_export::ExportJobId) {
/// use std::time::Duration;
/// use atlas_export::wait::WaitError;
///
/// let outcome = jobs
///     .wait_until_finished(&id)
///     .max_wait(Duration::from_secs(60 * 60))
///     .on_progress(|progress| println!("{:?}", progress.item.state))
///     .await;
/// match outcome {
///     Ok(job) => println!("exported to {:?}", job.prefix),
///     Err(WaitError::MaxWaitExceeded { .. }) => println!("still running"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
#[must_use = "nothing is waited for until it is awaited"]
pub struct Wait<T: Waitable> {
    place: T::Place,
    id: T::Id,
    polling: Polling,
    on_progress: Option<OnProgress<T>>,
    /// Of the many waits that it is one of.
    turns: Option<Arc<Turns>>,
}

impl<T: Waitable> Wait<T> {
    pub(crate) fn new(place: T::Place, id: T::Id) -> Self {
        Self {
            place,
            id,
            polling: Polling::default(),
            on_progress: None,
            turns: None,
        }
    }

    /// How long to wait at the most; by default 24 hours. A poll that is under way when the
    /// time is up is finished, and it has a time-out of its own. One of many
    /// ([`wait_all`](super::wait_all)) may stand in line for its last poll for a minute more.
    pub fn max_wait(mut self, max_wait: Duration) -> Self {
        self.polling.max_wait = max_wait;
        self
    }

    /// A fixed pause between two polls, at least 100 ms. By default the pause grows with the
    /// age of the job (of a snapshot, with the wait): a quarter of it, but between 1 s and 60 s. A
    /// job of a quarter of an hour costs fewer than 40 polls, one of an hour fewer than 90.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.polling.set_interval(interval);
        self
    }

    call_options!(place);

    /// Is called after every poll, the last one included.
    pub fn on_progress(mut self, on_progress: impl FnMut(&Progress<T>) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(on_progress));
        self
    }

    /// The wait as a stream: the progress after every poll, the one that finds a success last. A
    /// wait that ends otherwise ends with an `Err`.
    ///
    /// ```no_run
    /// # async fn example(jobs: atlas_export::ExportJobs, id: atlas_export::ExportJobId)
    /// #     -> Result<(), atlas_export::Error> {
    /// let mut wait = jobs.wait_until_finished(&id).into_stream();
    /// while let Some(progress) = wait.next().await {
    ///     let progress = progress?;
    ///     println!("{:?} after {:?}", progress.item.state, progress.elapsed);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_stream(self) -> ProgressStream<T> {
        ProgressStream::new(self)
    }

    /// The same wait, as one of many: their polls are one caller's, and take turns.
    pub(super) fn one_of_many(self, caller: &Caller, turns: Arc<Turns>) -> Self {
        let place = self
            .place
            .map_client(|client| client.made_for(caller.clone()));
        Self {
            place,
            turns: Some(turns),
            ..self
        }
    }

    /// The project that its polls count to; `None` where what was given is no id.
    pub(super) fn project(&self) -> Option<&ProjectId> {
        self.place.project()
    }

    /// What is waited for.
    pub(super) fn id(&self) -> &T::Id {
        &self.id
    }

    pub(super) fn begin(self) -> Steps<T> {
        Steps::new(
            Waiter::new(self.place, self.id, self.polling, self.turns),
            self.on_progress,
        )
    }
}

impl<T: Waitable> IntoFuture for Wait<T> {
    type Output = Result<T, WaitError<T>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut steps = self.begin();
            loop {
                if let (progress, true) = steps.step().await? {
                    return Ok(progress.item);
                }
            }
        })
    }
}

impl<T: Waitable> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("id", &self.id)
            .field("polling", &self.polling)
            .finish_non_exhaustive()
    }
}
