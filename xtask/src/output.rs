//! The files that commands write, and hold against what is on disk.
//!
//! A file is written only where its lines change, so that nothing is built anew for nothing.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A generated file: where it belongs, and what belongs in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The path below the workspace.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
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
        .header("on disk", "made anew")
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
