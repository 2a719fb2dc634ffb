//! Private endpoints for object storage: made, listed, read and deleted. The fake exports to a bucket that
//! requires private networking with or without one.

use serde_json::Value;

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::world::endpoint::Endpoint;

/// AWS alone has them.
fn check_cloud(call: &Call<'_>) -> Result<(), AtlasError> {
    if call.param("cloudProvider") == "AWS" {
        return Ok(());
    }
    Err(AtlasError::invalid_field("cloudProvider", "must be AWS"))
}

fn body(endpoint: &Endpoint, call: &Call<'_>) -> Value {
    endpoint.body(&call.atlas.lifecycle, call.atlas.clock.as_ref())
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    check_cloud(call)?;
    let world = call.atlas.world();
    let project = world.project(&call.object_id("groupId")?)?;
    call.page(&project.endpoints, |endpoint| body(endpoint, call))
}

/// That a second one between the same regions is refused, and with which code, is unconfirmed.
pub(crate) fn create(call: &Call<'_>) -> Result<Reply, AtlasError> {
    check_cloud(call)?;
    let mut world = call.atlas.world();
    let project_id = &call.object_id("groupId")?;
    let request = call.json_body()?;
    let text = |key: &str| request.get(key).and_then(Value::as_str);
    let region = text("regionName").unwrap_or_default();
    let vpc_region = text("vpcRegionName").unwrap_or(region);
    let mut endpoints = world.project(project_id)?.endpoints.iter();
    if endpoints.any(|endpoint| endpoint.is_between(region, vpc_region)) {
        return Err(AtlasError::endpoint_exists(region));
    }
    let born = call.atlas.clock.now();
    let endpoint = Endpoint::begun(&world.new_id(), region, Some(vpc_region), born);
    let shown = body(&endpoint, call);
    world.project_mut(project_id)?.endpoints.push(endpoint);
    Ok(Reply::One(shown))
}

/// A GET of one endpoint counts as a poll of it.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    check_cloud(call)?;
    let mut world = call.atlas.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let id = &call.object_id("endpointId")?;
    let endpoint = project.endpoints.iter_mut();
    let endpoint = endpoint
        .into_iter()
        .find(|endpoint| endpoint.has_id(id))
        .ok_or_else(|| AtlasError::resource_not_found(id))?;
    endpoint.poll();
    Ok(Reply::One(body(endpoint, call)))
}

/// It goes at once; Atlas has a state for the while that it takes.
pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, AtlasError> {
    check_cloud(call)?;
    let mut world = call.atlas.world();
    let project = world.project_mut(&call.object_id("groupId")?)?;
    let id = &call.object_id("endpointId")?;
    let place = project
        .endpoints
        .iter()
        .position(|endpoint| endpoint.has_id(id));
    let place = place.ok_or_else(|| AtlasError::resource_not_found(id))?;
    project.endpoints.remove(place);
    Ok(Reply::Nothing)
}
