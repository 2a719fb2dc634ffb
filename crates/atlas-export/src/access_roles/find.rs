//! A role by what its cloud calls it.

use atlas_export_api::{
    Object,
    operations::LIST_ACCESS_ROLES,
    types::{self, AwsIamRole, AzureServicePrincipal, GcpServiceAccount},
};
use atlas_export_types::TolerantList;

use super::{AccessRoles, is_uuid, not_an_arn};
use crate::{Error, Request, needed, redact::quoted};

impl AccessRoles {
    /// The role of AWS with this ARN, if somebody has authorized it.
    ///
    /// # Errors
    /// `Config` where it is no ARN; those of [`list`](Self::list); `Decode` where it is not
    /// among the roles, but one of them is undecodable and may be it.
    pub fn find_aws(&self, arn: &str) -> Request<Option<AwsIamRole>> {
        let (this, arn) = (self.clone(), arn.to_owned());
        Request::new(self.project.client(), move |client| async move {
            let this = this.map_client(|_| client);
            if !arn.starts_with("arn:") {
                return Err(not_an_arn(&arn).with_operation(LIST_ACCESS_ROLES.id));
            }
            let roles = this.of_cloud("awsIamRoles").await?.aws_iam_roles;
            find(roles, "iamAssumedRoleArn", |role| {
                role.iam_assumed_role_arn.as_deref() == Some(arn.as_str())
            })
        })
    }

    /// The service principal of Azure with this id, a UUID, in Azure's words its object id. Version
    /// 2 only.
    ///
    /// # Errors
    /// `Config` where it is not a UUID; else as [`find_aws`](Self::find_aws).
    pub fn find_azure(&self, service_principal_id: &str) -> Request<Option<AzureServicePrincipal>> {
        let (this, wanted) = (self.clone(), service_principal_id.to_owned());
        Request::new(self.project.client(), move |client| async move {
            if !is_uuid(&wanted) {
                return Err(Error::config(format!(
                    "{} is not the id of a service principal: give its object id, a UUID",
                    quoted(&wanted)
                ))
                .with_operation(LIST_ACCESS_ROLES.id));
            }
            let this = this.map_client(|_| client);
            this.require_v2("a service principal of Azure")?;
            let roles = this.of_cloud("azureServicePrincipals").await?;
            // A UUID, whose case means nothing.
            let is_wanted = |id: &String| id.eq_ignore_ascii_case(&wanted);
            find(
                roles.azure_service_principals,
                "servicePrincipalId",
                |role| role.service_principal_id.as_ref().is_some_and(is_wanted),
            )
        })
    }

    /// The service account of Google Cloud with this address. Version 2 only.
    ///
    /// # Errors
    /// `Config` where it is not an address; else as [`find_aws`](Self::find_aws).
    pub fn find_gcp(&self, address: &str) -> Request<Option<GcpServiceAccount>> {
        let (this, address) = (self.clone(), address.to_owned());
        Request::new(self.project.client(), move |client| async move {
            if !address.contains('@') {
                return Err(Error::config(format!(
                    "{} is not the address of a service account: expected for example \
                     atlas-0001@p-0001.iam.gserviceaccount.com",
                    quoted(&address)
                ))
                .with_operation(LIST_ACCESS_ROLES.id));
            }
            let this = this.map_client(|_| client);
            this.require_v2("a service account of Google Cloud")?;
            let roles = this.of_cloud("gcpServiceAccounts").await?;
            find(
                roles.gcp_service_accounts,
                "gcpServiceAccountForAtlas",
                |role| role.gcp_service_account_for_atlas.as_deref() == Some(address.as_str()),
            )
        })
    }

    /// All roles, those of one cloud as a list.
    async fn of_cloud(&self, field: &str) -> Result<types::AccessRoleList, Error> {
        needed::of_answer(self.list().await?, &[field], LIST_ACCESS_ROLES.id)
    }

    fn require_v2(&self, what: &str) -> Result<(), Error> {
        let versions = self.project.client().versions();
        versions.require(LIST_ACCESS_ROLES, "2023-01-01", what)
    }
}

fn find<T: Object>(
    roles: TolerantList<T>,
    field: &str,
    wanted: impl Fn(&T) -> bool,
) -> Result<Option<T>, Error> {
    let mut unread = None;
    for (index, entry) in roles.into_iter().enumerate() {
        match entry.into_result() {
            Ok(role) if wanted(&role) => return Ok(Some(role)),
            Ok(role) => {
                let read = needed::of_list(role, &[field], LIST_ACCESS_ROLES.id, None, index);
                unread = unread.or(read.err());
            }
            Err(undecodable) => {
                unread = Some(Error::undecodable(LIST_ACCESS_ROLES.id, None, *undecodable));
            }
        }
    }
    unread.map_or(Ok(None), Err)
}
