//! Snapshots: what there is to export.

use std::num::NonZeroU32;

use atlas_export_api::{
    PageQuery,
    calls::{self, GetShardedSnapshot, GetSnapshot, ListShardedSnapshots, ListSnapshots},
    operations::{LIST_SNAPSHOTS, TAKE_SNAPSHOT},
    types::{NewSnapshot, Snapshot},
};
use atlas_export_types::SnapshotId;
use futures_util::StreamExt as _;

use crate::{Cluster, Error, List, Page, WaitUntilCompleted, needed};

/// The snapshots of a cluster.
///
/// ```no_run
/// # async fn example(cluster: atlas_export::Cluster) -> Result<(), atlas_export::Error> {
/// if let Some(snapshot) = cluster.snapshots().newest_exportable().await? {
///     println!("{} of {:?}", snapshot.id, snapshot.created_at);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Snapshots {
    cluster: Cluster,
}

impl Snapshots {
    pub(crate) fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// The cluster that the snapshots belong to.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The snapshots of the cluster, those still being taken included.
    #[doc = atlas_export_api::operation_facts!(ListSnapshots)]
    pub fn list(&self) -> List<Snapshot> {
        let cluster = self.cluster.made_for_one();
        let call = ListSnapshots {
            project_id: cluster.project().id().clone(),
            cluster_name: cluster.name().clone(),
            page: PageQuery::default(),
        };
        List::new(cluster.project().client(), call, |snapshot| {
            snapshot.id.as_str()
        })
    }

    /// One snapshot.
    ///
    #[doc = atlas_export_api::operation_facts!(GetSnapshot)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub async fn get(&self, id: &SnapshotId) -> Result<Snapshot, Error> {
        let project = self.cluster.project();
        let call = GetSnapshot {
            project_id: project.id().clone(),
            cluster_name: self.cluster.name().clone(),
            snapshot_id: id.clone(),
        };
        project.client().call(&call).await
    }

    /// The snapshots of a sharded cluster with their parts: only here, and in
    /// [`get_sharded`](Self::get_sharded), do `members` and `snapshot_ids` say which snapshot is of
    /// which shard. All of them in one answer: this list has no pages.
    ///
    #[doc = atlas_export_api::operation_facts!(ListShardedSnapshots)]
    ///
    /// ```no_run
    /// # async fn example(cluster: atlas_export::Cluster) -> Result<(), atlas_export::Error> {
    /// for snapshot in cluster.snapshots().list_sharded().await? {
    ///     println!("{} has {} parts", snapshot.id, snapshot.members.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Api` where there is no such cluster.
    pub async fn list_sharded(&self) -> Result<Page<Snapshot>, Error> {
        let project = self.cluster.project();
        let call = ListShardedSnapshots {
            project_id: project.id().clone(),
            cluster_name: self.cluster.name().clone(),
        };
        project.client().call(&call).await.map(Page::whole)
    }

    /// One snapshot of a sharded cluster with its parts.
    ///
    #[doc = atlas_export_api::operation_facts!(GetShardedSnapshot)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub async fn get_sharded(&self, id: &SnapshotId) -> Result<Snapshot, Error> {
        let project = self.cluster.project();
        let call = GetShardedSnapshot {
            project_id: project.id().clone(),
            cluster_name: self.cluster.name().clone(),
            snapshot_id: id.clone(),
        };
        project.client().call(&call).await
    }

    /// The newest snapshot that can be exported: completed, and no fallback. Reads the whole
    /// list, because nothing is promised about its order, and a list of several pages twice, so
    /// that none slips past ([`List::consistent`]).
    ///
    /// # Errors
    /// Those of [`list`](Self::list); `Decode` too where one snapshot of the list cannot be read,
    /// or it can be exported for all that is known and its `status`, `snapshotType` or
    /// `createdAt` does not fit, because it may be the newest. [`list`](Self::list) gives the
    /// others.
    pub async fn newest_exportable(&self) -> Result<Option<Snapshot>, Error> {
        let mut all = self.list().consistent().by_item().enumerate();
        let mut newest: Option<Snapshot> = None;
        while let Some((index, snapshot)) = all.next().await {
            let snapshot = snapshot?;
            let fields = needed::of_newest(&snapshot);
            let cluster = Some(self.cluster.name());
            let snapshot = needed::of_list(snapshot, fields, LIST_SNAPSHOTS.id, cluster, index)?;
            let is_newer = |newest: &Snapshot| newest.created_at < snapshot.created_at;
            if snapshot.is_exportable() && newest.as_ref().is_none_or(is_newer) {
                newest = Some(snapshot);
            }
        }
        Ok(newest)
    }

    /// Prepares a snapshot on demand; [`TakeSnapshot::send`] takes it. Each call takes another.
    ///
    #[doc = atlas_export_api::operation_facts!(TakeSnapshot)]
    ///
    /// ```no_run
    /// # async fn example(cluster: atlas_export::Cluster) -> Result<(), Box<dyn std::error::Error>> {
    /// let snapshots = cluster.snapshots();
    /// let begun = snapshots.take().description("before the move").retention_days(7).send().await?;
    /// let snapshot = snapshots.wait_until_completed(&begun.id).await?;
    /// assert!(snapshot.is_exportable());
    /// # Ok(())
    /// # }
    /// ```
    pub fn take(&self) -> TakeSnapshot<'_> {
        TakeSnapshot {
            snapshots: self,
            description: None,
            retention_days: None,
        }
    }

    /// Waits until a snapshot has been taken, by looking at it again and again.
    pub fn wait_until_completed(&self, id: &SnapshotId) -> WaitUntilCompleted {
        WaitUntilCompleted::new(self.clone(), id.clone())
    }
}

/// A snapshot that is about to be taken. Made by [`Snapshots::take`].
#[derive(Clone, Debug)]
#[must_use = "no snapshot is taken until it is sent"]
pub struct TakeSnapshot<'a> {
    snapshots: &'a Snapshots,
    description: Option<String>,
    retention_days: Option<u32>,
}

impl TakeSnapshot<'_> {
    /// What it is taken for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// How many days Atlas keeps it, at least 1; by default as long as Atlas likes.
    pub fn retention_days(mut self, days: u32) -> Self {
        self.retention_days = Some(days);
        self
    }

    /// Begins to take it. The snapshot that comes back is, as a rule, queued, and can be
    /// exported once it is completed.
    ///
    /// # Errors
    /// `Config` for 0 days, or more than an int32 holds; `Ambiguous` where nobody can tell whether
    /// it is taken; `Api` where Atlas refuses.
    pub async fn send(self) -> Result<Snapshot, Error> {
        let retention_in_days = self.retention_days.map(|days| {
            NonZeroU32::new(days).ok_or_else(|| {
                Error::config("retention_days is 0: a snapshot is kept for at least 1 day")
                    .with(|inner| inner.operation = Some(TAKE_SNAPSHOT.id))
            })
        });
        if let Some(days) = self
            .retention_days
            .filter(|days| i32::try_from(*days).is_err())
        {
            return Err(Error::config(format!(
                "retention_days is {days}: Atlas takes 1 to {} (int32)",
                i32::MAX
            ))
            .with(|inner| inner.operation = Some(TAKE_SNAPSHOT.id)));
        }
        let mut body = NewSnapshot::new();
        body.description = self.description;
        body.retention_in_days = retention_in_days.transpose()?;
        let cluster = self.snapshots.cluster();
        let call = calls::TakeSnapshot {
            project_id: cluster.project().id().clone(),
            cluster_name: cluster.name().clone(),
            body,
        };
        cluster.project().client().call(&call).await
    }
}
