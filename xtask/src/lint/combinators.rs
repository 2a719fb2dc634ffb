//! `oneOf`, `anyOf`, `allOf`, `not` and `discriminator`: the shapes that become Rust types.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Report, document::Document, grammar::ObjectKind};
use crate::contract::{Entry, Node, NodeValue, join};

pub(super) fn discriminator(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        if let Some(entry) = site.node.entry("discriminator") {
            report.at(
                entry.at,
                &join(&site.pointer, "discriminator"),
                "the generator ignores discriminators",
                "write `oneOf` of inline objects, each with the tag as a required enum of one \
                 value and `additionalProperties: false`",
            );
        }
    }
}

pub(super) fn any_of_scalars(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let Some(entry) = site.node.entry("anyOf") else {
            continue;
        };
        let mut seen: Vec<&str> = Vec::new();
        for branch in entry.value.items() {
            let Some(found) = document.resolve(branch, "") else {
                continue;
            };
            // Every integer is a number too.
            let scalar = match branch_type(found.node) {
                Some("integer" | "number") => "number",
                Some(scalar @ ("string" | "boolean")) => scalar,
                _ => continue,
            };
            if seen.contains(&scalar) {
                report.at(
                    entry.at,
                    &join(&site.pointer, "anyOf"),
                    format!("two branches of this anyOf are of type {scalar}; the struct made of them decodes neither"),
                    "name one schema with `type` alone; give an open enum a hand-written type",
                );
                break;
            }
            seen.push(scalar);
        }
    }
}

/// The type of a branch, taken from its enum if it has no `type`.
fn branch_type(schema: &Node) -> Option<&str> {
    schema.text("type").or_else(|| {
        let first = schema.get("enum")?.items().first()?;
        first.as_str().map(|_| "string")
    })
}

pub(super) fn all_of_conflict(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let Some(entry) = site.node.entry("allOf") else {
            continue;
        };
        let mut first = site.node.text("type");
        for (index, branch) in entry.value.items().iter().enumerate() {
            let Some(given) = document.schema_type(branch) else {
                continue;
            };
            match first {
                None => first = Some(given),
                Some(other) if other != given => {
                    let pointer = join(&join(&site.pointer, "allOf"), &index.to_string());
                    let message = format!("no value is both `{other}` and `{given}`");
                    let help = "let every branch have the same type";
                    report.at(branch.at(), &pointer, message, help);
                    break;
                }
                Some(_) => {}
            }
        }
    }
}

pub(super) fn all_of_closed(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let Some(entry) = site.node.entry("allOf") else {
            continue;
        };
        let branches: Vec<&Node> = entry
            .value
            .items()
            .iter()
            .filter_map(|branch| Some(document.resolve(branch, "")?.node))
            .chain([site.node])
            .collect();
        for closed in &branches {
            let more = closed.get("additionalProperties").and_then(Node::as_bool);
            let known = closed.get("properties");
            let lost = branches
                .iter()
                .flat_map(|branch| branch.get("properties").map_or(&[][..], Node::entries))
                .find(|property| known.is_none_or(|known| known.get(&property.key).is_none()));
            if let Some(property) = lost.filter(|_| more == Some(false)) {
                report.at(
                    entry.at,
                    &join(&site.pointer, "allOf"),
                    format!(
                        "a branch with `additionalProperties: false` does not know `{}` of another",
                        property.key
                    ),
                    "leave `additionalProperties: false` out of what is combined by allOf",
                );
                break;
            }
        }
    }
}

/// One property in two parts of an allOf: of two texts about it one is dropped, and where the
/// two have no value in common for the generator, the property goes.
pub(super) fn all_of_overlap(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let branches = site.node.get("allOf").map_or(&[][..], Node::items);
        let mut seen: BTreeMap<&str, (Value, String)> = BTreeMap::new();
        for (index, branch) in branches.iter().chain([site.node]).enumerate() {
            let own = index == branches.len();
            let (pointer, title) = if own {
                (site.pointer.clone(), "the schema itself".to_owned())
            } else {
                let here = join(&join(&site.pointer, "allOf"), &index.to_string());
                (here, format!("branch {index}"))
            };
            for (entry, json) in properties(document, branch, own, 0) {
                let Some((first, holder)) = seen.get(entry.key.as_str()) else {
                    seen.insert(&entry.key, (json, title.clone()));
                    continue;
                };
                if *first != json {
                    report.at(
                        if own { entry.at } else { branch.at() },
                        &pointer,
                        format!("{title} describes `{}` otherwise than {holder}", entry.key),
                        "describe the property in one of them alone",
                    );
                }
            }
        }
    }
}

/// The properties of a schema, those of its `allOf` included unless they are told apart.
fn properties<'a>(
    document: &Document<'a>,
    schema: &'a Node,
    own: bool,
    depth: u8,
) -> Vec<(&'a Entry, Value)> {
    let Some(found) = document.resolve(schema, "").filter(|_| depth < 8) else {
        return Vec::new();
    };
    let json = |entry: &'a Entry| {
        let meant = document.resolve(&entry.value, "");
        meant.map_or_else(|| entry.value.to_json(), |meant| meant.node.to_json())
    };
    let entries = found.node.get("properties").map_or(&[][..], Node::entries);
    let mut all: Vec<_> = entries.iter().map(|entry| (entry, json(entry))).collect();
    if !own {
        for branch in found.node.get("allOf").map_or(&[][..], Node::items) {
            all.extend(properties(document, branch, own, depth + 1));
        }
    }
    all
}

pub(super) fn empty(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        for key in ["oneOf", "anyOf", "allOf"] {
            if let Some(entry) = site.node.entry(key)
                && matches!(&entry.value.value, NodeValue::Seq(items) if items.is_empty())
            {
                let message = format!("this `{key}` has no branch");
                let help = format!("list the branches, or remove `{key}`");
                report.at(entry.at, &join(&site.pointer, key), message, help);
            }
        }
    }
}

/// The generator gives the name to what may be `null`, and again to what it is otherwise.
pub(super) fn nullable(document: &Document<'_>, report: &mut Report<'_>) {
    let schemas = document
        .components("schemas")
        .map_or(&[][..], Node::entries);
    for schema in schemas {
        let combined = ["allOf", "oneOf", "anyOf"].iter().any(|key| {
            let branches = schema.value.get(key).map_or(&[][..], Node::items);
            // One `$ref` has a name already.
            let other_name = matches!(branches, [one] if one.get("$ref").is_some());
            !branches.is_empty() && !other_name
        });
        if let Some(entry) = schema.value.entry("nullable")
            && entry.value.as_bool() == Some(true)
            && combined
        {
            report.at(
                entry.at,
                &join(&join("/components/schemas", &schema.key), "nullable"),
                format!(
                    "`{}` is combined and `nullable`, so two types get its name",
                    schema.key
                ),
                "write `nullable: true` where it is used, with `allOf:` and the `$ref` as its one \
                 branch",
            );
        }
    }
}

pub(super) fn not(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        if let Some(entry) = site.node.entry("not") {
            let message = "the generator cannot read `not`";
            let help = "say what is allowed instead of what is not";
            report.at(entry.at, &join(&site.pointer, "not"), message, help);
        }
    }
}
