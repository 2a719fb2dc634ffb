//! How a command ends: with its result, or with a reason that has an exit code of its own.

use std::{
    fmt::{self, Write as _},
    io,
    path::Path,
    process::ExitCode,
};

use atlas_export::{Error, ErrorKind};
use atlas_export_types::OneLine;

/// The exit codes: number, name, meaning.
const CODES: [(u8, &str, &str); 11] = [
    (0, "done", "done"),
    (
        1,
        "failure",
        "this machine failed: a file, a terminal, FakeAtlas",
    ),
    (
        2,
        "usage",
        "the arguments, the environment or the profile are invalid",
    ),
    (3, "not-confirmed", "nothing was done: --yes is missing"),
    (4, "nothing", "there is nothing to export"),
    (5, "refused", "the credentials are refused"),
    (
        6,
        "call-failed",
        "Atlas refused a call, or could not be reached",
    ),
    (
        7,
        "ambiguous",
        "it may or may not have happened: look before repeating",
    ),
    (8, "still-running", "the time is up, and the export goes on"),
    (
        9,
        "not-exported",
        "an export failed or was cancelled, or a cluster of a fleet is left",
    ),
    (
        130,
        "interrupted",
        "interrupted; exports that were started go on in Atlas",
    ),
];

/// The part of `--help` that lists them.
pub(crate) fn help() -> String {
    let mut help = String::from(
        "Credentials come from the environment (MONGODB_ATLAS_CLIENT_ID and \
         MONGODB_ATLAS_CLIENT_SECRET,\nor MONGODB_ATLAS_PUBLIC_API_KEY and \
         MONGODB_ATLAS_PRIVATE_API_KEY), or from a profile of the\nAtlas CLI.\n\nExit codes:\n",
    );
    for (number, name, meaning) in CODES {
        let _ = writeln!(help, "  {number:>3}  {name:13}  {meaning}");
    }
    help.push_str(
        "\nExamples:
  atlas-export demo
  atlas-export buckets list
  atlas-export jobs start Cluster0 --bucket my-bucket --watch --yes
  atlas-export fleet run --bucket-name nightly --all-projects --report tonight.json --yes",
    );
    help
}

/// Why a command ends without what it was called for.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The arguments, the environment or the profile are invalid.
    Usage(String),
    /// What would be done was shown, and nobody said yes.
    NotConfirmed,
    /// There is nothing to export.
    Nothing(String),
    /// A call failed, or a wait did not end well.
    Call(Error),
    /// Of a fleet, something is left.
    NotExported(String),
    /// Of a fleet, something is still being exported.
    StillRunning(String),
    /// Somebody pressed Ctrl-C, and what goes on.
    Interrupted(String),
    /// Something on this machine, and what was tried.
    Failure(String, io::Error),
}

impl Stop {
    /// A file that cannot be read or written.
    pub(crate) fn of_file(path: &Path, error: io::Error) -> Self {
        Self::Failure(format!("{}", path.display()), error)
    }

    fn number(&self) -> u8 {
        match self {
            Self::Failure(..) => 1,
            Self::Usage(_) => 2,
            Self::NotConfirmed => 3,
            Self::Nothing(_) => 4,
            Self::Call(error) => match error.kind() {
                ErrorKind::Config => 2,
                ErrorKind::Authentication => 5,
                ErrorKind::Ambiguous => 7,
                ErrorKind::MaxWait => 8,
                ErrorKind::Ended => 9,
                _ => 6,
            },
            Self::StillRunning(_) => 8,
            Self::NotExported(_) => 9,
            Self::Interrupted(_) => 130,
        }
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.number())
    }
}

/// On one line.
impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Usage(why)
            | Self::Nothing(why)
            | Self::NotExported(why)
            | Self::StillRunning(why)
            | Self::Interrupted(why) => why.clone(),
            Self::NotConfirmed => {
                "nothing was done: repeat the command with --yes to go ahead".into()
            }
            Self::Call(error) => match error.operation() {
                Some(operation) => format!("{operation}: {error}"),
                None => error.to_string(),
            },
            Self::Failure(what, error) => format!("{what}: {error}"),
        };
        OneLine(&text).fmt(f)
    }
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Call(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_has_a_code_that_help_lists() {
        let failure = || io::Error::other("x");
        for stop in [
            Stop::Usage(String::new()),
            Stop::NotConfirmed,
            Stop::Nothing(String::new()),
            Stop::NotExported(String::new()),
            Stop::StillRunning(String::new()),
            Stop::Interrupted(String::new()),
            Stop::Failure(String::new(), failure()),
        ] {
            let number = stop.number();
            assert!(CODES.iter().any(|(known, ..)| *known == number), "{stop:?}");
        }
    }

    #[test]
    fn the_readme_lists_every_code() {
        let readme = include_str!("../../../README.md");
        for (number, name, _) in CODES {
            let row = format!("| {number} | `{name}` |");
            assert!(readme.contains(&row), "{row}");
        }
    }
}
