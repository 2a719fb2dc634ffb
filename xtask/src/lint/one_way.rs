//! `readOnly` and `writeOnly`: properties that travel one way, demanded in the other.
//!
//! The generator makes one type for both ways. What only the server may send must then be sent
//! by the client too, if it is required; or an answer without the password does not decode.

use std::collections::BTreeSet;

use super::{
    Report,
    document::{Direction, Document},
    grammar::ObjectKind,
};
use crate::contract::{Node, join};

const SCHEMAS: &str = "/components/schemas/";

/// What a property is, which way it must not be demanded, and what that means.
const WAYS: [(&str, Direction, &str); 2] = [
    (
        "readOnly",
        Direction::Request,
        "so requests must send what is the server's alone",
    ),
    (
        "writeOnly",
        Direction::Response,
        "so an answer without it does not decode",
    ),
];

pub(super) fn required(document: &Document<'_>, report: &mut Report<'_>) {
    let travels = [Direction::Request, Direction::Response].map(|way| reached(document, way));
    for site in document.of(ObjectKind::Schema) {
        let required = site.node.get("required").map_or(&[][..], Node::items);
        for (index, node) in required.iter().enumerate() {
            let name = node.as_str().unwrap_or_default();
            let Some(property) = property(document, site.node, name, 0) else {
                continue;
            };
            for (key, way, meaning) in WAYS {
                let [request, response] = &travels;
                let (wrong, right) = match way {
                    Direction::Request => (request, response),
                    _ => (response, request),
                };
                let goes = |set: &BTreeSet<String>| set.iter().any(|at| within(&site.pointer, at));
                // A schema that nothing uses yet may be used either way.
                let unused = site.pointer.starts_with(SCHEMAS) && !goes(right);
                if property.is_set(key) && (goes(wrong) || unused) {
                    let pointer = join(&join(&site.pointer, "required"), &index.to_string());
                    report.at(
                        node.at(),
                        &pointer,
                        format!("`{name}` is required and `{key}`, {meaning}"),
                        "take it out of `required`, or give requests and responses schemas of \
                         their own",
                    );
                }
            }
        }
    }
}

/// Whether a pointer is `around`, or leads into it.
fn within(pointer: &str, around: &str) -> bool {
    let rest = pointer.strip_prefix(around);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A property of a schema, or of a branch of its `allOf`.
fn property<'a>(
    document: &Document<'a>,
    schema: &'a Node,
    name: &str,
    depth: u8,
) -> Option<&'a Node> {
    if let Some(property) = schema.get("properties").and_then(|all| all.get(name)) {
        return Some(document.resolve(property, "")?.node);
    }
    let branches = schema.get("allOf").map_or(&[][..], Node::items).iter();
    branches.filter(|_| depth < 8).find_map(|branch| {
        let branch = document.resolve(branch, "")?.node;
        self::property(document, branch, name, depth + 1)
    })
}

/// The pointers to the bodies that travel one way, and to the schemas that they reach.
fn reached(document: &Document<'_>, way: Direction) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut waiting = Vec::new();
    for (body, direction) in document.bodies() {
        if direction == way {
            references(body.node, &mut waiting);
            reached.insert(body.pointer);
        }
    }
    while let Some(target) = waiting.pop() {
        let Some(pointer) = target.strip_prefix('#') else {
            continue;
        };
        if let Some(schema) = pointer.strip_prefix(SCHEMAS)
            && let Some(node) = document
                .components("schemas")
                .and_then(|all| all.get(schema))
            && reached.insert(pointer.to_owned())
        {
            references(node, &mut waiting);
        }
    }
    reached
}

fn references<'a>(node: &'a Node, targets: &mut Vec<&'a str>) {
    targets.extend(node.text("$ref"));
    for inner in node.items() {
        references(inner, targets);
    }
    for entry in node.entries() {
        references(&entry.value, targets);
    }
}
