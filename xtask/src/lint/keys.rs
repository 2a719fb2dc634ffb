//! Keys: spelt as OpenAPI spells them, complete, and with the right kind of value.

use super::{Report, document::Document, grammar::Kind, spelling::nearest};
use crate::contract::join;

/// Keywords of OpenAPI 3.1 (and of the JSON Schema that it took in), and how 3.0 says it.
const NEWER: &[(Kind, &str, &str)] = &[
    (Kind::OpenApi, "webhooks", "leave webhooks out"),
    (
        Kind::OpenApi,
        "jsonSchemaDialect",
        "leave it out: 3.0 has one dialect",
    ),
    (Kind::Info, "summary", "put it into `description`"),
    (Kind::License, "identifier", "write `url`"),
    (
        Kind::Components,
        "pathItems",
        "write the paths out under `paths`",
    ),
    (Kind::Schema, "const", "write `enum` with the one value"),
    (Kind::Schema, "examples", "write `example` with one of them"),
    (
        Kind::Schema,
        "prefixItems",
        "write `items`; 3.0 has no tuples",
    ),
    (Kind::Schema, "contains", "leave it out"),
    (Kind::Schema, "minContains", "leave it out"),
    (Kind::Schema, "maxContains", "leave it out"),
    (
        Kind::Schema,
        "patternProperties",
        "write `additionalProperties`",
    ),
    (Kind::Schema, "propertyNames", "leave it out"),
    (
        Kind::Schema,
        "unevaluatedProperties",
        "write `additionalProperties`",
    ),
    (Kind::Schema, "unevaluatedItems", "leave it out"),
    (Kind::Schema, "dependentSchemas", "write `oneOf`"),
    (Kind::Schema, "dependentRequired", "say it in `description`"),
    (Kind::Schema, "if", "write `oneOf`"),
    (Kind::Schema, "then", "write `oneOf`"),
    (Kind::Schema, "else", "write `oneOf`"),
    (Kind::Schema, "contentEncoding", "write `format: byte`"),
    (Kind::Schema, "contentMediaType", "write `format: binary`"),
    (Kind::Schema, "contentSchema", "leave it out"),
    (
        Kind::Schema,
        "$defs",
        "name the schemas under `components/schemas`",
    ),
    (Kind::Schema, "$schema", "leave it out"),
    (Kind::Schema, "$id", "leave it out"),
    (
        Kind::Schema,
        "$anchor",
        "name the schema under `components/schemas`",
    ),
    (Kind::Schema, "$dynamicRef", "write `$ref`"),
    (Kind::Schema, "$comment", "write a YAML comment"),
];

fn newer_help(kind: Kind, key: &str) -> Option<&'static str> {
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
            Kind::SecurityScheme => scheme_keys(site.node.text("type")),
            Kind::OauthFlow => flow_keys(&site.pointer),
            Kind::Header if site.node.get("content").is_none() => &["schema"],
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
    for site in document.of(Kind::SecurityScheme) {
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
            Kind::PathItem => &["servers"],
            Kind::Operation => &["servers", "callbacks"],
            Kind::Response => &["links"],
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
