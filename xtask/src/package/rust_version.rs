//! Which Rust the crates say they need, and which their dependencies do.

use super::graph::{Graph, Package};

/// A version of Rust: its first two numbers.
type Rust = (u32, u32);

fn parse(text: &str) -> Option<Rust> {
    let mut numbers = text.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// The dependency that wants the newest Rust, as a line to print.
///
/// # Errors
/// The dependencies that want a newer Rust than a member says it needs.
pub(super) fn check(graph: &Graph) -> Result<String, Vec<String>> {
    let wanted = |package: &Package| package.rust_version.as_deref().and_then(parse);
    let said = graph.published().filter_map(wanted).min();
    let Some(said @ (major, minor)) = said else {
        return Err(vec![
            "no published crate has a `rust-version`; set it in `[workspace.package]`".to_owned(),
        ]);
    };
    let shipped = graph.shipped();
    let newer: Vec<_> = shipped
        .iter()
        .filter(|package| wanted(package).is_some_and(|wanted| wanted > said))
        .map(|package| {
            format!(
                "`rust-version` is {major}.{minor}, and {} {} needs {}; raise the one in \
                 `[workspace.package]`, or take an older version of the other",
                package.name,
                package.version,
                package.rust_version.as_deref().unwrap_or_default()
            )
        })
        .collect();
    if !newer.is_empty() {
        return Err(newer);
    }
    let newest = shipped
        .iter()
        .copied()
        .max_by_key(|package| wanted(package));
    Ok(match newest {
        Some(Package {
            name,
            version,
            rust_version: Some(wanted),
            ..
        }) => format!(
            "Rust {major}.{minor}; of {} dependencies {name} {version} wants the newest, {wanted}",
            shipped.len()
        ),
        _ => format!("Rust {major}.{minor}; no dependency says what it needs"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A member of this version, which links `linked` and tests with `tester`.
    fn graph(said: &str, linked: &str) -> Graph {
        let package = |name: &str, source, rust| {
            json!({
                "id": name, "name": name, "version": "1.0.0", "source": source, "publish": null,
                "rust_version": rust, "license": null, "repository": null, "homepage": null,
                "documentation": null, "description": null, "readme": null, "keywords": [],
                "categories": [], "metadata": null, "dependencies": [],
            })
        };
        let edge = |name: &str, kind| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let answer = json!({
            "target_directory": "/built",
            "packages": [
                package("member", json!(null), said),
                package("linked", json!("registry"), linked),
                package("tester", json!("registry"), "1.99"),
            ],
            "resolve": { "nodes": [
                { "id": "member", "deps": [edge("linked", json!(null)), edge("tester", json!("dev"))] },
                { "id": "linked", "deps": [] },
                { "id": "tester", "deps": [] },
            ] },
        });
        Graph::read(answer.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn what_is_linked_counts_and_what_tests_does_not() {
        let told = check(&graph("1.88", "1.88.0")).unwrap();
        assert!(
            told.ends_with("linked 1.0.0 wants the newest, 1.88.0"),
            "{told}"
        );
        assert!(told.contains("of 1 dependencies"), "{told}");
    }

    #[test]
    fn a_dependency_that_needs_a_newer_one_is_named() {
        let told = check(&graph("1.88", "1.100")).unwrap_err();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("is 1.88, and linked 1.0.0 needs 1.100"),
            "{told:?}"
        );
    }
}
