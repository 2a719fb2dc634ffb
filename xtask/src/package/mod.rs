//! `cargo xtask package`: whether the crates can be published as they are.
//!
//! Manifests say all that a registry shows, the tarballs hold README and licences, and no
//! dependency wants a newer Rust than the crates say. With [`Depth::Built`] cargo builds each crate
//! from its tarball as well, and a crate outside of the workspace that depends on them compiles and
//! runs the README's program; that takes minutes.

mod consumer;
mod graph;
mod manifest;
mod rust_version;

use std::{collections::BTreeSet, fs, path::Path};

use self::graph::{Graph, Package};
use crate::cargo::cargo;

/// What every tarball holds, beside its sources.
const FILES: &[&str] = &["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// How far the crates are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Manifests and the lists of files: seconds.
    Listed,
    /// Each crate from its tarball, and a consumer of them: minutes.
    Built,
}

/// Tries the crates, and tells of each step.
///
/// # Errors
/// All that is wrong, a line for each.
pub fn check(
    workspace: &Path,
    depth: Depth,
    mut tell: impl FnMut(&str),
) -> Result<(), Vec<String>> {
    let graph = Graph::of(workspace).map_err(|error| vec![error])?;
    let members: Vec<&Package> = graph.published().collect();
    let mut faults: Vec<String> = members.iter().copied().flat_map(manifest::faults).collect();
    match rust_version::check(&graph) {
        Ok(told) => tell(&told),
        Err(newer) => faults.extend(newer),
    }
    for member in &members {
        let listed = run(
            workspace,
            &[
                "package",
                "--allow-dirty",
                "--list",
                "--package",
                &member.name,
            ],
        );
        match listed {
            Ok(list) => {
                tell(&format!("{}: {} files", member.name, list.lines().count()));
                faults.extend(absent(&member.name, &list));
            }
            Err(error) => faults.push(error),
        }
    }
    if !faults.is_empty() || depth == Depth::Listed {
        return if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        };
    }
    let built = build(workspace, &graph, &members, &mut tell);
    built.map_err(|error| vec![error])
}

/// What still stands for an address that nobody knows, a line for each.
///
/// # Errors
/// What cargo says.
pub fn placeholders(workspace: &Path) -> Result<Vec<String>, String> {
    let graph = Graph::of(workspace)?;
    // Members inherit them, so each is told once.
    let told: BTreeSet<String> = graph.published().flat_map(manifest::placeholders).collect();
    Ok(told.into_iter().collect())
}

/// The versions of the published members: a name and a version each.
///
/// # Errors
/// What cargo says.
pub fn versions(workspace: &Path) -> Result<Vec<(String, String)>, String> {
    let graph = Graph::of(workspace)?;
    let versions = graph.published();
    Ok(versions
        .map(|member| (member.name.clone(), member.version.clone()))
        .collect())
}

/// The files that a tarball lacks, a line for each.
fn absent(name: &str, list: &str) -> Vec<String> {
    let absent = FILES
        .iter()
        .filter(|file| list.lines().all(|line| line != **file));
    absent
        .map(|file| format!("{name}: the tarball has no {file}; add it to the folder of the crate"))
        .collect()
}

fn build(
    workspace: &Path,
    graph: &Graph,
    members: &[&Package],
    tell: &mut impl FnMut(&str),
) -> Result<(), String> {
    let mut arguments = vec!["package", "--quiet", "--allow-dirty"];
    for member in members {
        arguments.extend(["--package", &member.name]);
    }
    run(workspace, &arguments)?;
    tell("every crate builds from its tarball");
    let folder = graph.target_directory.join("package");
    let packed: Vec<_> = members
        .iter()
        .map(|member| {
            let name = format!("{}-{}", member.name, member.version);
            (member.name.clone(), folder.join(name))
        })
        .collect();
    for (name, packed) in &packed {
        same_licences(workspace, name, packed)?;
    }
    let told = consumer::run(workspace, &graph.target_directory, &packed)?;
    tell("a consumer outside of the workspace runs the README's program:");
    for line in told.lines() {
        tell(&format!("  {line}"));
    }
    Ok(())
}

/// Holds the packed licences against those of the workspace: where links are not followed, a
/// tarball would hold a path.
fn same_licences(workspace: &Path, name: &str, packed: &Path) -> Result<(), String> {
    let text = |path: &Path| {
        fs::read_to_string(path)
            .map(|text| text.replace("\r\n", "\n"))
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    for file in FILES.iter().filter(|file| file.starts_with("LICENSE")) {
        if text(&packed.join(file))? != text(&workspace.join(file))? {
            return Err(format!(
                "{name}: the packed {file} is not that of the workspace; check the repository out \
                 where links can be made"
            ));
        }
    }
    Ok(())
}

/// What cargo prints.
fn run(workspace: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = cargo(workspace)
        .args(arguments)
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "`cargo {}`:\n{}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tarball_without_a_licence_is_told() {
        let list = "Cargo.toml\nREADME.md\nLICENSE-MIT\nsrc/lib.rs\n";
        let told = absent("a", list);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("a: the tarball has no LICENSE-APACHE"));
    }

    /// What the registry shows of each crate, with dependencies that it takes.
    #[test]
    fn the_crates_can_be_published_as_they_are() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut told = Vec::new();
        let checked = check(&workspace, Depth::Listed, |line| told.push(line.to_owned()));
        assert_eq!(checked, Ok(()));
        // The libraries and the tool.
        assert_eq!(
            told.iter().filter(|line| line.ends_with("files")).count(),
            7,
            "{told:?}"
        );
    }
}
