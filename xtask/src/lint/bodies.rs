//! Bodies as a whole: one schema under all media types, one version for both directions.

use std::collections::BTreeSet;

use super::{
    Report,
    document::{Direction, Document, Resolved},
    grammar::ObjectKind,
    media::{content, here},
};
use crate::contract::{
    Node, join,
    media_type::{Media, media},
};

pub(super) fn method(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        if let Some(entry) = operation.node.entry("requestBody")
            && matches!(operation.method, "get" | "head" | "delete")
        {
            let message = format!("{} has a request body", operation.title());
            let help = "send it as query parameters, or use POST";
            report.at(
                entry.at,
                &join(&operation.pointer, "requestBody"),
                message,
                help,
            );
        }
    }
}

pub(super) fn optional(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::RequestBody) {
        if !site.node.is_set("required") {
            report.at(
                site.at,
                &site.pointer,
                "the request body is optional here and required in the generated code",
                "write `required: true`",
            );
        }
    }
}

pub(super) fn empty(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::RequestBody) {
        if let Some(entry) = site.node.entry("content")
            && entry.value.entries().is_empty()
        {
            report.at(
                entry.at,
                &join(&site.pointer, "content"),
                "the request body lists no media type",
                "list `application/json` with its schema, or remove the request body",
            );
        }
    }
}

/// A body in which there may be anything. A name makes a type of it, which the mocks can take.
pub(super) fn untyped(document: &Document<'_>, report: &mut Report<'_>) {
    for (body, direction) in document.bodies() {
        // A 204 with a schema has a rule of its own.
        if direction == Direction::NoContent {
            continue;
        }
        for media in content(&body) {
            if let Some(entry) = media.value.entry("schema")
                && says_nothing(&entry.value)
            {
                report.at(
                    entry.at,
                    &join(&here(&body, media), "schema"),
                    format!(
                        "the schema of `{}` says nothing of what is in it",
                        media.key
                    ),
                    "name it under `components/schemas` and use `$ref`",
                );
            }
        }
    }
}

/// Whether the generator makes JSON of a schema, or a list or a map of JSON, rather than a type.
pub(super) fn says_nothing(schema: &Node) -> bool {
    let has = |key: &str| schema.get(key).is_some();
    let inner = |key: &str| schema.get(key).is_none_or(says_nothing);
    match schema.text("type") {
        Some("array") => inner("items"),
        Some("object") => {
            let more = schema.get("additionalProperties").and_then(Node::as_bool);
            let named = schema
                .get("properties")
                .is_some_and(|all| !all.entries().is_empty());
            !named && !has("required") && more != Some(false) && inner("additionalProperties")
        }
        Some(_) => false,
        None => {
            let told = ["$ref", "enum", "allOf", "oneOf", "anyOf", "properties"];
            !told.iter().any(|key| has(key))
        }
    }
}

pub(super) fn schemas_differ(document: &Document<'_>, report: &mut Report<'_>) {
    for (body, _) in document.bodies() {
        let mut readable = content(&body).iter().filter_map(|entry| {
            let schema = entry.value.get("schema")?;
            let readable = !matches!(media(&entry.key), Media::Other | Media::Encoded(_));
            readable.then(|| (entry, schema.to_json()))
        });
        let Some((first, schema)) = readable.next() else {
            continue;
        };
        for (entry, other) in readable {
            if other != schema {
                let message = format!("`{}` has another schema than `{}`", entry.key, first.key);
                let help = "give both the same `$ref`, with what only one of them has optional";
                report.at(entry.at, &here(&body, entry), message, help);
            }
        }
    }
}

pub(super) fn versions_differ(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let Some(request) = document.request_body(operation) else {
            continue;
        };
        let Some(sent) = versions(&request) else {
            continue;
        };
        for success in document.successes(operation) {
            let Some(answered) = versions(&success.body) else {
                continue;
            };
            let known = content(&request).iter();
            for entry in known.filter(|entry| matches!(media(&entry.key), Media::Vendored(_))) {
                let Media::Vendored(date) = media(&entry.key) else {
                    continue;
                };
                if !answered.contains(date) {
                    let message = format!(
                        "{} sends version {date}, which its {} response does not list",
                        operation.title(),
                        success.code
                    );
                    let help = "list the same versions in the request and in the response";
                    report.at(entry.at, &here(&request, entry), message, help);
                }
            }
            if let Some(date) = answered.iter().find(|date| !sent.contains(*date)) {
                let message = format!(
                    "{} answers {} in version {date}, which its request does not list",
                    operation.title(),
                    success.code
                );
                let help = "list the same versions in the request and in the response";
                report.at(success.at, &success.pointer, message, help);
            }
        }
    }
}

/// The versions of a body; nothing if it has none or one is misspelt, which has its own rule.
fn versions<'a>(body: &Resolved<'a>) -> Option<BTreeSet<&'a str>> {
    let mut dates = BTreeSet::new();
    for entry in content(body) {
        match media(&entry.key) {
            Media::Vendored(date) => {
                dates.insert(date);
            }
            Media::Misspelt | Media::Undated(_) => return None,
            Media::Json | Media::Other | Media::Encoded(_) => {}
        }
    }
    (!dates.is_empty()).then_some(dates)
}
