//! Bodies of one kind: what the generator can take of the media types and successes of a contract.
//!
//! It knows JSON, forms, text and bytes in a request, JSON and bytes in a response, and one kind of
//! success for each operation. So in the copy
//!
//! - a body has one media type: JSON where there is any, and JSON by another name
//!   (`application/problem+json`) is sent and asked for by that name (`announce.rs`);
//! - a request of anything else whose schema is a text, or has none, is bytes of that media type;
//! - a response of anything but JSON is bytes;
//! - successes with different JSON become one that holds any JSON, and the status tells which it
//!   is; one without a body beside one with it makes the body optional; bytes beside either make
//!   bytes of both;
//! - `default` is an error where a success stands beside it, and the success where none does;
//! - a UUID is text, and properties beyond the named ones are kept where they are allowed.

use serde_json::{Map, Value, json};

use super::{
    super::{operations::resolve, simplify::operations_mut},
    operations::function,
};

/// The copy, and what its operations announce.
pub(super) struct Bodies {
    pub(super) contract: Value,
    pub(super) announced: Vec<Announced>,
}

/// The media types of an operation's bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Announced {
    /// The method of the client.
    pub(super) function: String,
    /// What is sent, where there is a body.
    pub(super) content_type: Option<String>,
    /// What is asked for, where there is a body.
    pub(super) accept: Option<String>,
}

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";
const FORM: &str = "application/x-www-form-urlencoded";

/// The copy of the contract in which each operation has bodies of one kind.
pub(super) fn of_one_kind(contract: &Value) -> Bodies {
    let mut copy = contract.clone();
    let mut announced = Vec::new();
    let paths = copy.get_mut("paths").and_then(Value::as_object_mut);
    if let Some(paths) = paths {
        paths.retain(|path, _| !path.starts_with("x-"));
    }
    for operation in operations_mut(&mut copy) {
        let id = operation.get("operationId").and_then(Value::as_str);
        let function = function(id.unwrap_or_default());
        announced.push(Announced {
            function,
            content_type: request(contract, operation),
            accept: responses(contract, operation),
        });
        // These stand for themselves nowhere.
        operation.remove("callbacks");
        // A stream of pages would want a crate more.
        operation.remove("x-dropshot-pagination");
        operation.remove("servers");
    }
    if let Some(components) = copy.get_mut("components").and_then(Value::as_object_mut) {
        for section in [
            "responses",
            "requestBodies",
            "examples",
            "headers",
            "links",
            "callbacks",
        ] {
            components.remove(section);
        }
    }
    texts(&mut copy);
    Bodies {
        contract: copy,
        announced,
    }
}

/// Whether a media type is JSON, by whatever name.
pub(super) fn is_json(name: &str) -> bool {
    let essence = name.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == JSON || essence == "text/json" || essence == "*/*" || essence.ends_with("+json")
}

/// Whether the generator can take a request body of this media type and schema.
pub(crate) fn is_sendable(name: &str, schema: Option<&Value>) -> bool {
    let essence = name.split(';').next().unwrap_or_default().trim();
    if essence.starts_with("multipart/") {
        return false;
    }
    is_json(name) || essence == FORM || schema.is_none_or(is_text)
}

fn is_text(schema: &Value) -> bool {
    let kind = schema.get("type").and_then(Value::as_str);
    kind == Some("string") || schema.as_object().is_some_and(Map::is_empty)
}

/// Leaves one media type of the request body, and tells its name.
fn request(contract: &Value, operation: &mut Map<String, Value>) -> Option<String> {
    let body = operation.get_mut("requestBody")?;
    *body = resolve(contract, body).clone();
    let content = body.get_mut("content")?.as_object_mut()?;
    let meant = |kind: &Value| {
        kind.get("schema")
            .map(|schema| resolve(contract, schema).clone())
    };
    let sendable = |(name, kind): &(&String, &Value)| is_sendable(name, meant(kind).as_ref());
    let (name, kind) = content
        .iter()
        .find(|(name, _)| is_json(name))
        .or_else(|| content.iter().find(|(name, _)| name.starts_with(FORM)))
        .or_else(|| content.iter().find(sendable))?;
    let (name, mut kind) = (name.clone(), kind.clone());
    let taken = if is_json(&name) {
        JSON
    } else if name.starts_with(FORM) {
        FORM
    } else if sendable(&(&name, &kind)) {
        kind = json!({ "schema": { "type": "string", "format": "binary" } });
        BYTES
    } else {
        return None;
    };
    if taken != BYTES && kind.get("schema").is_none() {
        kind = json!({ "schema": {} });
    }
    content.clear();
    content.insert(taken.to_owned(), kind);
    Some(match name.as_str() {
        "*/*" => JSON.to_owned(),
        _ => name,
    })
}

