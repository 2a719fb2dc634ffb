//! The crates that are published, as cargo knows them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::cargo::cargo;

/// The crates that are published.
pub(crate) struct Published {
    pub(crate) members: Vec<Member>,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
}

/// A package, the name of its library, and its features.
pub(crate) struct Member {
    pub(crate) name: String,
    library: String,
    features: BTreeMap<String, Vec<String>>,
}

impl Member {
    /// The file that rustdoc writes of it.
    pub(crate) fn json(&self) -> String {
        format!("{}.json", self.library)
    }

    /// The features that somebody may choose: neither `default`, which is made of others, nor
    /// those that begin with two underscores, which belong to others.
    pub(crate) fn features(&self) -> impl Iterator<Item = &str> {
        let names = self.features.keys().map(String::as_str);
        names.filter(|name| *name != "default" && !name.starts_with("__"))
    }
}

/// The part of cargo's answer that is read.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// The registries to which it may go; none is any.
    publish: Option<Vec<String>>,
    features: BTreeMap<String, Vec<String>>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Asks cargo.
///
/// # Errors
/// What cargo says, or why its answer does not read.
pub(crate) fn published(workspace: &Path) -> Result<Published, String> {
    let output = cargo(workspace)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    read(&output.stdout).map_err(|error| format!("cargo metadata does not read: {error}"))
}

fn read(answer: &[u8]) -> serde_json::Result<Published> {
    let Metadata {
        packages,
        target_directory,
    } = serde_json::from_slice(answer)?;
    let published = packages
        .into_iter()
        .filter(|package| package.publish.as_ref().is_none_or(|to| !to.is_empty()));
    let members = published.filter_map(|package| {
        let is_library = |target: &Target| target.kind.iter().any(|kind| kind == "lib");
        let library = package.targets.into_iter().find(is_library)?;
        Some(Member {
            name: package.name,
            library: library.name.replace('-', "_"),
            features: package.features,
        })
    });
    Ok(Published {
        members: members.collect(),
        target: target_directory,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn libraries_that_may_be_published_are_listed() {
        let package = |name: &str, publish, kind: &str| {
            let features = json!({ "default": ["b"], "b": ["__a"], "a": ["__a"], "__a": [] });
            json!({ "name": name, "publish": publish, "features": features, "targets": [
                { "name": "tests", "kind": ["test"] },
                { "name": name, "kind": [kind] },
            ] })
        };
        let answer = json!({
            "target_directory": "/built",
            "packages": [
                package("a-b", json!(null), "lib"),
                package("private", json!([]), "lib"),
                package("ours", json!(["ours"]), "lib"),
                package("tool", json!(null), "bin"),
            ],
        });
        let published = read(answer.to_string().as_bytes()).unwrap();
        let files: Vec<_> = published.members.iter().map(Member::json).collect();
        assert_eq!(files, ["a_b.json", "ours.json"]);
        for member in &published.members {
            assert_eq!(member.features().collect::<Vec<_>>(), ["a", "b"]);
        }
        assert_eq!(published.target, Path::new("/built"));
    }
}
