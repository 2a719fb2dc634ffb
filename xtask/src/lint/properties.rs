//! Properties of an object: distinct as fields, and there if they are required.

use super::schemas::is_branch;
use super::{
    Report,
    document::{Document, Site},
    grammar::ObjectKind,
    spelling::nearest,
};
use crate::{
    contract::{Node, join, pointer::follow},
    fold::{Folded, snake},
};

fn properties(schema: &Node) -> impl Iterator<Item = &str> {
    let entries = schema.get("properties").map_or(&[][..], Node::entries);
    entries.iter().map(|entry| entry.key.as_str())
}

pub(super) fn collision(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let entries = site.node.get("properties").map_or(&[][..], Node::entries);
        let mut names = Folded::by(snake);
        for entry in entries {
            if let Some((first, folded)) = names.clash(&entry.key) {
                report.at(
                    entry.at,
                    &join(&join(&site.pointer, "properties"), &entry.key),
                    format!(
                        "`{}` and `{first}` both become the field `{folded}`",
                        entry.key
                    ),
                    "leave one of them out",
                );
            }
        }
    }
}

/// Every property that a schema has, those of its `allOf` included.
fn all_properties<'a>(document: &Document<'a>, schema: &'a Node, depth: u8) -> Vec<&'a str> {
    let mut names: Vec<&str> = properties(schema).collect();
    for branch in schema.get("allOf").map_or(&[][..], Node::items) {
        if let Some(found) = document.resolve(branch, "").filter(|_| depth < 8) {
            names.extend(all_properties(document, found.node, depth + 1));
        }
    }
    names
}

pub(super) fn required_absent(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        // A branch of a combinator may require what a sibling or the schema around it defines.
        if is_branch(&site.pointer) && !is_tag_alone(document, site) {
            continue;
        }
        let names = all_properties(document, site.node, 0);
        let required = site.node.get("required").map_or(&[][..], Node::items);
        for (index, node) in required.iter().enumerate() {
            let Some(name) = node.as_str().filter(|name| !names.contains(name)) else {
                continue;
            };
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "define the property, or do not require it".to_owned(),
            };
            let pointer = join(&join(&site.pointer, "required"), &index.to_string());
            let message = format!("`{name}` is required and is no property of this schema");
            report.at(node.at(), &pointer, message, help);
        }
    }
}

/// A branch of a `oneOf` with one property: the generator takes that for a tag, and panics where
/// more is required. What is around it may have the others.
fn is_tag_alone(document: &Document<'_>, site: &Site<'_>) -> bool {
    let around = site
        .pointer
        .rsplit_once("/oneOf/")
        .map(|(around, _)| around);
    let around = around.and_then(|around| follow(document.root, around));
    let alone = around.is_some_and(|(around, _)| around.get("properties").is_none());
    let properties = site
        .node
        .get("properties")
        .map_or(0, |all| all.entries().len());
    alone && properties == 1
}

pub(super) fn required_twice(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let required = site.node.get("required").map_or(&[][..], Node::items);
        for (index, node) in required.iter().enumerate() {
            let name = node.as_str();
            if name.is_some() && required.iter().take(index).any(|n| n.as_str() == name) {
                let pointer = join(&join(&site.pointer, "required"), &index.to_string());
                let message = format!("`{}` is required twice", name.unwrap_or_default());
                report.at(node.at(), &pointer, message, "remove one of the two");
            }
        }
    }
}

/// `true` keeps nothing; an empty schema, which allows as much, keeps what comes.
pub(super) fn others_lost(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let named = site.node.get("properties");
        let named = named.is_some_and(|all| !all.entries().is_empty());
        let combined = ["allOf", "oneOf", "anyOf"]
            .iter()
            .any(|key| site.node.get(key).is_some());
        let is_part = is_branch(&site.pointer) && site.pointer.rsplit('/').nth(1) == Some("allOf");
        if let Some(entry) = site.node.entry("additionalProperties")
            && entry.value.as_bool() == Some(true)
            && (named || combined || is_part)
        {
            report.at(
                entry.at,
                &join(&site.pointer, "additionalProperties"),
                "`additionalProperties: true` keeps none of the properties that it allows",
                "write `additionalProperties: {}`, which keeps them in the field `extra`",
            );
        }
    }
}
