//! The `Cargo.toml` of a crate that stands alone.

use std::fmt::Write as _;

use proc_macro2::{TokenStream, TokenTree};

use super::super::failure::Failure;

/// This workspace's, which says which versions of libraries are known to work together.
const WORKSPACE: &str = include_str!("../../../../Cargo.toml");

/// What generated code calls, and what generates it.
const SUPPORT: &str = "progenitor-client";
const GENERATOR: &str = "progenitor";

/// What every crate depends on.
const NEEDED: [&str; 6] = [
    "chrono",
    SUPPORT,
    "reqwest",
    "serde",
    "serde_json",
    "serde_path_to_error",
];

/// What one depends on whose generated code names it.
const NAMED: [&str; 2] = ["bytes", "regress"];

/// What the feature `mocks` brings.
const OF_MOCKS: [&str; 3] = ["httpmock", "regex", "serde_urlencoded"];

/// The manifest of a crate of this name with these sources.
///
/// # Errors
/// [`Failure`] where the manifest of this workspace has no version of a library.
pub(super) fn of<'a>(
    name: &str,
    sources: impl Iterator<Item = &'a str>,
) -> Result<String, Failure> {
    let workspace: toml::Table = WORKSPACE.parse().map_err(|error| failed(&error))?;
    let text = |key: &str| {
        let found = workspace.get("workspace")?.get("package")?.get(key)?;
        found.as_str()
    };
    let named: Vec<String> = sources
        .filter_map(|text| text.parse::<TokenStream>().ok())
        .flat_map(crates)
        .collect();
    let named = NAMED
        .into_iter()
        .filter(|krate| named.iter().any(|name| name == krate));
    let mut dependencies: Vec<(&str, &str)> = NEEDED
        .into_iter()
        .chain(named)
        .map(|name| (name, ""))
        .collect();
    dependencies.extend(OF_MOCKS.map(|name| (name, ", optional = true")));
    dependencies.sort_unstable();
    let mut manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"{}\"\n\
         rust-version = \"{}\"\npublish = false\n\n[dependencies]\n",
        text("edition").unwrap_or_default(),
        text("rust-version").unwrap_or_default(),
    );
    for (name, more) in dependencies {
        let told = dependency(&workspace, name)?;
        // A string takes everything.
        let _ = writeln!(manifest, "{name} = {{ {told}{more} }}");
    }
    let mocks = OF_MOCKS.map(|name| format!("\"dep:{name}\""));
    let _ = write!(
        manifest,
        "\n[features]\n# Typed mocks for httpmock.\nmocks = [{}]\n",
        mocks.join(", ")
    );
    Ok(manifest)
}

fn failed(why: &dyn std::fmt::Display) -> Failure {
    Failure::new("the manifest cannot be written", why)
}

/// What the workspace says of a dependency.
fn dependency(workspace: &toml::Table, name: &str) -> Result<String, Failure> {
    let all = workspace
        .get("workspace")
        .and_then(|all| all.get("dependencies"));
    // The generator and its support crate are released together.
    let name = if name == SUPPORT { GENERATOR } else { name };
    let told = all.and_then(|all| all.get(name));
    match told {
        Some(toml::Value::String(version)) => Ok(format!("version = \"{version}\"")),
        Some(toml::Value::Table(told)) => {
            // Texts, truth values and lists of them are written alike in JSON and in TOML.
            let told = told.iter().map(|(key, value)| {
                let value = serde_json::to_string(value).map_err(|error| failed(&error))?;
                Ok(format!("{key} = {value}"))
            });
            Ok(told.collect::<Result<Vec<_>, Failure>>()?.join(", "))
        }
        _ => Err(failed(&format!("the workspace has no version of {name}"))),
    }
}

/// The crates that code names: what two double colons stand around.
fn crates(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => found.extend(crates(group.stream())),
            TokenTree::Ident(name) => {
                let before = at.checked_sub(1).and_then(|at| tokens.get(at));
                let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
                if is_colon(before) && is_colon(tokens.get(at + 1)) {
                    found.push(name.to_string());
                }
            }
            _ => {}
        }
    }
    found
}
