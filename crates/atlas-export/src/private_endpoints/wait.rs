//! Waiting for a private endpoint that carries exports.

use atlas_export_api::{operations::GET_PRIVATE_ENDPOINT, types::PrivateEndpoint};
use atlas_export_types::{PrivateEndpointId, PrivateEndpointStatus};
use chrono::{DateTime, Utc};

use crate::{
    Project, needed,
    wait::{End, Looking, Sealed, Waitable},
};

impl Sealed for PrivateEndpoint {}

impl Waitable for PrivateEndpoint {
    type Id = PrivateEndpointId;
    type Place = Project;

    const NOUN: &'static str = "private endpoint";
    const UNFINISHED: &'static str = "is not active";

    fn look(project: &Project, id: &PrivateEndpointId) -> Looking<Self> {
        let look = project.private_endpoints().get(id).into_future();
        let operation = GET_PRIVATE_ENDPOINT.id;
        Box::pin(async move { needed::of_answer(look.await?, &["status"], operation) })
    }

    /// A status that is not known yet is no end.
    fn end(&self) -> Option<End> {
        match self.status {
            Some(PrivateEndpointStatus::Active) => Some(End::Success),
            Some(PrivateEndpointStatus::Failed) => Some(End::Failure),
            Some(PrivateEndpointStatus::Deleting) => Some(End::Cancellation),
            _ => None,
        }
    }

    fn id(&self) -> &PrivateEndpointId {
        &self.id
    }

    /// Atlas does not tell.
    fn began(&self) -> Option<DateTime<Utc>> {
        None
    }

    fn state(&self) -> Option<String> {
        self.status.as_ref().map(ToString::to_string)
    }

    fn reason(&self) -> Option<String> {
        self.error_message.clone()
    }
}
