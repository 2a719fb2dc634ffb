//! Parameters: what they are called, where they travel, how they are written.

use super::{
    Report,
    bodies::says_nothing,
    document::{Document, Parameter},
    grammar::ObjectKind,
    spelling::nearest,
};
use crate::{
    contract::{Node, NodeValue, join},
    fold::snake,
    rule::Profile,
};

fn name(node: &Node) -> &str {
    node.text("name").unwrap_or_default()
}

fn place(node: &Node) -> &str {
    node.text("in").unwrap_or_default()
}

pub(super) fn duplicate(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let parameters = document.parameters(operation);
        for (index, second) in parameters.iter().enumerate() {
            let same = |first: &&Parameter<'_>| {
                first.shared == second.shared
                    && name(first.node) == name(second.node)
                    && place(first.node) == place(second.node)
            };
            if let Some(first) = parameters.iter().take(index).find(same) {
                report.at(
                    second.at,
                    &second.pointer,
                    format!(
                        "the {} parameter `{}` stands in line {} already",
                        place(second.node),
                        name(second.node),
                        first.at.line
                    ),
                    "remove one of the two",
                );
            }
        }
    }
}

pub(super) fn collision(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let parameters = document.parameters(operation);
        for (index, second) in parameters.iter().enumerate() {
            let clash = parameters.iter().take(index).find(|first| {
                let same_name = name(first.node) == name(second.node);
                let same_place = place(first.node) == place(second.node);
                snake(name(first.node)) == snake(name(second.node)) && !(same_name && same_place)
            });
            if let Some(first) = clash {
                report.at(
                    second.at,
                    &second.pointer,
                    format!(
                        "`{}` (in {}) and `{}` (in {}) both become the argument `{}`",
                        name(first.node),
                        place(first.node),
                        name(second.node),
                        place(second.node),
                        snake(name(second.node))
                    ),
                    "the generator keeps arguments apart by name alone: leave one of them out",
                );
            }
        }
    }
}

pub(super) fn reserved(document: &Document<'_>, report: &mut Report<'_>) {
    for operation in &document.operations {
        let has_body = operation.node.get("requestBody").is_some();
        for parameter in document.parameters(operation) {
            let folded = snake(name(parameter.node));
            let taken_by = match folded.as_str() {
                "body" if has_body => "the argument of the request body",
                "header_map" => "a variable of the generated function",
                "new" | "into_inner" => "a method of every generated mock",
                _ => continue,
            };
            report.at(
                parameter.at,
                &parameter.pointer,
                format!("`{}` becomes `{folded}`, {taken_by}", name(parameter.node)),
                "the generator cannot rename it: leave the parameter out",
            );
        }
    }
}

pub(super) fn location(document: &Document<'_>, report: &mut Report<'_>) {
    let known = ["path", "query", "header"];
    for site in document.of(ObjectKind::Parameter) {
        let Some(node) = site.node.get("in") else {
            continue;
        };
        let Some(given) = node.as_str().filter(|given| !known.contains(given)) else {
            continue;
        };
        let name = name(site.node);
        let (message, help) = if given == "cookie" {
            (
                format!("`{name}` travels in a cookie"),
                "leave it out: the generator has no cookies".to_owned(),
            )
        } else {
            let near = nearest(given, known);
            (
                format!("`{name}` is in `{given}`, which is no place for a parameter"),
                near.map_or_else(
                    || format!("write one of {}", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                ),
            )
        };
        report.at(node.at(), &join(&site.pointer, "in"), message, help);
    }
}

pub(super) fn content(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        if let Some(entry) = site.node.entry("content") {
            report.at(
                entry.at,
                &join(&site.pointer, "content"),
                format!(
                    "the parameter `{}` is described by `content`",
                    name(site.node)
                ),
                "write `schema:` instead",
            );
        }
    }
}

pub(super) fn schema_missing(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        if site.node.get("schema").is_none() && site.node.get("content").is_none() {
            let message = format!("the parameter `{}` has no schema", name(site.node));
            report.at(
                site.at,
                &site.pointer,
                message,
                "write `schema:`, at least `type: string`",
            );
        }
    }
}

pub(super) fn style(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        let expected = match place(site.node) {
            "path" | "header" => "simple",
            "query" => "form",
            _ => continue,
        };
        if let Some(node) = site.node.get("style")
            && let Some(given) = node.as_str()
            && given != expected
        {
            let message = format!(
                "`{}` has the style `{given}`; in {} the generator knows `{expected}` only",
                name(site.node),
                place(site.node)
            );
            let help = "remove `style`, or leave the parameter out if the server insists on it";
            report.at(node.at(), &join(&site.pointer, "style"), message, help);
        }
    }
}

