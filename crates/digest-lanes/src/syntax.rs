//! The lexical half of authentication headers: tokens, quoted strings and comma-separated lists
//! (RFC 9110, sections 5.6 and 11).
//!
//! Works on bytes, because a realm may be Latin-1, UTF-8 or neither and is hashed and echoed as it
//! came. It knows where one list element ends and the next begins, also when an element is broken;
//! what the elements mean is left to [`challenge`](crate::challenge) and [`info`](crate::info).

/// One element of a list of challenges or of parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Element<'a> {
    /// A scheme name opens a challenge; its parameters follow as elements of their own.
    Scheme {
        name: &'a [u8],
        /// The scheme was followed by a single opaque blob, as in `Negotiate YIIK=`.
        token68: bool,
    },
    /// `name=value`, with the value unescaped, or `None` where the value is malformed.
    Param {
        name: &'a [u8],
        value: Option<Vec<u8>>,
    },
    /// Something that begins like neither, skipped up to the next comma.
    Junk,
}

/// Reads the elements of one header value, in order, in time linear in its length.
#[derive(Debug)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
    /// A quoted string has been found to have no end. Every quote after it is then an escaped one
    /// and opens nothing that ends either, so there is no need to look again.
    unterminated: bool,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(header: &'a [u8]) -> Self {
        Self {
            rest: header,
            unterminated: false,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn advance(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    fn span(&mut self, accept: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|&byte| !accept(byte));
        self.advance(end.unwrap_or(self.rest.len()))
    }

    fn skip_blanks(&mut self) -> bool {
        !self.span(is_blank).is_empty()
    }

    fn token(&mut self) -> Option<&'a [u8]> {
        Some(self.span(is_token_byte)).filter(|token| !token.is_empty())
    }

    /// Whether nothing but blanks stands before the next comma or the end.
    fn at_end_of_element(&mut self) -> bool {
        self.skip_blanks();
        matches!(self.peek(), None | Some(b','))
    }

    /// Consumes a token68 only if it is all that stands before the next comma.
    fn token68(&mut self) -> bool {
        let mut ahead = Self {
            rest: self.rest,
            unterminated: self.unterminated,
        };
        let blob = ahead.span(is_token68_byte);
        ahead.span(|byte| byte == b'=');
        let found = !blob.is_empty() && ahead.at_end_of_element();
        if found {
            self.rest = ahead.rest;
        }
        found
    }

    /// Reads a quoted string, the cursor being on its opening quote, and removes the escapes.
    ///
    /// A string without an end consumes nothing. One with control characters in it is consumed,
    /// yet not returned: they could not be echoed in a header.
    fn quoted_string(&mut self) -> Option<Vec<u8>> {
        if self.unterminated {
            return None;
        }
        let mut bytes = self.rest.iter().copied().enumerate().skip(1);
        let mut text = Vec::new();
        while let Some((index, byte)) = bytes.next() {
            match byte {
                b'"' => {
                    self.advance(index.saturating_add(1));
                    return text.iter().all(|&byte| is_text(byte)).then_some(text);
                }
                b'\\' => text.extend(bytes.next().map(|(_, escaped)| escaped)),
                plain => text.push(plain),
            }
        }
        self.unterminated = true;
        None
    }

    fn value(&mut self) -> Option<Vec<u8>> {
        if self.peek() == Some(b'"') {
            self.quoted_string()
        } else {
            // Some servers leave the quotes of a base64 nonce out.
            let value =
                self.span(|byte| is_token_byte(byte) || is_token68_byte(byte) || byte == b'=');
            (!value.is_empty()).then(|| value.to_vec())
        }
    }

    /// Moves to the comma that ends a broken element. Commas in quoted strings do not count, or
    /// the inside of a string could pass for a challenge.
    fn skip_element(&mut self) {
        loop {
            self.span(|byte| byte != b',' && byte != b'"');
            if self.peek() != Some(b'"') {
                return;
            }
            let before = self.rest.len();
            self.quoted_string();
            if self.rest.len() == before {
                self.advance(1);
            }
        }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        self.span(|byte| is_blank(byte) || byte == b',');
        self.peek()?;
        let Some(name) = self.token() else {
            self.skip_element();
            return Some(Element::Junk);
        };
        let blank = self.skip_blanks();
        if self.peek() == Some(b'=') {
            self.advance(1);
            self.skip_blanks();
            let value = self.value();
            if self.at_end_of_element() {
                return Some(Element::Param { name, value });
            }
            self.skip_element();
            return Some(Element::Param { name, value: None });
        }
        if self.at_end_of_element() {
            return Some(Element::Scheme {
                name,
                token68: false,
            });
        }
        if blank {
            let token68 = self.token68();
            return Some(Element::Scheme { name, token68 });
        }
        self.skip_element();
        Some(Element::Junk)
    }
}

