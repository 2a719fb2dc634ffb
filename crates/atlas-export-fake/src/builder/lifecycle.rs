//! How jobs and snapshots move, and by which clock.

use std::sync::Arc;

use crate::builder::fake_builder::FakeAtlasBuilder;
use crate::world::clock::Clock;
use crate::world::progress::{JobOutcome, JobProgress};

/// Jobs, snapshots and time.
impl FakeAtlasBuilder {
    /// What moves snapshots that are taken. Default: [`JobProgress::default`].
    pub fn snapshot_progress(mut self, progress: JobProgress) -> Self {
        self.lifecycle.snapshot_progress = progress;
        self
    }

    /// Lets snapshots that are taken end as `failed`.
    pub fn snapshots_fail(mut self) -> Self {
        self.lifecycle.snapshots_fail = true;
        self
    }

    /// What moves the service accounts of Google Cloud that roles are begun for: they are `IN_PROGRESS`
    /// until their end. Default: they are there at once.
    ///
    /// ```
    /// use atlas_export_fake::{FakeAtlas, JobProgress};
    ///
    /// let slow = JobProgress::ByPolls { queued: 1, in_progress: 1 };
    /// let builder = FakeAtlas::builder().google_account_progress(slow);
    /// # drop(builder);
    /// ```
    pub fn google_account_progress(mut self, progress: JobProgress) -> Self {
        self.lifecycle.service_account_progress = Some(progress);
        self
    }

    /// Lets the service accounts of Google Cloud that roles are begun for end as `FAILED`.
    pub fn google_accounts_fail(mut self) -> Self {
        self.lifecycle.service_accounts_fail = true;
        self
    }

    /// What moves private endpoints that are made: `INITIATING`, `PENDING_ACCEPTANCE`, `ACTIVE`.
    /// Default: [`JobProgress::default`].
    pub fn endpoint_progress(mut self, progress: JobProgress) -> Self {
        self.lifecycle.endpoint_progress = progress;
        self
    }

    /// Lets private endpoints that are made end as `FAILED`.
    pub fn endpoints_fail(mut self) -> Self {
        self.lifecycle.endpoints_fail = true;
        self
    }

    /// What moves created jobs. Default: [`JobProgress::default`].
    pub fn job_progress(mut self, progress: JobProgress) -> Self {
        self.lifecycle.job_progress = progress;
        self
    }

    /// How created jobs end. Default: successfully.
    pub fn job_outcome(mut self, outcome: JobOutcome) -> Self {
        self.lifecycle.job_outcome = outcome;
        self
    }

    /// `exportStatus.totalCollections` of created jobs. Default: 0, as in the recorded jobs of an empty
    /// cluster.
    pub fn collections(mut self, collections: u64) -> Self {
        self.lifecycle.collections = collections;
        self
    }

    /// Where the fake reads the time: a [`ManualClock`](crate::ManualClock) makes a test independent of
    /// the machine. Default: [`SystemClock`](crate::SystemClock).
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}
