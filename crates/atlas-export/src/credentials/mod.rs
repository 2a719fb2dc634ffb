//! What a client authenticates with.

mod api_key;
mod service_account;
mod spoilt;

use std::fmt;

use self::api_key::ApiKey;
use crate::Error;

pub(crate) use self::service_account::ServiceAccount;

/// What a client authenticates with: a service account or an API key of MongoDB Atlas.
///
/// The private key and the client secret are kept in memory that is wiped when it is dropped, and
/// are in no `Debug`, log line or error.
///
/// ```
/// use atlas_export::Credentials;
///
/// let account = Credentials::service_account(
///     "mdb_sa_id_1234567890abcdef12345678",
///     "mdb_sa_sk_0123456789abcdefghijABCDEFGHIJ0123456789",
/// );
/// assert!(!format!("{account:?}").contains("mdb_sa_sk_"));
/// let key = Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab");
/// assert!(!format!("{key:?}").contains("0a1b"));
/// ```
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
enum Kind {
    ApiKey(ApiKey),
    ServiceAccount(ServiceAccount),
}

/// Credentials that may be right.
#[derive(Debug)]
pub(crate) enum CheckedCredentials {
    ApiKey(digest_lanes::Credentials),
    ServiceAccount(ServiceAccount),
}

impl Credentials {
    /// A service account: its client id (`mdb_sa_id_…`) and its client secret (`mdb_sa_sk_…`).
    ///
    /// A client and its clones share one access token, which is fetched when the first call wants
    /// it and renewed before it expires. The token comes from the origin of the API alone.
    /// [`Client::revoke_token`](crate::Client::revoke_token) gives it back.
    ///
    /// Checked when the client is built, because that is where an error can be told.
    ///
    /// ```
    /// use atlas_export::{Client, Credentials};
    ///
    /// # fn example(secret: String) -> Result<(), atlas_export::Error> {
    /// let account = Credentials::service_account("mdb_sa_id_1234567890abcdef12345678", secret);
    /// let atlas = Client::builder().credentials(account).build()?;
    /// # let _ = atlas;
    /// # Ok(())
    /// # }
    /// # assert!(example("mdb_sa_sk_x".to_owned()).is_ok());
    /// ```
    pub fn service_account(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self(Kind::ServiceAccount(ServiceAccount::new(
            client_id,
            client_secret,
        )))
    }

    /// An API key: eight letters in public, a UUID in private. MongoDB calls these legacy; they
    /// work as before.
    ///
    /// Checked when the client is built, because that is where an error can be told.
    pub fn api_key(public: impl Into<String>, private: impl Into<String>) -> Self {
        Self(Kind::ApiKey(ApiKey::new(public, private)))
    }

    /// Refuses credentials that are invalid.
    pub(crate) fn check(self) -> Result<CheckedCredentials, Error> {
        match self.0 {
            Kind::ApiKey(key) => key.check().map(CheckedCredentials::ApiKey),
            Kind::ServiceAccount(account) => {
                account.check().map(CheckedCredentials::ServiceAccount)
            }
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::ApiKey(key) => key.fmt(f),
            Kind::ServiceAccount(account) => account.fmt(f),
        }
    }
}
