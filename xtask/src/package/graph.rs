//! The packages of the workspace and all that they are built of, as `cargo metadata` tells it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::Value;

use crate::cargo::cargo;

/// What cargo answers, as far as it is read.
#[derive(Deserialize)]
pub(super) struct Graph {
    packages: Vec<Package>,
    resolve: Resolve,
    pub(super) target_directory: PathBuf,
}

#[derive(Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) version: String,
    /// The registry that it comes from; none for a member of the workspace.
    source: Option<String>,
    /// The registries to which it may go; none is any.
    publish: Option<Vec<String>>,
    pub(super) rust_version: Option<String>,
    pub(super) license: Option<String>,
    pub(super) repository: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) documentation: Option<String>,
    pub(super) description: Option<String>,
    pub(super) readme: Option<String>,
    pub(super) keywords: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) metadata: Value,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// What stands for `*` where no version is given.
    pub(super) req: String,
    pub(super) source: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    /// `dev`, `build`, or none for what is linked.
    kind: Option<String>,
}

impl Graph {
    /// Asks cargo, with all features and for all platforms.
    ///
    /// # Errors
    /// What cargo says, or why its answer does not read.
    pub(super) fn of(workspace: &Path) -> Result<Self, String> {
        let output = cargo(workspace)
            .args([
                "metadata",
                "--all-features",
                "--locked",
                "--format-version",
                "1",
            ])
            .output()
            .map_err(|error| format!("cargo could not be started: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Self::read(&output.stdout).map_err(|error| format!("cargo metadata does not read: {error}"))
    }

    pub(super) fn read(answer: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(answer)
    }

    /// The members that are published.
    pub(super) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| {
            package.source.is_none() && package.publish.as_ref().is_none_or(|to| !to.is_empty())
        })
    }

    /// What the published members are built of, members left out, tests left out.
    pub(super) fn shipped(&self) -> Vec<&Package> {
        let packages: BTreeMap<_, _> = self.packages.iter().map(|one| (&one.id, one)).collect();
        let nodes: BTreeMap<_, _> = self
            .resolve
            .nodes
            .iter()
            .map(|one| (&one.id, one))
            .collect();
        let mut seen = BTreeSet::new();
        let mut next: Vec<&String> = self.published().map(|member| &member.id).collect();
        while let Some(id) = next.pop() {
            if seen.insert(id)
                && let Some(node) = nodes.get(id)
            {
                let built = node.deps.iter().filter(|edge| {
                    let mut kinds = edge.dep_kinds.iter();
                    kinds.any(|kind| kind.kind.as_deref() != Some("dev"))
                });
                next.extend(built.map(|edge| &edge.pkg));
            }
        }
        let found = seen.into_iter().filter_map(|id| packages.get(id).copied());
        found.filter(|package| package.source.is_some()).collect()
    }
}
