//! Who is asking: a user name and a password that cannot be printed.

use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;

/// A user name and its password (for an API key: the public and the private key).
///
/// The password is wiped from memory on drop and appears in no `Debug` output. Both are hashed as
/// UTF-8, whatever `charset` a challenge names (RFC 7616, section 4, allows no other).
///
/// ```
/// use digest_lanes::Credentials;
///
/// let credentials = Credentials::new("Mufasa", "Circle of Life");
/// assert_eq!(credentials.username(), "Mufasa");
/// assert!(!format!("{credentials:?}").contains("Circle"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    username: String,
    password: SecretString,
}

impl Credentials {
    /// Takes the password as a `&str`, a `String` or a [`SecretString`].
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
        }
    }

    /// The user name, which travels in every answer and is no secret.
    pub fn username(&self) -> &str {
        &self.username
    }

    pub(crate) fn password(&self) -> &[u8] {
        self.password.expose_secret().as_bytes()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_password_is_taken() {
        for credentials in [
            Credentials::new("u", "p"),
            Credentials::new("u", String::from("p")),
            Credentials::new("u", SecretString::from("p")),
        ] {
            assert_eq!(credentials.password(), b"p");
        }
    }
}
