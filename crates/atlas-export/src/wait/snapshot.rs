//! Waiting for a snapshot to be taken.

use std::{
    error::Error as StdError,
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use atlas_export_api::{operations::GET_SNAPSHOT, types::Snapshot};
use atlas_export_types::{SnapshotId, SnapshotStatus};
use chrono::{DateTime, Utc};

use super::{Pace, Seen, Stop, Waiter, Watched};
use crate::{Client, Error, Snapshots, needed};

/// A wait that did not end with a completed snapshot.
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotWaitError {
    /// The snapshot was not taken when the time was up. Atlas goes on without us.
    MaxWaitExceeded {
        /// The snapshot as last seen, if it was.
        last: Option<Box<Snapshot>>,
        /// How long the wait took.
        waited: Duration,
        /// Why the last poll gave nothing, if it did not.
        last_error: Option<Error>,
    },
    /// The snapshot could not be taken.
    SnapshotFailed(Box<Snapshot>),
    /// The snapshot could not be looked at.
    Poll(Error),
}

impl fmt::Display for SnapshotWaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxWaitExceeded {
                last,
                waited,
                last_error,
            } => {
                let seconds = waited.as_secs();
                write!(f, "the snapshot is not completed after {seconds} s")?;
                let status = last.as_ref().and_then(|last| last.status.as_ref());
                if let Some(status) = status {
                    write!(f, ", last seen {status}")?;
                }
                match last_error {
                    Some(error) => write!(f, "; the last poll failed: {error}"),
                    None => Ok(()),
                }
            }
            Self::SnapshotFailed(snapshot) => {
                write!(f, "snapshot {} could not be taken", snapshot.id)
            }
            Self::Poll(error) => write!(f, "the snapshot could not be looked at: {error}"),
        }
    }
}

impl StdError for SnapshotWaitError {
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

impl From<Stop<Snapshot>> for SnapshotWaitError {
    fn from(stop: Stop<Snapshot>) -> Self {
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

type OnProgress = Box<dyn FnMut(&Snapshot) + Send>;

/// A wait that is about to begin: await it. Made by [`Snapshots::wait_until_completed`].
///
/// Dropping it ends the wait, not the snapshot.
#[must_use = "nothing is waited for until it is awaited"]
pub struct WaitUntilCompleted {
    snapshots: Snapshots,
    id: SnapshotId,
    pace: Pace,
    on_progress: Option<OnProgress>,
}

impl WaitUntilCompleted {
    pub(crate) fn new(snapshots: Snapshots, id: SnapshotId) -> Self {
        Self {
            snapshots,
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
    /// wait: a quarter of it, but between 1 s and 60 s.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.pace.set_interval(interval);
        self
    }

    /// Is called after every poll, the last one included.
    pub fn on_progress(mut self, on_progress: impl FnMut(&Snapshot) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(on_progress));
        self
    }

    async fn run(mut self) -> Result<Snapshot, SnapshotWaitError> {
        let watched = Taking {
            snapshots: self.snapshots,
            id: self.id,
        };
        let mut waiter = Waiter::new(watched, self.pace);
        loop {
            let Seen { item, ended, .. } = waiter.step().await?;
            if let Some(on_progress) = &mut self.on_progress {
                on_progress(&item);
            }
            if ended && item.status == Some(SnapshotStatus::Failed) {
                return Err(SnapshotWaitError::SnapshotFailed(Box::new(item)));
            }
            if ended {
                return Ok(item);
            }
        }
    }
}

struct Taking {
    snapshots: Snapshots,
    id: SnapshotId,
}

impl Watched for Taking {
    type Item = Snapshot;

    async fn look(&self, patience: Duration) -> Result<Snapshot, Error> {
        let caller = self.client().caller().patient(patience);
        let cluster = self.snapshots.cluster().made_for(caller);
        let snapshot = cluster.snapshots().get(&self.id).await?;
        needed::of_answer(snapshot, &["status"], GET_SNAPSHOT.id)
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn client(&self) -> &Client {
        self.snapshots.cluster().project().client()
    }

    /// A status that is not known yet is no end.
    fn has_ended(snapshot: &Snapshot) -> bool {
        matches!(
            snapshot.status,
            Some(SnapshotStatus::Completed | SnapshotStatus::Failed)
        )
    }

    /// Atlas does not tell until the snapshot is completed.
    fn began(_: &Snapshot) -> Option<DateTime<Utc>> {
        None
    }
}

impl IntoFuture for WaitUntilCompleted {
    type Output = Result<Snapshot, SnapshotWaitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for WaitUntilCompleted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitUntilCompleted")
            .field("id", &self.id)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}