/// Appends `text` as a quoted string, `\` and `"` escaped.
pub(crate) fn push_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `tchar` of RFC 9110, section 5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The letters of RFC 9110's `token68`, section 11.2, without its trailing `=`.
fn is_token68_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte)
}

/// Anything that a header field may carry: no control characters but the tab.
fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scheme(name: &str, token68: bool) -> Element<'_> {
        Element::Scheme {
            name: name.as_bytes(),
            token68,
        }
    }

    fn param<'a>(name: &'a str, value: Option<&str>) -> Element<'a> {
        Element::Param {
            name: name.as_bytes(),
            value: value.map(|value| value.as_bytes().to_vec()),
        }
    }

    #[test]
    fn elements_are_told_apart() {
        let table: &[(&str, &[Element<'_>])] = &[
            ("", &[]),
            (" , ,\t, ", &[]),
            ("Negotiate", &[scheme("Negotiate", false)]),
            ("Negotiate YIIK+/8==", &[scheme("Negotiate", true)]),
            ("Negotiate abc=", &[scheme("Negotiate", true)]),
            ("a=b", &[param("a", Some("b"))]),
            (
                "X a = \"b\" , c=d",
                &[
                    scheme("X", false),
                    param("a", Some("b")),
                    param("c", Some("d")),
                ],
            ),
            ("X ,a=b,,", &[scheme("X", false), param("a", Some("b"))]),
            ("a=\"b\"c", &[param("a", None)]),
            ("a=, b=c", &[param("a", None), param("b", Some("c"))]),
            (
                "a=+/8w==, b=c",
                &[param("a", Some("+/8w==")), param("b", Some("c"))],
            ),
            ("a=b@c", &[param("a", None)]),
            (
                "a=\"no end, b=c",
                &[param("a", None), param("b", Some("c"))],
            ),
            (
                "a=\"x\u{1}, y\", b=c",
                &[param("a", None), param("b", Some("c"))],
            ),
            (
                "\"X a=b, Y c=d\", e=f",
                &[Element::Junk, param("e", Some("f"))],
            ),
            ("X@ a=b, c=d", &[Element::Junk, param("c", Some("d"))]),
            ("=x", &[Element::Junk]),
        ];
        for (header, expected) in table {
            let found: Vec<_> = Elements::new(header.as_bytes()).collect();
            assert_eq!(&found, expected, "{header:?}");
        }
    }

    #[test]
    fn a_trap_of_escaped_quotes_is_read_in_linear_time() {
        let header = "x@\\\",".repeat(200_000);
        assert_eq!(Elements::new(header.as_bytes()).count(), 200_000);
    }

    proptest! {
        #[test]
        fn a_quoted_string_survives_the_round_trip(
            text in proptest::collection::vec(any::<u8>().prop_filter("header text", |&byte| is_text(byte)), 0..60)
        ) {
            let mut header = b"a=".to_vec();
            push_quoted(&mut header, &text);
            let found: Vec<_> = Elements::new(&header).collect();
            prop_assert_eq!(found, vec![Element::Param { name: b"a", value: Some(text) }]);
        }

        #[test]
        fn any_bytes_come_to_an_end(header in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Elements::new(&header).count() <= header.len());
        }

        #[test]
        fn any_punctuation_comes_to_an_end(header in "[a\"\\\\,= \t@]{0,80}") {
            prop_assert!(Elements::new(header.as_bytes()).count() <= header.len());
        }
    }
}
