//! JSON Schemas of the request bodies, with which the fake checks what it is sent.
//!
//! The fake must not share code with the client, so it gets the contract in another form: a
//! JSON object from operation id to a self-contained schema of draft 2020-12.

use serde_json::{Map, Value, json};

use super::{
    failure::Failure,
    operations::{self, resolve},
};
use crate::contract::openapi::SCHEMA_REFERENCE;

/// The dialect of every schema that is written.
pub(super) const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Keys of an OpenAPI schema that mean nothing to JSON Schema.
const FOREIGN: [&str; 8] = [
    "nullable",
    "example",
    "discriminator",
    "externalDocs",
    "xml",
    "readOnly",
    "writeOnly",
    "deprecated",
];

/// The text of `request_schemas.json`.
///
/// # Errors
/// [`Failure`] if the schemas cannot be written as JSON.
pub fn generate(contract: &Value) -> Result<String, Failure> {
    let mut schemas = Map::new();
    for (_, _, _, operation) in operations::each(contract) {
        let schema = operation
            .get("requestBody")
            .map(|body| resolve(contract, body))
            .and_then(|body| {
                body.get("content")?
                    .as_object()?
                    .values()
                    .next()?
                    .get("schema")
            });
        if let (Some(id), Some(schema)) = (operation.get("operationId"), schema) {
            schemas.insert(
                id.as_str().unwrap_or_default().to_owned(),
                self_contained(contract, schema),
            );
        }
    }
    serde_json::to_string_pretty(&Value::Object(schemas))
        .map(|text| text + "\n")
        .map_err(|error| Failure::new("the request schemas cannot be written", error))
}

/// A schema with everything it refers to under `$defs`.
fn self_contained(contract: &Value, schema: &Value) -> Value {
    let mut wanted = Vec::new();
    let mut whole = json!({ "$schema": DRAFT });
    let mut definitions = Map::new();
    let root = convert(schema, &mut wanted);
    while let Some(name) = wanted.pop() {
        if !definitions.contains_key(&name) {
            let schema = contract
                .pointer(&format!("/components/schemas/{name}"))
                .unwrap_or(&Value::Bool(true));
            let converted = convert(schema, &mut wanted);
            definitions.insert(name, converted);
        }
    }
    definitions.sort_keys();
    if let (Some(whole), Value::Object(root)) = (whole.as_object_mut(), root) {
        whole.extend(root);
        whole.insert("$defs".into(), Value::Object(definitions));
    }
    whole
}

/// What a schema asks for by name where a property has several (`x-also-read`): the names of what
/// has one alone, and a list of alternatives of which one has to fit.
pub(super) fn by_any_name(contract: &Value, schema: &Value) -> Option<(Value, Value)> {
    let (name, others) = schema.get("x-also-read")?.as_object()?.iter().next()?;
    let required = schema.get("required")?.as_array()?;
    let rest = required
        .iter()
        .filter(|one| *one != name)
        .cloned()
        .collect();
    let property = resolve(contract, schema.get("properties")?.get(name)?);
    let mut wanted = Vec::new();
    let mut property = convert(property, &mut wanted);
    if !wanted.is_empty() {
        // What it refers to has another place in each document.
        property = Value::Bool(true);
    }
    if let Some(property) = property.as_object_mut() {
        property.remove("description");
    }
    let others = others.as_array()?.iter().filter_map(Value::as_str);
    let others = others
        .map(|other| json!({ "required": [other], "properties": { other: property.clone() } }));
    let alternatives = std::iter::once(json!({ "required": [name] })).chain(others);
    Some((rest, alternatives.collect()))
}

/// An OpenAPI 3.0 schema as JSON Schema; names of the schemas it refers to go to `wanted`.
pub(super) fn convert(schema: &Value, wanted: &mut Vec<String>) -> Value {
    match schema {
        Value::Object(map) => {
            let mut converted = Map::new();
            for (key, value) in map {
                if key == "$ref" {
                    let name = value
                        .as_str()
                        .and_then(|reference| reference.strip_prefix(SCHEMA_REFERENCE))
                        .unwrap_or_default();
                    wanted.push(name.to_owned());
                    converted.insert("$ref".into(), format!("#/$defs/{name}").into());
                } else if key == "properties" {
                    // Names of properties are not keys of a schema.
                    let properties = value.as_object().into_iter().flatten();
                    let properties = properties
                        .map(|(name, schema)| (name.clone(), convert(schema, wanted)))
                        .collect();
                    converted.insert(key.clone(), Value::Object(properties));
                } else if !FOREIGN.contains(&key.as_str()) && !key.starts_with("x-") {
                    converted.insert(key.clone(), convert(value, wanted));
                }
            }
            for (exclusive, bound) in [
                ("exclusiveMinimum", "minimum"),
                ("exclusiveMaximum", "maximum"),
            ] {
                // A truth value beside the bound there, the bound itself here.
                if let Some(is_exclusive) = converted.remove(exclusive)
                    && is_exclusive == Value::Bool(true)
                    && let Some(bound) = converted.remove(bound)
                {
                    converted.insert(exclusive.into(), bound);
                }
            }
            if map.get("nullable") == Some(&Value::Bool(true))
                && let Some(kind) = converted.get_mut("type")
            {
                *kind = json!([kind.take(), "null"]);
            }
            Value::Object(converted)
        }
        Value::Array(values) => values.iter().map(|value| convert(value, wanted)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_definitions_and_nullable_a_type() {
        let contract = json!({ "components": { "schemas": {
            "Id": { "type": "string", "example": "x" },
            "Pair": { "properties": { "nullable": { "$ref": "#/components/schemas/Id" } } },
        } } });
        let schema = json!({
            "type": "object",
            "properties": {
                "pair": { "$ref": "#/components/schemas/Pair" },
                "note": { "type": "string", "nullable": true, "x-odd": 1 },
            },
        });
        assert_eq!(
            self_contained(&contract, &schema),
            json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "type": "object",
                "properties": {
                    "pair": { "$ref": "#/$defs/Pair" },
                    "note": { "type": ["string", "null"] },
                },
                "$defs": {
                    "Id": { "type": "string" },
                    "Pair": { "properties": { "nullable": { "$ref": "#/$defs/Id" } } },
                },
            })
        );
    }

    #[test]
    fn exclusive_bounds_become_numbers() {
        let schema = json!({
            "type": "integer",
            "minimum": 0, "exclusiveMinimum": true,
            "maximum": 9, "exclusiveMaximum": false,
        });
        let mut converted = convert(&schema, &mut Vec::new());
        converted.sort_all_objects();
        assert_eq!(
            converted,
            json!({ "exclusiveMinimum": 0, "maximum": 9, "type": "integer" })
        );
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let contract = json!({ "components": { "schemas": {
            "Tree": { "properties": { "child": { "$ref": "#/components/schemas/Tree" } } },
        } } });
        let schema = json!({ "$ref": "#/components/schemas/Tree" });
        assert_eq!(self_contained(&contract, &schema)["$ref"], "#/$defs/Tree");
    }
}
