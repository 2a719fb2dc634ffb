//! `oneOf`, `anyOf`, `allOf`, `not` and `discriminator`: the shapes that become Rust types.

use super::{Report, document::Document, grammar::Kind};
use crate::contract::{Node, NodeValue, join};

pub(super) fn discriminator(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(Kind::Schema) {
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
    for site in document.of(Kind::Schema) {
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
    for site in document.of(Kind::Schema) {
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
                    let mend = "let every branch have the same type";
                    report.at(branch.at(), &pointer, message, mend);
                    break;
                }
                Some(_) => {}
            }
        }
    }
}

pub(super) fn all_of_closed(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(Kind::Schema) {
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

pub(super) fn empty(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(Kind::Schema) {
        for key in ["oneOf", "anyOf", "allOf"] {
            if let Some(entry) = site.node.entry(key)
                && matches!(&entry.value.value, NodeValue::Seq(items) if items.is_empty())
            {
                let message = format!("this `{key}` has no branch");
                let mend = format!("list the branches, or remove `{key}`");
                report.at(entry.at, &join(&site.pointer, key), message, mend);
            }
        }
    }
}

pub(super) fn not(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(Kind::Schema) {
        if let Some(entry) = site.node.entry("not") {
            let message = "the generator cannot read `not`";
            let mend = "say what is allowed instead of what is not";
            report.at(entry.at, &join(&site.pointer, "not"), message, mend);
        }
    }
}
