//! What a client authenticates with.

use std::fmt;

use crate::Error;

/// A programmatic API key of MongoDB Atlas.
///
/// The private key is kept in memory that is wiped when it is dropped, and is in no `Debug`,
/// log line or error.
///
/// ```
/// use atlas_export::Credentials;
///
/// let key = Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab");
/// assert!(!format!("{key:?}").contains("0a1b"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    key: digest_lanes::Credentials,
    /// Known before the key goes where nobody can look.
    no_private_key: bool,
}

impl Credentials {
    /// An API key: eight letters in public, a UUID in private.
    ///
    /// Checked when the client is built, because that is where an error can be told.
    pub fn api_key(public: impl Into<String>, private: impl Into<String>) -> Self {
        let private = private.into();
        Self {
            no_private_key: private.is_empty(),
            key: digest_lanes::Credentials::new(public, private),
        }
    }

    /// Refuses a key that cannot be one.
    pub(crate) fn check(self) -> Result<digest_lanes::Credentials, Error> {
        let public = self.key.username();
        if public.is_empty() {
            return Err(Error::config("the public key is empty"));
        }
        if self.no_private_key {
            return Err(Error::config("the private key is empty"));
        }
        if public.len() == 36 && public.bytes().filter(|byte| *byte == b'-').count() == 4 {
            return Err(Error::config(
                "the public key looks like a private one, a UUID: the two are swapped",
            ));
        }
        if public.contains([':', '"', '\\']) || public.chars().any(char::is_control) {
            return Err(Error::config(
                "the public key holds a character that no key has: it is eight lower-case letters",
            ));
        }
        Ok(self.key)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("public_key", &self.key.username())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &str = "0a1b2c3d-0000-4000-8000-0123456789ab";

    fn refusal(public: &str, private: &str) -> String {
        let error = Credentials::api_key(public, private).check().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        error.to_string()
    }

    #[test]
    fn keys_that_cannot_be_right_are_refused_by_name() {
        assert_eq!(refusal("", PRIVATE), "the public key is empty");
        assert_eq!(refusal("abcdefgh", ""), "the private key is empty");
        assert!(refusal(PRIVATE, "abcdefgh").contains("swapped"));
        assert!(refusal("abc\ndef", PRIVATE).contains("character"));
        assert!(!refusal(PRIVATE, "abcdefgh").contains(PRIVATE));
    }

    #[test]
    fn a_key_that_may_be_right_is_taken() {
        assert!(Credentials::api_key("abcdefgh", PRIVATE).check().is_ok());
    }
}
