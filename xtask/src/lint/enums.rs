//! Enums: values that suit their schema and become variants of different names.

use super::{Report, defaults::misfit_of, document::Document, grammar::ObjectKind};
use crate::{
    contract::{Node, NodeValue, join},
    fold::{Folded, pascal},
};

fn values(schema: &Node) -> &[Node] {
    schema.get("enum").map_or(&[], Node::items)
}

pub(super) fn empty(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        if let Some(entry) = site.node.entry("enum")
            && matches!(&entry.value.value, NodeValue::Seq(items) if items.is_empty())
        {
            let message = "this enum has no value, so the generator drops it";
            let help = "list the values, or remove `enum`";
            report.at(entry.at, &join(&site.pointer, "enum"), message, help);
        }
    }
}

pub(super) fn value(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let untyped = site.node.get("type").is_none();
        let first = values(site.node)
            .iter()
            .find(|v| !matches!(v.value, NodeValue::Null));
        for (index, value) in values(site.node).iter().enumerate() {
            let nothing = matches!(value.value, NodeValue::Null);
            let wrong = if nothing {
                (!site.node.is_set("nullable")).then(|| "the schema is not `nullable`".to_owned())
            } else if untyped {
                let kind = first.map_or("nothing", Node::kind);
                (value.kind() != kind).then(|| format!("the first one is {kind}"))
            } else {
                misfit_of(document, site.node, value)
            };
            if let Some(wrong) = wrong {
                let pointer = join(&join(&site.pointer, "enum"), &index.to_string());
                let message = format!("the value {} does not fit: {wrong}", value.to_json());
                let help = match (&value.value, site.node.text("type")) {
                    (NodeValue::Null, _) => "write `nullable: true` too".to_owned(),
                    (NodeValue::Bool(_) | NodeValue::Number(_), Some("string")) => {
                        format!("put it in quotes: '{}'", value.to_json())
                    }
                    _ => "write a value of the schema's type and constraints".to_owned(),
                };
                report.at(value.at(), &pointer, message, help);
            }
        }
    }
}

pub(super) fn collision(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let mut names = Folded::by(pascal);
        for (index, value) in values(site.node).iter().enumerate() {
            let Some(text) = value.as_str() else {
                continue;
            };
            if let Some((first, folded)) = names.clash(text) {
                let pointer = join(&join(&site.pointer, "enum"), &index.to_string());
                let message = format!("`{text}` and `{first}` both become `{folded}`");
                let help = "leave one out, or write `type: string` without `enum`";
                report.at(value.at(), &pointer, message, help);
            }
        }
    }
}

pub(super) fn repeated(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let values = values(site.node);
        for (index, value) in values.iter().enumerate() {
            let json = value.to_json();
            if values
                .iter()
                .take(index)
                .any(|earlier| earlier.to_json() == json)
            {
                let pointer = join(&join(&site.pointer, "enum"), &index.to_string());
                let message = format!("the value {json} stands here twice");
                report.at(value.at(), &pointer, message, "remove one of the two");
            }
        }
    }
}
