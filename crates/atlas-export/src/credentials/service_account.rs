//! A service account: a client id and a client secret, for which the server gives access tokens.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::{shown::shown, spoilt::fault};
use crate::{Error, redact::holds_a_uuid};

/// What both halves begin with.
pub(super) const PREFIX: &str = "mdb_sa_";
/// What a client id begins with.
const ID_PREFIX: &str = "mdb_sa_id_";
/// What a client secret begins with.
const SECRET_PREFIX: &str = "mdb_sa_sk_";
/// How many hexadecimal digits follow in a client id.
const ID_DIGITS: usize = 24;

/// A service account.
#[derive(Clone)]
pub(crate) struct ServiceAccount {
    client_id: String,
    client_secret: SecretString,
}

impl ServiceAccount {
    pub(super) fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: SecretString::from(client_secret.into()),
        }
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) fn expose_secret(&self) -> &str {
        self.client_secret.expose_secret()
    }

    /// The client id, if that is what it is.
    pub(super) fn shown(&self) -> &str {
        shown(&self.client_id, self.expose_secret(), is_client_id)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.client_id == other.client_id && self.expose_secret() == other.expose_secret()
    }

    /// Refuses an account that cannot be one.
    pub(super) fn check(self) -> Result<Self, Error> {
        let (id, secret) = (self.client_id.as_str(), self.expose_secret());
        let refuse = |message: String| Err(Error::config(message));
        if id.contains(SECRET_PREFIX) || secret.contains(ID_PREFIX) {
            return refuse(format!(
                "client id and client secret are swapped, or pasted into one: give the client id \
                 ({ID_PREFIX}…) first, and then the client secret ({SECRET_PREFIX}…)"
            ));
        }
        if let Some(fault) = fault(id) {
            return refuse(format!("the client id {fault}"));
        }
        if let Some(fault) = fault(secret) {
            return refuse(format!("the client secret {fault}"));
        }
        if holds_a_uuid(id) || !id.starts_with(ID_PREFIX) {
            return refuse(format!(
                "the client id is none: it begins with {ID_PREFIX}; give an API key to \
                 Credentials::api_key"
            ));
        }
        if id.contains(':') {
            // What follows would be taken for the secret.
            return refuse("the client id holds a colon, which no client id has".to_owned());
        }
        Ok(self)
    }
}

/// Whether a text is a client id to the letter.
fn is_client_id(text: &str) -> bool {
    text.strip_prefix(ID_PREFIX).is_some_and(|digits| {
        digits.len() == ID_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.shown())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Credentials, ErrorKind};

    const ID: &str = "mdb_sa_id_1234567890abcdef12345678";
    const SECRET: &str = "mdb_sa_sk_s3cret";

    fn refusal(id: &str, secret: &str) -> String {
        let credentials = Credentials::service_account(id, secret);
        assert!(!format!("{credentials:?}").contains("s3cret"));
        let error = credentials.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let message = error.to_string();
        assert!(!message.contains("s3cret"), "{message}");
        message
    }

    #[test]
    fn an_account_that_may_be_right_is_taken_and_shows_its_id_alone() {
        let account = Credentials::service_account(ID, SECRET);
        assert_eq!(
            format!("{account:?}"),
            format!("Credentials {{ client_id: {ID:?}, .. }}")
        );
        assert!(account.check().is_ok());
    }

    #[test]
    fn halves_that_are_invalid_are_refused_by_name() {
        for (id, secret, why) in [
            (SECRET, ID, "swapped"),
            (&format!("{ID}:{SECRET}"), "x", "swapped"),
            (ID, ID, "swapped"),
            ("", SECRET, "the client id is empty"),
            (ID, "", "the client secret is empty"),
            (
                &format!("{ID} "),
                SECRET,
                "the client id contains white space",
            ),
            (ID, "s3cret\n", "the client secret contains white space"),
            (ID, "\"s3cret\"", "quotation mark"),
            (ID, "s3cret\u{200b}", "zero-width"),
            ("abcdefgh", "s3cret", "Credentials::api_key"),
            (
                "0a1b2c3d-0000-4000-8000-0123456789ab",
                "s3cret",
                "Credentials::api_key",
            ),
            (&format!("{ID}:s3cret"), "x", "colon"),
        ] {
            let message = refusal(id, secret);
            assert!(message.contains(why), "{message}");
        }
    }

    #[test]
    fn an_account_given_as_an_api_key_is_sent_to_the_right_place() {
        let error = Credentials::api_key(ID, SECRET).check().unwrap_err();
        assert!(error.to_string().contains("Credentials::service_account"));
    }

    proptest::proptest! {
        #[test]
        fn no_half_panics_or_is_repeated(text in "(?s).{0,30}") {
            let odd = format!("S3CRET{text}");
            for (id, secret) in [(odd.as_str(), SECRET), (ID, odd.as_str())] {
                let account = Credentials::service_account(id, secret);
                let shown = format!("{account:?}");
                proptest::prop_assert!(!shown.contains("S3CRET"));
                if let Err(error) = account.check() {
                    proptest::prop_assert!(!error.to_string().contains("S3CRET"));
                }
            }
        }
    }
}
