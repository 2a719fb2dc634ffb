//! Where an export goes: the bucket, the role through which Atlas writes, private networking.

use atlas_export_api::{BucketTarget, types::AccessRoleList};
use atlas_export_types::{AccessRoleStatus, ExportBucketId, RoleId};

use super::{
    check::{Check, CheckKind},
    looks::{Cause, Looks},
};

pub(super) fn checks(looks: &Looks, bucket: &ExportBucketId) -> Vec<Check> {
    vec![
        is_there(looks, bucket),
        role(looks),
        private_networking(looks),
    ]
}

fn is_there(looks: &Looks, id: &ExportBucketId) -> Check {
    const KIND: CheckKind = CheckKind::Bucket;
    match &looks.bucket {
        Ok(bucket) => {
            let name = bucket.bucket_name.as_deref().unwrap_or("without a name");
            Check::passed(
                KIND,
                format!("{id} is {} bucket {name}", bucket.cloud_provider),
            )
        }
        Err(unseen) if unseen.cause == Cause::Missing => Check::failed(
            KIND,
            format!("the project has no export bucket {id}"),
            "take the id of one of its list, or register one with ExportBuckets::ensure",
        ),
        Err(unseen) => Check::unknown(KIND, &unseen.said, "look at it with ExportBuckets::get"),
    }
}

/// What the list of roles says of one.
enum Authorization {
    Authorized,
    NotYet(String),
    NotThere,
    Undecodable,
}

fn role(looks: &Looks) -> Check {
    const KIND: CheckKind = CheckKind::BucketRole;
    let bucket = match &looks.bucket {
        Ok(bucket) => bucket,
        Err(_) => {
            return Check::unknown(
                KIND,
                "the bucket is not seen, and it names the role",
                "see the check of the bucket",
            );
        }
    };
    let target = bucket.target();
    let (BucketTarget::Aws { role, .. }
    | BucketTarget::Azure { role, .. }
    | BucketTarget::Gcp { role, .. }) = target
    else {
        return Check::unknown(
            KIND,
            "Atlas does not tell the role of the bucket",
            "look at the bucket in Atlas",
        );
    };
    let roles = match &looks.roles {
        Ok(roles) => roles,
        Err(unseen) => {
            return Check::unknown(
                KIND,
                &unseen.said,
                "look at the access roles of the project",
            );
        }
    };
    match authorization(roles, role) {
        Authorization::Authorized => Check::passed(KIND, format!("role {role} is authorized")),
        Authorization::NotYet(how) => Check::failed(
            KIND,
            format!("role {role} is {how}"),
            "authorize it with AccessRoles::authorize, once your cloud lets Atlas in",
        ),
        Authorization::NotThere => Check::failed(
            KIND,
            format!("the project has no access role {role}"),
            "set a role up with AccessRoles::set_up_aws, and register the bucket with it",
        ),
        Authorization::Undecodable => Check::unknown(
            KIND,
            "some roles of the project did not decode",
            "look at the access roles of the project",
        ),
    }
}

fn authorization(roles: &AccessRoleList, wanted: &RoleId) -> Authorization {
    if let Some(role) = roles
        .aws_iam_roles
        .items()
        .find(|role| role.role_id == *wanted)
    {
        return match role.authorized_date {
            Some(_) => Authorization::Authorized,
            None => Authorization::NotYet("not authorized".to_owned()),
        };
    }
    // Azure has no date of it: what is there was created with its ids.
    if roles
        .azure_service_principals
        .items()
        .any(|role| role.id == *wanted)
    {
        return Authorization::Authorized;
    }
    let accounts = &roles.gcp_service_accounts;
    if let Some(role) = accounts.items().find(|role| role.role_id == *wanted) {
        return match &role.status {
            None | Some(AccessRoleStatus::Complete) => Authorization::Authorized,
            Some(status) => Authorization::NotYet(status.to_string()),
        };
    }
    let is_whole = roles.aws_iam_roles.undecodable().next().is_none()
        && roles
            .azure_service_principals
            .undecodable()
            .next()
            .is_none()
        && roles.gcp_service_accounts.undecodable().next().is_none();
    if is_whole {
        Authorization::NotThere
    } else {
        Authorization::Undecodable
    }
}

fn private_networking(looks: &Looks) -> Check {
    const KIND: CheckKind = CheckKind::PrivateNetworking;
    match looks
        .bucket
        .as_ref()
        .map(|bucket| bucket.require_private_networking)
    {
        Ok(Some(true)) => Check::unknown(
            KIND,
            "the bucket requires it, and its endpoints are not looked at",
            "look at the private endpoints of the project",
        ),
        Ok(_) => Check::passed(KIND, "the bucket does not require it"),
        Err(_) => Check::unknown(
            KIND,
            "the bucket is not seen, and it says whether it is required",
            "see the check of the bucket",
        ),
    }
}
