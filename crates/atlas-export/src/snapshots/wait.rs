//! Waiting for a snapshot to be taken.

use atlas_export_api::{operations::GET_SNAPSHOT, types::Snapshot};
use atlas_export_types::{SnapshotId, SnapshotStatus};
use chrono::{DateTime, Utc};

use crate::{
    Cluster, needed,
    wait::{End, Looking, Sealed, Waitable},
};

impl Sealed for Snapshot {}

impl Waitable for Snapshot {
    type Id = SnapshotId;
    type Place = Cluster;

    const NOUN: &'static str = "snapshot";
    const UNFINISHED: &'static str = "is not completed";

    fn look(cluster: &Cluster, id: &SnapshotId) -> Looking<Self> {
        let look = cluster.snapshots().get(id).into_future();
        Box::pin(async move { needed::of_answer(look.await?, &["status"], GET_SNAPSHOT.id) })
    }

    /// A status that is not known yet is no end.
    fn end(&self) -> Option<End> {
        match self.status {
            Some(SnapshotStatus::Completed) => Some(End::Success),
            Some(SnapshotStatus::Failed) => Some(End::Failure),
            _ => None,
        }
    }

    fn id(&self) -> &SnapshotId {
        &self.id
    }

    /// Atlas does not tell until the snapshot is completed.
    fn began(&self) -> Option<DateTime<Utc>> {
        None
    }

    fn state(&self) -> Option<String> {
        self.status.as_ref().map(ToString::to_string)
    }
}
