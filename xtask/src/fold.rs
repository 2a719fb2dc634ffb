//! Names as the generator folds them: two names are one if they fold to the same identifier.
//!
//! The same steps as progenitor's and typify's `sanitize`; the underscore that they add to Rust
//! keywords is left out, because it never keeps two names apart.

use heck::{ToPascalCase, ToSnakeCase};

/// The identifier of a function, an argument or a field.
pub(crate) fn snake(name: &str) -> String {
    start(plain(name).to_snake_case(), 'x')
}

/// The identifier of a type or a variant.
pub(crate) fn pascal(name: &str) -> String {
    start(plain(name).to_pascal_case(), 'X')
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
    use super::{pascal, snake};

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
    fn names_without_a_letter_still_fold_to_an_identifier() {
        assert_eq!(pascal("2024"), "X2024");
        assert_eq!(snake(""), "x");
        assert_eq!(pascal("+1"), "Plus1");
    }
}
