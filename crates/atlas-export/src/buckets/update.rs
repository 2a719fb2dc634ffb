//! A change of a bucket.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use atlas_export_api::{
    calls,
    operations::UPDATE_EXPORT_BUCKET,
    types::{ExportBucket, ExportBucketUpdate},
};
use atlas_export_types::ExportBucketId;

use crate::{Error, Project, request::call_options};

/// A change of a bucket that is about to be made: await it. Made by
/// [`ExportBuckets::update`](crate::ExportBuckets::update).
///
/// ```no_run
/// # async fn example(
/// #     buckets: atlas_export::ExportBuckets,
/// #     id: atlas_export::ExportBucketId,
/// # ) -> Result<(), atlas_export::Error> {
/// let bucket = buckets.update(&id).require_private_networking(true).await?;
/// assert_eq!(bucket.require_private_networking, Some(true));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateExportBucket {
    project: Project,
    id: ExportBucketId,
    require_private_networking: Option<bool>,
}

impl UpdateExportBucket {
    pub(super) fn new(project: Project, id: ExportBucketId) -> Self {
        Self {
            project,
            id,
            require_private_networking: None,
        }
    }

    /// Whether exports must go over private networking. AWS only.
    pub fn require_private_networking(mut self, require: bool) -> Self {
        self.require_private_networking = Some(require);
        self
    }

    call_options!(project);

    async fn run(self) -> Result<ExportBucket, Error> {
        let require_private_networking = self.require_private_networking.ok_or_else(|| {
            Error::config(
                "the update of an export bucket changes nothing: call require_private_networking",
            )
            .with_operation(UPDATE_EXPORT_BUCKET.id)
        })?;
        let update = |project_id| calls::UpdateExportBucket {
            project_id,
            export_bucket_id: self.id,
            body: ExportBucketUpdate::new(require_private_networking),
        };
        self.project.request(update).await
    }
}

impl IntoFuture for UpdateExportBucket {
    type Output = Result<ExportBucket, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
