//! The roles of Atlas: the table of them, and that whatever names a role finds it there.

use super::{Report, document::Document, spelling::nearest};
use crate::contract::{Node, join};

/// The table.
const ROLES: &str = "x-atlas-roles";
/// The roles that an operation needs.
const REQUIRED: &str = "x-atlas-required-roles";
/// What a row has as text.
const TEXTS: [&str; 3] = ["name", "code", "source"];

pub(super) fn unknown(document: &Document<'_>, report: &mut Report<'_>) {
    let Some(table) = document.root.get(ROLES) else {
        return;
    };
    let pointer = join("", ROLES);
    let names: Vec<&str> = table
        .items()
        .iter()
        .filter_map(|row| row.text("name"))
        .collect();
    let mut look_up = |list: Option<&Node>, pointer: &str| {
        for (place, node) in list.map_or(&[][..], Node::items).iter().enumerate() {
            let name = node.as_str().unwrap_or_default();
            if names.contains(&name) {
                continue;
            }
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("give it a row under `{ROLES}`"),
            };
            let message = format!("the role `{name}` has no row under `{ROLES}`");
            report.at(node.at(), &join(pointer, &place.to_string()), message, help);
        }
    };
    for (place, row) in table.items().iter().enumerate() {
        let pointer = join(&join(&pointer, &place.to_string()), "includes");
        look_up(row.get("includes"), &pointer);
    }
    for operation in &document.operations {
        let pointer = join(&operation.pointer, REQUIRED);
        look_up(operation.node.get(REQUIRED), &pointer);
    }
}

pub(super) fn incomplete(document: &Document<'_>, report: &mut Report<'_>) {
    let rows = document.root.get(ROLES).map_or(&[][..], Node::items);
    for (place, row) in rows.iter().enumerate() {
        let pointer = join(&join("", ROLES), &place.to_string());
        let missing = TEXTS.iter().find(|key| row.text(key).is_none());
        let missing = missing.or_else(|| row.get("includes").is_none().then_some(&"includes"));
        let twice = || {
            let earlier = rows.iter().take(place);
            ["name", "code"].into_iter().find(|key| {
                let mut earlier = earlier.clone();
                earlier.any(|other| other.text(key) == row.text(key))
            })
        };
        let fault = match (missing, twice()) {
            (Some(key), _) => format!("a role has no `{key}`"),
            (None, Some(key)) => format!("a role has the `{key}` of another"),
            (None, None) => continue,
        };
        let help =
            "write `name`, `code`, `includes` (a list of names) and `source`, once for each role";
        report.at(row.at(), &pointer, fault, help);
    }
}
