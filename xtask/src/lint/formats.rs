//! `format`: one that the generator knows, or that says something about text.

use super::{Report, document::Document, grammar::ObjectKind, spelling::nearest};
use crate::contract::join;

/// Formats of text that are read into a type of their own rather than kept as text.
pub(super) const READ: [&str; 6] = ["uuid", "date", "date-time", "ip", "ipv4", "ipv6"];

/// The formats of each type. Of text the first six become types of their own; the others are
/// names that OpenAPI 3.0.3 or JSON Schema give to what is text all the same.
const FORMATS: [(&str, &[&str]); 3] = [
    (
        "string",
        &[
            "date-time",
            "date",
            "uuid",
            "ip",
            "ipv4",
            "ipv6",
            "binary",
            "byte",
            "duration",
            "email",
            "hostname",
            "idn-email",
            "idn-hostname",
            "iri",
            "iri-reference",
            "json-pointer",
            "password",
            "regex",
            "relative-json-pointer",
            "time",
            "uri",
            "uri-reference",
            "uri-template",
        ],
    ),
    (
        "integer",
        &[
            "int32", "int64", "int8", "int16", "int", "uint8", "uint16", "uint32", "uint64", "uint",
        ],
    ),
    ("number", &["double", "float"]),
];

pub(super) fn unknown(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let Some(node) = site.node.get("format") else {
            continue;
        };
        let (Some(format), Some(kind)) = (node.as_str(), site.node.text("type")) else {
            continue;
        };
        // Other types have no format, which has a rule of its own.
        let Some((_, known)) = FORMATS.iter().find(|(name, _)| *name == kind) else {
            continue;
        };
        if known.contains(&format) {
            continue;
        }
        let meant = FORMATS
            .iter()
            .find(|(_, formats)| formats.contains(&format));
        let help = match (meant, nearest(format, known.iter().copied())) {
            (Some((other, _)), _) => format!("write `type: {other}`, which has this format"),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) => format!(
                "write one of {}, or say it in `description`",
                known.join(", ")
            ),
        };
        report.at(
            node.at(),
            &join(&site.pointer, "format"),
            format!("`{format}` is no format of `type: {kind}`, and is dropped"),
            help,
        );
    }
}
