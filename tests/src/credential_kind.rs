//! The kinds of credentials, for tests that run with each of them.

use atlas_export::Credentials;
use atlas_export_fake::FakeAtlas;

/// A kind of credentials that a FakeAtlas knows.
///
/// What both have in common: the first request of a cold client costs one request more, for a
/// challenge or for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// HTTP Digest.
    ApiKey,
    /// OAuth 2.0.
    ServiceAccount,
}

impl CredentialKind {
    /// Each of them: what concerns authentication is shown with both.
    pub const BOTH: [Self; 2] = [Self::ApiKey, Self::ServiceAccount];

    /// The credentials of this kind that a fake accepts.
    pub fn of(self, fake: &FakeAtlas) -> Credentials {
        match self {
            Self::ApiKey => {
                let (public, private) = fake.credentials();
                Credentials::api_key(public, private)
            }
            Self::ServiceAccount => {
                let (client_id, client_secret) = fake.service_account();
                Credentials::service_account(client_id, client_secret)
            }
        }
    }

    /// Credentials of this kind that are good in form, and no fake's.
    pub fn wrong(self, fake: &FakeAtlas) -> Credentials {
        match self {
            Self::ApiKey => Credentials::api_key(fake.credentials().0, "wrong"),
            Self::ServiceAccount => {
                Credentials::service_account(fake.service_account().0, "mdb_sa_sk_wrong")
            }
        }
    }
}
