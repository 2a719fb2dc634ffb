//! Names that the generator invents for inline schemas, and whom they meet.
//!
//! An inline schema that becomes a type is called after where it stands: `<operation>Response`,
//! `<operation>Body`, `<operation><parameter>`, `<type><property>`, `<type>Item`, `<type>Value`;
//! or after its `title`. The type space keeps the first type of a name and hands it out for the
//! second, without a word, whatever that one looks like.

use std::collections::BTreeMap;

use super::{
    Report,
    document::Document,
    formats::READ,
    media::{content, here},
};
use crate::{
    contract::{Node, NodeValue, join},
    finding::Location,
    fold::{pascal, snake},
};

/// A type that the generator makes.
#[derive(Clone, Debug)]
struct Made<'a> {
    name: String,
    node: &'a Node,
    at: Location,
    pointer: String,
    /// A schema of `components` rather than an inline one.
    named: bool,
}

pub(super) fn collision(document: &Document<'_>, report: &mut Report<'_>) {
    let mut made = Vec::new();
    let schemas = document
        .components("schemas")
        .map_or(&[][..], Node::entries);
    for entry in schemas {
        let pointer = join("/components/schemas", &entry.key);
        let name = pascal(&entry.key);
        made.push(Made {
            name: name.clone(),
            node: &entry.value,
            at: entry.at,
            pointer: pointer.clone(),
            named: true,
        });
        inner(&entry.value, &name, &pointer, &mut made);
    }
    for operation in &document.operations {
        let Some(id) = operation.id() else { continue };
        for parameter in document.parameters(operation) {
            if let (Some(name), Some(schema)) =
                (parameter.node.text("name"), parameter.node.get("schema"))
            {
                let suggested = pascal(&format!("{id}-{name}"));
                // The use is where the name arises, so the use is where it is told.
                let pointer = join(&parameter.pointer, "schema");
                inline(schema, parameter.at, &suggested, &pointer, &mut made);
            }
        }
        let request = document.request_body(operation).map(|body| (body, "body"));
        let responses = document.successes(operation);
        let responses = responses.into_iter().map(|s| (s.body, "response"));
        for (body, role) in request.into_iter().chain(responses) {
            for media in content(&body).iter().take(1) {
                if let Some(entry) = media.value.entry("schema") {
                    let suggested = pascal(&format!("{id}-{role}"));
                    let pointer = join(&here(&body, media), "schema");
                    inline(&entry.value, entry.at, &suggested, &pointer, &mut made);
                }
            }
        }
    }
    tell(&made, report);
}

fn tell(made: &[Made<'_>], report: &mut Report<'_>) {
    let mut first_of: BTreeMap<&str, &Made<'_>> = BTreeMap::new();
    // Named schemas first: they own their names wherever they stand. Two of them with one name
    // have a rule of their own.
    for one in made.iter().filter(|one| one.named) {
        first_of.entry(&one.name).or_insert(one);
    }
    for one in made.iter().filter(|one| !one.named) {
        match first_of.get(one.name.as_str()) {
            Some(first) if first.node.to_json() != one.node.to_json() => {
                let message = format!(
                    "this inline schema becomes the type `{}`, as #{} does",
                    one.name, first.pointer
                );
                let help = "name it under `components/schemas` and use `$ref`";
                report.at(one.at, &one.pointer, message, help);
            }
            Some(_) => {}
            None => {
                first_of.insert(&one.name, one);
            }
        }
    }
}

fn inline<'a>(
    schema: &'a Node,
    at: Location,
    suggested: &str,
    pointer: &str,
    made: &mut Vec<Made<'a>>,
) {
    if schema.get("$ref").is_some() || schema.get("x-rust-type").is_some() {
        return;
    }
    let name = schema
        .text("title")
        .map_or_else(|| pascal(suggested), pascal);
    if is_type(schema) {
        made.push(Made {
            name: name.clone(),
            node: schema,
            at,
            pointer: pointer.to_owned(),
            named: false,
        });
    }
    inner(schema, &name, pointer, made);
}

/// The types that the parts of a schema become.
fn inner<'a>(schema: &'a Node, name: &str, pointer: &str, made: &mut Vec<Made<'a>>) {
    let properties = schema.get("properties").map_or(&[][..], Node::entries);
    for entry in properties {
        let here = join(&join(pointer, "properties"), &entry.key);
        let suggested = format!("{name}_{}", snake(&entry.key));
        inline(&entry.value, entry.at, &suggested, &here, made);
    }
    if let Some(entry) = schema.entry("items") {
        let here = join(pointer, "items");
        inline(&entry.value, entry.at, &format!("{name}Item"), &here, made);
    }
    if let Some(entry) = schema.entry("additionalProperties") {
        let suggested = match properties {
            [] => format!("{name}Value"),
            _ => format!("{name}ExtraValue"),
        };
        let here = join(pointer, "additionalProperties");
        inline(&entry.value, entry.at, &suggested, &here, made);
    }
}

/// Whether a schema becomes a type of its own rather than a `String`, an `i64` or a `Vec`.
fn is_type(schema: &Node) -> bool {
    let has = |key: &str| schema.get(key).is_some();
    match schema.text("type") {
        Some("object") => {
            has("properties")
                || has("required")
                || schema.get("additionalProperties").and_then(Node::as_bool) == Some(false)
        }
        Some("string") => {
            let format = schema.text("format").is_some_and(|f| READ.contains(&f));
            let constrained = has("pattern") || has("minLength") || has("maxLength");
            has("enum") || (constrained && !format)
        }
        Some("integer" | "number") => has("enum"),
        Some(_) => false,
        None => {
            if is_alias(schema) {
                return false;
            }
            let enumerates = matches!(
                schema.get("enum").map(|e| &e.value),
                Some(NodeValue::Seq(_))
            );
            enumerates || has("properties") || has("oneOf") || has("anyOf") || has("allOf")
        }
    }
}

/// Whether a schema is another one with words of its own: an `allOf` of one `$ref`, and nothing
/// that would make a type of it. It becomes what the `$ref` leads to.
fn is_alias(schema: &Node) -> bool {
    let branches = schema.get("allOf").map_or(&[][..], Node::items);
    let one = matches!(branches, [branch] if branch.get("$ref").is_some());
    let says_more = ["enum", "properties", "oneOf", "anyOf", "required"];
    one && !says_more.iter().any(|key| schema.get(key).is_some())
}
