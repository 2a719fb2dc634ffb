//! Waiting for an export job to end.

use std::{
    error::Error as StdError,
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use atlas_export_api::types::ExportJob;
use atlas_export_types::{ExportJobId, ExportJobState};

use futures_core::Stream;
use futures_util::stream;

use crate::{Error, ExportJobs, clock::Clock, error::one_line};

/// The default of [`WaitUntilFinished::max_wait`].
const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// How many polls in a row may fail in a way that passes before the wait gives up.
const MAX_FAILURES: u32 = 10;

/// The shortest and the longest pause between two polls.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);

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
}

impl Progress {
    fn new(job: ExportJob, elapsed: Duration) -> Self {
        let collections = job.export_status.as_ref().and_then(|status| {
            let exported = u64::try_from(status.exported_collections?).ok()?;
            let total = u64::try_from(status.total_collections?).ok()?;
            (total > 0).then_some((exported, total))
        });
        Self {
            job,
            elapsed,
            collections,
        }
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
                        write!(f, ", last seen {}", one_line(state.as_str()))?;
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
                write!(f, "export job {} failed", one_line(job.id.as_str()))?;
                match reason(job) {
                    Some(reason) => write!(f, ": {}", one_line(&reason)),
                    None => f.write_str(" without a reason"),
                }
            }
            Self::JobCancelled(job) => {
                write!(f, "export job {} was cancelled", one_line(job.id.as_str()))
            }
            Self::Poll(error) => write!(f, "the export job could not be looked at: {error}"),
        }
    }
}

/// Why a job failed: version 2 says it in `stateReason`, version 1.0 in `errMsg`.
fn reason(job: &ExportJob) -> Option<String> {
    let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let state = job.state_reason.as_ref();
    let code = state.and_then(|reason| said(&reason.error_code));
    let message = state
        .and_then(|reason| said(&reason.message))
        .or_else(|| said(&job.err_msg));
    match (code, message) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (code, message) => code.or(message),
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
    max_wait: Duration,
    poll_interval: Option<Duration>,
    on_progress: Option<OnProgress>,
}

impl WaitUntilFinished {
    pub(crate) fn new(jobs: ExportJobs, id: ExportJobId) -> Self {
        Self {
            jobs,
            id,
            max_wait: MAX_WAIT,
            poll_interval: None,
            on_progress: None,
        }
    }

    /// How long to wait at the most; by default 24 hours. A poll that is under way when the
    /// time is up is finished, and it has a time-out of its own.
    pub fn max_wait(mut self, max_wait: Duration) -> Self {
        self.max_wait = max_wait;
        self
    }

    /// A fixed pause between two polls, at least 100 ms. By default the pause grows with the
    /// wait: a quarter of the time waited so far, but between 1 s and 60 s.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = Some(interval.max(Duration::from_millis(100)));
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
        let steps = stream::unfold(Some(Waiter::new(self)), |waiter| async move {
            let mut waiter = waiter?;
            match waiter.step().await {
                Ok(progress) => {
                    let done = is_successful(&progress.job);
                    Some((Ok(progress), (!done).then_some(waiter)))
                }
                Err(error) => Some((Err(error), None)),
            }
        });
        ProgressStream(Box::pin(steps))
    }

    fn pause(&self, elapsed: Duration) -> Duration {
        self.poll_interval
            .unwrap_or_else(|| (elapsed / 4).clamp(MIN_PAUSE, MAX_PAUSE))
    }
}

/// A wait that has begun.
struct Waiter {
    wait: WaitUntilFinished,
    clock: Arc<dyn Clock>,
    started: Instant,
    last: Option<Box<ExportJob>>,
    failures: u32,
    /// Before the next poll.
    pause: Option<Duration>,
}

impl Waiter {
    fn new(wait: WaitUntilFinished) -> Self {
        let clock = wait.jobs.cluster().project().client().clock();
        Self {
            started: clock.now(),
            clock,
            wait,
            last: None,
            failures: 0,
            pause: None,
        }
    }

    /// Polls until one succeeds. Ends with an error where the job or the wait does.
    async fn step(&mut self) -> Result<Progress, WaitError> {
        loop {
            if let Some(pause) = self.pause.take() {
                self.clock.sleep(pause).await;
            }
            let polled = self.wait.jobs.get(&self.wait.id).await;
            let elapsed = self.clock.now() - self.started;
            match polled {
                Ok(job) => {
                    self.failures = 0;
                    let progress = Progress::new(job, elapsed);
                    if let Some(on_progress) = &mut self.wait.on_progress {
                        on_progress(&progress);
                    }
                    match progress.job.state {
                        Some(ExportJobState::Successful) => return Ok(progress),
                        Some(ExportJobState::Failed) => {
                            return Err(WaitError::JobFailed(Box::new(progress.job)));
                        }
                        Some(ExportJobState::Cancelled) => {
                            return Err(WaitError::JobCancelled(Box::new(progress.job)));
                        }
                        // A state that is not known yet is no end.
                        _ => {
                            self.last = Some(Box::new(progress.job.clone()));
                            self.rest(elapsed, None)?;
                            return Ok(progress);
                        }
                    }
                }
                Err(error) if error.is_retryable() && self.failures < MAX_FAILURES => {
                    // Being asked to wait is no failure: the pause is as long as that.
                    if error.retry_after().is_none() {
                        self.failures += 1;
                    }
                    tracing::warn!(failures = self.failures, %error, "a poll failed; the wait goes on");
                    self.rest(elapsed, Some(error))?;
                }
                Err(error) => return Err(WaitError::Poll(error)),
            }
        }
    }

    /// Sets the pause before the next poll, if there is time for one.
    fn rest(&mut self, elapsed: Duration, last_error: Option<Error>) -> Result<(), WaitError> {
        let left = self.wait.max_wait.saturating_sub(elapsed);
        if left.is_zero() {
            return Err(WaitError::MaxWaitExceeded {
                last: self.last.take(),
                waited: elapsed,
                last_error,
            });
        }
        let asked = last_error.as_ref().and_then(Error::retry_after);
        let pause = self.wait.pause(elapsed).max(asked.unwrap_or_default());
        self.pause = Some(pause.min(left));
        Ok(())
    }
}

fn is_successful(job: &ExportJob) -> bool {
    job.state == Some(ExportJobState::Successful)
}

/// The progress of a wait. Made by [`WaitUntilFinished::into_stream`]. Dropping it ends the
/// wait, not the job.
#[must_use = "a stream does nothing until it is polled"]
pub struct ProgressStream(Pin<Box<dyn Stream<Item = Result<Progress, WaitError>> + Send>>);

impl Stream for ProgressStream {
    type Item = Result<Progress, WaitError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
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
            let mut waiter = Waiter::new(self);
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
            .field("max_wait", &self.max_wait)
            .field("poll_interval", &self.poll_interval)
            .finish_non_exhaustive()
    }
}
