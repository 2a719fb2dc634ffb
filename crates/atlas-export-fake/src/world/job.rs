//! An export job that was created through the API: Queued, `InProgress`, and an end.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::world::clock::{Clock, later};
use crate::world::progress::{JobProgress, Lifecycle, Phase};

/// A job that was created through the API.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) snapshot_id: String,
    pub(crate) bucket_id: String,
    pub(crate) custom_data: Value,
    pub(crate) prefix: String,
    /// `Some` for a sharded cluster: `{exportId, replicaSetName}` a shard.
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) created_at: DateTime<Utc>,
    /// The clock's age at creation.
    pub(crate) born: Duration,
    pub(crate) polls: u32,
    /// How long it waits because enough is being exported already.
    pub(crate) in_queue: Duration,
    /// When a poll saw the end first.
    pub(crate) seen_ended: Option<DateTime<Utc>>,
}

impl Job {
    pub(crate) fn phase(&self, lifecycle: &Lifecycle, clock: &dyn Clock) -> Phase {
        let age = clock.now().saturating_sub(self.born);
        match age.checked_sub(self.in_queue) {
            Some(age) => lifecycle.job_progress.phase(self.polls, age),
            None => Phase::Queued,
        }
    }

    /// Counts one GET of this job.
    pub(crate) fn poll(&mut self, lifecycle: &Lifecycle, clock: &dyn Clock) {
        self.polls = self.polls.saturating_add(1);
        if self.phase(lifecycle, clock) == Phase::Ended && self.seen_ended.is_none() {
            self.seen_ended = Some(clock.wall());
        }
    }

    pub(crate) fn is_active(&self, lifecycle: &Lifecycle, clock: &dyn Clock) -> bool {
        self.phase(lifecycle, clock) != Phase::Ended
    }

    pub(crate) fn ended_at(&self, lifecycle: &Lifecycle) -> DateTime<Utc> {
        match lifecycle.job_progress {
            JobProgress::ByPolls { .. } => self.seen_ended.unwrap_or(self.created_at),
            JobProgress::ByClock {
                queued,
                in_progress,
            } => {
                let waited = self.in_queue.saturating_add(queued);
                later(self.created_at, waited.saturating_add(in_progress))
            }
        }
    }
}
