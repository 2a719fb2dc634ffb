//! A crate outside the workspace that depends on the packed ones, with the README's program.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::cargo::cargo;

/// Under which heading of the README the program stands.
const HEADING: &str = "## Use the library";

/// Starts `FakeAtlas`, and the README's program against it.
const AGAINST_FAKE: &str = r#"//! Runs the program beside it against FakeAtlas.
use std::{error::Error, process::Command};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let fake = atlas_export_fake::FakeAtlas::builder().demo().start().await?;
    let (public, private) = fake.credentials();
    let mut program = Command::new(std::env::current_exe()?.with_file_name(format!(
        "program{}",
        std::env::consts::EXE_SUFFIX
    )));
    program
        .env("MONGODB_ATLAS_BASE_URL", fake.url())
        .env("MONGODB_ATLAS_PUBLIC_API_KEY", public)
        .env("MONGODB_ATLAS_PRIVATE_API_KEY", private);
    let output = tokio::task::spawn_blocking(move || program.output()).await??;
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    print!("{}", String::from_utf8_lossy(&output.stdout));
    output.status.success().then_some(()).ok_or_else(|| "the program failed".into())
}
"#;

/// The first program under [`HEADING`].
fn program(readme: &str) -> Option<&str> {
    let (_, section) = readme.split_once(HEADING)?;
    let (_, fence) = section.split_once("\n```rust")?;
    let (_, code) = fence.split_once('\n')?;
    code.split_once("\n```").map(|(code, _)| code)
}

/// The manifest of the consumer: it takes each packed crate in place of the registry's.
fn manifest(packed: &[(String, PathBuf)]) -> String {
    let mut manifest = r#"# Outside of any workspace, and thrown away.
[package]
name = "consumer"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
atlas-export = "*"
atlas-export-fake = "*"
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

[patch.crates-io]
"#
    .to_owned();
    for (name, folder) in packed {
        // A literal string of TOML: paths may have backslashes.
        let _ = writeln!(manifest, "{name} = {{ path = '{}' }}", folder.display());
    }
    manifest
}

/// Builds the README's program with the packed crates, runs it on `FakeAtlas`, and hands on what
/// it printed.
///
/// # Errors
/// What could not be written, or what cargo and the program say.
pub(super) fn run(
    workspace: &Path,
    target: &Path,
    packed: &[(String, PathBuf)],
) -> Result<String, String> {
    let readme = workspace.join("README.md");
    let readme =
        fs::read_to_string(&readme).map_err(|error| format!("{}: {error}", readme.display()))?;
    let program = program(&readme).ok_or_else(|| {
        format!("README.md has no program under `{HEADING}`; a consumer is made of it")
    })?;
    let consumer = target.join("package").join("consumer");
    for (path, text) in [
        ("Cargo.toml", manifest(packed).as_str()),
        ("src/bin/program.rs", program),
        ("src/main.rs", AGAINST_FAKE),
    ] {
        let path = consumer.join(path);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    // The versions that the workspace is tested with, as far as they go.
    let _ = fs::copy(workspace.join("Cargo.lock"), consumer.join("Cargo.lock"));
    let built = |arguments: &[&str]| {
        let output = cargo(&consumer)
            .args(arguments)
            .env("CARGO_TARGET_DIR", target.join("package").join("built"))
            .output()
            .map_err(|error| format!("cargo could not be started: {error}"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!(
                "the consumer in {}:\n{}",
                consumer.display(),
                String::from_utf8_lossy(&output.stderr)
            ))
        }
    };
    built(&["build", "--quiet", "--bins"])?;
    built(&["run", "--quiet", "--bin", "consumer"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_the_readme_is_found() {
        let readme = "# A\n```rust\nno\n```\n## Use the library\n```toml\na\n```\n\n```rust,no_run\n\
                      fn main() {}\n```\nrest\n```rust\nno\n```\n";
        assert_eq!(program(readme), Some("fn main() {}"));
        assert_eq!(program("## Use the library\nnothing"), None);
        let own = include_str!("../../../README.md");
        assert!(program(own).unwrap().contains("async fn main()"));
    }

    #[test]
    fn packed_crates_take_the_place_of_the_registry() {
        let manifest = manifest(&[("a".to_owned(), PathBuf::from(r"C:\packed\a-1.0.0"))]);
        assert!(manifest.contains("\n[workspace]\n"), "{manifest}");
        let (_, patch) = manifest.split_once("[patch.crates-io]\n").unwrap();
        assert_eq!(patch, "a = { path = 'C:\\packed\\a-1.0.0' }\n");
    }
}
