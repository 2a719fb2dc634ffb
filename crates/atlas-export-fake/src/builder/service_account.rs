//! The service account: its secret, and what its tokens are worth.

use std::time::Duration;

use crate::builder::fake_builder::FakeAtlasBuilder;
use crate::rules::rate_limit::RateLimit;

/// The service account.
impl FakeAtlasBuilder {
    /// The service account that may have access tokens, beside the API key. Without it:
    /// [`DEFAULT_CLIENT_ID`](crate::DEFAULT_CLIENT_ID) and
    /// [`DEFAULT_CLIENT_SECRET`](crate::DEFAULT_CLIENT_SECRET).
    pub fn service_account(mut self, client_id: &str, client_secret: &str) -> Self {
        client_id.clone_into(&mut self.account.client_id);
        client_secret.clone_into(&mut self.account.client_secret);
        self
    }

    /// How long an access token is good, by the fake's clock. At least a second; answers give it in
    /// whole seconds. Default: an hour, as Atlas has it.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.account.token_lifetime = lifetime;
        self
    }

    /// How many requests the token endpoint lets through; its 429 has `Retry-After`. Default: any
    /// number. Atlas documents 10 a minute.
    pub fn token_rate_limit(mut self, limit: RateLimit) -> Self {
        self.account.token_limit = Some(limit);
        self
    }
}
