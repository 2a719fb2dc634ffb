//! The parser of `Authorization: Digest …`. It checks nothing.

use std::collections::HashMap;

/// The fields of an `Authorization: Digest …` header that the check needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct DigestCredentials {
    pub(crate) username: String,
    pub(crate) realm: String,
    pub(crate) nonce: String,
    pub(crate) uri: String,
    pub(crate) qop: String,
    pub(crate) nc: String,
    pub(crate) cnonce: String,
    pub(crate) response: String,
}

impl DigestCredentials {
    /// `None` where the scheme is not Digest, or where the header lacks a field, repeats one or names
    /// another algorithm.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim_start().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let mut fields = fields(rest)?;
        let mut take = |name: &str| fields.remove(name);
        if let Some(algorithm) = take("algorithm")
            && !algorithm.eq_ignore_ascii_case("MD5")
        {
            return None;
        }
        Some(Self {
            username: take("username")?,
            realm: take("realm")?,
            nonce: take("nonce")?,
            uri: take("uri")?,
            qop: take("qop")?,
            nc: take("nc")?,
            cnonce: take("cnonce")?,
            response: take("response")?,
        })
    }

    /// `nc` as a number: eight hex digits (RFC 7616 §3.4), counting from one.
    pub(crate) fn count(&self) -> Option<u32> {
        let digits = self.nc.len() == 8 && self.nc.bytes().all(|b| b.is_ascii_hexdigit());
        let count = u32::from_str_radix(&self.nc, 16).ok()?;
        (digits && count > 0).then_some(count)
    }
}

/// `name=token` and `name="quoted \" string"`, separated by commas.
pub(crate) fn fields(mut rest: &str) -> Option<HashMap<String, String>> {
    let mut fields = HashMap::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(fields);
        }
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            unquote(quoted)?
        } else {
            let (token, after) = after.split_once(',').unwrap_or((after, ""));
            (token.trim_end().to_owned(), after)
        };
        if fields
            .insert(name.trim().to_ascii_lowercase(), value)
            .is_some()
        {
            return None;
        }
        rest = after;
    }
}

/// The string up to the closing quote, unescaped, and what follows it.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
    None
}
