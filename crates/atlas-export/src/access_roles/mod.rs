//! Cloud-provider access roles: where the role id of a bucket comes from.

mod azure;
mod find;
mod set_up;
mod wait;

use atlas_export_api::{
    calls::{
        AuthorizeAccessRole, CreateAccessRole, DeauthorizeAccessRole, GetAccessRole,
        ListAccessRoles,
    },
    operations::{AUTHORIZE_ACCESS_ROLE, DEAUTHORIZE_ACCESS_ROLE},
    types::{self, AccessRole, AccessRoleAuthorization, NewAccessRole},
};
use atlas_export_types::{CloudProvider, RoleId};

use crate::{
    Client, Error, Project, Request,
    redact::{holds_a_uuid, quoted},
    wait::Wait,
};

pub use azure::CreateAzureRole;
pub use set_up::{AwsSetup, SetUpAws};

/// The roles through which Atlas reaches the clouds of a project's owner.
///
/// AWS knows a role by its ARN, Atlas by an id of its own, and a bucket wants the latter:
///
/// ```no_run
/// # async fn example(project: atlas_export::Project) -> Result<(), Box<dyn std::error::Error>> {
/// use atlas_export::NewExportBucket;
///
/// let roles = project.access_roles();
/// let role = roles
///     .find_aws("arn:aws:iam::123456789012:role/atlas-export")
///     .await?
///     .ok_or("Atlas has not been granted this role")?;
/// let bucket = NewExportBucket::aws("my-bucket", role.role_id)?;
/// # let _ = bucket;
/// # Ok(())
/// # }
/// ```
///
/// Where there is no role yet, [`set_up_aws`](Self::set_up_aws) leads through the making of one.
#[derive(Clone, Debug)]
pub struct AccessRoles {
    project: Project,
}

impl AccessRoles {
    pub(crate) fn new(project: Project) -> Self {
        Self { project }
    }

