//! `Authentication-Info`, the header of a response that authentication has succeeded for
//! (RFC 7616, section 3.5).
//!
//! Only `nextnonce` is of use here. `rspauth`, the server's proof that it knows the password too,
//! is not checked: that the peer is the right one is the business of TLS, and a server may leave
//! `rspauth` out at will.

use crate::syntax::{Element, Elements};

/// The nonce that the server wants to see next, if it named exactly one that is not empty.
pub(crate) fn next_nonce(header: &[u8]) -> Option<Vec<u8>> {
    let mut found = Elements::new(header).filter_map(|element| match element {
        Element::Param { name, value } if name.eq_ignore_ascii_case(b"nextnonce") => Some(value),
        _ => None,
    });
    let nonce = found.next()?;
    if found.next().is_some() {
        return None;
    }
    nonce.filter(|nonce| !nonce.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_nonce_is_found_among_its_neighbours() {
        let table: &[(&str, Option<&str>)] = &[
            ("", None),
            ("nextnonce=\"abc\"", Some("abc")),
            ("NextNonce=abc", Some("abc")),
            (
                "qop=auth, rspauth=\"00\", cnonce=\"c\", nc=00000001, nextnonce=\"a\\\"b\"",
                Some("a\"b"),
            ),
            ("broken=\", nextnonce=abc", Some("abc")),
            ("nextnonce=\"\"", None),
            ("nextnonce=\"a", None),
            ("nextnonce=a, nextnonce=b", None),
            ("rspauth=\"nextnonce=abc\"", None),
        ];
        for (header, expected) in table {
            let found = next_nonce(header.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{header:?}");
        }
    }
}
