//! Export jobs: runs that each copy one snapshot to one bucket.

mod ensure;

use atlas_export_api::{
    PageQuery,
    calls::{self, GetExportJob, ListExportJobs},
    types::{CustomData, ExportJob, NewExportJob},
};
use atlas_export_types::{ExportBucketId, ExportJobId, SnapshotId};

use crate::{Cluster, Error, List, WaitUntilFinished};

pub use ensure::EnsureExportJob;

/// The export jobs of a cluster.
///
/// ```no_run
/// # async fn example(
/// #     cluster: atlas_export::Cluster,
/// #     snapshot: atlas_export::models::Snapshot,
/// #     bucket: atlas_export::models::ExportBucket,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let jobs = cluster.export_jobs();
/// let job = jobs
///     .create(&snapshot.id, &bucket.id)
///     .custom_data("ticket", "OPS-7")
///     .send()
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

    /// The cluster that the jobs belong to.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The jobs of the cluster, finished ones included.
    #[doc = atlas_export_api::operation_facts!(ListExportJobs)]
    pub fn list(&self) -> List<ExportJob> {
        let cluster = self.cluster.made_for_one();
        let call = ListExportJobs {
            project_id: cluster.project().id().clone(),
            cluster_name: cluster.name().clone(),
            page: PageQuery::default(),
        };
        List::new(cluster.project().client(), call, |job| job.id.as_str())
    }

    /// One job.
    ///
    #[doc = atlas_export_api::operation_facts!(GetExportJob)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub async fn get(&self, id: &ExportJobId) -> Result<ExportJob, Error> {
        let project = self.cluster.project();
        let call = GetExportJob {
            project_id: project.id().clone(),
            cluster_name: self.cluster.name().clone(),
            export_job_id: id.clone(),
        };
        project.client().call(&call).await
    }

    /// Prepares the export of a snapshot to a bucket; [`CreateExportJob::send`] starts it.
    #[doc = atlas_export_api::operation_facts!(CreateExportJob)]
    pub fn create<'a>(
        &'a self,
        snapshot: &'a SnapshotId,
        bucket: &'a ExportBucketId,
    ) -> CreateExportJob<'a> {
        CreateExportJob {
            jobs: self,
            snapshot,
            bucket,
            custom_data: Vec::new(),
        }
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
    /// Those of [`CreateExportJob::send`] and [`list`](Self::list); `Decode` too where a job of
    /// the list cannot be read, because it may be the one.
    ///
    /// ```no_run
    /// # async fn example(
    /// #     jobs: atlas_export::ExportJobs,
    /// #     snapshot: atlas_export::SnapshotId,
    /// #     bucket: atlas_export::ExportBucketId,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
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
    pub fn wait_until_finished(&self, id: &ExportJobId) -> WaitUntilFinished {
        WaitUntilFinished::new(self.clone(), id.clone())
    }
}

/// An export that is about to be started. Made by [`ExportJobs::create`].
#[derive(Clone, Debug)]
#[must_use = "nothing is exported until it is sent"]
pub struct CreateExportJob<'a> {
    jobs: &'a ExportJobs,
    snapshot: &'a SnapshotId,
    bucket: &'a ExportBucketId,
    custom_data: Vec<CustomData>,
}

impl CreateExportJob<'_> {
    /// Adds a pair that Atlas copies into the `.complete` file of the export.
    pub fn custom_data(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.custom_data
            .push(CustomData::new(key.into(), value.into()));
        self
    }

    /// Starts the export. The job that comes back is, as a rule, queued.
    ///
    /// # Errors
    /// `Ambiguous` where nobody can tell whether it was started; `Api` where Atlas refuses,
    /// for instance because the snapshot is being exported already.
    pub async fn send(self) -> Result<ExportJob, Error> {
        let cluster = self.jobs.cluster();
        let (snapshot, bucket) = (self.snapshot.well_formed()?, self.bucket.well_formed()?);
        let body =
            NewExportJob::new(bucket.clone(), snapshot.clone()).custom_data(self.custom_data);
        let call = calls::CreateExportJob {
            project_id: cluster.project().id().clone(),
            cluster_name: cluster.name().clone(),
            body,
        };
        cluster.project().client().call(&call).await
    }
}
