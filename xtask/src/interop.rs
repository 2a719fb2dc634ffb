//! `cargo xtask interop`: starts the binary that tries the SDK against real servers.
//!
//! The binary belongs to the member `tests`, because it needs the SDK and nothing here does.

use std::{io, path::Path, process::Command};

use crate::cargo::cargo;

/// Becomes cargo, which builds the binary and becomes it in turn: exit code and signals are the
/// binary's own, and nothing is left in between that could die first. Comes back only to say why
/// it could not.
#[cfg(unix)]
pub fn start(workspace: &Path) -> io::Error {
    use std::os::unix::process::CommandExt as _;

    command(workspace).exec()
}

/// The servers are Debian's.
#[cfg(not(unix))]
pub fn start(_workspace: &Path) -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "the servers are Debian packages: run it on Linux",
    )
}

#[cfg_attr(not(unix), expect(dead_code, reason = "nothing is started there"))]
fn command(workspace: &Path) -> Command {
    let mut command = cargo(workspace);
    command.args([
        "run",
        "--package",
        "atlas-export-tests",
        "--features",
        "interop",
        "--bin",
        "interop",
    ]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_run_with_the_feature_that_it_needs() {
        let command = command(Path::new("/"));
        let arguments: Vec<_> = command
            .get_args()
            .filter_map(|word| word.to_str())
            .collect();
        assert_eq!(
            arguments.join(" "),
            "run --package atlas-export-tests --features interop --bin interop"
        );
    }
}
