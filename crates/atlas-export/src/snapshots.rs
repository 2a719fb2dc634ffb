//! Snapshots: what there is to export.

use atlas_export_api::types::Snapshot;
use atlas_export_types::{SnapshotId, SnapshotStatus, SnapshotType};
use futures_util::TryStreamExt as _;

use crate::{
    Cluster, Error, List,
    page::{Fetched, PageQuery},
    project::path_id,
};

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
    pub fn list(&self) -> List<Snapshot> {
        let cluster = self.cluster.clone();
        List::new("listSnapshots", move |query| fetch(cluster.clone(), query))
    }

    /// One snapshot.
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub async fn get(&self, id: &SnapshotId) -> Result<Snapshot, Error> {
        let (project, id) = (self.cluster.project().path_id()?, path_id(id)?);
        let client = self.cluster.project().client();
        let options = client.options();
        client
            .call(|api| async move {
                api.get_snapshot(
                    project,
                    self.cluster.name(),
                    id,
                    options.envelope(),
                    options.pretty(),
                )
                .await
            })
            .await
    }

    /// The newest snapshot that can be exported: completed, and no fallback. Reads the whole
    /// list, because nothing is promised about its order.
    ///
    /// # Errors
    /// Those of [`list`](Self::list); `Decode` too where one snapshot of the list cannot be read,
    /// because it may be the newest. [`list`](Self::list) gives the others.
    pub async fn newest_exportable(&self) -> Result<Option<Snapshot>, Error> {
        let mut all = self.list().by_item();
        let mut newest: Option<Snapshot> = None;
        while let Some(snapshot) = all.try_next().await? {
            let is_newer = |newest: &Snapshot| newest.created_at < snapshot.created_at;
            if is_exportable(&snapshot) && newest.as_ref().is_none_or(is_newer) {
                newest = Some(snapshot);
            }
        }
        Ok(newest)
    }
}

fn is_exportable(snapshot: &Snapshot) -> bool {
    snapshot.status == Some(SnapshotStatus::Completed)
        && snapshot.snapshot_type != Some(SnapshotType::Fallback)
        && snapshot.id.is_well_formed()
}

async fn fetch(cluster: Cluster, query: PageQuery) -> Result<Fetched<Snapshot>, Error> {
    let client = cluster.project().client();
    let options = client.options();
    let (project, name) = (cluster.project().path_id()?, cluster.name());
    let (page, course) = client
        .counted(|api| async move {
            api.list_snapshots(
                project,
                name,
                options.envelope(),
                query.include_count,
                query.size.as_ref(),
                query.number(),
                options.pretty(),
            )
            .await
        })
        .await?;
    Ok(Fetched {
        results: page.results,
        links: page.links,
        total_count: page.total_count,
        course,
    })
}
