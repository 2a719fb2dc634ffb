//! The system status: who is asking, with which roles.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::world::state::{KeyRole, World};

/// The id of the API key.
const KEY_ID: &str = "6a79f0c2bbbbbbbbbbbbbbbb";

/// Of a service account no key is told.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a handler like any other, which may fail"
)]
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.atlas.world();
    let key = call.public_key.map(|public_key| {
        json!({
            "id": KEY_ID,
            "publicKey": public_key,
            "roles": roles(&world),
            "accessList": [{ "cidrBlock": "127.0.0.1/32", "ipAddress": "127.0.0.1" }],
        })
    });
    Ok(Reply::One(json!({
        "apiKey": key,
        "appName": "MongoDB Atlas",
        "build": "0000000000000000000000000000000000000000",
        "throttling": false,
        "links": [],
    })))
}

/// Those that the builder gave, or else the owner's of each project.
fn roles(world: &World) -> Vec<Value> {
    if world.key_roles.is_empty() {
        let projects = world.projects.iter();
        return projects
            .map(|project| json!({ "roleName": "GROUP_OWNER", "groupId": project.id }))
            .collect();
    }
    let org_id = world.projects.first().map(|project| &project.org_id);
    let roles = world.key_roles.iter();
    roles
        .map(|role| match role {
            KeyRole::OfProject { project, code } => json!({ "roleName": code, "groupId": project }),
            KeyRole::OfOrganization { code } => json!({ "roleName": code, "orgId": org_id }),
        })
        .collect()
}
