//! The jobs of one cluster: listed in the order of their creation, found by id, and asked whether a
//! snapshot is being exported, at the same cost however many there are.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::Value;

use crate::world::clock::Clock;
use crate::world::ids::lowered;
use crate::world::indexed_list::{Identified, IndexedList};
use crate::world::job::Job;
use crate::world::progress::Lifecycle;

/// The states in which a snapshot cannot be exported a second time.
const ACTIVE: [&str; 2] = ["Queued", "InProgress"];

/// A job of the list: one that was created through the API, or raw JSON that stays as it is.
#[derive(Debug, Clone)]
pub(crate) enum StoredJob {
    Created(Job),
    Raw(Value),
}

impl Identified for StoredJob {
    fn id(&self) -> Option<&str> {
        match self {
            Self::Created(job) => Some(&job.id),
            Self::Raw(body) => body.get("id")?.as_str(),
        }
    }
}

impl StoredJob {
    /// Whether it has been there for `lag`, `now` being the clock's age.
    pub(crate) fn is_seen(&self, lag: Duration, now: Duration) -> bool {
        match self {
            Self::Created(job) => now.saturating_sub(job.born) >= lag,
            Self::Raw(_) => true,
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Jobs {
    all: IndexedList<StoredJob>,
    /// By snapshot, the job that was created last. Those before it have ended, or it would have been
    /// refused, and none begins anew.
    last: HashMap<String, String>,
    /// The snapshots that raw jobs keep busy, for ever.
    busy: HashSet<String>,
}

impl Jobs {
    pub(crate) fn push(&mut self, job: StoredJob) {
        match &job {
            StoredJob::Created(job) => {
                self.last.insert(job.snapshot_id.clone(), job.id.clone());
            }
            StoredJob::Raw(body) => {
                let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
                if ACTIVE.contains(&text("state")) {
                    self.busy.insert(lowered(text("snapshotId")));
                }
            }
        }
        self.all.push(job);
    }

    pub(crate) fn items(&self) -> &[StoredJob] {
        self.all.items()
    }

    /// `id`: in small letters.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut StoredJob> {
        self.all.get_mut(id)
    }

    /// Whether an export of `snapshot` has not ended.
    pub(crate) fn occupy(&self, snapshot: &str, lifecycle: &Lifecycle, clock: &dyn Clock) -> bool {
        let last = self.last.get(snapshot).and_then(|id| self.all.get(id));
        self.busy.contains(snapshot)
            || matches!(last, Some(StoredJob::Created(job)) if job.is_active(lifecycle, clock))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::clock::ManualClock;
    use crate::world::progress::JobProgress;
    use serde_json::json;

    const SNAPSHOT: &str = "5f3a1b2c4d5e6f7081920a01";

    fn export(id: &str, clock: &dyn Clock) -> StoredJob {
        StoredJob::Created(Job {
            id: id.into(),
            snapshot_id: SNAPSHOT.into(),
            bucket_id: "bucket".into(),
            custom_data: json!([]),
            prefix: String::new(),
            components: None,
            created_at: clock.wall(),
            born: clock.now(),
            polls: 0,
            in_queue: Duration::ZERO,
            seen_ended: None,
        })
    }

    #[test]
    fn a_snapshot_is_occupied_until_its_last_export_ends() {
        let clock = ManualClock::new();
        let minute = Duration::from_secs(60);
        let lifecycle = Lifecycle {
            job_progress: JobProgress::ByClock {
                queued: minute,
                in_progress: minute,
            },
            ..Lifecycle::default()
        };
        let mut jobs = Jobs::default();
        for id in ["first", "second"] {
            assert!(!jobs.occupy(SNAPSHOT, &lifecycle, &clock));
            jobs.push(export(id, &clock));
            clock.advance(minute);
            assert!(jobs.occupy(SNAPSHOT, &lifecycle, &clock));
            assert!(!jobs.occupy("another", &lifecycle, &clock));
            clock.advance(minute);
        }
        assert!(!jobs.occupy(SNAPSHOT, &lifecycle, &clock));
    }

    #[test]
    fn a_raw_job_occupies_its_snapshot_by_its_state() {
        let (clock, lifecycle) = (ManualClock::new(), Lifecycle::default());
        for (state, occupied) in [("Queued", true), ("InProgress", true), ("Resting", false)] {
            let mut jobs = Jobs::default();
            let raw = json!({ "snapshotId": SNAPSHOT.to_uppercase(), "state": state });
            jobs.push(StoredJob::Raw(raw));
            assert_eq!(
                jobs.occupy(SNAPSHOT, &lifecycle, &clock),
                occupied,
                "{state}"
            );
        }
    }
}
