//! How a command ends: with its result, or with a reason that has an exit code of its own.

use std::{
    fmt::{self, Display, Write as _},
    path::Path,
    process::ExitCode,
};

use atlas_export::{Error, ErrorKind};
use atlas_export_types::OneLine;

pub(crate) const FAILURE: u8 = 1;
const USAGE: u8 = 2;
const NOT_CONFIRMED: u8 = 3;
pub(crate) const NOTHING: u8 = 4;
const REFUSED: u8 = 5;
const CALL_FAILED: u8 = 6;
const AMBIGUOUS: u8 = 7;
pub(crate) const STILL_RUNNING: u8 = 8;
pub(crate) const NOT_EXPORTED: u8 = 9;
pub(crate) const NOT_READY: u8 = 10;
pub(crate) const INTERRUPTED: u8 = 130;

/// The exit codes: number, name, meaning.
#[rustfmt::skip]
const CODES: [(u8, &str, &str); 12] = [
    (0, "done", "done"),
    (FAILURE, "failure", "this machine failed: a file, a terminal, FakeAtlas"),
    (USAGE, "usage", "the arguments, the environment or the profile are invalid"),
    (NOT_CONFIRMED, "not-confirmed", "nothing was done: --yes is missing"),
    (NOTHING, "nothing", "there is nothing to export"),
    (REFUSED, "refused", "the credentials are refused"),
    (CALL_FAILED, "call-failed", "Atlas refused a call, or could not be reached"),
    (AMBIGUOUS, "ambiguous", "it may or may not have happened: look before repeating"),
    (STILL_RUNNING, "still-running", "the time is up, and the export goes on"),
    (NOT_EXPORTED, "not-exported", "an export failed or was cancelled, or a cluster of a fleet is left"),
    (NOT_READY, "not-ready", "a check of the preflight failed, or nobody can tell"),
    (INTERRUPTED, "interrupted", "interrupted; exports that were started go on in Atlas"),
];

/// The part of `--help` that lists them.
pub(crate) fn help() -> String {
    let mut codes = String::new();
    for (number, name, meaning) in CODES {
        let _ = writeln!(codes, "  {number:>3}  {name:13}  {meaning}");
    }
    include_str!("help.txt").replace("CODES\n", &codes)
}

/// Why a command ends without what it was called for: on one line, with its exit code.
#[derive(Debug)]
pub(crate) struct Stop {
    code: u8,
    why: String,
}

impl Stop {
    pub(crate) fn new(code: u8, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { code, why }
    }

    pub(crate) fn usage(why: impl Into<String>) -> Self {
        Self::new(USAGE, why)
    }

    /// What would be done was shown, and nobody said yes.
    pub(crate) fn not_confirmed() -> Self {
        let why = "nothing was done: repeat the command with --yes to go ahead";
        Self::new(NOT_CONFIRMED, why)
    }

    /// A file or a folder of this machine.
    pub(crate) fn of_file(path: &Path, error: impl Display) -> Self {
        Self::new(FAILURE, format!("{}: {error}", path.display()))
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        OneLine(&self.why).fmt(f)
    }
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        let error = error.into();
        let code = match error.kind() {
            ErrorKind::Config => USAGE,
            ErrorKind::Authentication => REFUSED,
            ErrorKind::Ambiguous => AMBIGUOUS,
            ErrorKind::MaxWait => STILL_RUNNING,
            ErrorKind::Ended => NOT_EXPORTED,
            _ => CALL_FAILED,
        };
        let why = match error.operation() {
            Some(operation) => format!("{operation}: {error}"),
            None => error.to_string(),
        };
        // What was given wrong is said in full; what went wrong elsewhere has a page.
        match code {
            USAGE => Self::new(code, why),
            _ => Self::new(code, format!("{why}; see {}", error.help_url())),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_readme_lists_every_code_and_the_page_of_errors_what_to_do_first() {
        let readme = include_str!("../../../README.md");
        let errors = include_str!("../../../docs/errors.md");
        for (number, name, _) in super::CODES {
            let row = format!("| {number} | `{name}` |");
            assert!(readme.contains(&row), "{row}");
            let row = format!("\n| {number} | ");
            assert!(number == 0 || errors.contains(&row), "{row}");
        }
    }
}
