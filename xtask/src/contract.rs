//! Reading the contract: a YAML (or JSON) file becomes a tree with places, or findings.
//!
//! Whatever is in the file, reading it ends in a [`Contract`] or in [`Finding`]s with a line.
//! A contract that was read is a mapping with unique text keys whose `openapi` is 3.0.x;
//! everything beyond that is for [`crate::lint`].
//!
//! Anchors and aliases work and are copied where they are used; merge keys (`<<`) belong to
//! YAML 1.1 and are refused. Nesting, aliases and size are bounded by serde-saphyr's budget.
//!
//! ```
//! use xtask::contract::Contract;
//!
//! let contract = Contract::parse("a.yaml", "openapi: 3.0.3\ninfo:\n  title: Atlas\n")?;
//! assert_eq!(contract.to_json()["info"]["title"], "Atlas");
//! assert_eq!(contract.location("/info/title").map(|at| at.line), Some(3));
//! # Ok::<(), Vec<xtask::finding::Finding>>(())
//! ```

use std::{io::ErrorKind, path::Path};

use serde_saphyr::{
    Options,
    options::{DuplicateKeyPolicy, MergeKeyPolicy},
};

pub use self::{
    node::{Entry, Node, NodeValue},
    pointer::join,
};
use crate::{
    finding::{Finding, Location},
    rule::{Rule, breaking},
};

pub(crate) mod media_type;
mod node;
pub(crate) mod openapi;
pub(crate) mod pointer;
pub(crate) mod references;
mod unread;

/// The rules of the loader.
#[rustfmt::skip]
pub const LOADING: &[Rule] = &[
    breaking("contract-unreadable", "the contract is a file that can be read", "nothing is read"),
    breaking("contract-not-utf8", "the contract is UTF-8", "nothing is read"),
    breaking("contract-not-yaml", "the contract is YAML 1.2 (or JSON)", "nothing is read"),
    breaking("contract-too-large", "nesting, aliases and size stay within the reader's bounds", "reading it would take too much memory"),
    breaking("contract-empty", "the contract says something", "there is nothing to generate"),
    breaking("contract-several-documents", "one file, one document: no second `---`", "all but the first would be ignored"),
    breaking("contract-not-a-mapping", "the top of the contract is a mapping", "it is no OpenAPI document"),
    breaking("merge-key", "no `<<`: YAML 1.2 has no merge keys, use `$ref`", "readers disagree on what it says"),
    breaking("duplicate-key", "a key stands once in its mapping", "readers disagree on which one counts"),
    breaking("key-not-text", "keys are text, or integers such as status codes", "JSON has no such key"),
    breaking("openapi-version", "`openapi` is the text 3.0.x, the only version the generator reads", "the generator refuses"),
];

/// An OpenAPI document, with the place of every value.
#[derive(Clone, Debug)]
pub struct Contract {
    file: String,
    root: Node,
}

impl Contract {
    /// Reads the contract at `path`.
    ///
    /// # Errors
    ///
    /// Findings of the [`LOADING`] rules, if the file cannot be read, is not YAML, or is not
    /// OpenAPI 3.0.
    pub fn load(path: &Path) -> Result<Self, Vec<Finding>> {
        let file = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| {
            let (message, help) = match error.kind() {
                ErrorKind::NotFound => (
                    "there is no such file".to_owned(),
                    "give the path of the contract, seen from the workspace root",
                ),
                ErrorKind::IsADirectory => (
                    "this is a directory".to_owned(),
                    "give the path of the YAML file itself",
                ),
                _ => (format!("cannot be read: {error}"), "make the file readable"),
            };
            vec![whole(&file, "contract-unreadable", message, help)]
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(good).filter(|b| **b == b'\n');
            let at = Location {
                line: line.count() as u64 + 1,
                column: 1,
            };
            vec![Finding::new(
                "contract-not-utf8",
                &file,
                at,
                "",
                format!("byte {good} is not UTF-8: this is another encoding or not text at all"),
                "save the contract as UTF-8",
            )]
        })?;
        Self::parse(&file, &text)
    }

    /// Reads a contract from `text`; `file` is the name that findings carry.
    ///
    /// # Errors
    ///
    /// Findings of the [`LOADING`] rules, as for [`Contract::load`].
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let root = read(file, text).map_err(|finding| vec![*finding])?;
        match &root.value {
            NodeValue::Map(_) => {}
            NodeValue::Null => {
                return Err(vec![whole(
                    file,
                    "contract-empty",
                    "there is nothing in this file",
                    "begin with `openapi: 3.0.3`, `info:` and `paths:`",
                )]);
            }
            _ => {
                return Err(vec![whole(
                    file,
                    "contract-not-a-mapping",
                    format!("the top of the document is {}, not a mapping", root.kind()),
                    "begin with `openapi: 3.0.3`, `info:` and `paths:`",
                )]);
            }
        }
        let mut findings = Vec::new();
        check_keys(file, &root, "", &mut findings);
        findings.extend(check_version(file, &root));
        if findings.is_empty() {
            Ok(Self {
                file: file.to_owned(),
                root,
            })
        } else {
            findings.sort_by_key(|finding| (finding.line, finding.column));
            Err(findings)
        }
    }

    /// The name under which the contract was read.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The top of the document.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The document without places, keys in the order of the source.
    pub fn to_json(&self) -> serde_json::Value {
        self.root.to_json()
    }

    /// The value that a JSON pointer (without `#`) leads to.
    pub fn node(&self, pointer: &str) -> Option<&Node> {
        pointer::follow(&self.root, pointer).map(|(node, _)| node)
    }

    /// Where the key that a JSON pointer ends with stands, or the item of a list.
    pub fn location(&self, pointer: &str) -> Option<Location> {
        let (node, entry) = pointer::follow(&self.root, pointer)?;
        Some(entry.map_or_else(|| node.at(), |entry| entry.at))
    }
}

