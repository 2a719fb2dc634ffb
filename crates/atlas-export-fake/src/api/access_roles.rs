//! Cloud-provider access roles: begun, listed, read, authorized and taken back.
//!
//! An authorization is believed: the fake assumes no role. It knows nothing of the buckets that were
//! granted through a role that is taken back; what Atlas does with those is unconfirmed.

use serde_json::{Map, Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::rules::version::Version;
use crate::world::access_role::AccessRole;
use crate::world::clock::{Clock, stamp};
use crate::world::progress::{Lifecycle, Phase};

/// The role as it is now.
pub(crate) fn body(role: &AccessRole, lifecycle: &Lifecycle, clock: &dyn Clock) -> Value {
    let mut body = role.body.clone();
    let status = match (&role.begun, lifecycle.service_account_progress) {
        (Some(begun), Some(progress)) => {
            let age = clock.now().saturating_sub(begun.born);
            match progress.phase(begun.polls, age) {
                Phase::Queued | Phase::InProgress { .. } => "IN_PROGRESS",
                Phase::Ended => ended(lifecycle),
            }
        }
        (Some(_), None) => ended(lifecycle),
        (None, _) => return body,
    };
    if let Value::Object(body) = &mut body {
        body.insert("status".into(), status.into());
        if status != "COMPLETE" {
            body.remove("gcpServiceAccountForAtlas");
        }
    }
    body
}

fn ended(lifecycle: &Lifecycle) -> &'static str {
    if lifecycle.service_accounts_fail {
        "FAILED"
    } else {
        "COMPLETE"
    }
}

fn shown(role: &AccessRole, call: &Call<'_>) -> Value {
    body(role, &call.atlas.lifecycle, call.atlas.clock.as_ref())
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let project = world.project(&call.object_id("groupId")?)?;
    let of = |list: &str| {
        let roles = project.roles.iter().filter(|role| role.list == list);
        Value::from(roles.map(|role| shown(role, call)).collect::<Vec<_>>())
    };
    let mut lists = Map::new();
    lists.insert("awsIamRoles".into(), of("awsIamRoles"));
    if call.version != Version::V1 {
        for list in ["azureServicePrincipals", "gcpServiceAccounts"] {
            lists.insert(list.into(), of(list));
        }
    }
    Ok(Reply::One(Value::Object(lists)))
}

/// Not idempotent: each call begins another role.
pub(crate) fn create(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.atlas.world();
    let project_id = &call.object_id("groupId")?;
    world.project(project_id)?;
    let request = call.json_body()?;
    let clock = call.atlas.clock.as_ref();
    let mut role = AccessRole::requested(&world.new_id(), &request, clock.now());
    role.put("createdDate", stamp(clock.wall()).into());
    let body = shown(&role, call);
    world.project_mut(project_id)?.roles.push(role);
    Ok(Reply::One(body))
}

/// A GET of one role counts as a poll of it.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.atlas.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let id = &call.object_id("roleId")?;
    let role = project.roles.iter_mut().find(|role| role.has_id(id));
    let role = role.ok_or_else(|| AtlasError::resource_not_found(id))?;
    role.poll();
    Ok(Reply::One(shown(role, call)))
}

/// Which code Atlas has for a role of another cloud is unconfirmed.
pub(crate) fn authorize(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.atlas.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let id = &call.object_id("roleId")?;
    let role = project.roles.iter_mut().find(|role| role.has_id(id));
    let role = role.ok_or_else(|| AtlasError::resource_not_found(id))?;
    let request = call.json_body()?;
    let provider = request.get("providerName").and_then(Value::as_str);
    if provider != Some("AWS") || !role.is_of("AWS") {
        let why = "must be AWS, as the role must";
        return Err(AtlasError::invalid_field("providerName", why));
    }
    let arn = request.get("iamAssumedRoleArn").cloned();
    role.put("iamAssumedRoleArn", arn.unwrap_or_default());
    let now = stamp(call.atlas.clock.wall());
    role.put("authorizedDate", json!(now));
    Ok(Reply::One(shown(role, call)))
}

pub(crate) fn deauthorize(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let mut world = call.atlas.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let (id, cloud) = (&call.object_id("roleId")?, call.param("cloudProvider"));
    let mut roles = project.roles.iter();
    let place = roles.position(|role| role.has_id(id) && role.is_of(cloud));
    let place = place.ok_or_else(|| AtlasError::resource_not_found(id))?;
    project.roles.remove(place);
    Ok(Reply::Nothing)
}
