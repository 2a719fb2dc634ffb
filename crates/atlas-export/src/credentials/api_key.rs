//! A programmatic API key: a public and a private part.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::{shown::shown, spoilt::fault};
use crate::{Error, redact::holds_a_uuid};

/// A programmatic API key.
#[derive(Clone)]
pub(super) struct ApiKey {
    public: String,
    private: SecretString,
}

impl ApiKey {
    pub(super) fn new(public: impl Into<String>, private: impl Into<String>) -> Self {
        Self {
            public: public.into(),
            private: SecretString::from(private.into()),
        }
    }

    /// The public key, if that is what it is.
    pub(super) fn shown(&self) -> &str {
        shown(&self.public, self.private.expose_secret(), is_public)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.public == other.public && self.private.expose_secret() == other.private.expose_secret()
    }

    /// Refuses a key that cannot be one.
    pub(super) fn check(self) -> Result<digest_lanes::Credentials, Error> {
        let public = self.public.as_str();
        if holds_a_uuid(public) {
            return Err(Error::config(
                "the public key is or contains a private key (a UUID): the two are swapped, or pasted \
                 into one; give the public key first",
            ));
        }
        if public.contains(super::service_account::PREFIX) {
            return Err(Error::config(
                "the public key is or contains a half of a service account (mdb_sa_…): give both \
                 halves to Credentials::service_account",
            ));
        }
        if let Some(fault) = fault(public) {
            return Err(Error::config(format!("the public key {fault}")));
        }
        if let Some(fault) = fault(self.private.expose_secret()) {
            return Err(Error::config(format!("the private key {fault}")));
        }
        if public.contains([':', '\\']) {
            return Err(Error::config(
                "the public key contains a character that no key has: it is eight lower-case letters, so copy it \
                 again",
            ));
        }
        Ok(digest_lanes::Credentials::new(self.public, self.private))
    }
}

/// Eight lower-case letters, as every public key is.
fn is_public(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("public_key", &self.shown())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::Credentials;

    const PRIVATE: &str = "0a1b2c3d-0000-4000-8000-0123456789ab";

    fn refusal(public: &str, private: &str) -> String {
        let error = Credentials::api_key(public, private).check().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        error.to_string()
    }

    #[test]
    fn invalid_keys_are_refused_by_name() {
        assert!(refusal("", PRIVATE).starts_with("the public key is empty: "));
        assert!(refusal("abcdefgh", "").starts_with("the private key is empty: "));
        assert!(refusal(PRIVATE, "abcdefgh").contains("swapped"));
        assert!(refusal("abc\ndef", PRIVATE).contains("white space"));
        assert!(refusal("abc:def", PRIVATE).contains("character"));
        assert!(refusal("abcdefgh", " ").contains("the private key contains white space"));
        assert!(refusal("abcdefgh", &format!("{PRIVATE}\r\n")).contains("line end"));
        assert!(refusal("abcdefgh", &format!("\"{PRIVATE}\"")).contains("quotation mark"));
        assert!(refusal(&format!("{PRIVATE} "), "abcdefgh").contains("swapped"));
        let swapped = Credentials::api_key(format!("{PRIVATE} "), "abcdefgh");
        assert!(!format!("{swapped:?}").contains("0a1b"));
        assert!(!refusal(PRIVATE, "abcdefgh").contains(PRIVATE));
    }

    #[test]
    fn a_key_that_may_be_right_is_taken() {
        assert!(Credentials::api_key("abcdefgh", PRIVATE).check().is_ok());
    }

    #[test]
    fn what_is_no_public_key_is_not_shown() {
        let bare = PRIVATE.replace('-', "");
        for public in [
            &bare,
            &format!("abcdefgh{PRIVATE}"),
            &format!("abcdefgh:{bare}"),
        ] {
            let key = Credentials::api_key(public.as_str(), "x");
            assert!(!format!("{key:?}").contains("0a1b2c3d"), "{key:?}");
            assert!(refusal(public, "x").contains("swapped"));
        }
    }

    #[test]
    fn invisible_characters_are_refused_in_both_halves() {
        for (odd, why) in [
            ('\u{feff}', "byte order mark"),
            ('\u{200b}', "zero-width"),
            ('\u{200d}', "zero-width"),
            ('\u{2060}', "zero-width"),
            ('\u{fffd}', "replacement"),
            ('\u{7}', "white space"),
        ] {
            assert!(refusal(&format!("abcdefgh{odd}"), "x").contains(why));
            assert!(refusal("abcdefgh", &format!("{odd}s3cret")).contains(why));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_key_panics_or_is_repeated(text in "(?s).{0,30}") {
            let odd = format!("S3CRET{text}");
            for (public, private) in [(odd.as_str(), "x"), ("abcdefgh", odd.as_str())] {
                let key = Credentials::api_key(public, private);
                let shown = format!("{key:?}");
                proptest::prop_assert!(!shown.contains("S3CRET"));
                if let Err(error) = key.check() {
                    proptest::prop_assert!(!error.to_string().contains("S3CRET"));
                }
            }
        }
    }
}