fn whole(
    file: &str,
    rule: &'static str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Finding {
    Finding::new(rule, file, Location::START, "", message, help)
}

fn read(file: &str, text: &str) -> Result<Node, Box<Finding>> {
    let options: Options = serde_saphyr::options! {
        // Passed through so that both places can be named.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        // `on` and `no` are text, as YAML 1.2 and every JSON reader of this contract have it.
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| Box::new(unread::unread(file, text, error.without_snippet())))
}

fn check_keys(file: &str, node: &Node, pointer: &str, findings: &mut Vec<Finding>) {
    for (index, item) in node.items().iter().enumerate() {
        check_keys(file, item, &join(pointer, &index.to_string()), findings);
    }
    let entries = node.entries();
    for (index, entry) in entries.iter().enumerate() {
        let here = join(pointer, &entry.key);
        if let Some(kind) = entry.odd_key {
            findings.push(Finding::new(
                "key-not-text",
                file,
                entry.at,
                &here,
                format!("the key `{}` is {kind}, not text", entry.key),
                "write text before the colon, in quotes if need be",
            ));
        }
        let earlier = entries.iter().take(index).find(|e| e.key == entry.key);
        if let Some(first) = earlier {
            findings.push(Finding::new(
                "duplicate-key",
                file,
                entry.at,
                &here,
                format!(
                    "the key `{}` stands here again; it stood first at {file}:{}:{}",
                    entry.key, first.at.line, first.at.column
                ),
                "keep one of the two, or merge what they say",
            ));
        }
        check_keys(file, &entry.value, &here, findings);
    }
}

fn check_version(file: &str, root: &Node) -> Option<Finding> {
    let rule = "openapi-version";
    let help = "write `openapi: 3.0.3`, and describe the rest in its terms";
    let Some(entry) = root.entry("openapi") else {
        return Some(match root.entry("swagger") {
            Some(entry) => Finding::new(
                rule,
                file,
                entry.at,
                "/swagger",
                format!(
                    "this is a Swagger {} document; the generator reads OpenAPI 3.0 only",
                    version_of(entry)
                ),
                "convert it to OpenAPI 3.0, for example with `swagger2openapi`, and curate that",
            ),
            None => Finding::new(
                rule,
                file,
                root.at(),
                "",
                "`openapi` is missing, so this is not an OpenAPI document",
                help,
            ),
        });
    };
    let version = &entry.value;
    let message = match version.as_str() {
        Some(text) if is_three_zero(text) => return None,
        Some(text) => format!("`openapi` is {text}; the generator reads 3.0 only"),
        None => format!("`openapi` is {}, not text", version.kind()),
    };
    let at = version.at();
    Some(Finding::new(rule, file, at, "/openapi", message, help))
}

/// The version that Swagger's key names, as text or as a number.
fn version_of(swagger: &Entry) -> String {
    match &swagger.value.value {
        NodeValue::String(text) => text.clone(),
        NodeValue::Number(number) => number.to_string(),
        _ => "2.0".to_owned(),
    }
}

fn is_three_zero(version: &str) -> bool {
    version
        .strip_prefix("3.0.")
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit()))
}
