//! Waiting for an export job to end.

use std::{
    error::Error as StdError,
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use atlas_export_api::{operations::GET_EXPORT_JOB, types::ExportJob};
use atlas_export_types::{ExportJobId, ExportJobState};
use chrono::{DateTime, Utc};
use futures_core::Stream;

use super::{Boxed, Pace, Seen, Stop, Waiter, Watched, poll_boxed, steps};
use crate::{Client, Error, ExportJobs, error::one_line, needed, transport::Caller};

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The job as last seen.
    pub job: ExportJob,
    /// How long the wait has taken.
    pub elapsed: Duration,
    /// How many collections are exported, and of how many. `None` where Atlas does not say,
    /// which includes 0 of 0: a job has been seen to report that from start to end.
    pub collections: Option<(u64, u64)>,
    /// How long the rest will take if it goes on as it did during this wait. `None` until
    /// collections have been seen to be exported, and they differ in size: an estimate.
    pub remaining: Option<Duration>,
}

/// What Atlas says about the collections of a job, if it says anything.
fn collections(job: &ExportJob) -> Option<(u64, u64)> {
    let status = job.export_status.as_ref()?;
    let exported = u64::try_from(status.exported_collections?).ok()?;
    let total = u64::try_from(status.total_collections?).ok()?;
    (total > 0).then_some((exported, total))
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

/// A wait that did not end with a successful job.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitError {
    /// The job had not ended when the time was up. It goes on without us.
    MaxWaitExceeded {
        /// The job as last seen, if it was.
        last: Option<Box<ExportJob>>,
        /// How long the wait took.
        waited: Duration,
        /// Why the last poll gave nothing, if it did not.
        last_error: Option<Error>,
    },
    /// The job ended without success.
    JobFailed(Box<ExportJob>),
    /// Somebody cancelled the job.
    JobCancelled(Box<ExportJob>),
    /// The job has ended, in a state that this version of the SDK does not know, or in none.
    /// Nobody can tell whether all data is in the bucket.
    UnknownEnd(Box<ExportJob>),
    /// The job could not be looked at.
    Poll(Error),
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxWaitExceeded {
                last,
                waited,
                last_error,
            } => {
                write!(
                    f,
                    "the export job has not ended after {} s",
                    waited.as_secs()
                )?;
                match last.as_ref().map(|job| job.state.as_ref()) {
                    Some(Some(state)) => {
                        write!(f, ", last seen {state}")?;
                    }
                    Some(None) => f.write_str(", last seen without a state")?,
                    None => f.write_str(", and was never seen")?,
                }
                match last_error {
                    Some(error) => write!(f, "; the last poll failed: {error}"),
                    None => Ok(()),
                }
            }
            Self::JobFailed(job) => {
                write!(f, "export job {} failed", job.id)?;
                match job.reason() {
                    Some(reason) => write!(f, ": {}", one_line(&reason.to_string())),
                    None => f.write_str(" without a reason"),
                }
            }
            Self::JobCancelled(job) => {
                write!(f, "export job {} was cancelled", job.id)
            }
            Self::UnknownEnd(job) => {
                write!(f, "export job {} has ended ", job.id)?;
                match &job.state {
                    Some(state) => write!(f, "in state {state}")?,
                    None => f.write_str("without a state")?,
                }
                f.write_str(", which tells no success: look at the job, and into the bucket")
            }
            Self::Poll(error) => write!(f, "the export job could not be looked at: {error}"),
        }
    }
}

impl StdError for WaitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Poll(error)
            | Self::MaxWaitExceeded {
                last_error: Some(error),
                ..
            } => Some(error),
            _ => None,
        }
    }
}

type OnProgress = Box<dyn FnMut(&Progress) + Send>;

/// A wait that is about to begin: await it. Made by [`ExportJobs::wait_until_finished`].
///
/// Dropping it ends the wait, not the job.
///
/// ```no_run
/// # async fn example(jobs: atlas_export::ExportJobs, id: atlas_export::ExportJobId) {
/// use std::time::Duration;
/// use atlas_export::WaitError;
///
/// let outcome = jobs
///     .wait_until_finished(&id)
///     .max_wait(Duration::from_secs(60 * 60))
///     .on_progress(|progress| println!("{:?}", progress.job.state))
///     .await;
/// match outcome {
///     Ok(job) => println!("exported to {:?}", job.prefix),
///     Err(WaitError::MaxWaitExceeded { .. }) => println!("still running"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
#[must_use = "nothing is waited for until it is awaited"]
pub struct WaitUntilFinished {
    jobs: ExportJobs,
    id: ExportJobId,
    pace: Pace,
    on_progress: Option<OnProgress>,
}

impl WaitUntilFinished {
    pub(crate) fn new(jobs: ExportJobs, id: ExportJobId) -> Self {
        Self {
            jobs,
            id,
            pace: Pace::default(),
            on_progress: None,
        }
    }

    /// How long to wait at the most; by default 24 hours. A poll that is under way when the
    /// time is up is finished, and it has a time-out of its own.
    pub fn max_wait(mut self, max_wait: Duration) -> Self {
        self.pace.max_wait = max_wait;
        self
    }

