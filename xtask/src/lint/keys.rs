//! Keys: spelt as OpenAPI spells them, complete, and with the right kind of value.

use super::{Report, document::Document, grammar::ObjectKind, spelling::nearest};
use crate::contract::join;

/// Keywords of OpenAPI 3.1 (and of the JSON Schema that it took in), and how 3.0 says it.
const NEWER: &[(ObjectKind, &str, &str)] = &[
    (ObjectKind::OpenApi, "webhooks", "leave webhooks out"),
    (
        ObjectKind::OpenApi,
        "jsonSchemaDialect",
        "leave it out: 3.0 has one dialect",
    ),
    (ObjectKind::Info, "summary", "put it into `description`"),
    (ObjectKind::License, "identifier", "write `url`"),
    (
        ObjectKind::Components,
        "pathItems",
        "write the paths out under `paths`",
    ),
    (
        ObjectKind::Schema,
        "const",
        "write `enum` with the one value",
    ),
    (
        ObjectKind::Schema,
        "examples",
        "write `example` with one of them",
    ),
    (
        ObjectKind::Schema,
        "prefixItems",
        "write `items`; 3.0 has no tuples",
    ),
    (ObjectKind::Schema, "contains", "leave it out"),
    (ObjectKind::Schema, "minContains", "leave it out"),
    (ObjectKind::Schema, "maxContains", "leave it out"),
    (
        ObjectKind::Schema,
        "patternProperties",
        "write `additionalProperties`",
    ),
    (ObjectKind::Schema, "propertyNames", "leave it out"),
    (
        ObjectKind::Schema,
        "unevaluatedProperties",
        "write `additionalProperties`",
    ),
    (ObjectKind::Schema, "unevaluatedItems", "leave it out"),
    (ObjectKind::Schema, "dependentSchemas", "write `oneOf`"),
    (
        ObjectKind::Schema,
        "dependentRequired",
        "say it in `description`",
    ),
    (ObjectKind::Schema, "if", "write `oneOf`"),
    (ObjectKind::Schema, "then", "write `oneOf`"),
    (ObjectKind::Schema, "else", "write `oneOf`"),
    (
        ObjectKind::Schema,
        "contentEncoding",
        "write `format: byte`",
    ),
    (
        ObjectKind::Schema,
        "contentMediaType",
        "write `format: binary`",
    ),
    (ObjectKind::Schema, "contentSchema", "leave it out"),
    (
        ObjectKind::Schema,
        "$defs",
        "name the schemas under `components/schemas`",
    ),
    (ObjectKind::Schema, "$schema", "leave it out"),
    (ObjectKind::Schema, "$id", "leave it out"),
    (
        ObjectKind::Schema,
        "$anchor",
        "name the schema under `components/schemas`",
    ),
    (ObjectKind::Schema, "$dynamicRef", "write `$ref`"),
    (ObjectKind::Schema, "$comment", "write a YAML comment"),
];

fn newer_help(kind: ObjectKind, key: &str) -> Option<&'static str> {
    NEWER
        .iter()
        .find(|(k, name, _)| *k == kind && *name == key)
        .map(|(_, _, help)| *help)
}

pub(super) fn unknown(document: &Document<'_>, report: &mut Report<'_>) {
    for site in &document.sites {
        if site.kind.open_keys().is_some()
            || (site.kind.section().is_some() && site.node.get("$ref").is_some())
        {
            continue;
        }
        let keys = site.kind.keys();
        for entry in site.node.entries() {
            let known = keys.iter().any(|key| key.name == entry.key);
            if known || entry.key.starts_with("x-") || newer_help(site.kind, &entry.key).is_some() {
                continue;
            }
            let names = keys.iter().map(|key| key.name);
            let help = match nearest(&entry.key, names) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "remove it, or let it begin with `x-` if it is an extension".to_owned(),
            };
            let message = format!("{} has no key `{}`", site.kind.name(), entry.key);
            report.at(entry.at, &join(&site.pointer, &entry.key), message, help);
        }
    }
}

pub(super) fn newer(document: &Document<'_>, report: &mut Report<'_>) {
    for site in &document.sites {
        for entry in site.node.entries() {
            if let Some(help) = newer_help(site.kind, &entry.key) {
                let message = format!("`{}` is OpenAPI 3.1, and this is 3.0", entry.key);
                report.at(entry.at, &join(&site.pointer, &entry.key), message, help);
            }
        }
    }
}

pub(super) fn missing(document: &Document<'_>, report: &mut Report<'_>) {
    for site in &document.sites {
        if site.kind.section().is_some() && site.node.get("$ref").is_some() {
            continue;
        }
        let by_sort = match site.kind {
            ObjectKind::SecurityScheme => scheme_keys(site.node.text("type")),
            ObjectKind::OauthFlow => flow_keys(&site.pointer),
            ObjectKind::Header if site.node.get("content").is_none() => &["schema"],
            _ => &[],
        };
        let required = site.kind.keys().iter().filter(|key| key.required);
        for name in required.map(|key| key.name).chain(by_sort.iter().copied()) {
            if site.node.get(name).is_none() {
                let message = format!("{} needs `{name}`, which is missing", site.kind.name());
                report.at(site.at, &site.pointer, message, format!("write `{name}:`"));
            }
        }
    }
}

fn scheme_keys(scheme: Option<&str>) -> &'static [&'static str] {
    match scheme {
        Some("apiKey") => &["name", "in"],
        Some("http") => &["scheme"],
        Some("oauth2") => &["flows"],
        Some("openIdConnect") => &["openIdConnectUrl"],
        _ => &[],
    }
}

fn flow_keys(pointer: &str) -> &'static [&'static str] {
    match pointer.rsplit('/').next() {
        Some("implicit") => &["authorizationUrl"],
        Some("password" | "clientCredentials") => &["tokenUrl"],
        Some("authorizationCode") => &["authorizationUrl", "tokenUrl"],
        _ => &[],
    }
}

pub(super) fn wrong_kind(document: &Document<'_>, report: &mut Report<'_>) {
    for misfit in &document.misfits {
        let message = format!("this is {}, not {}", misfit.found, misfit.expected);
        let help = match (misfit.expected, misfit.found) {
            ("text", "a number" | "a truth value") => "put it in quotes".to_owned(),
            _ => format!("write {} here", misfit.expected),
        };
        report.at(misfit.at, &misfit.pointer, message, help);
    }
    for site in document.of(ObjectKind::SecurityScheme) {
        let known = ["apiKey", "http", "oauth2", "openIdConnect"];
        if let Some(entry) = site.node.entry("type")
            && let Some(given) = entry.value.as_str()
            && !known.contains(&given)
        {
            report.at(
                entry.value.at(),
                &join(&site.pointer, "type"),
                format!("`{given}` is no type of security scheme"),
                format!("write one of {}", known.join(", ")),
            );
        }
    }
}

pub(super) fn ignored_section(document: &Document<'_>, report: &mut Report<'_>) {
    for site in &document.sites {
        let ignored: &[&str] = match site.kind {
            ObjectKind::PathItem => &["servers"],
            ObjectKind::Operation => &["servers", "callbacks"],
            ObjectKind::Response => &["links"],
            _ => &[],
        };
        for entry in site.node.entries() {
            if ignored.contains(&entry.key.as_str()) {
                report.at(
                    entry.at,
                    &join(&site.pointer, &entry.key),
                    format!("the generator does not read `{}` here", entry.key),
                    "remove it, and say what matters in `description`",
                );
            }
        }
    }
}
