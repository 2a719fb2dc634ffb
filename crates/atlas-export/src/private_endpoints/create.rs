//! A private endpoint that is about to be made.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use atlas_export_api::{
    calls,
    operations::CREATE_PRIVATE_ENDPOINT,
    types::{NewPrivateEndpoint, PrivateEndpoint},
};
use atlas_export_types::CloudProvider;

use crate::{Error, Project, redact::quoted, request::call_options};

/// A private endpoint that is about to be made: await it. Made by
/// [`PrivateEndpoints::create`](crate::PrivateEndpoints::create).
///
#[doc = atlas_export_api::operation_facts!(CreatePrivateEndpoint)]
///
/// ```no_run
/// # async fn example(project: atlas_export::Project) -> Result<(), atlas_export::Error> {
/// let endpoints = project.private_endpoints();
/// let begun = endpoints.create("US_EAST_1").from_region("EU_WEST_1").await?;
/// println!("{} is {:?}", begun.id, begun.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is made until it is awaited"]
pub struct CreatePrivateEndpoint {
    project: Project,
    region: String,
    vpc_region: Option<String>,
}

impl CreatePrivateEndpoint {
    pub(super) fn new(project: Project, region: String) -> Self {
        Self {
            project,
            region,
            vpc_region: None,
        }
    }

    /// The region of the network that the endpoint is in, in Atlas's words, where it is not that of
    /// the buckets.
    pub fn from_region(mut self, region: impl Into<String>) -> Self {
        self.vpc_region = Some(region.into());
        self
    }

    call_options!(project);

    async fn run(self) -> Result<PrivateEndpoint, Error> {
        let mut body = NewPrivateEndpoint::new(checked(self.region)?);
        body.cloud_provider = Some(CloudProvider::Aws);
        body.vpc_region_name = self.vpc_region.map(checked).transpose()?;
        let create = |project_id| calls::CreatePrivateEndpoint {
            project_id,
            cloud_provider: CloudProvider::Aws,
            body,
        };
        self.project.request(create).await
    }
}

/// Atlas's regions are words in capitals, with underscores; AWS's own have hyphens.
fn checked(region: String) -> Result<String, Error> {
    let may_stand = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    if !region.is_empty() && region.bytes().all(may_stand) {
        return Ok(region);
    }
    let theirs = region.replace('-', "_").to_ascii_uppercase();
    let example = if !theirs.is_empty() && theirs.bytes().all(may_stand) {
        theirs
    } else {
        "US_EAST_1".to_owned()
    };
    Err(Error::config(format!(
        "{} is not a region in Atlas's words, which are in capitals with underscores: give for \
         example {}",
        quoted(&region),
        quoted(&example)
    ))
    .with_operation(CREATE_PRIVATE_ENDPOINT.id))
}

impl IntoFuture for CreatePrivateEndpoint {
    type Output = Result<PrivateEndpoint, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
