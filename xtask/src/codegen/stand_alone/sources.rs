//! The sources that every crate has alike, from the crates of this workspace.
//!
//! Tests and examples stay here: they are about the SDK's own models.

/// A path in the crate, and the source.
const SHARED: &[(&str, &str)] = &[
    (
        "src/decode/mod.rs",
        include_str!("../../../../crates/atlas-export-api/src/decode/mod.rs"),
    ),
    (
        "src/decode/field.rs",
        include_str!("../../../../crates/atlas-export-api/src/decode/field.rs"),
    ),
    (
        "src/decode/object.rs",
        include_str!("../../../../crates/atlas-export-api/src/decode/object.rs"),
    ),
    (
        "src/decode/values.rs",
        include_str!("../../../../crates/atlas-export-api/src/decode/values.rs"),
    ),
    (
        "src/seam.rs",
        include_str!("../../../../crates/atlas-export-api/src/seam.rs"),
    ),
    (
        "src/fitting.rs",
        include_str!("../../../../crates/atlas-export-httpmock/src/fitting.rs"),
    ),
    (
        "src/list.rs",
        include_str!("../../../../crates/atlas-export-types/src/list.rs"),
    ),
    (
        "src/one_line.rs",
        include_str!("../../../../crates/atlas-export-types/src/one_line.rs"),
    ),
    (
        "src/open_enum.rs",
        include_str!("../../../../crates/atlas-export-types/src/open_enum.rs"),
    ),
    (
        "src/undecodable.rs",
        include_str!("../../../../crates/atlas-export-types/src/undecodable.rs"),
    ),
    // What the crates of this workspace have no use for, or have of their own: any contract may need
    // what the generator's support crate has.
    ("src/answer.rs", include_str!("template/answer.rs")),
    ("src/fields.rs", include_str!("template/fields.rs")),
    ("src/hook.rs", include_str!("template/hook.rs")),
    ("src/plain.rs", include_str!("template/plain.rs")),
];

/// The root of the crate, in which this name stands for its own.
const ROOT: &str = include_str!("template/lib.rs");
const NAME: &str = "stand_alone";
const TITLE: &str = "The client of a contract";

/// The files that are not generated.
pub(super) fn of(name: &str, title: &str) -> Vec<(String, String)> {
    let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let root = ROOT.replace(NAME, &name.replace('-', "_")).replacen(
        TITLE,
        &super::super::prose::harmless(&title),
        1,
    );
    let shared = SHARED
        .iter()
        .map(|(path, text)| ((*path).to_owned(), plain(text)));
    std::iter::once(("src/lib.rs".to_owned(), root))
        .chain(shared)
        .collect()
}

/// A source without its tests, and without the examples in its comments.
fn plain(text: &str) -> String {
    let tests = tests(text);
    let mut kept: Vec<&str> = Vec::new();
    let mut in_example = false;
    for (at, line) in text.lines().enumerate() {
        if tests
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&at))
        {
            continue;
        }
        let said = line.trim_start();
        let comment = said.strip_prefix("///").or(said.strip_prefix("//!"));
        let fence = comment.is_some_and(|comment| comment.trim_start().starts_with("```"));
        if fence && !in_example {
            // The empty line before it.
            if kept
                .last()
                .is_some_and(|line| matches!(line.trim(), "///" | "//!"))
            {
                kept.pop();
            }
        }
        let skipped = fence || in_example;
        in_example ^= fence;
        if !skipped {
            kept.push(line);
        }
    }
    let text = kept.join("\n");
    text.trim_end().to_owned() + "\n"
}

/// The lines of what is compiled for tests alone, counted from 0.
fn tests(text: &str) -> Vec<(usize, usize)> {
    use syn::spanned::Spanned as _;

    let items = syn::parse_file(text).map_or_else(|_| Vec::new(), |file| file.items);
    let of_tests = |item: &syn::Item| {
        let syn::Item::Mod(module) = item else {
            return None;
        };
        let attribute = module.attrs.iter().find(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Ident>()
                    .is_ok_and(|word| word == "test")
        })?;
        let first = attribute.span().start().line.saturating_sub(1);
        Some((first, module.span().end().line.saturating_sub(1)))
    };
    items.iter().filter_map(of_tests).collect()
}

#[cfg(test)]
mod tests_of_it {
    use super::*;

    #[test]
    fn tests_and_examples_stay_behind() {
        let text = "//! A.\n//!\n//! ```\n//! b();\n//! ```\n//! C.\n\n// Why.\nfn f() {}\n\n\
                    #[cfg(test)]\nmod tests {\n    fn g() {}\n}\n";
        assert_eq!(plain(text), "//! A.\n//! C.\n\n// Why.\nfn f() {}\n");
    }

    #[test]
    fn no_source_names_a_crate_of_this_workspace() {
        for (path, text) in of("pet-store-api", "Pets") {
            assert!(!text.contains("atlas"), "{path}");
            assert!(!text.to_lowercase().contains("atlas"), "{path}");
            assert!(!text.contains(NAME), "{path}");
            assert!(!text.contains("cfg(test)"), "{path}");
            assert!(syn::parse_file(&text).is_ok(), "{path}");
        }
    }
}
