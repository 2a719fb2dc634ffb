//! Export jobs: runs that each copy one snapshot to one bucket.

mod create;
mod ensure;
mod wait;

use atlas_export_api::{
    PageQuery,
    calls::{GetExportJob, ListExportJobs},
    types::ExportJob,
};
use atlas_export_types::{ExportBucketId, ExportJobId, SnapshotId};

use crate::{Client, Cluster, Request, list::List, wait::Wait};

pub use atlas_export_api::JobReason;
pub use create::CreateExportJob;
pub use ensure::EnsureExportJob;

/// The export jobs of a cluster.
///
/// ```no_run
/// # async fn example(
/// #     cluster: atlas_export::Cluster,
/// #     snapshot: atlas_export::models::Snapshot,
/// #     bucket: atlas_export::models::ExportBucket,
/// # ) -> Result<(), atlas_export::Error> {
/// let jobs = cluster.export_jobs();
/// let job = jobs
///     .create(&snapshot.id, &bucket.id)
///     .custom_data("ticket", "OPS-7")
///     .await?;
/// let done = jobs.wait_until_finished(&job.id).await?;
/// println!("exported to {:?}", done.prefix);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ExportJobs {
    cluster: Cluster,
}

impl ExportJobs {
    pub(crate) fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// The same handle, with the client that becomes of its own.
    pub(crate) fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        Self::new(self.cluster.map_client(change))
    }

    /// The cluster that the jobs belong to.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The jobs of the cluster, finished ones included.
    #[doc = atlas_export_api::operation_facts!(ListExportJobs)]
    pub fn list(&self) -> List<ExportJob> {
        let cluster = self.cluster.made_for_one();
        let call = cluster.call(|project_id, cluster_name| ListExportJobs {
            project_id,
            cluster_name,
            page: PageQuery::default(),
        });
        List::new(cluster.client(), call, |job| job.id.as_str())
    }

    /// One job.
    ///
    #[doc = atlas_export_api::operation_facts!(GetExportJob)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`](crate::Error::is_not_found)) where there is none.
    pub fn get(&self, id: &ExportJobId) -> Request<ExportJob> {
        self.cluster
            .request(|project_id, cluster_name| GetExportJob {
                project_id,
                cluster_name,
                export_job_id: id.clone(),
            })
    }

    /// Exports a snapshot to a bucket, once: await what comes back. The job is, as a rule, queued.
    ///
    #[doc = atlas_export_api::operation_facts!(CreateExportJob)]
    ///
    /// # Errors
    /// `Ambiguous` where nobody can tell whether it was started; `Api` where Atlas refuses,
    /// for instance because the snapshot is being exported already.
    pub fn create(&self, snapshot: &SnapshotId, bucket: &ExportBucketId) -> CreateExportJob {
        CreateExportJob::new(self.cluster.clone(), snapshot.clone(), bucket.clone())
    }

    /// Exports a snapshot to a bucket, unless it is exported already or just being exported.
    ///
    /// It reads the whole list, twice where that has several pages ([`List::consistent`]).
    ///
    /// This is safe to repeat, and it resolves what [`create`](Self::create) cannot: where
    /// the answer is lost, it looks, waits, looks again, and only then starts the export once
    /// more. It cannot know of an effect that shows later than
    /// [`settle`](EnsureExportJob::settle).
    ///
    /// # Errors
    /// Those of [`create`](Self::create) and [`list`](Self::list); `Decode` too where a job of
    /// the list is undecodable, because it may be the one.
    ///
    /// ```no_run
    /// # async fn example(
    /// #     jobs: atlas_export::ExportJobs,
    /// #     snapshot: atlas_export::SnapshotId,
    /// #     bucket: atlas_export::ExportBucketId,
    /// # ) -> Result<(), atlas_export::Error> {
    /// use atlas_export::Ensured;
    ///
    /// let ensured = jobs.ensure(&snapshot, &bucket).custom_data("ticket", "OPS-7").await?;
    /// if let Ensured::Existing(job) = &ensured {
    ///     println!("{} does it already; it differs in {:?}", job.id, job.differences);
    /// }
    /// jobs.wait_until_finished(&ensured.get().id).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn ensure(&self, snapshot: &SnapshotId, bucket: &ExportBucketId) -> EnsureExportJob {
        EnsureExportJob::new(self.clone(), snapshot.clone(), bucket.clone())
    }

    /// Waits until a job has ended, by looking at it again and again.
    /// Await it for the job as it ended, or read it as a stream of its progress.
    ///
    /// ```no_run
    /// # async fn example(jobs: atlas_export::ExportJobs, id: atlas_export::ExportJobId)
    /// #     -> Result<(), atlas_export::Error> {
    /// let done = jobs.wait_until_finished(&id).await?;
    /// println!("exported to {:?}", done.prefix);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_until_finished(&self, id: &ExportJobId) -> Wait<ExportJob> {
        Wait::new(self.cluster.clone(), id.clone())
    }
}
