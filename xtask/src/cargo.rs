//! The cargo that runs this command, for what it runs in turn.

use std::{env, ffi::OsString, path::Path, process::Command};

/// A command of the same toolchain, in the workspace.
pub(crate) fn cargo(workspace: &Path) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(workspace);
    command
}
