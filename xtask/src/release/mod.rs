//! `cargo xtask release --dry-run X.Y.Z`: whether this tree can be released, with all that stands
//! in the way at once.
//!
//! It changes nothing. Tagging and uploading stay with a person, who gets the message of the tag
//! from here.

mod api_diff;
mod changelog;
mod version;

use std::{
    env, fs,
    path::Path,
    process::{Command, Output},
};

use semver::Version;

use crate::{
    cargo::cargo,
    package::{self, Depth},
};

/// The commands of this crate that have to find nothing stale.
const OWN: &[&[&str]] = &[
    &["codegen", "--check"],
    &["api", "--check"],
    &["drift"],
    &["tidy"],
];

/// A command of cargo's that others make, and how it is had.
struct Tool {
    arguments: &'static [&'static str],
    install: &'static str,
}

const DENY: Tool = Tool {
    arguments: &[
        "deny",
        "--all-features",
        "check",
        "bans",
        "licenses",
        "sources",
    ],
    install: "cargo install --locked cargo-deny",
};

const SEMVER_CHECKS: Tool = Tool {
    arguments: &["semver-checks"],
    install: "cargo install --locked cargo-semver-checks",
};

/// Looks at everything, tells of each step, and hands on the message of the tag.
///
/// # Errors
/// All that stands in the way, a line for each.
pub fn dry_run(
    workspace: &Path,
    version: &str,
    mut tell: impl FnMut(&str),
) -> Result<String, Vec<String>> {
    let new = version::parse(version).map_err(|error| vec![error])?;
    let mut faults = Vec::new();

    tell("versions");
    let versions = package::versions(workspace).map_err(|error| vec![error])?;
    faults.extend(other_versions(&versions, &new));
    faults.extend(package::placeholders(workspace).unwrap_or_else(|error| vec![error]));

    tell("the tree, and the last tag");
    let status = git(workspace, &["status", "--porcelain"]).map_err(|error| vec![error])?;
    faults.extend(uncommitted(&status));
    let tags = git(workspace, &["tag", "--list", "v*"]).map_err(|error| vec![error])?;
    let last = version::newest(tags.lines());
    if let Some((old, _)) = &last {
        faults.extend(version::follows(old, &new).err());
    }

    tell("CHANGELOG.md");
    let changelog = fs::read_to_string(workspace.join("CHANGELOG.md"))
        .map_err(|error| vec![format!("CHANGELOG.md: {error}")])?;
    let sections = changelog::sections(&changelog);
    let (section, of_changelog) = changelog::check(&sections, version);
    faults.extend(of_changelog);
    let section = section.unwrap_or_default();

    match &last {
        Some((old, tag)) => {
            let diff = git(workspace, &["diff", "--unified=0", tag, "--", "api"]);
            let diff = diff.map_err(|error| vec![error])?;
            let diff = api_diff::read(&diff);
            tell(&format!(
                "public API since {tag}: {} lines came, {} went",
                diff.added.len(),
                diff.removed.len()
            ));
            let breaks_are_told = changelog::tells_of_a_break(section);
            faults.extend(diff.faults(old, &new, breaks_are_told));
            tell("cargo semver-checks");
            let baseline = ["--baseline-rev", tag];
            faults.extend(tool(workspace, &SEMVER_CHECKS, &baseline).err());
        }
        None => tell("public API: there is no tag to compare with, so nothing can have broken"),
    }

    for command in OWN {
        tell(&format!("cargo xtask {}", command.join(" ")));
        faults.extend(own(workspace, command).err());
    }
    tell("cargo deny");
    faults.extend(tool(workspace, &DENY, &[]).err());
    tell("cargo xtask package");
    if let Err(of_package) = package::check(workspace, Depth::Built, |line| {
        tell(&format!("  {line}"));
    }) {
        faults.extend(of_package);
    }

    if faults.is_empty() {
        Ok(format!("atlas-export {new}\n\n{}\n", section.trim()))
    } else {
        Err(faults)
    }
}