/// What a success holds.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Nothing,
    Json(Value),
    Bytes,
}

/// Leaves the successes, all of one kind, and tells the media type that is asked for.
fn responses(contract: &Value, operation: &mut Map<String, Value>) -> Option<String> {
    let all = operation.get_mut("responses")?.as_object_mut()?;
    let is_success = |status: &str| status.len() == 3 && status.starts_with('2');
    if !all.keys().any(|status| is_success(status))
        && let Some(success) = all.remove("default")
    {
        all.insert("2XX".to_owned(), success);
    }
    all.retain(|status, _| is_success(status));
    let mut accept = None;
    let mut kinds = Vec::new();
    for (status, response) in all.iter_mut() {
        *response = resolve(contract, response).clone();
        let kind = match status.as_str() {
            "204" | "205" => Kind::Nothing,
            _ => kind(response, &mut accept),
        };
        kinds.push(kind);
    }
    let shared = kinds.into_iter().reduce(together)?;
    let content = match &shared {
        Kind::Nothing => None,
        Kind::Json(schema) => Some(json!({ JSON: { "schema": schema } })),
        Kind::Bytes => {
            Some(json!({ BYTES: { "schema": { "type": "string", "format": "binary" } } }))
        }
    };
    for response in all.values_mut().filter_map(Value::as_object_mut) {
        response.remove("headers");
        response.remove("links");
        match &content {
            Some(content) => response.insert("content".to_owned(), content.clone()),
            None => response.remove("content"),
        };
    }
    accept
}

fn kind(response: &Value, accept: &mut Option<String>) -> Kind {
    let content = response.get("content").and_then(Value::as_object);
    let Some(content) = content.filter(|content| !content.is_empty()) else {
        return Kind::Nothing;
    };
    if let Some((name, kind)) = content.iter().find(|(name, _)| is_json(name)) {
        if name != "*/*" {
            accept.get_or_insert_with(|| name.clone());
        }
        return Kind::Json(kind.get("schema").cloned().unwrap_or_else(|| json!({})));
    }
    if let Some(name) = content.keys().next() {
        accept.get_or_insert_with(|| name.clone());
    }
    Kind::Bytes
}

/// What holds either of two successes.
fn together(one: Kind, other: Kind) -> Kind {
    match (one, other) {
        (one, other) if one == other => one,
        (Kind::Bytes, _) | (_, Kind::Bytes) => Kind::Bytes,
        (Kind::Json(schema), Kind::Nothing) | (Kind::Nothing, Kind::Json(schema)) => {
            Kind::Json(or_nothing(schema))
        }
        (Kind::Json(one), Kind::Json(other)) => {
            let same = or_nothing(one.clone()) == or_nothing(other.clone());
            Kind::Json(if same { or_nothing(one) } else { json!({}) })
        }
        (Kind::Nothing, Kind::Nothing) => Kind::Nothing,
    }
}

/// A schema that takes `null` as well.
fn or_nothing(mut schema: Value) -> Value {
    let says_anything = schema.as_object().is_some_and(Map::is_empty);
    if says_anything || schema.get("nullable") == Some(&json!(true)) {
        return schema;
    }
    if schema.get("$ref").is_some() {
        return json!({ "nullable": true, "allOf": [schema] });
    }
    if let Some(map) = schema.as_object_mut() {
        map.insert("nullable".to_owned(), json!(true));
    }
    schema
}

