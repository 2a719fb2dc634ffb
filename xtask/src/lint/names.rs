//! Names of components: distinct after case folding, and such as a `$ref` can carry.

use super::{Report, document::Document};
use crate::{
    contract::{Node, join},
    fold::{Folded, pascal},
};

pub(super) fn component_name(document: &Document<'_>, report: &mut Report<'_>) {
    let sections = document
        .root
        .get("components")
        .map_or(&[][..], Node::entries);
    for section in sections
        .iter()
        .filter(|section| !section.key.starts_with("x-"))
    {
        for entry in section.value.entries() {
            let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            if entry.key.is_empty() || !entry.key.chars().all(fine) {
                let kept: String = entry.key.chars().filter(|c| fine(*c)).collect();
                let pointer = join(&join("/components", &section.key), &entry.key);
                let message = format!("`{}` is no name for a component", entry.key.escape_debug());
                report.at(entry.at, &pointer, message, format!("call it `{kept}`"));
            }
        }
    }
}

pub(super) fn schema_collision(document: &Document<'_>, report: &mut Report<'_>) {
    let schemas = document
        .components("schemas")
        .map_or(&[][..], Node::entries);
    let mut names = Folded::by(pascal);
    for entry in schemas {
        if let Some((first, folded)) = names.clash(&entry.key) {
            report.at(
                entry.at,
                &join("/components/schemas", &entry.key),
                format!(
                    "`{}` and `{first}` both become the type `{folded}`",
                    entry.key
                ),
                "let the two names differ in more than case, or merge the schemas",
            );
        }
    }
}
