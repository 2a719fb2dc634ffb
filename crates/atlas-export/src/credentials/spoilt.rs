//! What a copy from elsewhere does to a key or a secret.

/// What is wrong with a key or secret that a copy from elsewhere has spoilt.
pub(super) fn fault(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        Some("is empty: give it as Atlas showed it when it was created")
    } else if key.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Some("contains white space or a line end, which a copy may have brought along: remove it")
    } else if key.contains(['"', '\'']) {
        Some("contains a quotation mark, which the shell may have left in: remove it")
    } else if key.contains('\u{feff}') {
        Some("contains a byte order mark, which a file may have brought along: copy it anew")
    } else if key.contains('\u{fffd}') {
        Some("contains a replacement character, so it was read in the wrong encoding: copy it anew")
    } else if !key.is_ascii() {
        Some(
            "contains a character that is not ASCII, which may be invisible, such as a zero-width \
             one: copy it anew",
        )
    } else {
        None
    }
}