    /// The same handle, with the client that becomes of its own.
    pub(crate) fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        Self::new(self.project.map_client(change))
    }

    /// The project that the roles belong to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// All roles of the project, by cloud. A role of AWS whose ARN is `None` has been
    /// authorized by nobody yet, and cannot be used.
    ///
    #[doc = atlas_export_api::operation_facts!(ListAccessRoles)]
    ///
    /// # Errors
    /// `Api` where the key lacks the role Project Read Only.
    pub fn list(&self) -> Request<types::AccessRoleList> {
        self.project
            .request(|project_id| ListAccessRoles { project_id })
    }

    /// One role.
    ///
    #[doc = atlas_export_api::operation_facts!(GetAccessRole)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none.
    pub fn get(&self, id: &RoleId) -> Request<AccessRole> {
        self.project.request(|project_id| GetAccessRole {
            project_id,
            role_id: id.clone(),
        })
    }

    /// Leads from nothing to a role of AWS that Atlas can use: begins the role in Atlas, says what
    /// has to be made in AWS, and authorizes it. See [`SetUpAws`].
    pub fn set_up_aws(&self) -> SetUpAws {
        SetUpAws::new(self.clone())
    }

    /// Begins a role of AWS. It is of no use until it is [authorized](Self::authorize);
    /// [`set_up_aws`](Self::set_up_aws) says what comes in between.
    ///
    /// Not idempotent: each call begins another role.
    ///
    #[doc = atlas_export_api::operation_facts!(CreateAccessRole)]
    ///
    /// # Errors
    /// `Ambiguous` where nobody can tell whether it was begun, which a look at
    /// [`list`](Self::list) tells; `Api` where Atlas refuses; `Config` in version 1.0.
    pub fn create_aws(&self) -> Request<AccessRole> {
        self.create(NewAccessRole::Aws)
    }

    /// A role of Azure, of a service principal that is there, by its object id and its tenant, both
    /// UUIDs: await what comes back.
    ///
    /// ```no_run
    /// # async fn example(roles: atlas_export::AccessRoles) -> Result<(), atlas_export::Error> {
    /// let role = roles
    ///     .create_azure(
    ///         "4f2deb0d-be22-4524-a403-df531868bac0",
    ///         "4297fc77-1592-4de8-a6d5-a8c32401df87",
    ///     )
    ///     .await?;
    /// assert!(role.is_usable());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config` where one of them is not a UUID; else as [`create_aws`](Self::create_aws).
    pub fn create_azure(
        &self,
        service_principal_id: impl Into<String>,
        tenant_id: impl Into<String>,
    ) -> CreateAzureRole {
        CreateAzureRole::new(
            self.project.clone(),
            service_principal_id.into(),
            tenant_id.into(),
        )
    }

    /// Has Atlas make a service account of Google Cloud. The first of a project may take a while:
    /// the answer says `IN_PROGRESS` then, and [`wait_until_usable`](Self::wait_until_usable) waits
    /// for the account.
    ///
    /// ```no_run
    /// # async fn example(roles: atlas_export::AccessRoles) -> Result<(), atlas_export::Error> {
    /// let begun = roles.create_gcp().await?;
    /// let role = roles.wait_until_usable(&begun.role_id).await?;
    /// println!("let {:?} write to the bucket", role.gcp_service_account_for_atlas);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`create_aws`](Self::create_aws).
    pub fn create_gcp(&self) -> Request<AccessRole> {
        self.create(NewAccessRole::Gcp)
    }

    fn create(&self, body: NewAccessRole) -> Request<AccessRole> {
        self.project
            .request(|project_id| CreateAccessRole { project_id, body })
    }

    /// Tells Atlas the ARN of the role of AWS that it may assume. Atlas tries it, so the role's
    /// trust policy has to be in force. Done twice it is no more than done once.
    ///
    #[doc = atlas_export_api::operation_facts!(AuthorizeAccessRole)]
    ///
    /// # Errors
    /// `Config` where it is not the ARN of a role, of 20 to 2048 characters; `Api` where Atlas
    /// refuses, with the code [`CANNOT_ASSUME_ROLE`](crate::codes::CANNOT_ASSUME_ROLE) where it may not assume the role, or not yet: AWS takes some
    /// seconds to put a new role into force.
    pub fn authorize(&self, id: &RoleId, arn: &str) -> Request<AccessRole> {
        let (project, id, arn) = (self.project.clone(), id.clone(), arn.to_owned());
        Request::new(self.project.client(), move |client| async move {
            let arn = role_arn(&arn)
                .ok_or_else(|| not_an_arn(&arn).with_operation(AUTHORIZE_ACCESS_ROLE.id))?;
            let authorize = |project_id| AuthorizeAccessRole {
                project_id,
                role_id: id,
                body: AccessRoleAuthorization::new(arn, CloudProvider::Aws),
            };
            project.map_client(|_| client).request(authorize).await
        })
    }

    /// Takes a role back from Atlas. In the cloud it stays. Buckets that were granted through it
    /// cannot be exported to any more.
    ///
    #[doc = atlas_export_api::operation_facts!(DeauthorizeAccessRole)]
    ///
    /// ```no_run
    /// # async fn example(roles: atlas_export::AccessRoles) -> Result<(), atlas_export::Error> {
    /// use atlas_export::models::CloudProvider;
    ///
    /// let role = "12345678f901a234dbdb00ca".parse()?;
    /// roles.deauthorize(CloudProvider::Aws, &role).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config` where the cloud is none that is known; `Api` with status 404 where there is no such
    /// role.
    pub fn deauthorize(&self, cloud: CloudProvider, id: &RoleId) -> Request<()> {
        let (project, id) = (self.project.clone(), id.clone());
        Request::new(self.project.client(), move |client| async move {
            if !cloud.is_known() {
                return Err(Error::config(format!(
                    "{} is not a cloud that has roles: give one of {}",
                    quoted(cloud.as_str()),
                    CloudProvider::KNOWN.join(", ")
                ))
                .with_operation(DEAUTHORIZE_ACCESS_ROLE.id));
            }
            let deauthorize = |project_id| DeauthorizeAccessRole {
                project_id,
                cloud_provider: cloud,
                role_id: id,
            };
            project.map_client(|_| client).request(deauthorize).await
        })
    }

    /// Waits until a role [can be used](AccessRole::is_usable): until Atlas has made the service
    /// account of Google Cloud, or somebody has authorized the role of AWS.
    pub fn wait_until_usable(&self, id: &RoleId) -> Wait<AccessRole> {
        Wait::new(self.project.clone(), id.clone())
    }
}

/// Whether it has the form of a UUID.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && holds_a_uuid(text)
}

/// The ARN of a role, if it is one.
fn role_arn(text: &str) -> Option<types::RoleArn> {
    let is_of_a_role =
        text.starts_with("arn:") && text.contains(":iam::") && text.contains(":role/");
    text.parse().ok().filter(|_| is_of_a_role)
}

fn not_an_arn(given: &str) -> Error {
    Error::config(format!(
        "{} is not the ARN of a role: expected for example \
         arn:aws:iam::123456789012:role/atlas-export",
        quoted(given)
    ))
}