    /// A fixed pause between two polls, at least 100 ms. By default the pause grows with the
    /// age of the job: a quarter of it, but between 1 s and 60 s. A job of a quarter of an
    /// hour costs fewer than 40 polls, one of an hour fewer than 90.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.pace.set_interval(interval);
        self
    }

    /// Is called after every poll, the last one included.
    pub fn on_progress(mut self, on_progress: impl FnMut(&Progress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(on_progress));
        self
    }

    /// The wait as a stream: the progress after every poll, the one that finds the job
    /// successful last. A wait that ends otherwise ends with an `Err`.
    ///
    /// ```no_run
    /// # async fn example(jobs: atlas_export::ExportJobs, id: atlas_export::ExportJobId)
    /// #     -> Result<(), atlas_export::WaitError> {
    /// use futures_util::TryStreamExt as _;
    ///
    /// let mut wait = jobs.wait_until_finished(&id).into_stream();
    /// while let Some(progress) = wait.try_next().await? {
    ///     println!("{:?} after {:?}", progress.job.state, progress.elapsed);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_stream(self) -> ProgressStream {
        let steps = steps(JobWaiter::new(self), |waiter| {
            Box::pin(async move {
                let progress = waiter.step().await?;
                let last = is_successful(&progress.job);
                Ok((progress, last))
            })
        });
        ProgressStream(steps)
    }

    /// The same wait, whose polls are one caller's with those of other waits.
    pub(super) fn made_for(self, caller: &Caller) -> Self {
        let jobs = self.jobs.cluster().made_for(caller.clone()).export_jobs();
        Self { jobs, ..self }
    }

    /// The job that is waited for.
    pub(super) fn id(&self) -> &ExportJobId {
        &self.id
    }
}

struct Job {
    jobs: ExportJobs,
    id: ExportJobId,
}

impl Watched for Job {
    type Item = ExportJob;

    async fn look(&self, patience: Duration) -> Result<ExportJob, Error> {
        let caller = self.client().caller().patient(patience);
        let cluster = self.jobs.cluster().made_for(caller);
        let job = cluster.export_jobs().get(&self.id).await?;
        let fields = needed::of_progress(&job);
        needed::of_answer(job, fields, GET_EXPORT_JOB.id)
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn client(&self) -> &Client {
        self.jobs.cluster().project().client()
    }

    fn has_ended(job: &ExportJob) -> bool {
        job.is_finished()
    }

    fn began(job: &ExportJob) -> Option<DateTime<Utc>> {
        job.created_at
    }
}

/// A wait that has begun.
struct JobWaiter {
    waiter: Waiter<Job>,
    on_progress: Option<OnProgress>,
    speed: Speed,
}

impl JobWaiter {
    fn new(wait: WaitUntilFinished) -> Self {
        let job = Job {
            jobs: wait.jobs,
            id: wait.id,
        };
        Self {
            waiter: Waiter::new(job, wait.pace),
            on_progress: wait.on_progress,
            speed: Speed::default(),
        }
    }

    /// Polls until one succeeds. Ends with an error where the job or the wait does.
    async fn step(&mut self) -> Result<Progress, WaitError> {
        let Seen {
            item: job,
            elapsed,
            ended,
        } = self.waiter.step().await?;
        let collections = collections(&job);
        let progress = Progress {
            remaining: collections
                .filter(|_| !ended)
                .and_then(|collections| self.speed.remaining(collections, elapsed)),
            job,
            elapsed,
            collections,
        };
        if let Some(on_progress) = &mut self.on_progress {
            on_progress(&progress);
        }
        match progress.job.state {
            Some(ExportJobState::Failed) => Err(WaitError::JobFailed(Box::new(progress.job))),
            Some(ExportJobState::Cancelled) => Err(WaitError::JobCancelled(Box::new(progress.job))),
            Some(ExportJobState::Successful) => Ok(progress),
            _ if ended => Err(WaitError::UnknownEnd(Box::new(progress.job))),
            _ => Ok(progress),
        }
    }
}

impl From<Stop<ExportJob>> for WaitError {
    fn from(stop: Stop<ExportJob>) -> Self {
        match stop {
            Stop::TimeUp {
                last,
                waited,
                last_error,
            } => Self::MaxWaitExceeded {
                last: last.map(Box::new),
                waited,
                last_error,
            },
            Stop::Poll(error) => Self::Poll(error),
        }
    }
}

fn is_successful(job: &ExportJob) -> bool {
    job.state == Some(ExportJobState::Successful)
}

/// The progress of a wait. Made by [`WaitUntilFinished::into_stream`]. Dropping it ends the
/// wait, not the job.
#[must_use = "a stream does nothing until it is polled"]
pub struct ProgressStream(Boxed<Result<Progress, WaitError>>);

impl Stream for ProgressStream {
    type Item = Result<Progress, WaitError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        poll_boxed(&mut self.0, context)
    }
}

impl fmt::Debug for ProgressStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgressStream").finish_non_exhaustive()
    }
}

impl IntoFuture for WaitUntilFinished {
    type Output = Result<ExportJob, WaitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut waiter = JobWaiter::new(self);
            loop {
                let progress = waiter.step().await?;
                if is_successful(&progress.job) {
                    return Ok(progress.job);
                }
            }
        })
    }
}

impl fmt::Debug for WaitUntilFinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitUntilFinished")
            .field("id", &self.id)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
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
                let told = collections(&job);
                proptest::prop_assert_eq!(told.is_some(), exported >= 0 && total > 0);
                if let Some(collections) = told {
                    speed.remaining(collections, Duration::from_millis(millis));
                }
            }
        }
    }
}
