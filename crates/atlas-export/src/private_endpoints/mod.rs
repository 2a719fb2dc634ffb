//! Private endpoints: ways from Atlas to buckets that do not leave the cloud's network.

mod create;
mod wait;

use atlas_export_api::{
    PageQuery,
    calls::{DeletePrivateEndpoint, GetPrivateEndpoint, ListPrivateEndpoints},
    types::PrivateEndpoint,
};
use atlas_export_types::{CloudProvider, PrivateEndpointId};

use crate::{Project, Request, list::List, wait::Wait};

pub use create::CreatePrivateEndpoint;

/// The private endpoints of a project for object storage on AWS. Version 2 only.
///
/// Where a bucket has `require_private_networking`, exports to it go through an active endpoint of
/// the bucket's region, or not at all:
///
/// ```no_run
/// # async fn example(project: atlas_export::Project, bucket: atlas_export::ExportBucketId)
/// #     -> Result<(), atlas_export::Error> {
/// let endpoints = project.private_endpoints();
/// let begun = endpoints.create("US_EAST_1").await?;
/// let endpoint = endpoints.wait_until_active(&begun.id).await?;
/// println!("{} carries exports to {:?}", endpoint.id, endpoint.region_name);
/// project.export_buckets().update(&bucket).require_private_networking(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PrivateEndpoints {
    project: Project,
}

impl PrivateEndpoints {
    pub(crate) fn new(project: Project) -> Self {
        Self { project }
    }

    /// The project that the endpoints belong to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The endpoints of the project. [`PrivateEndpoint::missing`] tells what one lacks.
    #[doc = atlas_export_api::operation_facts!(ListPrivateEndpoints)]
    pub fn list(&self) -> List<PrivateEndpoint> {
        let project = self.project.made_for_one();
        let call = project.call(|project_id| ListPrivateEndpoints {
            project_id,
            cloud_provider: CloudProvider::Aws,
            page: PageQuery::default(),
        });
        List::new(project.client(), call, |endpoint| endpoint.id.as_str())
    }

    /// One endpoint.
    ///
    #[doc = atlas_export_api::operation_facts!(GetPrivateEndpoint)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`](crate::Error::is_not_found)) where there is
    /// none.
    pub fn get(&self, id: &PrivateEndpointId) -> Request<PrivateEndpoint> {
        self.project.request(|project_id| GetPrivateEndpoint {
            project_id,
            cloud_provider: CloudProvider::Aws,
            private_endpoint_id: id.clone(),
        })
    }

    /// Has Atlas make an endpoint for the buckets of a region, in Atlas's words such as `US_EAST_1`:
    /// await what comes back. It is of no use until it is active.
    ///
    /// # Errors
    /// `Config` where it is not the name of a region in Atlas's words; `Ambiguous` where nobody can
    /// tell whether it is being made, which a look at [`list`](Self::list) tells; `Api` where Atlas
    /// refuses.
    pub fn create(&self, region: impl Into<String>) -> CreatePrivateEndpoint {
        CreatePrivateEndpoint::new(self.project.clone(), region.into())
    }

    /// Deletes an endpoint. Exports to buckets that require private networking fail without one.
    ///
    #[doc = atlas_export_api::operation_facts!(DeletePrivateEndpoint)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`](crate::Error::is_not_found)) where there is
    /// none.
    pub fn delete(&self, id: &PrivateEndpointId) -> Request<()> {
        self.project.request(|project_id| DeletePrivateEndpoint {
            project_id,
            cloud_provider: CloudProvider::Aws,
            private_endpoint_id: id.clone(),
        })
    }

    /// Waits until an endpoint is active. One that is being deleted, or failed, ends the wait.
    pub fn wait_until_active(&self, id: &PrivateEndpointId) -> Wait<PrivateEndpoint> {
        Wait::new(self.project.clone(), id.clone())
    }
}
