//! The cargo that runs this command, for what it runs in turn.

use std::{env, ffi::OsString, path::Path, process::Command};

/// A command of the same toolchain, in the workspace.
pub(crate) fn cargo(workspace: &Path) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(workspace);
    // What cargo says of this very package is not what it builds next, and build scripts that
    // watch it would build everything anew, once from here and once from a shell.
    for (name, _) in env::vars_os() {
        let is_of_this = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        let text = name.to_string_lossy();
        if is_of_this.iter().any(|start| text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    command
}
