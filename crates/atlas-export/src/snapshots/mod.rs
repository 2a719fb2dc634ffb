//! Snapshots: what there is to export.

mod take;
mod wait;

use atlas_export_api::{
    PageQuery,
    calls::{GetShardedSnapshot, GetSnapshot, ListShardedSnapshots, ListSnapshots},
    operations::LIST_SNAPSHOTS,
    types::Snapshot,
};
use atlas_export_types::SnapshotId;

use crate::{
    Client, Cluster, Error, Request,
    list::{List, Listing},
    needed,
    wait::Wait,
};

pub use take::TakeSnapshot;

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

    /// The same handle, with the client that becomes of its own.
    pub(crate) fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        Self::new(self.cluster.map_client(change))
    }

    /// The cluster that the snapshots belong to.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The snapshots of the cluster, those still being taken included.
    #[doc = atlas_export_api::operation_facts!(ListSnapshots)]
    pub fn list(&self) -> List<Snapshot> {
        let cluster = self.cluster.made_for_one();
        let call = cluster.call(|project_id, cluster_name| ListSnapshots {
            project_id,
            cluster_name,
            page: PageQuery::default(),
        });
        List::new(cluster.client(), call, |snapshot| snapshot.id.as_str())
    }

    /// One snapshot.
    ///
    #[doc = atlas_export_api::operation_facts!(GetSnapshot)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub fn get(&self, id: &SnapshotId) -> Request<Snapshot> {
        self.cluster
            .request(|project_id, cluster_name| GetSnapshot {
                project_id,
                cluster_name,
                snapshot_id: id.clone(),
            })
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
    pub fn list_sharded(&self) -> Request<Listing<Snapshot>> {
        let list = |project_id, cluster_name| ListShardedSnapshots {
            project_id,
            cluster_name,
        };
        let list = self.cluster.request(list);
        list.and_then(|page| Ok(Listing::whole(page)))
    }

    /// One snapshot of a sharded cluster with its parts.
    ///
    #[doc = atlas_export_api::operation_facts!(GetShardedSnapshot)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub fn get_sharded(&self, id: &SnapshotId) -> Request<Snapshot> {
        let get = |project_id, cluster_name| GetShardedSnapshot {
            project_id,
            cluster_name,
            snapshot_id: id.clone(),
        };
        self.cluster.request(get)
    }

    /// The newest snapshot that can be exported: completed, and no fallback. Reads the whole
    /// list, because nothing is promised about its order, and a list of several pages twice, so
    /// that none slips past ([`List::consistent`]).
    ///
    /// # Errors
    /// Those of [`list`](Self::list); `Decode` too where one snapshot of the list is undecodable,
    /// or it can be exported for all that is known and its `status`, `snapshotType` or
    /// `createdAt` does not fit, because it may be the newest. [`list`](Self::list) gives the
    /// others.
    pub fn newest_exportable(&self) -> Request<Option<Snapshot>> {
        let this = self.clone();
        Request::new(self.cluster.client(), move |client| {
            newest_exportable(this.map_client(|_| client))
        })
    }

    /// Begins to take a snapshot on demand: await what comes back. Each call takes another. The
    /// snapshot is, as a rule, queued, and can be exported once it is completed.
    ///
    #[doc = atlas_export_api::operation_facts!(TakeSnapshot)]
    ///
    /// ```no_run
    /// # async fn example(cluster: atlas_export::Cluster) -> Result<(), atlas_export::Error> {
    /// let snapshots = cluster.snapshots();
    /// let begun = snapshots.take().description("before the move").retention_days(7).await?;
    /// let snapshot = snapshots.wait_until_completed(&begun.id).await?;
    /// assert!(snapshot.is_exportable());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config` for 0 days, or more than an int32 holds; `Ambiguous` where nobody can tell whether
    /// it is taken; `Api` where Atlas refuses.
    pub fn take(&self) -> TakeSnapshot {
        TakeSnapshot::new(self.cluster.clone())
    }

    /// Waits until a snapshot has been taken, by looking at it again and again.
    ///
    /// Await it for the completed snapshot, or read it as a stream of its progress.
    ///
    /// ```no_run
    /// # async fn example(snapshots: atlas_export::Snapshots, id: atlas_export::SnapshotId)
    /// #     -> Result<(), atlas_export::Error> {
    /// let snapshot = snapshots.wait_until_completed(&id).await?;
    /// assert!(snapshot.is_exportable());
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_until_completed(&self, id: &SnapshotId) -> Wait<Snapshot> {
        Wait::new(self.cluster.clone(), id.clone())
    }
}

async fn newest_exportable(snapshots: Snapshots) -> Result<Option<Snapshot>, Error> {
    let mut all = snapshots.list().consistent().by_item();
    let mut newest: Option<Snapshot> = None;
    let mut places = 0..;
    while let (Some(snapshot), Some(index)) = (all.next().await, places.next()) {
        let snapshot = snapshot?;
        let fields = needed::of_newest(&snapshot);
        let cluster = snapshots.cluster.name().ok();
        let snapshot = needed::of_list(snapshot, fields, LIST_SNAPSHOTS.id, cluster, index)?;
        let is_newer = |newest: &Snapshot| newest.created_at < snapshot.created_at;
        if snapshot.is_exportable() && newest.as_ref().is_none_or(is_newer) {
            newest = Some(snapshot);
        }
    }
    Ok(newest)
}
