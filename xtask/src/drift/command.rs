//! The command: which files are read, what is written, and what the exit code tells.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value as Json;

use super::{
    ours::{CURATION, Drift, EXPLANATIONS, LOCK, read_lock, since, write_lock},
    report::Format,
};
use crate::{
    contract::Contract,
    finding::render,
    output::{self, Output},
};

/// What `cargo xtask drift` is told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The published description, YAML or JSON [default: the facts in openapi/upstream.lock]
    #[arg(long, value_name = "FILE")]
    upstream: Option<PathBuf>,
    /// Write the facts of the published description into openapi/upstream.lock, and tell which
    /// of them changed
    #[arg(long, requires = "upstream")]
    update_lock: bool,
    /// How the rows are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// What goes to standard output.
    pub text: String,
    /// What people may want to know besides, where standard output is one document.
    pub remarks: String,
    /// Whether every row is explained, and every explanation holds.
    pub is_clean: bool,
}

/// Compares the contract at `contract` with the published description, or with its lock.
///
/// # Errors
/// A text, if a file cannot be read, is not what it has to be, or cannot be written.
pub fn run(workspace: &Path, contract: &Path, arguments: &Arguments) -> Result<Outcome, String> {
    let own = load(contract)?;
    let drift = Drift::new(
        &own.to_json(),
        &text(workspace, EXPLANATIONS)?,
        &text(workspace, CURATION)?,
    )
    .map_err(|error| format!("{}: {error}", own.file()))?;
    let mut remarks = String::new();
    let published = match &arguments.upstream {
        None => read_lock(&text(workspace, LOCK)?)?,
        Some(file) => {
            let document = published_document(file)?;
            let (facts, beyond) = drift
                .read(&document)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            if facts.operations.is_empty() {
                return Err(format!(
                    "{}: none of its operations concerns us; give the published description of \
                     the Atlas Administration API, version 2",
                    file.display()
                ));
            }
            remarks = format!("{beyond} published operations are out of scope\n");
            let written = write_lock(&facts)?;
            // A lock that is not there yet has no facts.
            let old = text(workspace, LOCK).unwrap_or_default();
            if arguments.update_lock {
                let known = read_lock(&old).unwrap_or_default();
                remarks.push_str(&since(&known, &facts));
                let lock = Output {
                    path: LOCK.into(),
                    text: written,
                };
                output::write(workspace, &lock).map_err(|error| format!("{LOCK}: {error}"))?;
            } else if old != written {
                remarks.push_str("the lock has other facts; take these over with --update-lock\n");
            }
            facts
        }
    };
    let report = drift.against(&published);
    let mut text = report.render(arguments.format);
    if arguments.format == Format::Table {
        text.insert_str(0, &std::mem::take(&mut remarks));
    }
    Ok(Outcome {
        text,
        remarks,
        is_clean: report.is_clean(),
    })
}

/// A published description, which may have megabytes: read without the places of its values.
///
/// What does not read that way is read again as our contract is, which tells where and why.
fn published_document(file: &Path) -> Result<Json, String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let is_json = text.trim_start().starts_with('{');
    let read = if is_json {
        serde_json::from_str(&text).ok()
    } else {
        serde_saphyr::from_str(&text).ok()
    };
    match read {
        Some(document @ Json::Object(_)) => Ok(document),
        _ => load(file).map(|contract| contract.to_json()),
    }
}

fn load(file: &Path) -> Result<Contract, String> {
    Contract::load(file).map_err(|findings| render(&findings))
}

fn text(workspace: &Path, file: &str) -> Result<String, String> {
    match fs::read_to_string(workspace.join(file)) {
        Ok(text) => Ok(text.replace("\r\n", "\n")),
        Err(error) => Err(format!("{file}: {error}")),
    }
}
