//! A judgement in words, for people and for programs.

use std::{fmt::Write as _, path::Path, str::FromStr};

use serde_json::{Value, json};

use super::{
    Judgement, all_rules,
    pages::page_of,
    sarif::{put, sarif},
};
use crate::finding::Finding;

/// How a judgement is told.
///
/// ```
/// use xtask::lint::told::Format;
///
/// assert_eq!("sarif".parse(), Ok(Format::Sarif));
/// assert!("xml".parse::<Format>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One document with the findings, and what is allowed.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            "sarif" => Ok(Self::Sarif),
            _ => Err(format!(
                "there is no format `{text}`; write `text`, `json` or `sarif`"
            )),
        }
    }
}

/// The judgement of a file as text that ends with a line; places in SARIF are relative to `root`.
pub fn told(judgement: &Judgement, file: &str, format: Format, root: &Path) -> String {
    let document = match format {
        Format::Text => return text(judgement, file),
        Format::Json => json(judgement, file),
        Format::Sarif => sarif(judgement, root),
    };
    format!("{document:#}\n")
}

/// Findings for people, each with the page of its rule.
pub fn findings(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let _ = writeln!(text, "{finding}\n  page: {}\n", page_of(finding.rule));
    }
    text
}

fn text(judgement: &Judgement, file: &str) -> String {
    let mut text = findings(&judgement.findings);
    if judgement.findings.is_empty() {
        let _ = writeln!(text, "{file}: nothing to correct");
    }
    for allowed in &judgement.allowed {
        let Finding {
            file,
            line,
            column,
            rule,
            ..
        } = &allowed.finding;
        let reason = &allowed.reason;
        let _ = writeln!(text, "{file}:{line}:{column}: allowed[{rule}]: {reason}");
    }
    text
}

fn json(judgement: &Judgement, file: &str) -> Value {
    let findings: Vec<Value> = judgement.findings.iter().map(object).collect();
    let allowed = judgement.allowed.iter().map(|allowed| {
        let mut object = object(&allowed.finding);
        put(&mut object, "reason", allowed.reason.as_str());
        object
    });
    json!({
        "file": file,
        "profile": judgement.profile.name(),
        "findings": findings,
        "allowed": allowed.collect::<Vec<Value>>(),
    })
}

fn object(finding: &Finding) -> Value {
    let class = all_rules().find(|rule| rule.id == finding.rule);
    json!({
        "rule": finding.rule,
        "class": class.map(|rule| rule.class.name()),
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "pointer": finding.pointer,
        "message": finding.message,
        "help": finding.help,
        "page": page_of(finding.rule),
    })
}