/// Makes texts of UUIDs, and keeps properties beyond the named ones where they are allowed.
fn texts(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let text = map.get("type") == Some(&json!("string"));
            if text && map.get("format") == Some(&json!("uuid")) {
                map.remove("format");
            }
            // A format is one of a type, as `int-or-string` is not.
            let in_branches = ["oneOf", "anyOf", "allOf"]
                .iter()
                .any(|key| map.contains_key(*key));
            if in_branches && !map.contains_key("type") {
                map.remove("format");
            }
            if map.get("additionalProperties") == Some(&json!(true)) {
                map.insert("additionalProperties".to_owned(), json!({}));
            }
            for (key, inner) in map {
                if !["default", "enum", "example", "examples"].contains(&key.as_str()) {
                    texts(inner);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(texts),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(of: &Value) -> (Value, Announced) {
        let contract = json!({ "paths": { "/x": { "post": of } } });
        let mut bodies = of_one_kind(&contract);
        let operation = bodies.contract["paths"]["/x"]["post"].take();
        (operation, bodies.announced.remove(0))
    }

    fn success(responses: &Value) -> Value {
        let (operation, _) = operation(&json!({ "responses": responses }));
        let all = operation["responses"].as_object().unwrap();
        let first = all.values().next().unwrap();
        assert!(
            all.values()
                .all(|other| other["content"] == first["content"])
        );
        first["content"].clone()
    }

    #[test]
    fn successes_of_several_kinds_become_one() {
        let json = |schema: Value| json!({ "content": { JSON: { "schema": schema } } });
        let (a, b) = (json!({ "$ref": "#/a" }), json!({ "type": "string" }));
        let nothing = json!({});
        for (one, other, both) in [
            (json(a.clone()), json(a.clone()), a.clone()),
            (json(a.clone()), json(b.clone()), json!({})),
            (
                json(b.clone()),
                nothing.clone(),
                json!({ "type": "string", "nullable": true }),
            ),
            (
                json(a.clone()),
                nothing,
                json!({ "nullable": true, "allOf": [a] }),
            ),
        ] {
            let content = success(&json!({ "200": one, "201": other, "404": {} }));
            assert_eq!(content[JSON]["schema"], both);
        }
        let bytes = json!({ "content": { "image/png": {} } });
        let content = success(&json!({ "200": bytes, "201": json(b) }));
        assert!(content.get(BYTES).is_some(), "{content}");
    }

    #[test]
    fn a_default_is_the_success_where_there_is_no_other() {
        let default =
            json!({ "content": { "application/hal+json": { "schema": { "type": "object" } } } });
        let (alone, announced) = operation(&json!({ "responses": { "default": default.clone() } }));
        assert!(
            alone["responses"]["2XX"]["content"].get(JSON).is_some(),
            "{alone}"
        );
        assert_eq!(announced.accept.as_deref(), Some("application/hal+json"));
        let (beside, _) = operation(&json!({ "responses": { "200": {}, "default": default } }));
        assert_eq!(beside["responses"], json!({ "200": {} }));
    }

    #[test]
    fn a_request_keeps_its_name_and_becomes_what_can_be_sent() {
        for (name, schema, taken) in [
            (
                "application/merge-patch+json",
                json!({ "$ref": "#/a" }),
                JSON,
            ),
            (FORM, json!({ "type": "object" }), FORM),
            (
                "image/png",
                json!({ "type": "string", "format": "binary" }),
                BYTES,
            ),
            ("text/plain", json!({ "type": "string" }), BYTES),
        ] {
            let body = json!({ "content": { name: { "schema": schema } } });
            let (operation, announced) =
                operation(&json!({ "requestBody": body, "responses": {} }));
            assert!(
                operation["requestBody"]["content"].get(taken).is_some(),
                "{operation}"
            );
            assert_eq!(announced.content_type.as_deref(), Some(name));
        }
        let xml = json!({ "content": { "application/xml": { "schema": { "type": "object" } } } });
        let (operation, announced) =
            operation(&json!({ "requestBody": xml.clone(), "responses": {} }));
        assert_eq!(
            (&operation["requestBody"], announced.content_type),
            (&xml, None)
        );
    }
}
