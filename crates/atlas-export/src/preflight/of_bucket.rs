//! Where an export goes: the bucket, the role through which Atlas writes, private networking.

use atlas_export_api::{
    BucketTarget,
    types::{AccessRoleList, PrivateEndpoint},
};
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
    let Ok(bucket) = &looks.bucket else {
        return Check::unknown(
            KIND,
            "the bucket is not seen, and it names the role",
            "see the check of the bucket",
        );
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
    let bucket = match &looks.bucket {
        Ok(bucket) if bucket.require_private_networking == Some(true) => bucket,
        Ok(_) => return Check::passed(KIND, "the bucket does not require it"),
        Err(_) => {
            return Check::unknown(
                KIND,
                "the bucket is not seen, and it says whether it is required",
                "see the check of the bucket",
            );
        }
    };
    let endpoints = match &looks.endpoints {
        Ok(endpoints) => endpoints,
        Err(unseen) => {
            return Check::unknown(KIND, &unseen.said, "look at the private endpoints in Atlas");
        }
    };
    let Some(region) = bucket.region.as_deref() else {
        return Check::unknown(
            KIND,
            "the bucket requires it, and Atlas does not tell its region",
            "see whether there is an active private endpoint in the region of the bucket",
        );
    };
    let here = |endpoint: &&PrivateEndpoint| {
        let of = endpoint.region_name.as_deref();
        of.is_some_and(|of| atlas_region(of) == atlas_region(region))
    };
    let endpoints: Vec<&PrivateEndpoint> = endpoints.iter().filter(here).collect();
    if let Some(active) = endpoints
        .iter()
        .find(|endpoint| endpoint.missing().is_none())
    {
        return Check::passed(
            KIND,
            format!("endpoint {} is active in {region}", active.id),
        );
    }
    match endpoints.first() {
        Some(endpoint) => {
            let missing = endpoint.missing().map(|missing| missing.to_string());
            Check::failed(
                KIND,
                format!("endpoint {} in {region} is not active", endpoint.id),
                missing.unwrap_or_default(),
            )
        }
        None => Check::failed(
            KIND,
            format!("the bucket requires it, and the project has no private endpoint in {region}"),
            "make one with PrivateEndpoints::create, and wait until it is active",
        ),
    }
}

/// A region in Atlas's words: buckets have AWS's, such as `us-east-1`, endpoints `US_EAST_1`.
fn atlas_region(region: &str) -> String {
    region.to_ascii_uppercase().replace('-', "_")
}
