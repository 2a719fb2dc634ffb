//! Deleting a snapshot that may still be exported.

use std::{
    error::Error as StdError,
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
};

use atlas_export_api::operations::{GET_SNAPSHOT, LIST_EXPORT_JOBS};
use atlas_export_types::{ExportJobId, SnapshotId};

use super::{Snapshots, is_of_shards};
use crate::{
    Error, ErrorKind, needed,
    request::call_options,
    wait::{WaitError, Waitable},
};

/// A deletion that is about to be made: await it. Made by
/// [`Snapshots::delete`](crate::Snapshots::delete).
#[derive(Clone, Debug)]
#[must_use = "nothing is deleted until it is awaited"]
pub struct DeleteSnapshot {
    snapshots: Snapshots,
    id: SnapshotId,
}

/// A snapshot that was not deleted.
#[derive(Debug)]
#[non_exhaustive]
pub enum DeleteSnapshotError {
    /// It is being exported. Nothing was deleted.
    #[non_exhaustive]
    Exporting {
        /// Which snapshot.
        snapshot: SnapshotId,
        /// By which jobs; Atlas allows one at a time.
        jobs: Vec<ExportJobId>,
    },
    /// It could not be deleted for another reason, or nobody can tell whether it is being exported.
    Delete(Error),
}

impl fmt::Display for DeleteSnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exporting { snapshot, jobs } => {
                let jobs: Vec<String> = jobs.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "the snapshot {snapshot} is being exported by {}: wait for the end of the export \
                     (ExportJobs::wait_until_finished), then delete it",
                    jobs.join(", ")
                )
            }
            Self::Delete(error) => error.fmt(f),
        }
    }
}

impl StdError for DeleteSnapshotError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Exporting { .. } => None,
            Self::Delete(error) => Some(error),
        }
    }
}

/// The failure itself; that it is being exported, with the whole `DeleteSnapshotError` as its source,
/// as a `Config` error: nothing was deleted.
impl From<DeleteSnapshotError> for Error {
    fn from(error: DeleteSnapshotError) -> Self {
        match error {
            DeleteSnapshotError::Delete(error) => error,
            DeleteSnapshotError::Exporting { .. } => Self::of_cause(ErrorKind::Config, error),
        }
    }
}

/// As an [`Error`] does.
impl<T: Waitable> From<DeleteSnapshotError> for WaitError<T> {
    fn from(error: DeleteSnapshotError) -> Self {
        Error::from(error).into()
    }
}

/// The `DeleteSnapshotError` that the error was made of, or else another failure.
impl From<Error> for DeleteSnapshotError {
    fn from(error: Error) -> Self {
        error.downcast().unwrap_or_else(Self::Delete)
    }
}

impl DeleteSnapshot {
    pub(super) fn new(snapshots: Snapshots, id: SnapshotId) -> Self {
        Self { snapshots, id }
    }

    call_options!(snapshots);

    async fn run(self) -> Result<(), DeleteSnapshotError> {
        let snapshot = self.snapshots.get(&self.id).await?;
        let snapshot = needed::of_answer(snapshot, &["type"], GET_SNAPSHOT.id)?;
        let jobs = self.exporting().await?;
        if !jobs.is_empty() {
            let snapshot = self.id;
            return Err(DeleteSnapshotError::Exporting { snapshot, jobs });
        }
        if is_of_shards(&snapshot) {
            self.snapshots.delete_sharded_unchecked(&self.id).await?;
        } else {
            self.snapshots.delete_unchecked(&self.id).await?;
        }
        Ok(())
    }

    /// The jobs that export it and have not ended. A job that may be one of them, for all that can
    /// be read of it, is an error.
    async fn exporting(&self) -> Result<Vec<ExportJobId>, Error> {
        let cluster = self.snapshots.cluster();
        let mut all = cluster.export_jobs().list().consistent().by_item();
        let (mut exporting, mut places) = (Vec::new(), 0..);
        while let (Some(job), Some(index)) = (all.next().await, places.next()) {
            let job = job?;
            let name = cluster.name().ok();
            if job.snapshot_id.as_ref().is_some_and(|of| *of != self.id) {
                continue;
            }
            let fields = needed::of_progress(&job);
            let job = needed::of_list(job, fields, LIST_EXPORT_JOBS.id, name, index)?;
            if job.is_finished() {
                continue;
            }
            if job.snapshot_id.is_none() {
                let (field, list) = ("snapshotId", LIST_EXPORT_JOBS.id);
                return Err(needed::undecodable(&job, field, list, name, index));
            }
            exporting.push(job.id);
        }
        Ok(exporting)
    }
}

impl IntoFuture for DeleteSnapshot {
    type Output = Result<(), DeleteSnapshotError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
