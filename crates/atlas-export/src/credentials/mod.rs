//! What a client authenticates with.

mod api_key;
mod place;
mod provider;
mod service_account;
mod shown;
mod spoilt;

use std::{error::Error as StdError, fmt, future::Future};

use self::{api_key::ApiKey, provider::Provider};
use crate::Error;

#[cfg(feature = "profile")]
pub(crate) use self::place::ProfilePlace;
pub(crate) use self::{
    place::Place,
    provider::{Provider as CredentialsProvider, ProviderFailure},
    service_account::ServiceAccount,
};

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
pub struct Credentials {
    kind: Kind,
    place: Place,
}

#[derive(Clone)]
enum Kind {
    ApiKey(ApiKey),
    ServiceAccount(ServiceAccount),
    Provider(Provider),
}

/// Credentials that may be right.
#[derive(Debug)]
pub(crate) enum CheckedCredentials {
    Pair(CheckedPair),
    Provider(Provider),
}

/// A pair of a public and a secret half that may be right.
#[derive(Debug)]
pub(crate) enum CheckedPair {
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
        Self::given(Kind::ServiceAccount(ServiceAccount::new(
            client_id,
            client_secret,
        )))
    }

    /// An API key: eight letters in public, a UUID in private. MongoDB calls these legacy; they
    /// work as before.
    ///
    /// Checked when the client is built, because that is where an error can be told.
    pub fn api_key(public: impl Into<String>, private: impl Into<String>) -> Self {
        Self::given(Kind::ApiKey(ApiKey::new(public, private)))
    }

    /// Whatever this function gives, for secrets that rotate: those of Vault, or of a cloud's
    /// secret manager.
    ///
    /// It is asked when the first call wants credentials, and again when the server refuses those
    /// that it gave (401): then the call goes again with the new ones, a creation too, since a 401
    /// says that nothing was done. Of a service account it is the secret that is refused, by the token
    /// endpoint, or a second token in a row. What it gives may be of another kind than before. The
    /// address stays that of the client.
    ///
    /// One call of it is under way however many calls of the client and its clones wait for it, on
    /// a task that none of them owns, and it has the time of an
    /// [attempt](crate::ClientBuilder::attempt_timeout). A call asks for new credentials once; where
    /// the same come back it fails with the refusal, and the function is not asked again within a
    /// second. A failure of the function is an `Authentication` error with that failure among its
    /// [sources](std::error::Error::source), and is told to every call for a second.
    ///
    /// ```
    /// use atlas_export::{Client, Credentials};
    ///
    /// # async fn read_secret(_: &str) -> Result<String, std::io::Error> { Ok("x".to_owned()) }
    /// # fn example() -> Result<(), atlas_export::Error> {
    /// let rotating = Credentials::provider(|| async {
    ///     let secret = read_secret("atlas/backup").await?; // of your secret manager
    ///     let id = "mdb_sa_id_1234567890abcdef12345678";
    ///     Ok::<_, std::io::Error>(Credentials::service_account(id, secret))
    /// });
    /// let atlas = Client::builder().credentials(rotating).build()?;
    /// # let _ = atlas;
    /// # Ok(())
    /// # }
    /// # assert!(example().is_ok());
    /// ```
    pub fn provider<P, F, E>(provide: P) -> Self
    where
        P: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<Self, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self {
            kind: Kind::Provider(Provider::new(provide)),
            place: Place::Provider,
        }
    }

    /// The credentials of a profile of the Atlas CLI: of this name, or of the one that is meant
    /// ([`profile`](crate::profile)). They bring the profile's address along, which a client goes to
    /// unless it is given [another](crate::ClientBuilder::base_url) in code.
    ///
    /// ```no_run
    /// use atlas_export::{Client, Credentials};
    ///
    /// # fn example() -> Result<(), atlas_export::Error> {
    /// let backup = Credentials::from_profile(Some("backup"))?;
    /// println!("{}", backup.describe());
    /// let atlas = Client::builder().credentials(backup).build()?;
    /// # let _ = atlas;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Profile::load`](crate::profile::Profile::load).
    #[cfg(feature = "profile")]
    pub fn from_profile(name: Option<&str>) -> Result<Self, Error> {
        Ok(crate::profile::Profile::load(name)?.credentials)
    }

    /// Which credentials these are and where they come from, for a log: `API key abcdefgh from
    /// MONGODB_ATLAS_PUBLIC_API_KEY`, `service account mdb_sa_id_… from profile backup`, `… given in
    /// code`. Never a secret: what has not the form of a public key or a client id, or is a part
    /// of the secret, is shown as `…`.
    ///
    /// ```
    /// use atlas_export::Credentials;
    ///
    /// let key = Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab");
    /// assert_eq!(key.describe(), "API key abcdefgh given in code");
    /// let swapped = Credentials::api_key("0a1b2c3d-0000-4000-8000-0123456789ab", "abcdefgh");
    /// assert_eq!(swapped.describe(), "API key … given in code");
    /// ```
    pub fn describe(&self) -> String {
        let place = &self.place;
        match &self.kind {
            Kind::ApiKey(key) => format!("API key {} {place}", key.shown()),
            Kind::ServiceAccount(account) => format!("service account {} {place}", account.shown()),
            Kind::Provider(_) => format!("credentials {place}"),
        }
    }

    fn given(kind: Kind) -> Self {
        Self {
            kind,
            place: Place::Code,
        }
    }

    /// The same credentials, which come from there.
    pub(crate) fn placed(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Where they come from.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Whether both are the same, to the letter. Of providers nobody can tell.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::ApiKey(one), Kind::ApiKey(other)) => one.is_same(other),
            (Kind::ServiceAccount(one), Kind::ServiceAccount(other)) => one.is_same(other),
            _ => false,
        }
    }

    /// Refuses credentials that are invalid.
    pub(crate) fn check(self) -> Result<CheckedCredentials, Error> {
        let pair = match self.kind {
            Kind::ApiKey(key) => CheckedPair::ApiKey(key.check()?),
            Kind::ServiceAccount(account) => CheckedPair::ServiceAccount(account.check()?),
            Kind::Provider(provider) => return Ok(CheckedCredentials::Provider(provider)),
        };
        Ok(CheckedCredentials::Pair(pair))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Provider(provider) => provider.fmt(f),
            Kind::ApiKey(key) => key.fmt(f),
            Kind::ServiceAccount(account) => account.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
