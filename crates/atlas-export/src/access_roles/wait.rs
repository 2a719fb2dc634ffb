//! Waiting for a role that Atlas can use.

use atlas_export_api::{operations::GET_ACCESS_ROLE, types::AccessRole};
use atlas_export_types::{AccessRoleStatus, RoleId};
use chrono::{DateTime, Utc};

use crate::{
    Project, needed,
    wait::{End, Looking, Sealed, Waitable},
};

impl Sealed for AccessRole {}

impl Waitable for AccessRole {
    type Id = RoleId;
    type Place = Project;

    const NOUN: &'static str = "access role";
    const UNFINISHED: &'static str = "cannot be used";

    fn look(project: &Project, id: &RoleId) -> Looking<Self> {
        let look = project.access_roles().get(id).into_future();
        let fields = &["status", "iamAssumedRoleArn", "gcpServiceAccountForAtlas"];
        Box::pin(async move { needed::of_answer(look.await?, fields, GET_ACCESS_ROLE.id) })
    }

    /// A status that is not known yet is no end.
    fn end(&self) -> Option<End> {
        match self.status {
            _ if self.is_usable() => Some(End::Success),
            Some(AccessRoleStatus::Failed) => Some(End::Failure),
            _ => None,
        }
    }

    fn id(&self) -> &RoleId {
        &self.role_id
    }

    fn began(&self) -> Option<DateTime<Utc>> {
        self.created_date
    }

    /// Atlas has a status for Google Cloud alone.
    fn state(&self) -> Option<String> {
        match &self.status {
            Some(status) => Some(status.to_string()),
            None => Some("not authorized".to_owned()),
        }
    }
}
