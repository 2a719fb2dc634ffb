//! The keychain of the system, in which newer versions of the Atlas CLI keep what is secret of a
//! profile: where an item stands, and how its value is written.
//!
//! | | |
//! |---|---|
//! | service | `atlascli_` and the name of the profile |
//! | account | the name of the field: `client_secret`, … |
//! | value | the field; or in hexadecimal after `go-keyring-encoded:`, or in base64 after `go-keyring-base64:`, as the Go library of the CLI writes it on macOS |

use secrecy::SecretString;

use crate::redact::one_line;

/// Where items of profiles are kept.
pub(super) trait Keychain {
    /// The value of an item, as it stands there.
    fn look(&self, service: &str, account: &str) -> Result<Looked, KeychainError>;
}

/// What a keychain said.
#[cfg_attr(
    not(any(feature = "keyring", test)),
    expect(dead_code, reason = "a keychain that is not read says nothing")
)]
pub(super) enum Looked {
    Found(SecretString),
    Missing,
    /// It was not asked.
    NotRead,
}

/// Why a keychain said nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "keyring", test)),
    expect(dead_code, reason = "a keychain that is not read does not fail")
)]
pub(super) enum KeychainError {
    /// There is none, or it fails. What the system says.
    Unreachable(String),
    /// It is locked, or whoever was asked to unlock it did not.
    Locked,
    /// It has not answered in so many seconds.
    Silent(u64),
    /// It has several items of that name.
    Ambiguous,
    /// The value is not what its prefix says, or no text.
    Undecodable(&'static str),
}

impl KeychainError {
    /// What happened, and what to do.
    pub(super) fn message(&self, service: &str, account: &str) -> String {
        let (service, keychain) = (one_line(service), "the keychain of the system");
        match self {
            Self::Unreachable(why) => format!(
                "{keychain} cannot be read: {}; start it (on Linux a Secret Service on the D-Bus \
                 of the session), or set the credentials in the environment",
                one_line(why)
            ),
            Self::Locked => format!(
                "{keychain} is locked: unlock it, or set the credentials in the environment"
            ),
            Self::Silent(seconds) => format!(
                "{keychain} has not answered within {seconds} s: see whether it asks for a \
                 password, or set the credentials in the environment"
            ),
            Self::Ambiguous => format!(
                "{keychain} has several items of service {service} and account {account}: remove \
                 all but one"
            ),
            Self::Undecodable(why) => format!(
                "what {keychain} has of service {service} and account {account} {why}: write it \
                 anew with `atlas config init`"
            ),
        }
    }
}

/// The keychain of a text, which has none.
pub(super) struct NotRead;

impl Keychain for NotRead {
    fn look(&self, _: &str, _: &str) -> Result<Looked, KeychainError> {
        Ok(Looked::NotRead)
    }
}

#[cfg(any(feature = "keyring", test))]
pub(super) mod value {
    //! How a value is written.

    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use secrecy::SecretString;

    use super::KeychainError;

    const BASE64: &str = "go-keyring-base64:";
    const HEXADECIMAL: &str = "go-keyring-encoded:";

    /// The field that a value holds.
    pub(in crate::profile) fn decoded(value: Vec<u8>) -> Result<SecretString, KeychainError> {
        let text = String::from_utf8(value);
        let text = text.map_err(|_| KeychainError::Undecodable("is no text"))?;
        let bytes = if let Some(encoded) = text.strip_prefix(BASE64) {
            let bytes = STANDARD.decode(encoded.trim_end());
            bytes.map_err(|_| KeychainError::Undecodable("is no base64, which its prefix says"))?
        } else if let Some(encoded) = text.strip_prefix(HEXADECIMAL) {
            of_hexadecimal(encoded.trim_end()).ok_or(KeychainError::Undecodable(
                "is no hexadecimal, which its prefix says",
            ))?
        } else {
            return Ok(text.into());
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text.into()),
            Err(_) => Err(KeychainError::Undecodable("is no text once it is decoded")),
        }
    }

    fn of_hexadecimal(text: &str) -> Option<Vec<u8>> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(high)? * 16 + digit(low)?).ok();
        pairs.iter().map(byte).collect()
    }

    #[cfg(test)]
    mod tests {
        use secrecy::ExposeSecret as _;

        use super::*;

        fn read(value: &str) -> Result<String, KeychainError> {
            let decoded = decoded(value.as_bytes().to_vec())?;
            Ok(decoded.expose_secret().to_owned())
        }

        #[test]
        fn values_are_read_as_they_stand_and_under_both_prefixes() {
            for (value, field) in [
                ("s3cret", "s3cret"),
                ("go-keyring-base64:czNjcmV0", "s3cret"),
                ("go-keyring-base64:czNjcmV0\n", "s3cret"),
                ("go-keyring-encoded:733363726574", "s3cret"),
                ("go-keyring-encoded:C3A4", "ä"),
                ("go-keyring-base64:", ""),
                ("", ""),
                (
                    "x go-keyring-base64:czNjcmV0",
                    "x go-keyring-base64:czNjcmV0",
                ),
            ] {
                assert_eq!(read(value).as_deref(), Ok(field), "{value}");
            }
        }

        #[test]
        fn a_value_that_is_not_what_its_prefix_says_is_told_and_not_shown() {
            for (value, why) in [
                ("go-keyring-base64:s3cret!", "no base64"),
                ("go-keyring-base64:czNjcmV", "no base64"),
                ("go-keyring-base64://///w==", "no text once"),
                ("go-keyring-encoded:s3cret", "no hexadecimal"),
                ("go-keyring-encoded:733", "no hexadecimal"),
                ("go-keyring-encoded:+1", "no hexadecimal"),
                ("go-keyring-encoded:ff", "no text once"),
            ] {
                let error = read(value).unwrap_err();
                let message = error.message("atlascli_default", "client_secret");
                assert!(message.contains(why), "{value}: {message}");
                assert!(!message.contains("s3cret") && !format!("{error:?}").contains("s3cret"));
            }
            let error = decoded(vec![0xff]).unwrap_err();
            assert_eq!(error, KeychainError::Undecodable("is no text"));
        }

        proptest::proptest! {
            #[test]
            fn any_text_comes_back_from_both_codes(text in "\\PC{0,40}") {
                let encoded = format!("{BASE64}{}", STANDARD.encode(&text));
                proptest::prop_assert_eq!(read(&encoded), Ok(text.clone()));
                let digits = text.bytes().fold(String::new(), |digits, byte| {
                    format!("{digits}{byte:02x}")
                });
                let read = read(&format!("{HEXADECIMAL}{digits}"));
                proptest::prop_assert_eq!(read, Ok(text));
            }

            #[test]
            fn no_value_panics(value: Vec<u8>, code in 0..3_usize) {
                let prefix = ["", BASE64, HEXADECIMAL][code].as_bytes();
                let _ = decoded([prefix, &value].concat());
            }
        }
    }
}
