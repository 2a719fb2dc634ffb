//! Names as the generator folds them: two names are one if they fold to the same identifier.
//!
//! The same steps as progenitor's and typify's `sanitize`; the underscore that they add to Rust
//! keywords is left out, because it never keeps two names apart.

use std::collections::BTreeMap;

use heck::{ToPascalCase, ToSnakeCase};

/// The identifier of a function, an argument or a field.
pub(crate) fn snake(name: &str) -> String {
    start(plain(name).to_snake_case(), 'x')
}

/// The identifier of a type or a variant.
pub(crate) fn pascal(name: &str) -> String {
    start(plain(name).to_pascal_case(), 'X')
}

/// The names of one place, by what they fold to.
pub(crate) struct Folded<'a> {
    fold: fn(&str) -> String,
    first: BTreeMap<String, &'a str>,
}

impl<'a> Folded<'a> {
    /// None yet; `fold` is [`snake`] or [`pascal`].
    pub(crate) fn by(fold: fn(&str) -> String) -> Self {
        Self {
            fold,
            first: BTreeMap::new(),
        }
    }

    /// Takes a name in. Where another has folded to the same: that one, and what both become.
    pub(crate) fn clash(&mut self, name: &'a str) -> Option<(&'a str, String)> {
        let folded = (self.fold)(name);
        let first = *self.first.entry(folded.clone()).or_insert(name);
        (first != name).then_some((first, folded))
    }
}

fn plain(name: &str) -> String {
    match name {
        "+1" => return "plus1".to_owned(),
        "-1" => return "minus1".to_owned(),
        _ => {}
    }
    name.chars()
        .filter(|c| *c != '\'')
        .map(|c| {
            if c.is_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect()
}

fn start(folded: String, prefix: char) -> String {
    match folded.chars().next() {
        Some(first) if first.is_alphabetic() => folded,
        _ => format!("{prefix}{folded}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Folded, pascal, snake};

    #[test]
    fn names_that_differ_in_case_or_punctuation_fold_to_one() {
        for name in ["snapshotId", "snapshot_id", "snapshot-id", "SnapshotID"] {
            assert_eq!(snake(name), "snapshot_id");
        }
        for name in ["ExportJob", "exportJob", "export_job", "export.job"] {
            assert_eq!(pascal(name), "ExportJob");
        }
    }

    #[test]
    fn names_clash_with_the_first_that_folds_alike_and_not_with_themselves() {
        let mut names = Folded::by(snake);
        assert_eq!(names.clash("jobId"), None);
        assert_eq!(names.clash("jobId"), None);
        let folded = "job_id".to_owned();
        assert_eq!(names.clash("job-id"), Some(("jobId", folded.clone())));
        assert_eq!(names.clash("job_id"), Some(("jobId", folded)));
    }

    #[test]
    fn names_without_a_letter_still_fold_to_an_identifier() {
        assert_eq!(pascal("2024"), "X2024");
        assert_eq!(snake(""), "x");
        assert_eq!(pascal("+1"), "Plus1");
    }
}
