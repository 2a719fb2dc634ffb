//! An access token, which nothing shows.

use std::fmt;

use http::HeaderValue;

/// What an `Authorization` with a token begins with.
const SCHEME: &str = "Bearer ";

/// An access token, and which one it is.
#[derive(Clone)]
pub(in crate::transport) struct AccessToken {
    authorization: HeaderValue,
    number: u64,
}

impl AccessToken {
    /// `None` where the text is no token: RFC 6750 §2.1 has letters, digits and `-._~+/=`.
    pub(super) fn new(text: &str, number: u64) -> Option<Self> {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if text.is_empty() || !text.bytes().all(is_token) {
            return None;
        }
        let mut authorization = HeaderValue::try_from(format!("{SCHEME}{text}")).ok()?;
        // No log shows it, and no table of HTTP/2 keeps it.
        authorization.set_sensitive(true);
        Some(Self {
            authorization,
            number,
        })
    }

    /// The same token, as the one with this number.
    pub(super) fn numbered(self, number: u64) -> Self {
        Self { number, ..self }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The header that shows it to the server.
    pub(in crate::transport) fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
    }

    /// The token itself.
    pub(super) fn expose(&self) -> &str {
        let value = self.authorization.to_str().unwrap_or_default();
        value.strip_prefix(SCHEME).unwrap_or_default()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shown_to_the_server_alone() {
        let token = AccessToken::new("s3cret-._~+/=", 7).unwrap();
        assert_eq!(token.expose(), "s3cret-._~+/=");
        assert_eq!(token.authorization(), "Bearer s3cret-._~+/=");
        assert!(token.authorization().is_sensitive());
        assert!(!format!("{token:?}").contains("s3cret"));
    }

    #[test]
    fn what_no_header_can_hold_is_no_token() {
        for text in ["", "a b", "a\r\nX: y", "ä", "<html>", "a,b", "a\""] {
            assert!(AccessToken::new(text, 0).is_none(), "{text}");
        }
    }
}
