//! Snapshots: given to the fake at its start, or taken through the API.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::world::clock::{Clock, bounded};
use crate::world::ids::lowered;
use crate::world::indexed_list::Identified;
use crate::world::progress::{Lifecycle, Phase};

/// A snapshot of a cluster to start a fake with.
///
/// ```
/// use atlas_export_fake::Snapshot;
///
/// let exportable = Snapshot::completed("5f3a1b2c4d5e6f7081920a01").storage_bytes(2_350_923_776);
/// let running = Snapshot::completed("5f3a1b2c4d5e6f7081920a02").status("inProgress");
/// let fallback = Snapshot::completed("5f3a1b2c4d5e6f7081920a03").snapshot_type("fallback");
/// # let _ = (exportable, running, fallback);
/// ```
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) id: String,
    status: String,
    pub(crate) type_name: String,
    pub(crate) description: Option<String>,
    pub(crate) storage_bytes: u64,
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// `Some` for one that was taken through the API.
    pub(crate) taken: Option<Taken>,
    /// When it expires, if somebody has moved that.
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

/// How far a snapshot is that was taken through the API.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// The clock's age at its beginning.
    pub(crate) born: Duration,
    pub(crate) polls: u32,
    pub(crate) retention: Duration,
}

impl Identified for Snapshot {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }
}

impl Snapshot {
    /// A completed on-demand snapshot, made a minute before the fake starts. `id`: 24 hexadecimal
    /// digits, kept in small letters.
    pub fn completed(id: impl Into<String>) -> Self {
        Self {
            id: lowered(&id.into()),
            status: "completed".into(),
            type_name: "onDemand".into(),
            description: None,
            storage_bytes: 0,
            created_at: None,
            taken: None,
            expires_at: None,
        }
    }

    /// `queued`, `inProgress`, `completed`, or whatever a test needs. Anything but `completed` has
    /// no `createdAt` and cannot be exported.
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = status.into();
        self
    }

    /// `onDemand`, `scheduled`, `fallback`, or whatever a test needs. A fallback snapshot cannot be
    /// exported.
    pub fn snapshot_type(mut self, snapshot_type: impl Into<String>) -> Self {
        self.type_name = snapshot_type.into();
        self
    }

    /// The text that a person gave it.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `storageSizeBytes`.
    pub fn storage_bytes(mut self, bytes: u64) -> Self {
        self.storage_bytes = bytes;
        self
    }

    /// `createdAt`; it is also the date in the export's prefix. The latest is the last second of the year
    /// 9999.
    pub fn created_at(mut self, date: DateTime<Utc>) -> Self {
        self.created_at = Some(bounded(date));
        self
    }

    /// Dates a snapshot that was given no date: the last of its cluster a minute ago, and each
    /// before it six hours earlier.
    pub(crate) fn dated(&mut self, start: DateTime<Utc>, before_last: i32) {
        let age = TimeDelta::minutes(1) + TimeDelta::hours(6) * before_last;
        self.created_at = self
            .created_at
            .or(start.checked_sub_signed(age))
            .or(Some(start));
    }

    /// `status` as it is now.
    pub(crate) fn status_now(&self, lifecycle: &Lifecycle, clock: &dyn Clock) -> &str {
        let Some(taken) = &self.taken else {
            return &self.status;
        };
        let age = clock.now().saturating_sub(taken.born);
        match lifecycle.snapshot_progress.phase(taken.polls, age) {
            Phase::Queued => "queued",
            Phase::InProgress { .. } => "inProgress",
            Phase::Ended if lifecycle.snapshots_fail => "failed",
            Phase::Ended => "completed",
        }
    }

    /// Why this snapshot cannot be exported; `None` if it can.
    pub(crate) fn export_obstacle(
        &self,
        lifecycle: &Lifecycle,
        clock: &dyn Clock,
    ) -> Option<&'static str> {
        if self.status_now(lifecycle, clock) != "completed" {
            Some("names a snapshot that is not completed")
        } else if self.type_name == "fallback" {
            Some("names a fallback snapshot, which cannot be exported")
        } else {
            None
        }
    }

    /// One that is taken now.
    pub(crate) fn taken_now(
        id: String,
        description: Option<&str>,
        retention: Duration,
        clock: &dyn Clock,
    ) -> Self {
        Self {
            status: "queued".into(),
            description: description.map(str::to_owned),
            created_at: Some(clock.wall()),
            taken: Some(Taken {
                born: clock.now(),
                polls: 0,
                retention,
            }),
            ..Self::completed(id)
        }
    }

    /// Counts one GET of this snapshot, which moves it if it was taken through the API.
    pub(crate) fn poll(&mut self) {
        if let Some(taken) = &mut self.taken {
            taken.polls = taken.polls.saturating_add(1);
        }
    }
}
