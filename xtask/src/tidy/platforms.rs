//! What differs between platforms stands in few files, each about one concern.
//!
//! A condition is `cfg` or `cfg!`, or the first part of `cfg_attr`, that says a word of
//! `WORDS`; within macros too. Conditions of Cargo.toml are not read.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};

use super::tree::{Tree, has_ending};
use crate::finding::{Finding, Location};

/// What a condition says of a platform.
const WORDS: [&str; 9] = [
    "unix",
    "windows",
    "target_arch",
    "target_endian",
    "target_env",
    "target_family",
    "target_os",
    "target_pointer_width",
    "target_vendor",
];

/// A file that may say so, and what it is about.
pub type Row = (&'static str, &'static str);

/// The files that have such conditions.
#[rustfmt::skip]
pub const FILES: &[Row] = &[
    ("crates/atlas-export/src/profile/system.rs", "where the Atlas CLI keeps its profiles, and who may read them"),
    ("crates/atlas-export/src/profile/system_keychain.rs", "which keychain there is"),
    ("crates/atlas-export/src/connection/tls/rustls_config.rs", "the verifier of Android takes no further roots"),
    ("crates/atlas-export-cli/src/interrupt.rs", "which signals end the tool"),
    ("xtask/src/interop.rs", "the real servers are Debian's"),
    // Tests of what only some systems have.
    ("crates/atlas-export/src/profile/tests/mod.rs", "modes of files"),
    ("crates/atlas-export/tests/keychain.rs", "the Secret Service"),
    ("crates/atlas-export/tests/profiles.rs", "HOME, and modes of files"),
    ("crates/atlas-export-cli/tests/tool/harness.rs", "a shell"),
    ("crates/atlas-export-cli/tests/tool/kubernetes.rs", "a shell"),
    ("crates/atlas-export-cli/tests/tool/main.rs", "a terminal"),
    ("crates/atlas-export-cli/tests/tool/pages/mod.rs", "a shell"),
];

/// A finding for each condition elsewhere, and for each row of a file that has none.
pub fn check(tree: &Tree, files: &[Row]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut idle: BTreeSet<&str> = files.iter().map(|(file, _)| *file).collect();
    for (path, text) in tree.hand_written() {
        // Reading tokens takes time, and few files have any condition.
        if !has_ending(path, "rs") || !text.contains("cfg") {
            continue;
        }
        // What is no Rust, the compiler tells.
        let Ok(tokens) = text.parse::<TokenStream>() else {
            continue;
        };
        let mut found = Vec::new();
        conditions(tokens, &mut found);
        if !files.iter().any(|(file, _)| *file == path) {
            findings.extend(found.iter().map(|word| elsewhere(path, word)));
        } else if !found.is_empty() {
            idle.remove(path);
        }
    }
    findings.extend(idle.into_iter().map(without));
    findings
}

/// The words of platforms in conditions, at any depth.
fn conditions(tokens: TokenStream, found: &mut Vec<Ident>) {
    let mut names_condition = None;
    for token in tokens {
        match token {
            TokenTree::Ident(name) if name == "cfg" || name == "cfg_attr" => {
                names_condition = Some(name);
            }
            // Of `cfg!`.
            TokenTree::Punct(sign) if sign.as_char() == '!' => {}
            TokenTree::Group(group) => {
                if let Some(name) = names_condition.take() {
                    let is_attribute = name == "cfg_attr";
                    let tokens = group.stream().into_iter();
                    let condition = tokens.take_while(|token| !is_attribute || !is_comma(token));
                    words(condition.collect(), found);
                }
                conditions(group.stream(), found);
            }
            _ => names_condition = None,
        }
    }
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',')
}

fn words(condition: TokenStream, found: &mut Vec<Ident>) {
    for token in condition {
        match token {
            TokenTree::Ident(word) if WORDS.iter().any(|known| word == known) => found.push(word),
            TokenTree::Group(group) => words(group.stream(), found),
            _ => {}
        }
    }
}

fn elsewhere(path: &str, word: &Ident) -> Finding {
    let start = word.span().start();
    let at = Location {
        line: start.line as u64,
        column: start.column as u64 + 1,
    };
    Finding::new(
        "platform",
        path,
        at,
        "",
        format!("a condition on `{word}` in a file that is not about platforms"),
        "move what depends on the platform to a file of `FILES` in xtask/src/tidy/platforms.rs, \
         or give the file a row there",
    )
}

fn without(path: &str) -> Finding {
    Finding::new(
        "platform",
        path,
        Location::START,
        "",
        "the file has no condition on a platform, and a row for it",
        "take the row out of `FILES` in xtask/src/tidy/platforms.rs",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &[Row] = &[("a.rs", "signals")];

    fn found(path: &str, text: &str) -> Vec<String> {
        let row = ("a.rs", "#[cfg(unix)] fn f() {}");
        let findings = check(&Tree::of([row, (path, text)]), ROWS);
        let told = findings.iter();
        told.map(|it| format!("{}:{}:{} {}", it.file, it.line, it.column, it.message))
            .collect()
    }

    #[test]
    fn a_condition_on_a_platform_is_found_in_each_form() {
        let told = |line: u64, column: u64, word: &str| {
            vec![format!(
                "b.rs:{line}:{column} a condition on `{word}` in a file that is not about platforms"
            )]
        };
        for (text, expected) in [
            ("#[cfg(unix)]\nfn f() {}", told(1, 7, "unix")),
            ("#![cfg(all(test, windows))]", told(1, 18, "windows")),
            (
                "fn f() -> bool {\n    cfg!(target_os = \"macos\")\n}",
                told(2, 10, "target_os"),
            ),
            (
                "#[cfg_attr(not(unix), allow(dead_code))]\nstruct A;",
                told(1, 16, "unix"),
            ),
            (
                "m! { #[cfg(target_env = \"musl\")] }",
                told(1, 12, "target_env"),
            ),
        ] {
            assert_eq!(found("b.rs", text), expected, "{text}");
            assert_eq!(found("a.rs", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_on_a_platform_is_no_finding() {
        for text in [
            "#[cfg(feature = \"unix\")]\nfn unix() {}",
            "// #[cfg(unix)]\nfn windows(cfg: u8) { f(unix) }",
            "#[cfg_attr(test, unix)]\nstruct A;",
            "const A: &str = \"#[cfg(unix)]\";",
        ] {
            assert_eq!(found("b.rs", text), [""; 0], "{text}");
        }
        assert_eq!(found("b.md", "#[cfg(unix)]"), [""; 0]);
    }

    #[test]
    fn a_row_of_a_file_without_conditions_is_a_finding() {
        let told = "a.rs:1:1 the file has no condition on a platform, and a row for it";
        for text in ["#[cfg(test)] fn f() {}", ""] {
            assert_eq!(found("a.rs", text), [told]);
        }
    }
}
