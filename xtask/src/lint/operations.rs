//! Operations: their ids, tags and security, and the servers they run on.

use std::collections::BTreeMap;

use heck::ToSnakeCase;

use super::{
    Report,
    document::{Document, Operation},
    grammar::ObjectKind,
    spelling::nearest,
};
use crate::{
    contract::{Node, join},
    fold::{Folded, snake},
};

/// Methods of the generated client, and those of the traits that generated code calls on it.
const TAKEN: &[&str] = &[
    "new",
    "new_with_client",
    "api_version",
    "pre",
    "post",
    "exec",
];

fn id_of<'a>(operation: &Operation<'a>) -> Option<(&'a str, &'a Node, String)> {
    let node = operation.node.get("operationId")?;
    Some((
        node.as_str()?,
        node,
        join(&operation.pointer, "operationId"),
    ))
}

pub(super) fn method_unsupported(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        if operation.pointer.ends_with("/trace") || operation.pointer.ends_with("/options") {
            let message = format!(
                "{} has a method that the HTTP client lacks",
                operation.title()
            );
            let help = "leave the operation out; there are get, put, post, patch, delete and head";
            report.at(operation.at, &operation.pointer, message, help);
        }
    }
}

pub(super) fn id_missing(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        if operation.node.get("operationId").is_none() {
            let message = format!("{} has no operationId", operation.title());
            let help = "write `operationId:` with a verb and a noun, such as `listExportJobs`";
            report.at(operation.at, &operation.pointer, message, help);
        }
    }
}

pub(super) fn id_duplicate(document: &Document<'_>, report: &mut Report<'_>) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for operation in &document.operations {
        let Some((id, node, pointer)) = id_of(operation) else {
            continue;
        };
        if let Some(first) = seen.get(id) {
            let message = format!("`{id}` is the operationId of {first} already");
            report.at(
                node.at(),
                &pointer,
                message,
                "give this operation an id of its own",
            );
        } else {
            seen.insert(id, operation.title());
        }
    }
}

pub(super) fn id_collision(document: &Document<'_>, report: &mut Report<'_>) {
    let mut names = Folded::by(snake);
    for operation in &document.operations {
        let Some((id, node, pointer)) = id_of(operation) else {
            continue;
        };
        if let Some((first, folded)) = names.clash(id) {
            let message = format!("`{id}` and `{first}` both become the method `{folded}`");
            report.at(
                node.at(),
                &pointer,
                message,
                "let the two ids differ in more than case",
            );
        }
    }
}

pub(super) fn id_reserved(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let Some((id, node, pointer)) = id_of(operation) else {
            continue;
        };
        let folded = snake(id);
        if TAKEN.contains(&folded.as_str()) {
            let message = format!("`{id}` becomes `{folded}`, which the client has already");
            let help = "name the thing too, such as `listExportJobs`";
            report.at(node.at(), &pointer, message, help);
        }
    }
}

/// The table of operations calls a method by the id in snake case; the generator puts something
/// before a digit, behind a word of Rust, and drops apostrophes.
pub(super) fn id_renamed(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let Some((id, node, pointer)) = id_of(operation) else {
            continue;
        };
        let plain = id.to_snake_case();
        // `gen` is a word of Rust 2024, which the parser does not know yet.
        let is_word = syn::parse_str::<syn::Ident>(&plain).is_err() || plain == "gen";
        if is_word || plain != snake(id) {
            let message = format!(
                "`{id}` is no name for a method: the generator changes it, and `{plain}` is not found"
            );
            let help = "begin with a verb in letters and name the thing, such as `listExportJobs`";
            report.at(node.at(), &pointer, message, help);
        }
    }
}

pub(super) fn undeclared_tag(document: &Document<'_>, report: &mut Report<'_>) {
    let declared = document.root.get("tags").map_or(&[][..], Node::items);
    let declared: Vec<&str> = declared.iter().filter_map(|tag| tag.text("name")).collect();
    for operation in &document.operations {
        let tags = operation.node.get("tags").map_or(&[][..], Node::items);
        for (index, node) in tags.iter().enumerate() {
            let Some(tag) = node.as_str().filter(|tag| !declared.contains(tag)) else {
                continue;
            };
            let help = match nearest(tag, declared.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("declare it: `- name: {tag}` under `tags` at the top"),
            };
            let pointer = join(&join(&operation.pointer, "tags"), &index.to_string());
            report.at(
                node.at(),
                &pointer,
                format!("the tag `{tag}` is not declared"),
                help,
            );
        }
    }
}

pub(super) fn undeclared_scheme(document: &Document<'_>, report: &mut Report<'_>) {
    let schemes = document.components("securitySchemes");
    let schemes = schemes.map_or(&[][..], Node::entries);
    for site in document.of(ObjectKind::SecurityRequirement) {
        for entry in site.node.entries() {
            if schemes.iter().any(|scheme| scheme.key == entry.key) {
                continue;
            }
            let help = match nearest(&entry.key, schemes.iter().map(|s| s.key.as_str())) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "define it under `components/securitySchemes`".to_owned(),
            };
            let message = format!("there is no security scheme `{}`", entry.key);
            report.at(entry.at, &join(&site.pointer, &entry.key), message, help);
        }
    }
}

pub(super) fn server_missing(document: &Document<'_>, report: &mut Report<'_>) {
    let help = "write `servers:` with `- url:` and the URL below which the paths lie";
    match document.root.entry("servers") {
        None => report.at(document.root.at(), "", "no server is named", help),
        Some(entry) if entry.value.items().is_empty() => {
            report.at(entry.at, "/servers", "the list of servers is empty", help);
        }
        Some(_) => {}
    }
}

pub(super) fn server_slash(document: &Document<'_>, report: &mut Report<'_>) {
    let servers = document.root.get("servers").map_or(&[][..], Node::items);
    for (index, server) in servers.iter().enumerate() {
        let Some(url) = server.entry("url") else {
            continue;
        };
        let Some(without) = url.value.as_str().and_then(|url| url.strip_suffix('/')) else {
            continue;
        };
        let pointer = join(&join("/servers", &index.to_string()), "url");
        let message = "the URL of a server ends with a slash";
        report.at(
            url.value.at(),
            &pointer,
            message,
            format!("write `{without}`"),
        );
    }
}
