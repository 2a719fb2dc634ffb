//! What a message repeats of a value that somebody gave.

/// The longest part of a value that a message repeats.
const LONGEST: usize = 64;

/// A value as a message names it: in quotation marks, its beginning if it is long, and not at all
/// where a private key may be in it, which is a UUID.
///
/// ```
/// use atlas_export_types::quoted;
///
/// assert_eq!(quoted("my project"), r#""my project""#);
/// assert!(!quoted("0a1b2c3d-0000-4000-8000-0123456789ab\n").contains("0a1b2c3d"));
/// ```
pub fn quoted(given: &str) -> String {
    if given.is_empty() {
        return "an empty string".to_owned();
    }
    if holds_a_uuid(given) {
        let what = if given.len() == 36 {
            "a UUID"
        } else {
            "a text with a UUID in it"
        };
        return format!("{what} (not shown: private keys look like one)");
    }
    match given.char_indices().nth(LONGEST) {
        Some((end, _)) => format!(
            "{:?}",
            given.get(..end).unwrap_or_default().to_owned() + "…"
        ),
        None => format!("{given:?}"),
    }
}

/// Whether 32 hexadecimal digits stand in a row, dashes or not: a private key is a UUID.
pub fn holds_a_uuid(text: &str) -> bool {
    let mut row = 0_u32;
    text.bytes().any(|byte| {
        if byte.is_ascii_hexdigit() {
            row = row.saturating_add(1);
        } else if byte != b'-' {
            row = 0;
        }
        row >= 32
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "0a1b2c3d-0000-4000-8000-0123456789ab";

    proptest! {
        #[test]
        fn whatever_is_around_a_key_it_is_not_shown(before in ".{0,9}", after in ".{0,9}") {
            for key in [KEY.to_owned(), KEY.to_uppercase(), KEY.replace('-', "")] {
                let shown = quoted(&format!("{before}{key}{after}"));
                prop_assert!(shown.contains("not shown"), "{shown}");
                prop_assert!(!shown.contains("0123456789"), "{shown}");
            }
        }

        #[test]
        fn no_more_is_shown_than_fits_a_message(text in "\\PC{0,300}") {
            prop_assert!(quoted(&text).chars().count() < 64 * 10 + 10);
        }
    }
}
