//! The service account: its secret, and the tokens that are out.

use crate::control::fake::FakeAtlas;

/// The service account.
impl FakeAtlas {
    /// The client id and the secret that get access tokens, until [another
    /// secret](Self::rotate_secret) takes its place.
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().service_account("mdb_sa_id_1", "mdb_sa_sk_1").start().await?;
    /// assert_eq!(fake.service_account(), ("mdb_sa_id_1", "mdb_sa_sk_1"));
    /// assert_eq!(fake.live_tokens(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn service_account(&self) -> (&str, &str) {
        self.handler.account.credentials()
    }

    /// How many access tokens are good now.
    pub fn live_tokens(&self) -> usize {
        let now = self.handler.atlas.clock.now();
        self.handler.account.live_tokens(now)
    }

    /// Accepts this secret of the service account from now on, and no other. Access tokens stay good.
    pub fn rotate_secret(&self, secret: &str) {
        self.handler.account.rotate(secret);
    }

    /// Revokes every access token, as an administrator may: the next request with one is 401.
    pub fn revoke_tokens(&self) {
        self.handler.account.revoke_all();
    }
}
