//! Export buckets: which buckets Atlas may write to.

mod delete;
mod ensure;
mod name;
mod new;

use atlas_export_api::{
    PageQuery,
    calls::{self, CreateExportBucket, DeleteExportBucket, GetExportBucket, ListExportBuckets},
    types::{ExportBucket, ExportBucketUpdate},
};
use atlas_export_types::ExportBucketId;

use crate::{Error, List, Project};

pub use delete::{BucketUsers, DeleteBucketError, DeleteSafely, DeletedBucket};
pub use ensure::EnsureExportBucket;
pub use new::NewExportBucket;

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

    /// The project that the buckets belong to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The buckets of the project. The order is not by id.
    #[doc = atlas_export_api::operation_facts!(ListExportBuckets)]
    pub fn list(&self) -> List<ExportBucket> {
        let project = self.project.made_for_one();
        let call = ListExportBuckets {
            project_id: project.id().clone(),
            page: PageQuery::default(),
        };
        List::new(project.client(), call, |bucket| bucket.id.as_str())
    }

    /// Grants Atlas a bucket.
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
    pub async fn create(&self, bucket: NewExportBucket) -> Result<ExportBucket, Error> {
        let client = self.project.client();
        bucket.check(client.versions())?;
        let call = CreateExportBucket {
            project_id: self.project.id().clone(),
            body: bucket.0,
        };
        client.call(&call).await
    }

    /// Grants Atlas a bucket, unless it is granted already: same provider, name, role and
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
    /// of the list cannot be read, because it may be the one.
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

    /// Prepares a change of a bucket; [`UpdateExportBucket::send`] makes it. Version 2 only.
    #[doc = atlas_export_api::operation_facts!(UpdateExportBucket)]
    pub fn update<'a>(&'a self, id: &'a ExportBucketId) -> UpdateExportBucket<'a> {
        UpdateExportBucket {
            buckets: self,
            id,
            require_private_networking: None,
        }
    }

    /// One bucket. Only this tells the region of an AWS bucket.
    ///
    #[doc = atlas_export_api::operation_facts!(GetExportBucket)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub async fn get(&self, id: &ExportBucketId) -> Result<ExportBucket, Error> {
        let call = GetExportBucket {
            project_id: self.project.id().clone(),
            export_bucket_id: id.clone(),
        };
        self.project.client().call(&call).await
    }

    /// Takes the grant of a bucket back. The bucket and what was exported to it stay.
    ///
    #[doc = atlas_export_api::operation_facts!(DeleteExportBucket)]
    ///
    /// # Errors
    /// `Api` where there is none, or where a backup schedule exports to it
    /// (`EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE`): [`delete_safely`](Self::delete_safely)
    /// tells which.
    pub async fn delete(&self, id: &ExportBucketId) -> Result<(), Error> {
        let call = DeleteExportBucket {
            project_id: self.project.id().clone(),
            export_bucket_id: id.clone(),
        };
        self.project.client().call(&call).await
    }

    /// As [`delete`](Self::delete), but where schedules export to the bucket, the error names
    /// their clusters, and [`detach`](DeleteSafely::detach) switches those exports off first.
    ///
    /// ```no_run
    /// # async fn example(buckets: atlas_export::ExportBuckets, id: atlas_export::ExportBucketId) {
    /// use atlas_export::DeleteBucketError;
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
    pub async fn users(&self, id: &ExportBucketId) -> Result<BucketUsers, Error> {
        delete::users(self, id.well_formed()?).await
    }
}

/// A change of a bucket that is about to be made. Made by [`ExportBuckets::update`].
#[derive(Clone, Debug)]
#[must_use = "nothing is changed until it is sent"]
pub struct UpdateExportBucket<'a> {
    buckets: &'a ExportBuckets,
    id: &'a ExportBucketId,
    require_private_networking: Option<bool>,
}

impl UpdateExportBucket<'_> {
    /// Whether exports must go over private networking. AWS only.
    pub fn require_private_networking(mut self, require: bool) -> Self {
        self.require_private_networking = Some(require);
        self
    }

    /// Makes the change, and gives the bucket as it is then.
    ///
    /// # Errors
    /// `Config` where nothing is to change, or in version 1.0, which has no such call; `Api`
    /// where there is no such bucket, or it is not on AWS.
    pub async fn send(self) -> Result<ExportBucket, Error> {
        let Some(require_private_networking) = self.require_private_networking else {
            return Err(Error::config(
                "the update of an export bucket changes nothing: call require_private_networking",
            ));
        };
        let call = calls::UpdateExportBucket {
            project_id: self.buckets.project.id().clone(),
            export_bucket_id: self.id.clone(),
            body: ExportBucketUpdate::new(require_private_networking),
        };
        self.buckets.project.client().call(&call).await
    }
}