pub(super) fn encoding(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        let default = place(site.node) == "query";
        for (key, ignored) in [
            ("allowReserved", true),
            ("allowEmptyValue", true),
            ("explode", !default),
        ] {
            if let Some(entry) = site.node.entry(key)
                && entry.value.as_bool() == Some(ignored)
            {
                let message = format!("`{key}: {ignored}` is ignored by the generator");
                let help = "remove it, or leave the parameter out if the server insists on it";
                report.at(entry.at, &join(&site.pointer, key), message, help);
            }
        }
    }
}

pub(super) fn compound(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        let Some(schema) = site.node.get("schema") else {
            continue;
        };
        let Some(meant) = document.resolve(schema, "") else {
            continue;
        };
        // A query may have a list, whose values are sent one by one.
        let listed = meant
            .node
            .get("items")
            .filter(|_| place(site.node) == "query" && meant.node.text("type") == Some("array"));
        if is_text(document, listed.unwrap_or(meant.node), DEEPEST) {
            continue;
        }
        let compound = match meant.node.text("type") {
            Some("array") if listed.is_some() => "a list of what is no text",
            Some("array") => "a list",
            Some("object") => "an object",
            _ if says_nothing(meant.node) => "anything at all",
            _ => "of several shapes",
        };
        let message = format!(
            "the {} parameter `{}` is {compound}",
            place(site.node),
            name(site.node)
        );
        let help = "describe it as `type: string`, the way it is written into the request";
        report.at(schema.at(), &join(&site.pointer, "schema"), message, help);
    }
}

/// How deep branches are followed; more is a cycle, which has its own rule.
const DEEPEST: u8 = 8;

/// Whether the values of a schema can be written as one text.
fn is_text<'a>(document: &Document<'a>, schema: &'a Node, depth: u8) -> bool {
    let Some(schema) = document.resolve(schema, "").map(|found| found.node) else {
        // What a `$ref` does not lead to has a rule of its own.
        return true;
    };
    let all = |key: &str| {
        let branches = schema.get(key).map_or(&[][..], Node::items);
        let all = || branches.iter().all(|one| is_text(document, one, depth - 1));
        !branches.is_empty() && depth > 0 && all()
    };
    if let Some(given) = schema.text("type") {
        return !matches!(given, "array" | "object");
    }
    // One of several has a text where each of them has one; a contract of the house names it.
    let one_of = document.profile == Profile::Generator && all("oneOf");
    schema.get("enum").is_some() || all("allOf") || one_of
}

/// `nullable` at the parameter is no harm: it is left out instead. A named schema is a type, and
/// `null` in it has no text.
pub(super) fn nullable(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        let Some(schema) = site.node.get("schema") else {
            continue;
        };
        let named = schema
            .get("$ref")
            .and_then(|_| document.resolve(schema, ""));
        if named.is_some_and(|named| named.node.is_set("nullable")) {
            let message = format!(
                "the schema of the parameter `{}` allows `null`",
                name(site.node)
            );
            let help = "refer to a schema that is not `nullable`; what is not required is left out";
            report.at(schema.at(), &join(&site.pointer, "schema"), message, help);
        }
    }
}

pub(super) fn ignored_header(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        let folded = name(site.node).to_ascii_lowercase();
        let ignored = matches!(folded.as_str(), "accept" | "content-type" | "authorization");
        if ignored && place(site.node) == "header" {
            let message = format!("`{}` is not a parameter of its own", name(site.node));
            let help = "remove it: media types and security schemes say this already";
            report.at(site.at, &site.pointer, message, help);
        }
    }
}

pub(super) fn inline_constraint(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Parameter) {
        let Some(schema) = site.node.get("schema") else {
            continue;
        };
        let items = schema.get("items");
        for (node, step) in [(Some(schema), ""), (items, "/items")] {
            let constraint = node.and_then(|node| {
                let entries = node.entries().iter();
                let mut found = entries.filter(|entry| match entry.key.as_str() {
                    "enum" => matches!(entry.value.value, NodeValue::Seq(_)),
                    "pattern" | "minLength" | "maxLength" => true,
                    _ => false,
                });
                found.next()
            });
            if let Some(entry) = constraint {
                let here = format!("{}/schema{step}", site.pointer);
                report.at(
                    entry.at,
                    &join(&here, &entry.key),
                    format!(
                        "`{}` is constrained inline by `{}`",
                        name(site.node),
                        entry.key
                    ),
                    "name the schema under `components/schemas` and use `$ref`",
                );
            }
        }
    }
}
