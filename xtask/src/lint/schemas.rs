//! Schemas: one known type, keywords that suit it, patterns that compile.

use super::{Report, document::Document, grammar::ObjectKind, spelling::nearest};
use crate::codegen::vocabulary::{HAND_WRITTEN, is_of_ids};
use crate::contract::{Entry, Node, NodeValue, join};
use crate::rule::Profile;

const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "object", "array"];

/// Keywords that say something about some types only.
const TYPED: &[(&str, &[&str])] = &[
    ("format", &["string", "integer", "number"]),
    ("enum", &["string", "integer", "number"]),
    ("pattern", &["string"]),
    ("minLength", &["string"]),
    ("maxLength", &["string"]),
    ("minimum", &["integer", "number"]),
    ("maximum", &["integer", "number"]),
    ("exclusiveMinimum", &["integer", "number"]),
    ("exclusiveMaximum", &["integer", "number"]),
    ("multipleOf", &["integer", "number"]),
    ("properties", &["object"]),
    ("required", &["object"]),
    ("additionalProperties", &["object"]),
    ("minProperties", &["object"]),
    ("maxProperties", &["object"]),
    ("items", &["array"]),
    ("minItems", &["array"]),
    ("maxItems", &["array"]),
    ("uniqueItems", &["array"]),
];

pub(super) fn schema_type(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let Some(node) = site.node.get("type") else {
            continue;
        };
        let (message, help) = match &node.value {
            NodeValue::String(given) if TYPES.contains(&given.as_str()) => continue,
            NodeValue::String(given) => (
                format!("`{given}` is no type"),
                match (given.as_str(), nearest(given, TYPES)) {
                    ("null", _) => "write `nullable: true` beside the type".to_owned(),
                    (_, Some(near)) => format!("did you mean `{near}`?"),
                    (_, None) => format!("write one of {}", TYPES.join(", ")),
                },
            ),
            NodeValue::Seq(_) => (
                "`type` is a list, as in OpenAPI 3.1".to_owned(),
                "write the one type, and `nullable: true` if `null` is among them".to_owned(),
            ),
            _ => (
                format!("`type` is {}, not text", node.kind()),
                format!("write one of {}", TYPES.join(", ")),
            ),
        };
        report.at(node.at(), &join(&site.pointer, "type"), message, help);
    }
}

pub(super) fn misplaced(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let Some(given) = site.node.text("type").filter(|t| TYPES.contains(t)) else {
            continue;
        };
        for entry in site.node.entries() {
            let suits = TYPED.iter().find(|(keyword, _)| *keyword == entry.key);
            let Some((keyword, types)) = suits.filter(|(_, types)| !types.contains(&given)) else {
                continue;
            };
            // The generator drops the others, and loses nothing.
            if document.profile == Profile::Generator && !["format", "enum"].contains(keyword) {
                continue;
            }
            let message = format!("`{keyword}` says nothing about `type: {given}`");
            let help = format!("remove it, or write `type: {}`", types.join("` or `type: "));
            report.at(entry.at, &join(&site.pointer, keyword), message, help);
        }
    }
}

pub(super) fn untyped(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let told = ["type", "allOf", "oneOf", "anyOf"];
        // What stands around a branch may have the type.
        if is_branch(&site.pointer) || told.iter().any(|key| site.node.get(key).is_some()) {
            continue;
        }
        // Values tell their type, but only where nothing else is said about them.
        let has_values = site.node.get("enum").is_some();
        let needs_type = |entry: &&Entry| match entry.key.as_str() {
            "nullable" => !has_values && entry.value.as_bool() == Some(true),
            "enum" => false,
            key => TYPED.iter().any(|(keyword, _)| *keyword == key),
        };
        if let Some(entry) = site.node.entries().iter().find(needs_type) {
            let suits = TYPED.iter().find(|(keyword, _)| *keyword == entry.key);
            let help = suits.map_or_else(
                || "write the `type` too".to_owned(),
                |(_, types)| format!("write `type: {}` too", types.join("` or `type: ")),
            );
            let message = format!("`{}` stands without a `type`", entry.key);
            report.at(entry.at, &join(&site.pointer, &entry.key), message, help);
        }
    }
}

/// Whether a schema is a branch of a combinator: its pointer ends with `/allOf/0` or the like.
pub(super) fn is_branch(pointer: &str) -> bool {
    let mut steps = pointer.rsplit('/').skip(1);
    steps
        .next()
        .is_some_and(|step| matches!(step, "allOf" | "oneOf" | "anyOf"))
}

pub(super) fn items_missing(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        if let Some(node) = site.node.get("type")
            && node.as_str() == Some("array")
            && site.node.get("items").is_none()
        {
            let message = "this array does not say what it is a list of";
            let pointer = join(&site.pointer, "type");
            report.at(node.at(), &pointer, message, "write `items:` with a schema");
        }
    }
}

pub(super) fn pattern(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let Some(node) = site.node.get("pattern") else {
            continue;
        };
        let Some(pattern) = node.as_str() else {
            continue;
        };
        if let Err(error) = regress::Regex::new(pattern) {
            let message = format!("`{pattern}` does not compile: {}", error.text);
            let help = "correct the pattern; its language is ECMAScript's";
            report.at(node.at(), &join(&site.pointer, "pattern"), message, help);
        }
    }
}

/// Types that the generator takes from crates which the bindings do not depend on.
pub(super) fn foreign_type(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let name = site.pointer.strip_prefix("/components/schemas/");
        let by_hand = name.is_some_and(|name| {
            HAND_WRITTEN.contains(&name) || site.node.text("pattern").is_some_and(is_of_ids)
        });
        // A parameter's own constraint has a rule of its own, and its UUID is text.
        if by_hand || is_of_parameter(&site.pointer) {
            continue;
        }
        let valid = |pattern: &&Node| {
            let text = pattern.as_str().unwrap_or_default();
            regress::Regex::new(text).is_ok()
        };
        let pattern = site.node.get("pattern").filter(valid);
        let uuid = site
            .node
            .get("format")
            .filter(|format| format.as_str() == Some("uuid"));
        for (key, node, krate) in [("pattern", pattern, "regress"), ("format", uuid, "uuid")] {
            let Some(node) = node else { continue };
            report.at(
                node.at(),
                &join(&site.pointer, key),
                format!("`{key}` becomes a type of the crate {krate}, which the bindings lack"),
                "leave it out, or write the type by hand and name its schema in `HAND_WRITTEN`",
            );
        }
    }
}

/// Whether a schema stands in a parameter rather than in a property of that name.
fn is_of_parameter(pointer: &str) -> bool {
    let named = pointer.starts_with("/components/parameters/");
    let in_place = pointer.starts_with("/paths/") && !pointer.contains("/content/");
    named || (in_place && pointer.contains("/parameters/"))
}

/// The number under `key`.
pub(super) fn number(schema: &Node, key: &str) -> Option<f64> {
    schema.get(key)?.as_number()?.as_f64()
}
