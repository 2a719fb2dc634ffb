//! Responses: codes that exist, and one success body for each operation.

use super::{
    Report,
    document::{Document, Success, is_success},
    grammar::ObjectKind,
};
use crate::contract::{Node, join};

fn is_code(code: &str) -> bool {
    let mut chars = code.chars();
    let class = chars.next().is_some_and(|c| ('1'..='5').contains(&c));
    let rest = chars.as_str();
    class && rest.len() == 2 && (rest == "XX" || rest.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn code(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Responses) {
        for entry in site.node.entries() {
            let code = entry.key.as_str();
            if code == "default" || code.starts_with("x-") || is_code(code) {
                continue;
            }
            report.at(
                entry.at,
                &join(&site.pointer, code),
                format!("`{code}` is no response code"),
                "write three digits such as '200', or a class such as '4XX'",
            );
        }
    }
}

pub(super) fn success_missing(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let Some(entry) = operation.node.entry("responses") else {
            continue;
        };
        // An ill-written code or a default may have been meant as the success: each has a rule.
        let told = entry.value.entries().iter().any(|response| {
            let code = response.key.as_str();
            is_success(code) || code == "default" || !(is_code(code) || code.starts_with("x-"))
        });
        if !told {
            let message = format!("{} lists no success", operation.title());
            let help = "write '200' with its content, or '204' without any";
            report.at(
                entry.at,
                &join(&operation.pointer, "responses"),
                message,
                help,
            );
        }
    }
}

/// What the generator makes of a success: nothing, or the schemas of its content.
fn body(success: &Success<'_>) -> Option<serde_json::Value> {
    if success.code == "204" {
        return None;
    }
    let content = success.body.node.get("content")?.entries();
    let mut schemas = content.iter().filter_map(|entry| entry.value.get("schema"));
    schemas.next().map(Node::to_json)
}

pub(super) fn success_several(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let successes = document.successes(operation);
        let mut successes = successes.iter();
        let Some(first) = successes.next() else {
            continue;
        };
        for other in successes {
            if body(first) != body(other) {
                let message = format!(
                    "{} answers {} with one body and {} with another",
                    operation.title(),
                    first.code,
                    other.code
                );
                let help = "describe the one success that callers get";
                report.at(other.at, &other.pointer, message, help);
            }
        }
    }
}

/// The registered success codes that the mock generator has a name for.
const NAMED: &[&str] = &[
    "200", "201", "202", "203", "204", "205", "206", "207", "208", "226", "2XX",
];

pub(super) fn success_unnamed(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        for success in document.successes(operation) {
            if is_code(success.code) && !NAMED.contains(&success.code) {
                let message = format!("{} is no registered success code", success.code);
                let help = "write the code that the server really sends, such as '200'";
                report.at(success.at, &success.pointer, message, help);
            }
        }
    }
}

pub(super) fn default(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Responses) {
        if let Some(entry) = site.node.entry("default") {
            report.at(
                entry.at,
                &join(&site.pointer, "default"),
                "`default` stands for success and for error at once",
                "list the codes: '200' for the success, '4XX' and '5XX' for errors",
            );
        }
    }
}

pub(super) fn no_content_body(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Responses) {
        let Some(entry) = site.node.entry("204") else {
            continue;
        };
        let pointer = join(&site.pointer, "204");
        let Some(found) = document.resolve(&entry.value, &pointer) else {
            continue;
        };
        for media in found.node.get("content").map_or(&[][..], Node::entries) {
            if let Some(schema) = media.value.entry("schema") {
                let here = join(&join(&found.pointer, "content"), &media.key);
                report.at(
                    schema.at,
                    &join(&here, "schema"),
                    "a 204 has no body, so it has no schema",
                    "remove the schema, or write '200' if a body does come",
                );
            }
        }
    }
}
