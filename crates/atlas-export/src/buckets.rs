//! Export buckets: which buckets Atlas may write to.

use atlas_export_api::types::{self, BucketName, ExportBucket};
use atlas_export_types::{ExportBucketId, RoleId};

use crate::{
    Error, List, Project,
    page::{Fetched, PageQuery},
    project::path_id,
};

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
    pub fn list(&self) -> List<ExportBucket> {
        let project = self.project.clone();
        List::new("listExportBuckets", move |query| {
            fetch(project.clone(), query)
        })
    }

    /// Grants Atlas a bucket.
    ///
    /// Not idempotent: the same bucket can be registered any number of times, each under an
    /// id of its own.
    ///
    /// # Errors
    /// `Ambiguous` where nobody can tell whether the bucket was registered; `Api` where Atlas
    /// refuses, for instance because the role may not write to the bucket.
    pub async fn create(&self, bucket: NewExportBucket) -> Result<ExportBucket, Error> {
        let project = self.project.path_id()?;
        let client = self.project.client();
        let options = client.options();
        client
            .call(|api| async move {
                api.create_export_bucket(project, options.envelope(), options.pretty(), &bucket.0)
                    .await
            })
            .await
    }

    /// One bucket. Only this tells the region of an AWS bucket.
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub async fn get(&self, id: &ExportBucketId) -> Result<ExportBucket, Error> {
        let (project, id) = (self.project.path_id()?, path_id(id)?);
        let client = self.project.client();
        let options = client.options();
        client
            .call(|api| async move { api.get_export_bucket(project, id, options.envelope()).await })
            .await
    }

    /// Takes the grant of a bucket back. The bucket and what was exported to it stay.
    ///
    /// # Errors
    /// `Api` where there is none, or where a backup schedule exports to it
    /// (`EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE`).
    pub async fn delete(&self, id: &ExportBucketId) -> Result<(), Error> {
        let (project, id) = (self.project.path_id()?, path_id(id)?);
        let client = self.project.client();
        let options = client.options();
        client
            .call(|api| async move {
                api.delete_export_bucket(project, id, options.envelope())
                    .await
            })
            .await
    }
}

async fn fetch(project: Project, query: PageQuery) -> Result<Fetched<ExportBucket>, Error> {
    let client = project.client();
    let options = client.options();
    let id = project.path_id()?;
    let (page, course) = client
        .counted(|api| async move {
            api.list_export_buckets(
                id,
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

/// A bucket to grant, and the role through which Atlas writes to it.
///
/// ```
/// use atlas_export::NewExportBucket;
///
/// let role = "12345678f901a234dbdb00ca".parse()?;
/// let bucket = NewExportBucket::aws("my-bucket", role)?;
///
/// let error = NewExportBucket::aws("x", "12345678f901a234dbdb00ca".parse()?).unwrap_err();
/// assert!(error.to_string().contains("3 to 63 characters"));
/// # let _ = bucket;
/// # Ok::<(), atlas_export::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NewExportBucket(types::NewExportBucket);

impl NewExportBucket {
    /// An S3 bucket.
    ///
    /// The role is Atlas's id of the cloud-provider access role, not its ARN.
    ///
    /// # Errors
    /// `Config` where the name is not 3 to 63 characters long (Atlas's bound), or a received
    /// role id is not 24 hexadecimal digits.
    pub fn aws(name: impl AsRef<str>, role: RoleId) -> Result<Self, Error> {
        path_id(&role)?;
        Ok(Self(types::NewExportBucket::Aws {
            bucket_name: bucket_name(name.as_ref())?,
            iam_role_id: role,
            require_private_networking: None,
        }))
    }
}

fn bucket_name(name: &str) -> Result<BucketName, Error> {
    name.parse().map_err(|_| {
        let length = name.chars().count();
        let start: String = name.chars().take(63).collect();
        Error::config(format!(
            "bucketName {start:?}{} cannot be right: the name of a bucket has 3 to 63 characters, \
             and this one has {length}",
            if length > 63 { "…" } else { "" }
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_bucket_has_3_to_63_characters() {
        let role = || "12345678f901a234dbdb00ca".parse().unwrap();
        for (length, fits) in [(2, false), (3, true), (63, true), (64, false)] {
            let result = NewExportBucket::aws("b".repeat(length), role());
            assert_eq!(result.is_ok(), fits, "{length}");
        }
    }

    #[test]
    fn a_received_role_id_that_is_none_is_refused() {
        let error = NewExportBucket::aws("bucket", RoleId::received("{ROLE}")).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
    }
}
