//! Credentials: the API key, and what nonces are worth.

use std::time::Duration;

use crate::builder::fake_builder::FakeAtlasBuilder;
use crate::world::ids::lowered;
use crate::world::state::KeyRole;

/// Credentials.
impl FakeAtlasBuilder {
    /// The API key that is accepted. Without it: [`DEFAULT_PUBLIC_KEY`](crate::DEFAULT_PUBLIC_KEY) and
    /// [`DEFAULT_PRIVATE_KEY`](crate::DEFAULT_PRIVATE_KEY).
    pub fn credentials(mut self, public: &str, private: &str) -> Self {
        public.clone_into(&mut self.public_key);
        private.clone_into(&mut self.private_key);
        self
    }

    /// Gives the API key a role in a project, by its code: `GROUP_BACKUP_MANAGER` and the like. Only
    /// the system status tells it; the fake refuses nothing for the lack of a role. Default: the
    /// owner's in each project.
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// let project = "32b6e34b3d91647abb20e7b8";
    /// let builder = FakeAtlas::builder().key_role(project, "GROUP_READ_ONLY");
    /// # drop(builder);
    /// ```
    pub fn key_role(mut self, project: &str, code: &str) -> Self {
        self.world.key_roles.push(KeyRole::OfProject {
            project: lowered(project),
            code: code.to_owned(),
        });
        self
    }

    /// Gives the API key a role in the organization, by its code: `ORG_OWNER` and the like.
    pub fn key_organization_role(mut self, code: &str) -> Self {
        self.world.key_roles.push(KeyRole::OfOrganization {
            code: code.to_owned(),
        });
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
