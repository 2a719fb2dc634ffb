//! Progenitor on a contract folded as code generation folds it: one JSON media type for a body,
//! success responses alone, no content under a 204.
#![allow(dead_code, reason = "each test binary uses its part")]

use progenitor::{GenerationSettings, Generator};
use serde_json::Value;
use xtask::lint::guard;

/// What became of a document.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// `openapiv3` could not read it.
    Unread(String),
    /// The generator answered with an error.
    Refused(String),
    Panicked(String),
    /// The client's code.
    Generated(String),
}

pub(crate) fn fold(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(|paths| paths.values_mut());
    let operations = items
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.values_mut());
    for operation in operations.filter_map(Value::as_object_mut) {
        if let Some(body) = operation.get_mut("requestBody") {
            fold_media_types(body);
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        let Some(responses) = responses else { continue };
        responses.retain(|code, _| code.starts_with('2') || code == "default");
        for (code, response) in responses {
            fold_media_types(response);
            if let Some(response) = response.as_object_mut().filter(|_| code == "204") {
                response.remove("content");
            }
        }
    }
}

fn fold_media_types(body: &mut Value) {
    let content = body.get_mut("content").and_then(Value::as_object_mut);
    let Some(content) = content else { return };
    for (name, media) in std::mem::take(content) {
        let vendored = name.starts_with("application/vnd.atlas.");
        let name = if vendored {
            "application/json".to_owned()
        } else {
            name
        };
        content.entry(name).or_insert(media);
    }
}

/// The client's code.
pub(crate) fn generate(document: Value) -> Outcome {
    with_generator(document, Generator::generate_tokens)
}

/// The mocks' code.
pub(crate) fn mocks(document: Value) -> Outcome {
    with_generator(document, |generator, spec| generator.httpmock(spec, "api"))
}

fn with_generator<T: ToString>(
    document: Value,
    make: impl FnOnce(&mut Generator, &openapiv3::OpenAPI) -> Result<T, progenitor::Error>,
) -> Outcome {
    let spec = match serde_json::from_value(document) {
        Ok(spec) => spec,
        Err(error) => return Outcome::Unread(error.to_string()),
    };
    let outcome = guard("contract", || {
        let mut generator = Generator::new(&GenerationSettings::default());
        make(&mut generator, &spec).map(|tokens| tokens.to_string())
    });
    match outcome {
        Err(finding) => Outcome::Panicked(finding.message),
        Ok(Err(error)) => Outcome::Refused(error.to_string()),
        Ok(Ok(code)) => Outcome::Generated(code),
    }
}
