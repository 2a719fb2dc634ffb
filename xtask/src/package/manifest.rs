//! What a manifest has to say before its crate can be published.

use super::graph::{Dependency, Package};

/// The most keywords and categories that the registry takes.
const MOST: usize = 5;

/// A reserved name, which leads nowhere: what stands for an address that nobody knows yet.
const PLACEHOLDER: &str = ".invalid/";

/// What is wrong with the manifest of a published member, a line for each.
pub(super) fn faults(package: &Package) -> Vec<String> {
    let name = &package.name;
    let fields = [
        ("description", &package.description),
        ("license", &package.license),
        ("repository", &package.repository),
        ("homepage", &package.homepage),
        ("documentation", &package.documentation),
        ("readme", &package.readme),
        ("rust-version", &package.rust_version),
    ];
    let mut faults: Vec<String> = fields
        .iter()
        .filter(|(_, value)| value.as_ref().is_none_or(String::is_empty))
        .map(|(field, _)| {
            format!("{name}: `{field}` is missing; add it to the manifest of the crate")
        })
        .collect();
    for (field, values) in [
        ("keywords", &package.keywords),
        ("categories", &package.categories),
    ] {
        if values.is_empty() || values.len() > MOST {
            faults.push(format!(
                "{name}: {} {field}, and the registry takes 1 to {MOST}; correct the list",
                values.len()
            ));
        }
    }
    let docs = package.metadata.pointer("/docs/rs/all-features");
    if docs != Some(&true.into()) {
        faults.push(format!(
            "{name}: `[package.metadata.docs.rs]` does not say `all-features = true`; docs.rs \
             would leave out what is behind a feature"
        ));
    }
    faults.extend(package.dependencies.iter().filter_map(|dependency| {
        let why = fault_of_dependency(dependency)?;
        Some(format!("{name}: the dependency {} {why}", dependency.name))
    }));
    faults
}

fn fault_of_dependency(dependency: &Dependency) -> Option<&'static str> {
    let is_git = |source: &String| source.starts_with("git+");
    if dependency.source.as_ref().is_some_and(is_git) {
        Some("comes from git, which no registry takes; name a version")
    } else if dependency.req == "*" && dependency.kind.as_deref() != Some("dev") {
        Some("has no version; name the oldest that will do")
    } else if dependency.req == "*" && dependency.path.is_none() {
        Some("is any version; name the oldest that will do")
    } else {
        None
    }
}

/// The addresses of a package that are placeholders, a line for each.
pub(super) fn placeholders(package: &Package) -> Vec<String> {
    let fields = [
        ("repository", &package.repository),
        ("homepage", &package.homepage),
        ("documentation", &package.documentation),
    ];
    let fields = fields.into_iter().filter_map(|(field, value)| {
        let value = value.as_ref().filter(|value| value.contains(PLACEHOLDER))?;
        Some(format!(
            "`{field}` is the placeholder {value}; set it in `[workspace.package]` to where the \
             repository is"
        ))
    });
    fields.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "id": "a", "name": "a", "version": "1.0.0", "source": null, "publish": null,
            "rust_version": "1.88", "license": "MIT", "repository": "https://git.example/a",
            "homepage": "https://git.example/a", "documentation": "https://docs.rs/a",
            "description": "A", "readme": "README.md", "keywords": ["a"], "categories": ["a"],
            "metadata": { "docs": { "rs": { "all-features": true } } },
            "dependencies": [{ "name": "b", "req": "^1", "source": "registry+x", "kind": null,
                               "path": null }],
        })
    }

    fn told(pointer: &str, value: Value) -> Vec<String> {
        let mut package = good();
        *package.pointer_mut(pointer).unwrap() = value;
        faults(&serde_json::from_value(package).unwrap())
    }

    #[test]
    fn a_manifest_that_says_all_is_good() {
        assert_eq!(told("/name", json!("a")), [""; 0]);
    }

    #[test]
    fn each_field_that_is_missing_is_named() {
        for field in ["description", "license", "repository", "homepage", "readme"] {
            let told = told(&format!("/{field}"), Value::Null);
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(
                told[0].contains(&format!("`{field}` is missing")),
                "{told:?}"
            );
        }
        assert!(told("/keywords", json!([]))[0].contains("0 keywords"));
        assert!(told("/categories", json!(["a", "b", "c", "d", "e", "f"]))[0].contains("6 cat"));
        assert!(told("/metadata", Value::Null)[0].contains("all-features"));
    }

    #[test]
    fn a_dependency_from_git_or_of_any_version_is_refused() {
        let told_of = |field: &str, value| told(&format!("/dependencies/0/{field}"), value);
        let told = told_of("source", json!("git+https://git.example/b"));
        assert!(
            told[0].contains("the dependency b comes from git"),
            "{told:?}"
        );
        let told = told_of("req", json!("*"));
        assert!(
            told[0].contains("the dependency b has no version"),
            "{told:?}"
        );
    }

    #[test]
    fn a_placeholder_is_told_with_its_remedy() {
        let mut package = good();
        package["repository"] = json!("https://example.invalid/a");
        let told = placeholders(&serde_json::from_value(package).unwrap());
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("`repository` is the placeholder https://example.invalid/a"));
        assert_eq!(
            placeholders(&serde_json::from_value(good()).unwrap()),
            [""; 0]
        );
    }
}
