//! A role of Azure that is about to be made.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use atlas_export_api::{
    calls::CreateAccessRole,
    operations::CREATE_ACCESS_ROLE,
    types::{AccessRole, NewAccessRole},
};

use super::is_uuid;
use crate::{Error, Project, redact::quoted, request::call_options};

/// A role of Azure that is about to be made: await it. Made by
/// [`AccessRoles::create_azure`](crate::AccessRoles::create_azure).
///
/// ```no_run
/// # async fn example(roles: atlas_export::AccessRoles) -> Result<(), atlas_export::Error> {
/// let (principal, tenant) = (
///     "4f2deb0d-be22-4524-a403-df531868bac0",
///     "4297fc77-1592-4de8-a6d5-a8c32401df87",
/// );
/// let role = roles
///     .create_azure(principal, tenant)
///     .application("9f2deb0d-be22-4524-a403-df531868bac0")
///     .await?;
/// println!("{}", role.role_id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "no role is made until it is awaited"]
pub struct CreateAzureRole {
    project: Project,
    principal: String,
    tenant: String,
    application: Option<String>,
}

impl CreateAzureRole {
    pub(super) fn new(project: Project, principal: String, tenant: String) -> Self {
        Self {
            project,
            principal,
            tenant,
            application: None,
        }
    }

    /// The application by which Azure knows Atlas, a UUID. Atlas finds it by itself where it is left
    /// out.
    pub fn application(mut self, id: impl Into<String>) -> Self {
        self.application = Some(id.into());
        self
    }

    call_options!(project);

    async fn run(self) -> Result<AccessRole, Error> {
        let body = NewAccessRole::Azure {
            service_principal_id: uuid("the id of a service principal", self.principal)?,
            tenant_id: uuid("the id of a tenant", self.tenant)?,
            atlas_azure_app_id: self
                .application
                .map(|id| uuid("the id of an application", id))
                .transpose()?,
        };
        let create = |project_id| CreateAccessRole { project_id, body };
        self.project.request(create).await
    }
}

fn uuid(what: &str, given: String) -> Result<String, Error> {
    if is_uuid(&given) {
        return Ok(given);
    }
    Err(Error::config(format!(
        "{} is not {what}: give a UUID, such as 4f2deb0d-be22-4524-a403-df531868bac0",
        quoted(&given)
    ))
    .with_operation(CREATE_ACCESS_ROLE.id))
}

impl IntoFuture for CreateAzureRole {
    type Output = Result<AccessRole, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
