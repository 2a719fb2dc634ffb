//! Snapshots: what there is to export.

mod delete;
mod retention;
mod take;
mod wait;

use atlas_export_api::{
    PageQuery,
    calls::{
        DeleteShardedSnapshot, DeleteSnapshot as DeleteCall, GetShardedSnapshot, GetSnapshot,
        ListShardedSnapshots, ListSnapshots, UpdateSnapshot,
    },
    operations::LIST_SNAPSHOTS,
    types::{ShardedSnapshot, Snapshot},
};
use atlas_export_types::SnapshotId;

use crate::{
    Client, Cluster, Error, Request,
    list::{List, Listing},
    needed,
    wait::Wait,
};

pub use delete::{DeleteSnapshot, DeleteSnapshotError};
pub use retention::Retention;
pub use take::TakeSnapshot;

/// What `type` says of a snapshot of a whole sharded cluster.
const SHARDED: &str = "shardedCluster";

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
    pub fn list_sharded(&self) -> Request<Listing<ShardedSnapshot>> {
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
    pub fn get_sharded(&self, id: &SnapshotId) -> Request<ShardedSnapshot> {
        let get = |project_id, cluster_name| GetShardedSnapshot {
            project_id,
            cluster_name,
            snapshot_id: id.clone(),
        };
        self.cluster.request(get)
    }

    /// Moves the expiry of a snapshot: sets for how long it is kept. From when Atlas counts is
    /// unconfirmed; look at `expires_at` of the answer. [`Retention`] has an example.
    ///
    #[doc = atlas_export_api::operation_facts!(UpdateSnapshot)]
    ///
    /// # Errors
    /// `Config` for a retention of 0, or more than an int32 holds, and in version 1.0; `Api` where
    /// Atlas refuses.
    pub fn set_retention(&self, id: &SnapshotId, retention: Retention) -> Request<Snapshot> {
        let (cluster, snapshot_id) = (self.cluster.clone(), id.clone());
        Request::new(self.cluster.client(), move |client| async move {
            let body = retention.body()?;
            let update = |project_id, cluster_name| UpdateSnapshot {
                project_id,
                cluster_name,
                snapshot_id,
                body,
            };
            cluster.map_client(|_| client).request(update).await
        })
    }

    /// Deletes a snapshot, with its parts where the cluster is sharded, unless it is being exported:
    /// looks at the snapshot and at the whole list of export jobs first. An export that begins in
    /// between is not seen.
    ///
    /// ```no_run
    /// # async fn example(snapshots: atlas_export::Snapshots, id: atlas_export::SnapshotId)
    /// #     -> Result<(), atlas_export::Error> {
    /// use atlas_export::snapshots::DeleteSnapshotError;
    ///
    /// match snapshots.delete(&id).await {
    ///     Ok(()) => println!("deleted"),
    ///     Err(DeleteSnapshotError::Exporting { jobs, .. }) => println!("{jobs:?} export it"),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Exporting` where a job of it has not ended; `Delete` where the snapshot or the jobs cannot
    /// be looked at, where a job is undecodable, because it may export the snapshot, and where Atlas
    /// refuses.
    pub fn delete(&self, id: &SnapshotId) -> DeleteSnapshot {
        DeleteSnapshot::new(self.clone(), id.clone())
    }

    /// Deletes a snapshot of a replica set without a look at what exports it.
    ///
    #[doc = atlas_export_api::operation_facts!(DeleteSnapshot)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none; `Config` in version 1.0.
    pub fn delete_unchecked(&self, id: &SnapshotId) -> Request<()> {
        self.cluster.request(|project_id, cluster_name| DeleteCall {
            project_id,
            cluster_name,
            snapshot_id: id.clone(),
        })
    }

    /// Deletes a snapshot of a sharded cluster, with its parts, without a look at what exports it.
    ///
    #[doc = atlas_export_api::operation_facts!(DeleteShardedSnapshot)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none; `Config` in version 1.0.
    pub fn delete_sharded_unchecked(&self, id: &SnapshotId) -> Request<()> {
        let delete = |project_id, cluster_name| DeleteShardedSnapshot {
            project_id,
            cluster_name,
            snapshot_id: id.clone(),
        };
        self.cluster.request(delete)
    }

    /// The newest snapshot that can be exported: completed, and no fallback. Of a sharded cluster it
    /// is one of the whole, never that of a shard: as soon as the list has a snapshot of a sharded
    /// cluster, all others are passed over. Reads the whole
    /// list, because nothing is promised about its order, and a list of several pages twice, so
    /// that none slips past ([`List::consistent`]).
    ///
    /// # Errors
    /// Those of [`list`](Self::list); `Decode` too where one snapshot of the list is undecodable,
    /// or it can be exported for all that is known and its `status`, `snapshotType`, `type` or
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

/// Whether it is a snapshot of a whole sharded cluster.
fn is_of_shards(snapshot: &Snapshot) -> bool {
    snapshot.type_.as_deref() == Some(SHARDED)
}

async fn newest_exportable(snapshots: Snapshots) -> Result<Option<Snapshot>, Error> {
    let mut all = snapshots.list().consistent().by_item();
    let mut newest: Option<Snapshot> = None;
    let mut only_of_shards = false;
    let mut places = 0..;
    while let (Some(snapshot), Some(index)) = (all.next().await, places.next()) {
        let snapshot = snapshot?;
        let fields = needed::of_newest(&snapshot);
        let cluster = snapshots.cluster.name().ok();
        let snapshot = needed::of_list(snapshot, fields, LIST_SNAPSHOTS.id, cluster, index)?;
        let is_of_shards = is_of_shards(&snapshot);
        if is_of_shards && !only_of_shards {
            // What was found so far may be a part.
            only_of_shards = true;
            newest = None;
        }
        let is_newer = |newest: &Snapshot| newest.created_at < snapshot.created_at;
        if snapshot.is_exportable()
            && (is_of_shards || !only_of_shards)
            && newest.as_ref().is_none_or(is_newer)
        {
            newest = Some(snapshot);
        }
    }
    Ok(newest)
}
