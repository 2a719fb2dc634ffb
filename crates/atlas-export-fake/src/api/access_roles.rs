//! Cloud-provider access roles: listed.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::rules::version::Version;

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let project = world.project(&call.object_id("groupId")?)?;
    let of = |list: &str| {
        let roles = project.roles.iter().filter(|role| role.list == list);
        Value::from(roles.map(|role| role.body.clone()).collect::<Vec<_>>())
    };
    let aws = of("awsIamRoles");
    Ok(Reply::One(match call.version {
        Version::V1 => json!({ "awsIamRoles": aws }),
        Version::V2(_) => json!({
            "awsIamRoles": aws,
            "azureServicePrincipals": of("azureServicePrincipals"),
            "gcpServiceAccounts": of("gcpServiceAccounts"),
        }),
    }))
}
