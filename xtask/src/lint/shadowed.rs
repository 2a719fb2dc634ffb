//! `oneOf` branches that are never chosen, because one before them takes all their values.
//!
//! The generated enum tries its variants in the order of the branches and keeps the first that
//! reads. A rough comparison of what is read, not of JSON Schema: where it cannot tell, it says
//! nothing.

use super::{Report, document::Document, formats::READ, grammar::ObjectKind};
use crate::contract::{Node, join};

/// How deep schemas are compared; more is a schema that holds itself.
const DEEPEST: u8 = 8;

pub(super) fn shadowed(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let branches = site.node.get("oneOf").map_or(&[][..], Node::items);
        for (index, branch) in branches.iter().enumerate() {
            let covers = |first: &&Node| covers(document, first, branch, DEEPEST);
            let Some(first) = branches.iter().take(index).position(|first| covers(&first)) else {
                continue;
            };
            report.at(
                branch.at(),
                &join(&join(&site.pointer, "oneOf"), &index.to_string()),
                format!(
                    "every value of this branch fits branch {first} too, which is tried before"
                ),
                "put the narrower branch first, or let the wider one require or forbid what tells \
                 them apart",
            );
        }
    }
}

fn list<'a>(schema: &'a Node, key: &str) -> &'a [Node] {
    schema.get(key).map_or(&[], Node::items)
}

/// Whether what reads `first` reads every value of `second`.
fn covers<'a>(document: &Document<'a>, first: &'a Node, second: &'a Node, depth: u8) -> bool {
    let (Some(first), Some(second)) = (document.resolve(first, ""), document.resolve(second, ""))
    else {
        return false;
    };
    let (first, second) = (first.node, second.node);
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    if first.to_json() == second.to_json() {
        return true;
    }
    let one_by_one = |first, second| covers(document, first, second, depth);
    for key in ["oneOf", "anyOf"] {
        let (some, all) = (list(first, key), list(second, key));
        if !all.is_empty() {
            return all.iter().all(|branch| one_by_one(first, branch));
        }
        if !some.is_empty() {
            return some.iter().any(|branch| one_by_one(branch, second));
        }
    }
    if !list(second, "allOf").is_empty() {
        return list(second, "allOf")
            .iter()
            .any(|branch| one_by_one(first, branch));
    }
    if !list(first, "allOf").is_empty() {
        return first.get("properties").is_none()
            && list(first, "allOf")
                .iter()
                .all(|branch| one_by_one(branch, second));
    }
    if second.is_set("nullable") && !first.is_set("nullable") {
        return false;
    }
    if first.get("enum").is_some() {
        let known: Vec<_> = list(first, "enum").iter().map(Node::to_json).collect();
        let values = list(second, "enum");
        return !values.is_empty() && values.iter().all(|value| known.contains(&value.to_json()));
    }
    match (first.text("type"), second.text("type")) {
        // Anything at all, if nothing is said about it.
        (None, _) => first.get("properties").is_none(),
        (Some("string"), Some("string")) => covers_text(first, second),
        (Some("number"), Some("number" | "integer")) | (Some("integer"), Some("integer")) => {
            same_where_set(first, second, &["minimum", "maximum", "multipleOf"])
                && (first.text("type") == Some("number") || covers_width(first, second))
        }
        (Some("boolean"), Some("boolean")) => true,
        (Some("array"), Some("array")) => match (first.get("items"), second.get("items")) {
            (None, _) => true,
            (Some(first), Some(second)) => one_by_one(first, second),
            (Some(_), None) => false,
        },
        (Some("object"), Some("object")) => covers_object(document, first, second, depth),
        _ => false,
    }
}

fn covers_text(first: &Node, second: &Node) -> bool {
    let read = first.text("format").filter(|format| READ.contains(format));
    read.is_none_or(|format| second.text("format") == Some(format))
        && same_where_set(first, second, &["pattern", "minLength", "maxLength"])
}

fn covers_width(first: &Node, second: &Node) -> bool {
    matches!(first.text("format"), None | Some("int64"))
        || first.text("format") == second.text("format")
}

fn same_where_set(first: &Node, second: &Node, keys: &[&str]) -> bool {
    let json = |schema: &Node, key| schema.get(key).map(Node::to_json);
    keys.iter().all(|key| {
        let bound = json(first, key);
        bound.is_none() || bound == json(second, key)
    })
}

fn covers_object<'a>(
    document: &Document<'a>,
    first: &'a Node,
    second: &'a Node,
    depth: u8,
) -> bool {
    let closed =
        |schema: &Node| schema.get("additionalProperties").and_then(Node::as_bool) == Some(false);
    let property = |schema: &'a Node, name: &str| schema.get("properties")?.get(name);
    let properties = |schema: &'a Node| schema.get("properties").map_or(&[][..], Node::entries);
    let required = |schema: &'a Node| list(schema, "required").iter().filter_map(Node::as_str);

    let asked_for = required(first).all(|name| required(second).any(|other| other == name));
    let known = properties(second)
        .iter()
        .all(|entry| match property(first, &entry.key) {
            Some(here) => covers(document, here, &entry.value, depth),
            None => !closed(first),
        });
    asked_for && known && (!closed(first) || closed(second))
}
