//! How jobs and snapshots move from queued to their end, by polls or by the clock.

use std::time::Duration;

/// What moves the jobs that were created through the API, the snapshots that were taken, and what else
/// Atlas makes by itself.
///
/// ```
/// use std::time::Duration;
/// use atlas_export_fake::{FakeAtlas, JobProgress};
///
/// let minute = Duration::from_secs(60);
/// let slow = JobProgress::ByClock { queued: minute, in_progress: 5 * minute };
/// let builder = FakeAtlas::builder().job_progress(slow).snapshot_progress(slow);
/// # drop(builder);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobProgress {
    /// Each GET of the job counts, lists do not: `queued` GETs see Queued, the `in_progress` after
    /// them `InProgress`, the next one the end. The answer to the POST is always Queued.
    ByPolls {
        /// How many GETs see Queued.
        queued: u32,
        /// How many GETs see `InProgress`.
        in_progress: u32,
    },
    /// The fake's [`Clock`](crate::Clock) decides. As Atlas does, the fake exports five replica sets at
    /// once then, a sharded cluster counting once for each shard, and the jobs beyond stay Queued
    /// until others end.
    ByClock {
        /// How long a job is Queued at the least.
        queued: Duration,
        /// How long a job is `InProgress` after that.
        in_progress: Duration,
    },
}

/// One GET that sees Queued, two that see `InProgress`.
impl Default for JobProgress {
    fn default() -> Self {
        Self::ByPolls {
            queued: 1,
            in_progress: 2,
        }
    }
}

/// How the jobs that were created through the API end.
///
/// ```
/// use atlas_export_fake::{FakeAtlas, JobOutcome};
///
/// let builder = FakeAtlas::builder().job_outcome(JobOutcome::Failed {
///     error_code: "EXPORT_FAILED".into(),
///     message: "The role has no access to the bucket.".into(),
/// });
/// # drop(builder);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum JobOutcome {
    /// `Successful`.
    #[default]
    Successful,
    /// `Failed`, with half of the collections exported. The reason is `stateReason` in v2 and
    /// `errMsg` in v1.0, as published; no failed job has been recorded.
    Failed {
        /// `stateReason.errorCode`.
        error_code: String,
        /// `stateReason.message` and `errMsg`.
        message: String,
    },
    /// `Cancelled`, which the v1.0 reference pages do not know.
    Cancelled,
}

/// How the jobs and snapshots that are created through the API of one fake move and end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lifecycle {
    pub(crate) job_progress: JobProgress,
    pub(crate) job_outcome: JobOutcome,
    /// How many collections a job exports.
    pub(crate) collections: u64,
    /// What moves the snapshots that are taken through the API.
    pub(crate) snapshot_progress: JobProgress,
    pub(crate) snapshots_fail: bool,
    /// What moves service accounts of Google Cloud that are begun; `None`: they are there at once.
    pub(crate) service_account_progress: Option<JobProgress>,
    pub(crate) service_accounts_fail: bool,
    /// What moves private endpoints that are made.
    pub(crate) endpoint_progress: JobProgress,
    pub(crate) endpoints_fail: bool,
}

/// Where a job or a snapshot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Queued,
    /// `done` parts of `of`.
    InProgress {
        done: u128,
        of: u128,
    },
    Ended,
}

impl JobProgress {
    pub(crate) fn phase(self, polls: u32, age: Duration) -> Phase {
        match self {
            Self::ByPolls {
                queued,
                in_progress,
            } => match polls.saturating_sub(queued) {
                0 => Phase::Queued,
                step if step <= in_progress => Phase::InProgress {
                    done: step.into(),
                    of: u128::from(in_progress) + 1,
                },
                _ => Phase::Ended,
            },
            Self::ByClock {
                queued,
                in_progress,
            } => match age.checked_sub(queued) {
                None => Phase::Queued,
                Some(worked) if worked < in_progress => Phase::InProgress {
                    done: worked.as_nanos(),
                    of: in_progress.as_nanos(),
                },
                Some(_) => Phase::Ended,
            },
        }
    }
}

impl Lifecycle {
    /// How many collections are exported. A job that did not succeed stopped halfway.
    pub(crate) fn exported_collections(&self, phase: Phase) -> u64 {
        match phase {
            Phase::Queued => 0,
            Phase::InProgress { done, of } => u128::from(self.collections)
                .saturating_mul(done)
                .checked_div(of)
                .and_then(|exported| u64::try_from(exported).ok())
                .unwrap_or(0),
            Phase::Ended if self.job_outcome == JobOutcome::Successful => self.collections,
            Phase::Ended => self.collections / 2,
        }
    }
}
