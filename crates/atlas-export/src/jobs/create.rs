//! An export that is started, whether or not there is one.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use atlas_export_api::{
    calls,
    types::{CustomData, ExportJob, NewExportJob},
};
use atlas_export_types::{ExportBucketId, SnapshotId};

use crate::{Cluster, Error, request::call_options};

/// An export that is about to be started: await it. Made by
/// [`ExportJobs::create`](crate::ExportJobs::create).
///
/// ```no_run
/// # async fn example(
/// #     jobs: atlas_export::ExportJobs,
/// #     snapshot: atlas_export::SnapshotId,
/// #     bucket: atlas_export::ExportBucketId,
/// # ) -> Result<(), atlas_export::Error> {
/// let job = jobs.create(&snapshot, &bucket).custom_data("ticket", "OPS-7").await?;
/// println!("{} is {:?}", job.id, job.state);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is exported until it is awaited"]
pub struct CreateExportJob {
    cluster: Cluster,
    snapshot: SnapshotId,
    bucket: ExportBucketId,
    custom_data: Vec<CustomData>,
}

impl CreateExportJob {
    pub(super) fn new(cluster: Cluster, snapshot: SnapshotId, bucket: ExportBucketId) -> Self {
        Self {
            cluster,
            snapshot,
            bucket,
            custom_data: Vec::new(),
        }
    }

    /// Adds a pair that Atlas copies into the `.complete` file of the export.
    pub fn custom_data(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.custom_data
            .push(CustomData::new(key.into(), value.into()));
        self
    }

    call_options!(cluster);

    async fn run(self) -> Result<ExportJob, Error> {
        self.snapshot.well_formed()?;
        self.bucket.well_formed()?;
        let body = NewExportJob::new(self.bucket, self.snapshot).custom_data(self.custom_data);
        let create = |project_id, cluster_name| calls::CreateExportJob {
            project_id,
            cluster_name,
            body,
        };
        self.cluster.request(create).await
    }
}

impl IntoFuture for CreateExportJob {
    type Output = Result<ExportJob, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
