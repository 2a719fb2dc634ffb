//! Media types: JSON, plain or vendored with the date of a version.

use super::{
    Report,
    document::{Direction, Document, Resolved},
};
use crate::{
    codegen::stand_alone::is_sendable,
    contract::{
        Entry, Node, join,
        media_type::{Media, media},
    },
    rule::Profile,
};

/// The media types of a body.
pub(super) fn content<'a>(body: &Resolved<'a>) -> &'a [Entry] {
    body.node.get("content").map_or(&[], Node::entries)
}

/// The pointer to one of them.
pub(super) fn here(body: &Resolved<'_>, media: &Entry) -> String {
    join(&join(&body.pointer, "content"), &media.key)
}

pub(super) fn unreadable(document: &Document<'_>, report: &mut Report<'_>) {
    if document.profile == Profile::Generator {
        return unsendable(document, report);
    }
    for (body, direction) in document.bodies() {
        for entry in content(&body) {
            if let Media::Other | Media::Encoded(_) = media(&entry.key) {
                let consequence = match direction {
                    Direction::Request => "the generator refuses it in a request",
                    Direction::Response | Direction::NoContent => {
                        "the generator makes a byte stream of it"
                    }
                };
                let what = match media(&entry.key) {
                    Media::Encoded(suffix) => format!("is {suffix}, not JSON"),
                    _ => "is not JSON".to_owned(),
                };
                let message = format!("`{}` {what}: {consequence}", entry.key);
                let help = "write `application/json`, or leave the operation out";
                report.at(entry.at, &here(&body, entry), message, help);
            }
        }
    }
}

/// A request body of which no media type can be sent: a crate of its own sends one of them, and
/// reads whatever it is answered.
fn unsendable(document: &Document<'_>, report: &mut Report<'_>) {
    for (body, direction) in document.bodies() {
        let sent = |entry: &Entry| {
            let schema = entry
                .value
                .get("schema")
                .and_then(|schema| document.resolve(schema, ""));
            is_sendable(
                &entry.key,
                schema.map(|schema| schema.node.to_json()).as_ref(),
            )
        };
        if direction == Direction::Request
            && !content(&body).iter().any(sent)
            && let Some(entry) = content(&body).first()
        {
            let message = format!("the generator cannot send `{}`", entry.key);
            let help = "describe the body as JSON, as a form, or as bytes: `type: string`, \
                        `format: binary`; or leave the operation out";
            report.at(entry.at, &here(&body, entry), message, help);
        }
    }
}

pub(super) fn version(document: &Document<'_>, report: &mut Report<'_>) {
    for (body, _) in document.bodies() {
        for entry in content(&body) {
            let dated = "write `application/vnd.atlas.YYYY-MM-DD+json` with the version's date";
            let (message, help) = match media(&entry.key) {
                Media::Misspelt => (format!("`{}` names no version of Atlas", entry.key), dated),
                Media::Undated(name) => (
                    format!(
                        "`{}` is the {name} version of Atlas, which has no date and may change",
                        entry.key
                    ),
                    "leave it out until it has a date, or name a version that has one",
                ),
                _ => continue,
            };
            report.at(entry.at, &here(&body, entry), message, help);
        }
    }
}

pub(super) fn schema_missing(document: &Document<'_>, report: &mut Report<'_>) {
    for (body, direction) in document.bodies() {
        // A 204 is listed without a schema on purpose.
        if direction == Direction::NoContent {
            continue;
        }
        for entry in content(&body) {
            let json = !matches!(media(&entry.key), Media::Other | Media::Encoded(_));
            if json && entry.value.get("schema").is_none() {
                let message = format!("`{}` has no schema", entry.key);
                let help = "write `schema:` with a `$ref`, or remove `content` if there is no body";
                report.at(entry.at, &here(&body, entry), message, help);
            }
        }
    }
}

pub(super) fn encoding(document: &Document<'_>, report: &mut Report<'_>) {
    for (body, _) in document.bodies() {
        for media in content(&body) {
            if let Some(entry) = media.value.entry("encoding") {
                let pointer = join(&here(&body, media), "encoding");
                let message = "`encoding` is for forms, and this is not one";
                report.at(entry.at, &pointer, message, "remove it");
            }
        }
    }
}
