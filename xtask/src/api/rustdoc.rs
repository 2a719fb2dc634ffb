//! rustdoc's JSON, which only a nightly toolchain writes, or one that takes itself for nightly.
//!
//! `RUSTC_BOOTSTRAP` makes it do so. Set for all that cargo runs, it would have every crate with
//! a build script that looks at it built anew, twice. So rustdoc alone sees it: this command tells
//! cargo that it is rustdoc, and calls the real one.

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Command, ExitCode},
};

use crate::cargo::cargo;

/// Where this command, called as rustdoc, finds the real one.
const REAL: &str = "XTASK_RUSTDOC";

/// The version of the format that the library reads.
const READS: u64 = 57;

/// The real rustdoc's exit code, where cargo calls this command in its place.
pub fn as_rustdoc() -> Option<ExitCode> {
    let rustdoc = env::var_os(REAL)?;
    let status = Command::new(rustdoc)
        .args(env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .status();
    let succeeded = status.is_ok_and(|status| status.success());
    Some(if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Has rustdoc write its JSON of all crates, with all features. What is hidden is not in it.
///
/// # Errors
/// That it did not; it has said why.
pub(super) fn write_json(workspace: &Path) -> Result<(), String> {
    let this = env::current_exe().map_err(|error| format!("where is this program? {error}"))?;
    let real = env::var_os("RUSTDOC").unwrap_or_else(|| OsString::from("rustdoc"));
    // Of each member, although the others are not read: dependencies have the same features then as
    // clippy and `cargo doc` gave them, which have checked them before.
    let status = cargo(workspace)
        .args(["doc", "--quiet", "--workspace", "--lib", "--no-deps"])
        .arg("--all-features")
        .env(REAL, real)
        .env("RUSTDOC", this)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
        .status()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("rustdoc could not list the crates: correct what it names above".to_owned())
    }
}

/// Why a file of rustdoc's does not read: mostly because it is of another version.
pub(super) fn does_not_read(json: &Path, error: &public_api::Error) -> String {
    let text = std::fs::read(json).unwrap_or_default();
    let found = serde_json::from_slice::<serde_json::Value>(&text).ok();
    let version = found.and_then(|found| found.get("format_version")?.as_u64());
    match version {
        Some(version) if version != READS => format!(
            "rustdoc of this toolchain writes format {version}, and the library `public-api` reads \
             {READS}\nhelp: use the toolchain of CI, or the version of `public-api` that reads \
             {version}"
        ),
        _ => format!("{}: {error}", json.display()),
    }
}
