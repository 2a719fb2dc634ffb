//! Placeholders and `in: path` parameters: one for one.

use super::{
    Report, document::Document, grammar::ObjectKind, paths::placeholders, spelling::nearest,
};
use crate::contract::{Node, join};

fn is_path_parameter(node: &Node) -> bool {
    node.text("in") == Some("path")
}

pub(super) fn missing(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let parameters = document.parameters(operation);
        // A `$ref` that leads astray may be the one: it has a rule of its own.
        if parameters.iter().any(|p| p.node.get("name").is_none())
            || parameters.len() < Document::listed_parameters(operation)
        {
            continue;
        }
        for name in placeholders(operation.path).unwrap_or_default() {
            let found = parameters
                .iter()
                .any(|p| is_path_parameter(p.node) && p.node.text("name") == Some(name));
            if !found {
                let message = format!("{} has no parameter for `{{{name}}}`", operation.title());
                let help =
                    format!("add the parameter: `name: {name}`, `in: path`, `required: true`");
                report.at(operation.at, &operation.pointer, message, help);
            }
        }
    }
}

pub(super) fn extra(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let Ok(names) = placeholders(operation.path) else {
            continue;
        };
        for parameter in document.parameters(operation) {
            let name = parameter.node.text("name").unwrap_or_default();
            if !is_path_parameter(parameter.node) || names.contains(&name) {
                continue;
            }
            // A placeholder without its parameter nearby is the same slip, told already.
            let slip = nearest(name, names.iter().copied()).is_some_and(|near| {
                let list = document.parameters(operation);
                !list.iter().any(|p| p.node.text("name") == Some(near))
            });
            if !slip {
                let message = format!("`{}` has no placeholder `{{{name}}}`", operation.path);
                let help = format!("put `{{{name}}}` into the path, or remove the parameter");
                report.at(parameter.at, &parameter.pointer, message, help);
            }
        }
    }
}

pub(super) fn optional(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        if is_path_parameter(site.node) && !site.node.is_set("required") {
            let name = site.node.text("name").unwrap_or_default();
            let at = site
                .node
                .entry("required")
                .map_or(site.at, |entry| entry.at);
            let pointer = match site.node.get("required") {
                Some(_) => join(&site.pointer, "required"),
                None => site.pointer.clone(),
            };
            let message = format!("the path parameter `{name}` is not required");
            report.at(at, &pointer, message, "write `required: true`");
        }
    }
}
