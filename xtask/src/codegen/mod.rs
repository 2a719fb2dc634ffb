//! `cargo xtask codegen`: from the contract to Rust.
//!
//! One run writes every file that depends on the contract, byte-identically each time:
//!
//! | file | what |
//! |---|---|
//! | `crates/atlas-export-api/src/generated.rs` | models and one method for each operation ([`bindings`]) |
//! | `crates/atlas-export-api/src/calls.rs` | operation → a value with named fields ([`calls`]) |
//! | `crates/atlas-export-api/src/operations.rs` | operation → path, media-type versions ([`operations`]) |
//! | `crates/atlas-export-types/src/vocabulary.rs` | ids and open enumerations ([`vocabulary`]) |
//! | `crates/atlas-export-httpmock/src/generated.rs` | typed mocks ([`mocks`]) |
//! | `openapi/OPERATIONS.md` | the operations for people ([`operations`]) |
//! | `crates/atlas-export-fake/src/operations.json` | the operations as data ([`operations`]) |
//! | `crates/atlas-export-fake/src/request_schemas.json` | JSON Schemas of the request bodies ([`schemas`]) |
//!
//! The generator sees a simplified copy of the contract ([`simplify`]), because it knows
//! neither dated media types nor more than one kind of success.

mod arguments;
pub mod bindings;
mod bodies;
pub mod calls;
mod decode;
mod extra;
pub mod mocks;
pub mod operations;
mod parameters;
mod prose;
mod rust;
pub mod schemas;
pub mod simplify;
mod tolerant;
pub mod vocabulary;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// What remedies a stale file.
pub const REMEDY: &str = "cargo xtask codegen";

/// A generated file: where it belongs, and what belongs in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The path below the workspace.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

/// Generates every file from a contract that has passed the lint.
///
/// # Errors
/// [`Failure`] where the generator refuses the contract all the same.
pub fn generate(contract: &Value) -> Result<Vec<Output>, Failure> {
    let simplified = simplify::simplify(contract);
    let spec = read(&simplified)?;
    let spec_of_mocks = read(&parameters::for_mocks(&simplified))?;
    let output = |path: &str, text| Output {
        path: path.into(),
        text,
    };
    let client = bindings::generate(&spec, &simplified)?;
    Ok(vec![
        output(
            "crates/atlas-export-api/src/generated.rs",
            rust::print(&client),
        ),
        output(
            "crates/atlas-export-api/src/calls.rs",
            calls::generate(&client, contract)?,
        ),
        output(
            "crates/atlas-export-api/src/operations.rs",
            operations::generate(contract)?,
        ),
        output(
            "crates/atlas-export-types/src/vocabulary.rs",
            vocabulary::generate(contract),
        ),
        output(
            "crates/atlas-export-httpmock/src/generated.rs",
            mocks::generate(&spec_of_mocks, &simplified)?,
        ),
        output("openapi/OPERATIONS.md", operations::for_people(contract)),
        output(
            "crates/atlas-export-fake/src/operations.json",
            operations::for_fake(contract)?,
        ),
        output(
            "crates/atlas-export-fake/src/request_schemas.json",
            schemas::generate(contract)?,
        ),
    ])
}

fn read(simplified: &Value) -> Result<openapiv3::OpenAPI, Failure> {
    serde_path_to_error::deserialize(simplified)
        .map_err(|error| Failure::at(&error.path().to_string(), &error.into_inner()))
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It held the same text already.
    Unchanged,
    /// It is new or was overwritten.
    Changed,
}

/// The lines of a file, however they end: a checkout may have made `\r\n` of `\n`.
fn lines_on_disk(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map(|text| text.replace("\r\n", "\n"))
}

/// Writes one file below `root`, unless it holds the same lines already.
///
/// # Errors
/// What the file system says.
pub fn write(root: &Path, output: &Output) -> io::Result<Written> {
    let path = root.join(&output.path);
    if lines_on_disk(&path).is_ok_and(|old| old == output.text) {
        return Ok(Written::Unchanged);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, &output.text)?;
    Ok(Written::Changed)
}

/// The first differing lines between a file below `root` and what belongs in it, if any.
pub fn difference(root: &Path, output: &Output) -> Option<String> {
    const LINES: usize = 20;
    let old = lines_on_disk(&root.join(&output.path)).unwrap_or_default();
    if old == output.text {
        return None;
    }
    let diff = similar::TextDiff::from_lines(&old, &output.text);
    let whole = diff
        .unified_diff()
        .context_radius(1)
        .header("on disk", "from the contract")
        .to_string();
    let mut lines = whole.lines();
    let shown = lines.by_ref().take(LINES).map(|line| format!("  {line}\n"));
    let mut short: String = shown.collect();
    let rest = lines.count();
    if rest > 0 {
        short = format!("{short}  … {rest} more lines\n");
    }
    Some(short)
}

/// The contract was sound, and yet the generator refused it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    fn new(doing: &str, why: impl fmt::Display) -> Self {
        Self(format!("{doing}: {why}"))
    }

    fn at(path: &str, why: &dyn fmt::Display) -> Self {
        Self(format!(
            "the contract does not read as OpenAPI 3.0 at {path}: {why}"
        ))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
