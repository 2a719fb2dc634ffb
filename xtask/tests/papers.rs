//! What the documents for people say of the repository, held against it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use serde_json::Value;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(workspace().join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The links whose text is a name in code: the name, and the file.
fn links(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("[`").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("`](")?;
        Some((name, rest.split_once(')')?.0))
    })
}

/// The rows of the table under a heading, without its head.
fn rows<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    let (_, section) = text.split_once(heading).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    rows.skip(1).collect()
}

#[test]
fn each_defence_is_shown_by_a_test_that_there_is() {
    let security = read("SECURITY.md");
    let rows = rows(&security, "\n## What it defends against\n");
    assert!(rows.len() > 10, "{rows:?}");
    for row in rows {
        assert!(links(row).count() > 0, "no test shows it: {row}");
        for (name, file) in links(row) {
            let is_there = read(file).contains(&format!("fn {name}("));
            assert!(is_there, "SECURITY.md: {file} has no test {name}");
        }
    }
}

/// They ask for what tells one failure from another.
#[test]
fn the_templates_ask_for_the_operation_the_version_and_the_code() {
    for file in [
        ".github/ISSUE_TEMPLATE/bug.yml",
        ".github/ISSUE_TEMPLATE/endpoint.yml",
        ".github/PULL_REQUEST_TEMPLATE.md",
    ] {
        let text = read(file);
        for word in ["peration id", "ersion", "error.code()"] {
            assert!(text.contains(word), "{file} does not ask for {word}");
        }
    }
}

/// A hosted run and a local one use the same tools.
#[test]
fn versions_of_tools_are_those_of_ci() {
    let run = read(".ci/run");
    let speller = run
        .split_whitespace()
        .find(|word| word.starts_with("typos=="));
    let hooks = read(".pre-commit-config.yaml");
    assert!(
        hooks.contains(speller.unwrap()),
        "{speller:?} in .pre-commit-config.yaml"
    );
}

/// Commands of the workspace that a document names are there.
#[test]
fn commands_that_documents_name_are_there() {
    let main = read("xtask/src/arguments.rs");
    for file in [
        "README.md",
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        "SECURITY.md",
        "docs/stability.md",
        "docs/releasing.md",
        ".github/workflows/ci.yml",
        ".pre-commit-config.yaml",
        ".ci/run",
    ] {
        let text = read(file);
        for rest in text.split("cargo xtask ").skip(1) {
            let name: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
            let variant: String = name
                .chars()
                .take(1)
                .map(|letter| letter.to_ascii_uppercase())
                .chain(name.chars().skip(1))
                .collect();
            let is_there = ["(", " {", ",\n"]
                .iter()
                .any(|end| main.contains(&format!("    {variant}{end}")));
            assert!(
                name.is_empty() || is_there,
                "{file}: there is no `cargo xtask {name}`"
            );
        }
    }
}

/// Each with what it is for, so that none comes in unseen.
#[test]
fn each_dependency_of_a_published_crate_is_in_the_table() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(workspace())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let published = packages.filter(|package| package["publish"].is_null());
    let named: BTreeSet<&str> = published
        .flat_map(|package| package["dependencies"].as_array().unwrap())
        .filter(|dependency| dependency["kind"].is_null() && dependency["path"].is_null())
        .filter_map(|dependency| dependency["name"].as_str())
        .collect();
    let architecture = read("ARCHITECTURE.md");
    let rows = rows(&architecture, "\n## Dependencies\n");
    let told: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| row.split('`').nth(1))
        .collect();
    assert_eq!(told, named);
    assert_eq!(told.len(), rows.len());
}
