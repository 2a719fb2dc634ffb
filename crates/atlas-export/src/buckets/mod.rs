//! Export buckets: which buckets Atlas may write to.

mod configured;
mod delete;
mod ensure;
mod name;
mod new;
mod update;

use atlas_export_api::{
    PageQuery,
    calls::{CreateExportBucket, DeleteExportBucket, GetExportBucket, ListExportBuckets},
    types::{BucketName, ExportBucket},
};
use atlas_export_types::ExportBucketId;

use crate::{Client, Error, Project, Request, list::List};

pub use atlas_export_api::BucketTarget;
pub use delete::{BucketUsers, DeleteBucketError, DeleteSafely, DeletedBucket};
pub use ensure::EnsureExportBucket;
pub use new::NewExportBucket;
pub use update::UpdateExportBucket;

/// The name of a bucket of S3, if it can be one.
pub(crate) fn bucket_on_aws(name: &str) -> Result<BucketName, Error> {
    name::check(name, name::Cloud::Aws)
}

/// The export buckets of a project.
///
/// ```no_run
/// # async fn example(project: atlas_export::Project) -> Result<(), atlas_export::Error> {
/// use atlas_export::NewExportBucket;
///
/// let buckets = project.export_buckets();
/// let role = "12345678f901a234dbdb00ca".parse()?;
/// let bucket = buckets.create(NewExportBucket::aws("my-bucket", role)?).await?;
/// println!("{} is {:?}", bucket.id, bucket.bucket_name);
/// buckets.delete(&bucket.id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ExportBuckets {
    project: Project,
}

impl ExportBuckets {
    pub(crate) fn new(project: Project) -> Self {
        Self { project }
    }

    /// The same handle, with the client that becomes of its own.
    pub(crate) fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        Self::new(self.project.map_client(change))
    }

    /// The project that the buckets belong to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The buckets of the project. The order is not by id.
    #[doc = atlas_export_api::operation_facts!(ListExportBuckets)]
    pub fn list(&self) -> List<ExportBucket> {
        let project = self.project.made_for_one();
        let call = project.call(|project_id| ListExportBuckets {
            project_id,
            page: PageQuery::default(),
        });
        List::new(project.client(), call, |bucket| bucket.id.as_str())
    }

    /// Registers a bucket, so that Atlas may export to it.
    ///
    /// Not idempotent: the same bucket can be registered any number of times, each under an
    /// id of its own.
    ///
    #[doc = atlas_export_api::operation_facts!(CreateExportBucket)]
    ///
    /// # Errors
    /// `Ambiguous` where nobody can tell whether the bucket was registered; `Api` where Atlas
    /// refuses, for instance because the role may not write to the bucket; `Config` where the
    /// API version that the client speaks does not know such a bucket.
    pub fn create(&self, bucket: NewExportBucket) -> Request<ExportBucket> {
        let project = self.project.clone();
        Request::new(self.project.client(), move |client| async move {
            let project = project.map_client(|_| client);
            bucket.check(project.client().versions())?;
            let create = |project_id| CreateExportBucket {
                project_id,
                body: bucket.0,
            };
            project.request(create).await
        })
    }

    /// Registers a bucket, unless it is registered already: same provider, name, role and
    /// service URL. Of several the oldest is chosen.
    ///
    /// It reads the whole list, twice where that has several pages ([`List::consistent`]).
    ///
    /// This is safe to repeat, and it resolves what [`create`](Self::create) cannot: where
    /// the answer to the registration is lost, it looks, waits, looks again, and only then
    /// registers once more. It cannot know of an effect that shows later than
    /// [`settle`](EnsureExportBucket::settle), or of another process that registers the same
    /// bucket at the same moment.
    ///
    /// # Errors
    /// Those of [`create`](Self::create) and [`list`](Self::list); `Decode` too where a bucket
    /// of the list is undecodable, because it may be the one.
    ///
    /// ```no_run
    /// # async fn example(buckets: atlas_export::ExportBuckets) -> Result<(), atlas_export::Error> {
    /// use atlas_export::NewExportBucket;
    ///
    /// let role = "12345678f901a234dbdb00ca".parse()?;
    /// let ensured = buckets.ensure(NewExportBucket::aws("my-bucket", role)?).await?;
    /// println!("{}, created now: {}", ensured.get().id, ensured.is_created());
    /// # Ok(())
    /// # }
    /// ```
    pub fn ensure(&self, bucket: NewExportBucket) -> EnsureExportBucket {
        EnsureExportBucket::new(self.clone(), bucket)
    }

    /// Changes a bucket: await what comes back, for the bucket as it is then. Version 2 only.
    ///
    #[doc = atlas_export_api::operation_facts!(UpdateExportBucket)]
    ///
    /// # Errors
    /// `Config` where nothing is to change, or in version 1.0, which has no such call; `Api`
    /// where there is no such bucket, or it is not on AWS.
    pub fn update(&self, id: &ExportBucketId) -> UpdateExportBucket {
        UpdateExportBucket::new(self.project.clone(), id.clone())
    }

    /// One bucket. Only this tells the region of an AWS bucket.
    ///
    #[doc = atlas_export_api::operation_facts!(GetExportBucket)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`](crate::Error::is_not_found)) where there is none.
    pub fn get(&self, id: &ExportBucketId) -> Request<ExportBucket> {
        self.project.request(|project_id| GetExportBucket {
            project_id,
            export_bucket_id: id.clone(),
        })
    }

    /// Unregisters a bucket. The bucket itself and what was exported to it stay.
    ///
    #[doc = atlas_export_api::operation_facts!(DeleteExportBucket)]
    ///
    /// # Errors
    /// `Api` where there is none, or where a backup schedule exports to it
    /// (`EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE`): [`delete_safely`](Self::delete_safely)
    /// tells which.
    pub fn delete(&self, id: &ExportBucketId) -> Request<()> {
        self.project.request(|project_id| DeleteExportBucket {
            project_id,
            export_bucket_id: id.clone(),
        })
    }

    /// As [`delete`](Self::delete), but where schedules export to the bucket, the error names
    /// their clusters, and [`detach`](DeleteSafely::detach) switches those exports off first.
    ///
    /// ```no_run
    /// # async fn example(buckets: atlas_export::ExportBuckets, id: atlas_export::ExportBucketId) {
    /// use atlas_export::buckets::DeleteBucketError;
    ///
    /// match buckets.delete_safely(&id).await {
    ///     Ok(_) => println!("deleted"),
    ///     Err(DeleteBucketError::InUse { users, .. }) => println!("{:?}", users.clusters),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # }
    /// ```
    pub fn delete_safely(&self, id: &ExportBucketId) -> DeleteSafely {
        DeleteSafely::new(self.clone(), id.clone())
    }

    /// The clusters of the project whose backup schedules export to a bucket. Reads the list
    /// of clusters, and the schedule of each that can have one.
    ///
    /// # Errors
    /// Where the list of clusters cannot be read.
    pub fn users(&self, id: &ExportBucketId) -> Request<BucketUsers> {
        let (this, id) = (self.clone(), id.clone());
        Request::new(self.project.client(), move |client| {
            delete::users(this.map_client(|_| client), id)
        })
    }
}
