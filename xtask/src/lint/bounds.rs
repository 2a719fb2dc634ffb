//! Bounds: the lower below the upper, and exclusive ones as OpenAPI 3.0 writes them.

use super::{Report, document::Document, grammar::ObjectKind, schemas::number};
use crate::contract::{NodeValue, join};

const PAIRS: [(&str, &str); 4] = [
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
];

pub(super) fn reversed(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        for (low, high) in PAIRS {
            if let Some(entry) = site.node.entry(low)
                && let (Some(least), Some(most)) = (number(site.node, low), number(site.node, high))
                && least > most
            {
                let message = format!("`{low}` {least} is above `{high}` {most}");
                let help = format!("write a `{low}` of {most} or less");
                report.at(entry.at, &join(&site.pointer, low), message, help);
            }
        }
    }
}

pub(super) fn exclusive(document: &Document<'_>, report: &mut Report<'_>) {
    let pairs = [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ];
    for site in document.of(ObjectKind::Schema) {
        for (keyword, bound) in pairs {
            let Some(entry) = site.node.entry(keyword) else {
                continue;
            };
            let (message, help) = match &entry.value.value {
                NodeValue::Bool(_) if site.node.get(bound).is_some() => continue,
                NodeValue::Bool(_) => (
                    format!("`{keyword}` stands without `{bound}`"),
                    format!("write `{bound}:` too, or remove `{keyword}`"),
                ),
                NodeValue::Number(number) => (
                    format!("`{keyword}` is a number, as in OpenAPI 3.1"),
                    format!("write `{bound}: {number}` and `{keyword}: true`"),
                ),
                _ => (
                    format!("`{keyword}` is {}, not true or false", entry.value.kind()),
                    format!("write `{keyword}: true` beside `{bound}`"),
                ),
            };
            report.at(entry.at, &join(&site.pointer, keyword), message, help);
        }
    }
}
