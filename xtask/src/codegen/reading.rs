//! Reading a simplified contract as the generator does.

use serde_json::Value;

use super::failure::Failure;

pub(super) fn read(simplified: &Value) -> Result<openapiv3::OpenAPI, Failure> {
    serde_path_to_error::deserialize(simplified)
        .map_err(|error| Failure::at(&error.path().to_string(), &error.into_inner()))
}
