//! Waiting for an export job to end.

use std::{
    error::Error as StdError,
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use atlas_export_api::types::ExportJob;
use atlas_export_types::{ExportJobId, ExportJobState};

use crate::{Error, ExportJobs, error::one_line};

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

    async fn run(mut self) -> Result<ExportJob, WaitError> {
        let clock = self.jobs.cluster().project().client().clock();
        let started = clock.now();
        let mut last = None;
        let mut failures = 0;
        loop {
            let mut last_error = None;
            let polled = self.jobs.get(&self.id).await;
            let elapsed = clock.now() - started;
            match polled {
                Ok(job) => {
                    failures = 0;
                    let progress = Progress::new(job, elapsed);
                    if let Some(on_progress) = &mut self.on_progress {
                        on_progress(&progress);
                    }
                    let job = progress.job;
                    match job.state {
                        Some(ExportJobState::Successful) => return Ok(job),
                        Some(ExportJobState::Failed) => {
                            return Err(WaitError::JobFailed(Box::new(job)));
                        }
                        Some(ExportJobState::Cancelled) => {
                            return Err(WaitError::JobCancelled(Box::new(job)));
                        }
                        // A state that is not known yet is no end.
                        _ => last = Some(Box::new(job)),
                    }
                }
                Err(error) if error.is_retryable() && failures < MAX_FAILURES => {
                    // Being asked to wait is no failure, and is waited for below.
                    if error.retry_after().is_none() {
                        failures += 1;
                    }
                    tracing::warn!(failures, %error, "a poll failed; the wait goes on");
                    last_error = Some(error);
                }
                Err(error) => return Err(WaitError::Poll(error)),
            }
            let Some(left) = self
                .max_wait
                .checked_sub(elapsed)
                .filter(|left| !left.is_zero())
            else {
                return Err(WaitError::MaxWaitExceeded {
                    last,
                    waited: elapsed,
                    last_error,
                });
            };
            let asked = last_error.as_ref().and_then(Error::retry_after);
            let pause = self.pause(elapsed).max(asked.unwrap_or_default());
            clock.sleep(pause.min(left)).await;
        }
    }

    fn pause(&self, elapsed: Duration) -> Duration {
        self.poll_interval
            .unwrap_or_else(|| (elapsed / 4).clamp(MIN_PAUSE, MAX_PAUSE))
    }
}

impl IntoFuture for WaitUntilFinished {
    type Output = Result<ExportJob, WaitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
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
