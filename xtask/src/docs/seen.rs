//! What was seen on the page, and what of the contract was not.

use serde::Deserialize;
use serde_json::Value;

use crate::codegen::{examples, operations};

/// The element that `read.js` writes to.
const ELEMENT: &str = "<pre id=\"seen\">";

/// An operation as the page shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    operation: String,
    /// All that is to be read without opening anything.
    text: String,
    pub(super) bodies: Vec<SeenBody>,
}

/// One example, as a tab and menus show it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SeenBody {
    /// A status, or a word for the request.
    tab: String,
    media_type: String,
    body: String,
}

/// What was seen, from the document that was read.
///
/// # Errors
/// Where nothing was written, or not JSON.
pub(super) fn read(document: &str) -> Result<Vec<Seen>, String> {
    let written = document.rsplit_once(ELEMENT);
    let written = written.and_then(|(_, rest)| rest.split_once("</pre>"));
    let (written, _) = written.ok_or("the page was not read to its end")?;
    let json = written.replace("&lt;", "<").replace("&gt;", ">");
    let json = json.replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    serde_json::from_str(&json).map_err(|error| format!("what was seen is no JSON: {error}"))
}

/// What the contract has and the page does not show.
pub(super) fn missing(contract: &Value, seen: &[Seen]) -> Vec<String> {
    let mut missing = Vec::new();
    for wanted in operations::words_of_facts(contract) {
        let Some(found) = seen.iter().find(|found| found.operation == wanted.id) else {
            missing.push(wanted.id.to_owned());
            continue;
        };
        let words = wanted
            .words
            .iter()
            .filter(|word| !found.text.contains(*word));
        missing.extend(words.map(|word| format!("{}: {word}", wanted.id)));
    }
    for body in examples::bodies(contract) {
        let found = seen.iter().find(|found| found.operation == body.operation);
        let shown = found.map_or(&[][..], |found| &found.bodies);
        let tab = body.status.unwrap_or("Payload");
        let shown: Vec<Value> = shown
            .iter()
            .filter(|shown| shown.tab == tab && shown.media_type == body.media_type)
            .filter_map(|shown| serde_json::from_str(&shown.body).ok())
            .collect();
        let unseen = body
            .examples
            .iter()
            .filter(|one| !shown.contains(one.value));
        missing.extend(unseen.map(|one| format!("{}: {}", body.place(), one.name)));
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn contract() -> Value {
        json!({ "paths": { "/x": { "get": {
            "operationId": "getX",
            "summary": "Get X",
            "x-atlas-required-roles": ["Reader"],
            "responses": { "200": { "content": { "application/vnd.atlas.2024-05-30+json": {
                "schema": {}, "example": { "a": "<&>" },
            } } } },
        } } } })
    }

    fn document(text: &str, media_type: &str, body: &str) -> String {
        let bodies = json!([{ "tab": "200", "mediaType": media_type, "body": body }]);
        let seen = json!([{ "operation": "getX", "text": text, "bodies": bodies }]).to_string();
        let seen = seen
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!("<html>{ELEMENT}{seen}</pre></html>")
    }

    const TEXT: &str = "Get X\nGET /x\nRole of the API key: Reader\nResource versions: 2024-05-30";
    const DATED: &str = "application/vnd.atlas.2024-05-30+json";

    #[test]
    fn what_is_there_is_found() -> Result<(), String> {
        let seen = read(&document(TEXT, DATED, r#"{"a": "<&>"}"#))?;
        assert_eq!(missing(&contract(), &seen), [""; 0]);
        Ok(())
    }

    #[test]
    fn what_is_not_there_is_named() -> Result<(), String> {
        let good = r#"{"a": "<&>"}"#;
        let example = format!("getX 200 {DATED}: getX 200 {DATED}");
        for (text, media_type, body, told) in [
            (
                TEXT.replace("Reader", "Owner"),
                DATED,
                good,
                "getX: Role of the API key: Reader",
            ),
            (
                TEXT.replace("2024", "2023"),
                DATED,
                good,
                "getX: 2024-05-30",
            ),
            (TEXT.replace("Get X", ""), DATED, good, "getX: Get X"),
            (TEXT.to_owned(), "application/json", good, &*example),
            (TEXT.to_owned(), DATED, "{}", &*example),
        ] {
            let seen = read(&document(&text, media_type, body))?;
            assert_eq!(missing(&contract(), &seen), [told]);
        }
        let nothing = missing(&contract(), &[]);
        assert_eq!(nothing, ["getX", &*example]);
        Ok(())
    }

    #[test]
    fn a_page_that_was_not_read_is_an_error() {
        assert!(read("<html></html>").is_err());
        assert!(read(&format!("{ELEMENT}no JSON</pre>")).is_err());
    }
}