/// The members whose version is another one.
fn other_versions(versions: &[(String, String)], new: &Version) -> Vec<String> {
    let new = new.to_string();
    let others = versions.iter().filter(|(_, version)| *version != new);
    others
        .map(|(name, version)| {
            format!(
                "{name} is {version}, and not {new}; set `version` in `[workspace.package]`, and \
                 those of the members in `[workspace.dependencies]`"
            )
        })
        .collect()
}

/// What git would commit, told as one fault.
fn uncommitted(status: &str) -> Option<String> {
    let first = status.lines().next()?;
    Some(format!(
        "{} files are not committed, the first being `{}`; commit or remove them",
        status.lines().count(),
        first.trim()
    ))
}

fn git(workspace: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(workspace)
        .output()
        .map_err(|error| format!("git could not be started: {error}"))?;
    said(&format!("git {}", arguments.join(" ")), &output)
}

/// One of this crate's commands, in a process of its own, as people run it.
fn own(workspace: &Path, arguments: &[&str]) -> Result<String, String> {
    let program = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let output = Command::new(program)
        .args(arguments)
        .current_dir(workspace)
        .output()
        .map_err(|error| format!("cargo xtask {}: {error}", arguments.join(" ")))?;
    said(&format!("cargo xtask {}", arguments.join(" ")), &output)
}

fn tool(workspace: &Path, tool: &Tool, more: &[&str]) -> Result<String, String> {
    let output = cargo(workspace)
        .args(tool.arguments)
        .args(more)
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    let command = format!("cargo {}", [tool.arguments, more].concat().join(" "));
    said(&command, &output).map_err(|error| {
        if error.contains("no such command") {
            format!("`{command}` is not installed; run {}", tool.install)
        } else {
            error
        }
    })
}

/// What a command printed, or that it failed and what it said last.
fn said(command: &str, output: &Output) -> Result<String, String> {
    /// Enough for a finding, and not for a log.
    const LINES: usize = 40;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    let both = String::from_utf8_lossy(&both);
    let lines: Vec<&str> = both.lines().collect();
    let last = lines
        .get(lines.len().saturating_sub(LINES)..)
        .unwrap_or_default();
    Err(format!("`{command}` failed:\n{}", last.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_another_version_is_named() {
        let versions = [("a", "0.1.0"), ("b", "0.2.0")];
        let versions = versions.map(|(name, version)| (name.to_owned(), version.to_owned()));
        let told = other_versions(&versions, &Version::new(0, 2, 0));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with("a is 0.1.0, and not 0.2.0;"),
            "{told:?}"
        );
    }

    #[test]
    fn a_tree_with_changes_is_told() {
        assert_eq!(uncommitted(""), None);
        let told = uncommitted(" M README.md\n?? new\n").unwrap();
        assert!(told.starts_with("2 files are not committed, the first being `M README.md`"));
    }

    #[test]
    fn a_tool_that_is_missing_is_told_with_its_installation() {
        const MISSING: Tool = Tool {
            arguments: &["a-tool-that-nobody-has"],
            install: "cargo install it",
        };
        let told = tool(Path::new("."), &MISSING, &["--now"]).unwrap_err();
        assert_eq!(
            told,
            "`cargo a-tool-that-nobody-has --now` is not installed; run cargo install it"
        );
    }

    #[test]
    fn what_a_command_said_last_is_handed_on() {
        let told = git(Path::new("."), &["no-such-command"]).unwrap_err();
        assert!(
            told.starts_with("`git no-such-command` failed:\n"),
            "{told}"
        );
        assert!(
            git(Path::new("."), &["--version"])
                .unwrap()
                .contains("git version")
        );
    }

    #[test]
    fn a_text_that_is_no_version_ends_it_at_once() {
        let told = dry_run(Path::new("."), "next", |_| panic!("nothing to tell")).unwrap_err();
        assert_eq!(
            told,
            ["next: no version; give three numbers, such as 1.2.3"]
        );
    }
}
