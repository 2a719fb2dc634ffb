//! The extensions that codegen reads: where they mean something, and spelled as it knows them.
//!
//! OpenAPI allows any key that begins with `x-`, so nobody else would tell.

use super::{Report, allowances::KEY, document::Document, grammar::ObjectKind, spelling::nearest};
use crate::{
    contract::{Node, NodeValue, join},
    rule::Profile,
};

/// An array whose undecodable items are kept aside.
const TOLERANT_ITEMS: &str = "x-tolerant-items";
/// Further names under which a property is read.
const ALSO_READ: &str = "x-also-read";
/// What is written for people and for the lint, and what the types are held against.
const OTHERS: [&str; 7] = [
    KEY,
    Profile::KEY,
    "x-atlas-roles",
    "x-extensible-enum",
    "x-value-descriptions",
    "x-value-names",
    "x-atlas-required-roles",
];

const COMPONENTS: &str = "/components/schemas";

pub(super) fn misspelt(document: &Document<'_>, report: &mut Report<'_>) {
    let known = || [TOLERANT_ITEMS, ALSO_READ].into_iter().chain(OTHERS);
    for kind in [
        ObjectKind::OpenApi,
        ObjectKind::Schema,
        ObjectKind::Operation,
    ] {
        for site in document.of(kind) {
            let entries = site.node.entries().iter();
            for entry in entries.filter(|entry| entry.key.starts_with("x-")) {
                if known().any(|name| name == entry.key) {
                    continue;
                }
                if let Some(near) = nearest(&entry.key, known()) {
                    report.at(
                        entry.at,
                        &join(&site.pointer, &entry.key),
                        format!("`{}` is no extension that anything reads", entry.key),
                        format!("did you mean `{near}`?"),
                    );
                }
            }
        }
    }
}

pub(super) fn misplaced(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        if let Some(entry) = site.node.entry(TOLERANT_ITEMS)
            && (entry.value.as_bool() != Some(true) || site.node.text("type") != Some("array"))
        {
            report.at(
                entry.at,
                &join(&site.pointer, TOLERANT_ITEMS),
                format!("`{TOLERANT_ITEMS}` means something as `true` on an array alone"),
                "set it to `true` beside `type: array`, or leave it out",
            );
        }
        if let Some(entry) = site.node.entry(ALSO_READ)
            && let Some(fault) = also_read_fault(&site.pointer, site.node, &entry.value)
        {
            report.at(
                entry.at,
                &join(&site.pointer, ALSO_READ),
                fault,
                "write `x-also-read: {property: [other name]}` in a schema under \
                 `components/schemas`, for a property that it has",
            );
        }
    }
}

/// Why codegen would make nothing of it.
fn also_read_fault(pointer: &str, schema: &Node, value: &Node) -> Option<String> {
    let is_component = pointer
        .strip_prefix(COMPONENTS)
        .is_some_and(|rest| rest.matches('/').count() == 1);
    if !is_component {
        return Some(format!("`{ALSO_READ}` is read in named schemas alone"));
    }
    if !matches!(value.value, NodeValue::Map(_)) {
        return Some(format!("`{ALSO_READ}` is {}, not a mapping", value.kind()));
    }
    value.entries().iter().find_map(|entry| {
        let names = entry.value.items();
        if names.is_empty() || names.iter().any(|name| name.as_str().is_none()) {
            return Some(format!("the names for `{}` are no list of text", entry.key));
        }
        let there = schema
            .get("properties")
            .is_some_and(|properties| properties.get(&entry.key).is_some());
        (!there).then(|| format!("`{}` is no property of this schema", entry.key))
    })
}
