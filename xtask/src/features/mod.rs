//! `cargo xtask features`: each feature of each published crate alone, each crate without any, and
//! the crates that each choice of TLS brings.
//!
//! Features are switched on by whoever else is in a build, and never off, so each has to do by
//! itself. Dev-dependencies take no part: clippy looks at libraries alone.

mod choices;

use std::path::Path;

use self::choices::{CHOICES, PAGE};
use crate::{
    cargo::cargo,
    packages::{self, Member},
};

/// The crate whose features choose TLS.
const SDK: &str = "atlas-export";

/// One run of clippy: a crate, and the one feature that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Build<'a> {
    package: &'a str,
    feature: Option<&'a str>,
}

/// Looks at them all, and tells of each.
///
/// # Errors
/// What cargo says of the first that does not build or warns; where a choice of TLS brings what it
/// may not, or another number of crates than the page says.
pub fn check(workspace: &Path, mut tell: impl FnMut(&str)) -> Result<(), String> {
    let page = workspace.join(PAGE);
    let page =
        std::fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    for choice in CHOICES {
        let tree = run(workspace, &choices::tree_arguments(SDK, choice))?;
        let number = choice.check(&tree, &page)?;
        tell(&format!("{}: {number} crates", choice.shown()));
    }
    let published = packages::published(workspace)?;
    for build in builds(&published.members) {
        tell(&build.shown());
        run(workspace, &build.arguments())?;
    }
    Ok(())
}

/// Without features first: what it builds, the others need too.
fn builds(members: &[Member]) -> impl Iterator<Item = Build<'_>> {
    members.iter().flat_map(|member| {
        let features = std::iter::once(None).chain(member.features().map(Some));
        features.map(|feature| Build {
            package: &member.name,
            feature,
        })
    })
}

impl<'a> Build<'a> {
    fn shown(self) -> String {
        let Self { package, feature } = self;
        format!("{package}, {}", feature.unwrap_or("no feature"))
    }

    fn arguments(self) -> Vec<&'a str> {
        let mut arguments = vec![
            "clippy",
            "--quiet",
            "--lib",
            "--no-default-features",
            "--package",
            self.package,
        ];
        if let Some(feature) = self.feature {
            arguments.extend(["--features", feature]);
        }
        arguments
    }
}

/// What cargo answers, where it has nothing to complain of.
fn run(workspace: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = cargo(workspace)
        .args(arguments)
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if output.status.success() && output.stderr.is_empty() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "{}help: `cargo {}` has to succeed without a warning",
        String::from_utf8_lossy(&output.stderr),
        arguments.join(" ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_is_built_without_features_and_with_each_alone() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let published = packages::published(&workspace).unwrap();
        let builds: Vec<_> = builds(&published.members).collect();
        for package in [SDK, "digest-lanes", "atlas-export-fake"] {
            let feature = None;
            assert!(builds.contains(&Build { package, feature }), "{package}");
        }
        for choice in CHOICES {
            for feature in choice.features.split(',').filter(|name| !name.is_empty()) {
                let build = Build {
                    package: SDK,
                    feature: Some(feature),
                };
                assert!(builds.contains(&build), "{feature}");
            }
        }
        let all = builds.iter().filter_map(|build| build.feature);
        assert!(all.into_iter().all(|name| !name.starts_with("__")));
    }

    #[test]
    fn a_feature_is_on_alone() {
        let build = Build {
            package: "a",
            feature: Some("b"),
        };
        assert_eq!(
            build.arguments().join(" "),
            "clippy --quiet --lib --no-default-features --package a --features b"
        );
        assert_eq!(build.shown(), "a, b");
    }

    #[test]
    fn what_cargo_complains_of_is_told_with_the_command() {
        let told = run(Path::new("."), &["no-such-command"]).unwrap_err();
        assert!(told.contains("no-such-command"), "{told}");
        assert!(told.ends_with("without a warning"), "{told}");
    }
}
