//! What a schema says in single words, in one spelling.

use serde_json::Value as Json;

use super::facts::Attributes;

/// What is compared of a schema beside fields, items and references.
const ATTRIBUTES: [&str; 13] = [
    "type",
    "format",
    "nullable",
    "readOnly",
    "writeOnly",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
];

/// The attributes of a schema itself.
pub(super) fn attributes(schema: &Json) -> Attributes {
    let mut attributes = Attributes::new();
    for key in ATTRIBUTES {
        if let Some(value) = schema.get(key).filter(|value| **value != Json::Bool(false)) {
            attributes.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(Json::Bool(false)) = schema.get("default") {
        attributes.insert("default".to_owned(), false.into());
    }
    // An open set is a set all the same.
    let values = schema
        .get("enum")
        .or_else(|| schema.get("x-extensible-enum"));
    if let Some(values) = values {
        attributes.insert("enum".to_owned(), values.clone());
    }
    let typed = |values: &Json| values.get("type").cloned();
    if let Some(of) = schema.get("additionalProperties").and_then(typed) {
        attributes.insert("values".to_owned(), of);
    }
    if let Some(Json::String(pattern)) = attributes.get_mut("pattern") {
        *pattern = without_group(pattern);
        if is_class_of_a_length(pattern) {
            attributes.remove("minLength");
            attributes.remove("maxLength");
        }
    }
    attributes
}

/// `^(x)$` matches what `^x$` does, where the group is the only one.
fn without_group(pattern: &str) -> String {
    let inner = pattern
        .strip_prefix("^(")
        .and_then(|rest| rest.strip_suffix(")$"));
    match inner {
        Some(inner) if !inner.contains(['(', ')', '|']) => format!("^{inner}$"),
        _ => pattern.to_owned(),
    }
}

/// Whether a pattern says how long a text is, as `^[a-f0-9]{24}$` does.
fn is_class_of_a_length(pattern: &str) -> bool {
    let class = pattern
        .strip_prefix("^[")
        .and_then(|rest| rest.split_once("]{"));
    let length = class.and_then(|(_, rest)| rest.strip_suffix("}$"));
    length.is_some_and(|length| length.bytes().all(|b| b.is_ascii_digit()))
}
