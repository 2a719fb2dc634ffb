//! The copy of the contract that the generator gets to see.
//!
//! Progenitor reads `application/json` alone, wants one kind of success for each operation,
//! and decodes documented errors past the transport. So in the copy
//!
//! - the media types of a body collapse into `application/json` (the lint has seen to it that
//!   their schemas agree), and a body without a schema is no body;
//! - only successes are left: every other status is the transport's business;
//! - a `$ref` to a body or a response is replaced by what it leads to, so that its media types
//!   can collapse too;
//! - descriptions are comments in which nothing is run and nothing is hidden (`prose.rs`);
//! - parameters are what can be written as text (`parameters.rs`);
//! - an array marked `x-tolerant-items` becomes a list that survives an undecodable item
//!   (`tolerant.rs`).

use serde_json::{Map, Value, json};

use super::{home::Home, operations::resolve, parameters, prose, tolerant};
use crate::contract::openapi::METHODS;

/// The simplified copy.
pub fn simplify(contract: &Value) -> Value {
    let mut copy = contract.clone();
    for operation in operations_mut(&mut copy) {
        if let Some(body) = operation.get_mut("requestBody") {
            *body = resolve(contract, body).clone();
            if let Some(content) = body.get_mut("content") {
                collapse(content);
            }
        }
        let Some(Value::Object(responses)) = operation.get_mut("responses") else {
            continue;
        };
        responses.retain(|status, _| status.starts_with('2'));
        for response in responses.values_mut() {
            *response = resolve(contract, response).clone();
            let Some(response) = response.as_object_mut() else {
                continue;
            };
            let Some(content) = response.get_mut("content") else {
                continue;
            };
            collapse(content);
            if content.as_object().is_none_or(Map::is_empty) {
                response.remove("content");
            }
        }
    }
    if let Some(components) = copy.get_mut("components").and_then(Value::as_object_mut) {
        // Each stands where it was referred to now, or only errors refer to it.
        components.remove("responses");
        components.remove("requestBodies");
        components.remove("examples");
    }
    make_way(&mut copy, Home::Workspace);
    copy
}

/// What the generator needs wherever its code lives, bodies aside.
pub(super) fn make_way(copy: &mut Value, home: Home<'_>) {
    prose::quieten(copy);
    parameters::plain(copy);
    tolerant::tolerate(copy, home);
}

pub(super) fn operations_mut(
    contract: &mut Value,
) -> impl Iterator<Item = &mut Map<String, Value>> {
    contract
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::iter_mut)
        .filter(|(key, _)| METHODS.contains(&key.as_str()))
        .filter_map(|(_, operation)| operation.as_object_mut())
}

/// Leaves `application/json` with the first schema, or nothing.
fn collapse(content: &mut Value) {
    let schema = content
        .as_object()
        .and_then(|types| types.values().find_map(|kind| kind.get("schema")))
        .cloned();
    *content = match schema {
        Some(schema) => json!({ "application/json": { "schema": schema } }),
        None => json!({}),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dated_media_types_collapse_and_errors_go() {
        let contract = json!({ "paths": { "/x": { "get": { "responses": {
            "200": { "description": "", "content": {
                "application/json": { "schema": { "type": "string" } },
                "application/vnd.atlas.2023-01-01+json": { "schema": { "type": "string" } },
            } },
            "404": { "$ref": "#/components/responses/NotFound" },
        } } } } });
        assert_eq!(
            simplify(&contract)["paths"]["/x"]["get"]["responses"],
            json!({ "200": { "description": "", "content": {
                "application/json": { "schema": { "type": "string" } },
            } } })
        );
    }

    #[test]
    fn a_body_without_a_schema_is_no_body() {
        let contract = json!({ "paths": { "/x": { "delete": { "responses": {
            "204": { "description": "", "content": { "application/json": {} } },
        } } } } });
        assert_eq!(
            simplify(&contract)["paths"]["/x"]["delete"]["responses"]["204"],
            json!({ "description": "" })
        );
    }

    #[test]
    fn nothing_in_a_strange_document_panics() {
        for strange in [
            json!(null),
            json!([]),
            json!({"paths": 1}),
            json!({"paths": {"/": []}}),
        ] {
            simplify(&strange);
        }
    }
}
