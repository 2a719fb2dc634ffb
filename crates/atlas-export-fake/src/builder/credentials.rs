//! Credentials: the API key, and what nonces are worth.

use std::time::Duration;

use crate::builder::fake_builder::FakeAtlasBuilder;

/// Credentials.
impl FakeAtlasBuilder {
    /// The API key that is accepted. Without it: [`DEFAULT_PUBLIC_KEY`](crate::DEFAULT_PUBLIC_KEY) and
    /// [`DEFAULT_PRIVATE_KEY`](crate::DEFAULT_PRIVATE_KEY).
    pub fn credentials(mut self, public: &str, private: &str) -> Self {
        public.clone_into(&mut self.public_key);
        private.clone_into(&mut self.private_key);
        self
    }

    /// How long a nonce is valid. Default: 60 seconds, as Jetty has it.
    pub fn nonce_lifetime(mut self, lifetime: Duration) -> Self {
        self.nonce_lifetime = lifetime;
        self
    }

    /// How often a nonce may be used, that is, the highest `nc` accepted. Default: 1,023, as Jetty
    /// has it.
    pub fn nonce_uses(mut self, uses: u32) -> Self {
        self.nonce_uses = uses;
        self
    }

    /// Never calls a nonce stale, like back ends that do not share their nonces. Default: unknown and
    /// expired nonces are stale.
    pub fn never_stale(mut self) -> Self {
        self.never_stale = true;
        self
    }
}
