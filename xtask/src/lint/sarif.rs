//! Findings as SARIF 2.1.0, which editors and review tools read.
//!
//! What the document allows is there too, as suppressed in the source, with its reason.

use std::path::Path;

use serde_json::{Value, json};
use url::Url;

use super::{Judgement, all_rules, pages::page_of};
use crate::{finding::Finding, rule::Rule};

/// The name under which places are relative to the workspace.
const ROOT: &str = "SRCROOT";

/// The log of one run; places below `root` are relative to it.
pub(super) fn sarif(judgement: &Judgement, root: &Path) -> Value {
    let rules: Vec<&Rule> = all_rules().collect();
    let base = Url::from_directory_path(root).ok();
    let findings = judgement
        .findings
        .iter()
        .map(|found| result(found, &rules, base.as_ref()));
    let allowed = judgement.allowed.iter().map(|allowed| {
        let mut result = result(&allowed.finding, &rules, base.as_ref());
        let suppression = json!([{ "kind": "inSource", "justification": allowed.reason }]);
        put(&mut result, "suppressions", suppression);
        result
    });
    let results: Vec<Value> = findings.chain(allowed).collect();
    let described: Vec<Value> = rules
        .iter()
        .map(|rule| described(rule, base.as_ref()))
        .collect();
    let mut run = json!({
        "tool": { "driver": { "name": "cargo xtask lint", "rules": described } },
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": { "profile": judgement.profile.name() },
    });
    if let Some(base) = base {
        put(
            &mut run,
            "originalUriBaseIds",
            json!({ ROOT: { "uri": base.as_str() } }),
        );
    }
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    })
}

fn described(rule: &Rule, base: Option<&Url>) -> Value {
    let mut described = json!({
        "id": rule.id,
        "shortDescription": { "text": format!("{}.", rule.title) },
        "fullDescription": { "text": format!("{}. Otherwise: {}.", rule.title, rule.otherwise) },
        "help": { "text": format!("See {}.", page_of(rule.id)) },
        "defaultConfiguration": { "level": "error" },
        "properties": { "tags": [rule.class.name()] },
    });
    if let Some(page) = base.and_then(|base| base.join(&page_of(rule.id)).ok()) {
        put(&mut described, "helpUri", page.as_str());
    }
    described
}

fn result(finding: &Finding, rules: &[&Rule], base: Option<&Url>) -> Value {
    let Finding {
        rule,
        file,
        line,
        column,
        pointer,
        message,
        help,
    } = finding;
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": artifact(file, base),
            "region": { "startLine": line, "startColumn": column },
        },
    });
    if !pointer.is_empty() {
        put(
            &mut location,
            "logicalLocations",
            json!([{ "fullyQualifiedName": format!("#{pointer}") }]),
        );
    }
    let mut result = json!({
        "ruleId": rule,
        "level": "error",
        "message": { "text": format!("{message}\nhelp: {help}") },
        "locations": [location],
        // The same finding after lines were added above it.
        "partialFingerprints": { "place/v1": format!("{rule}#{pointer}") },
    });
    if let Some(index) = rules.iter().position(|known| known.id == *rule) {
        put(&mut result, "ruleIndex", index);
    }
    result
}

/// Where a file is: below the workspace, or anywhere.
fn artifact(file: &str, base: Option<&Url>) -> Value {
    let absolute = std::path::absolute(file).ok();
    let Some(url) = absolute.and_then(|path| Url::from_file_path(path).ok()) else {
        return json!({ "description": { "text": file } });
    };
    match base.and_then(|base| base.make_relative(&url)) {
        Some(relative) if !relative.starts_with("..") => {
            json!({ "uri": relative, "uriBaseId": ROOT })
        }
        _ => json!({ "uri": url.as_str() }),
    }
}

/// One more key of an object.
pub(super) fn put(object: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value.into());
    }
}
