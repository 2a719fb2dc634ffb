//! The choices of TLS: the features that make one, and the crates that come with it.

use std::collections::BTreeSet;

/// The page with the table of the choices.
pub(super) const PAGE: &str = "docs/tls.md";

/// What `cargo tree` is asked for, so that the numbers are the same on every machine.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The crates that choices differ in. One that is there and not chosen would be a library too many.
const LIBRARIES: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "native-tls",
    "openssl",
    "openssl-sys",
    "ring",
    "rustls",
    "webpki-roots",
];

pub(super) struct Choice {
    /// As they are given to cargo, without the default ones.
    pub(super) features: &'static str,
    /// Those of [`LIBRARIES`] that it brings.
    libraries: &'static [&'static str],
}

pub(super) const CHOICES: &[Choice] = &[
    Choice {
        features: "aws-lc-rs",
        libraries: &["aws-lc-rs", "aws-lc-sys", "rustls"],
    },
    Choice {
        features: "ring",
        libraries: &["ring", "rustls"],
    },
    Choice {
        features: "ring,webpki-roots",
        libraries: &["ring", "rustls", "webpki-roots"],
    },
    Choice {
        features: "native-tls",
        libraries: &["native-tls", "openssl", "openssl-sys"],
    },
    Choice {
        features: "",
        libraries: &[],
    },
];

/// What has cargo list the crates of a choice, a line for each.
pub(super) fn tree_arguments<'a>(package: &'a str, choice: &'a Choice) -> Vec<&'a str> {
    vec![
        "tree",
        "--quiet",
        "--package",
        package,
        "--no-default-features",
        "--features",
        choice.features,
        "--edges",
        "no-dev",
        "--target",
        TARGET,
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]
}

impl Choice {
    /// As the page has it.
    pub(super) fn shown(&self) -> String {
        if self.features.is_empty() {
            return "none".to_owned();
        }
        let names = self.features.split(',').map(|name| format!("`{name}`"));
        names.collect::<Vec<_>>().join(", ")
    }

    /// How many crates there are, the own one included.
    ///
    /// # Errors
    /// What is there and should not be, or is not; or what the page says in place of it.
    pub(super) fn check(&self, tree: &str, page: &str) -> Result<usize, String> {
        let crates: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
        let found: Vec<_> = LIBRARIES
            .iter()
            .copied()
            .filter(|library| crates.iter().any(|(name, _)| name == library))
            .collect();
        if found != self.libraries {
            return Err(format!(
                "the features {} bring {found:?}, and should bring {:?}\nhelp: `cargo tree` with \
                 these features and `--invert` says who brings it",
                self.shown(),
                self.libraries
            ));
        }
        let number = crates.len();
        match said_by(page, &self.shown()) {
            Some(said) if said == number.to_string() => Ok(number),
            Some(said) => Err(format!(
                "{PAGE} says that {} is {said} crates, and it is {number}\nhelp: correct the \
                 table",
                self.shown()
            )),
            None => Err(format!(
                "{PAGE} has no row for {}, of {number} crates\nhelp: add it to its table",
                self.shown()
            )),
        }
    }
}

/// `name v1.2.3 (…)`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?))
}

/// The last cell of the row whose first cell this is.
fn said_by<'a>(page: &'a str, first: &str) -> Option<&'a str> {
    let rows = page.lines().filter_map(|line| {
        let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
        row.split_once(" | ")
    });
    let (_, rest) = rows.into_iter().find(|(cell, _)| *cell == first)?;
    rest.rsplit(" | ").next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "atlas-export v0.1.0 (/here)\nrustls v0.23.0\nring v0.17.0\nrustls v0.23.0 \
                        (*)\nserde_derive v1.0.0 (proc-macro)\n";

    fn ring() -> &'static Choice {
        CHOICES
            .iter()
            .find(|choice| choice.features == "ring")
            .unwrap()
    }

    #[test]
    fn crates_are_counted_once_and_compared_with_the_page() {
        let page = "| Features | Crates |\n|---|---|\n| `ring` | a C compiler | 4 |\n";
        assert_eq!(ring().check(TREE, page), Ok(4));
        let stale = page.replace('4', "5");
        let told = ring().check(TREE, &stale).unwrap_err();
        assert!(told.contains("`ring` is 5 crates, and it is 4"), "{told}");
        let told = ring().check(TREE, "").unwrap_err();
        assert!(told.contains("no row for `ring`"), "{told}");
    }

    #[test]
    fn a_library_that_was_not_chosen_is_named() {
        let tree = format!("{TREE}aws-lc-rs v1.0.0\n");
        let told = ring().check(&tree, "").unwrap_err();
        assert!(
            told.contains(r#"bring ["aws-lc-rs", "ring", "rustls"]"#),
            "{told}"
        );
        let told = ring().check("rustls v0.23.0", "").unwrap_err();
        assert!(
            told.contains(r#"should bring ["ring", "rustls"]"#),
            "{told}"
        );
    }

    #[test]
    fn choices_are_named_as_in_the_page() {
        let names: Vec<_> = CHOICES.iter().map(Choice::shown).collect();
        assert!(names.contains(&"`ring`, `webpki-roots`".to_owned()));
        assert!(names.contains(&"none".to_owned()));
    }
}
