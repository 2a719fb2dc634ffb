//! The builder and its defaults.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::api::options::AnswerOptions;
use crate::control::fake::FakeAtlas;
use crate::rules::deprecations::Deprecations;
use crate::rules::limiter::LimitOptions;
use crate::rules::service_account::AccountOptions;
use crate::wire::protocols::Protocols;
use crate::world::clock::{Clock, SystemClock};
use crate::world::progress::Lifecycle;
use crate::world::state::World;

/// The public key of a fake without [`credentials`](FakeAtlasBuilder::credentials).
pub const DEFAULT_PUBLIC_KEY: &str = "fakepubl";
/// The private key of a fake without [`credentials`](FakeAtlasBuilder::credentials).
pub const DEFAULT_PRIVATE_KEY: &str = "fa4e0000-0000-4000-8000-000000000001";
/// The client id of a fake without [`service_account`](FakeAtlasBuilder::service_account).
pub const DEFAULT_CLIENT_ID: &str = "mdb_sa_id_fa4e00000000000000000001";
/// The secret of a fake without [`service_account`](FakeAtlasBuilder::service_account).
pub const DEFAULT_CLIENT_SECRET: &str = "mdb_sa_sk_fa4e00000000000000000000000000000000001";
/// The project of a fake without a project of its own, and of [`demo`](FakeAtlasBuilder::demo).
pub const DEFAULT_PROJECT_ID: &str = "32b6e34b3d91647abb20e7b8";

/// The role of generated buckets.
pub(super) const ROLE_ID: &str = "12345678f901a234dbdb00ca";

/// Configures a [`FakeAtlas`]. A project or a cluster that a method names and that is not there yet is
/// created; a mistake, such as a malformed id, is an error of [`start`](Self::start).
///
/// ```
/// use std::sync::Arc;
/// use atlas_export_fake::{Bucket, FakeAtlas, ManualClock, Snapshot};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let project = "32b6e34b3d91647abb20e7b8";
/// let fake = FakeAtlas::builder()
///     // What it holds:
///     .sharded_cluster(project, "Cluster0", &["shard-00", "shard-01"])
///     .snapshot(project, "Cluster0", Snapshot::completed("5f3a1b2c4d5e6f7081920a01"))
///     .bucket(project, Bucket::aws("atlas-exports", "12345678f901a234dbdb00ca"))
///     // How it answers:
///     .collections(12)
///     .without_links()
///     .clock(Arc::new(ManualClock::new()))
///     .start()
///     .await?;
/// assert_eq!(fake.cluster_names(project), ["Cluster0"]);
/// assert_eq!(fake.snapshots(project, "Cluster0").len(), 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a fake serves nothing before it is started"]
pub struct FakeAtlasBuilder {
    pub(super) public_key: String,
    pub(super) private_key: String,
    pub(super) nonce_lifetime: Duration,
    pub(super) nonce_uses: u32,
    pub(super) never_stale: bool,
    pub(super) account: AccountOptions,
    pub(super) lifecycle: Lifecycle,
    pub(super) options: AnswerOptions,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) world: World,
    pub(super) limits: LimitOptions,
    pub(super) deprecations: Deprecations,
    pub(super) latency: Duration,
    #[cfg(feature = "tls")]
    pub(super) tls: bool,
    pub(super) protocols: Protocols,
}

// Without the private key and the client secret: a test may use real ones.
impl fmt::Debug for FakeAtlasBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAtlasBuilder")
            .field("public_key", &self.public_key)
            .field("client_id", &self.account.client_id)
            .field("lifecycle", &self.lifecycle)
            .field("options", &self.options)
            .field("world", &self.world)
            .finish_non_exhaustive()
    }
}

impl FakeAtlas {
    /// A builder without a project, a key of its own, or faults.
    pub fn builder() -> FakeAtlasBuilder {
        FakeAtlasBuilder::new()
    }
}

impl FakeAtlasBuilder {
    fn new() -> Self {
        Self {
            public_key: DEFAULT_PUBLIC_KEY.to_owned(),
            private_key: DEFAULT_PRIVATE_KEY.to_owned(),
            nonce_lifetime: Duration::from_secs(60),
            nonce_uses: 1023,
            never_stale: false,
            account: AccountOptions {
                client_id: DEFAULT_CLIENT_ID.to_owned(),
                client_secret: DEFAULT_CLIENT_SECRET.to_owned(),
                token_lifetime: Duration::from_secs(3600),
                token_limit: None,
            },
            lifecycle: Lifecycle::default(),
            options: AnswerOptions::default(),
            clock: Arc::new(SystemClock::new()),
            world: World::default(),
            limits: LimitOptions::default(),
            deprecations: Deprecations::default(),
            latency: Duration::ZERO,
            #[cfg(feature = "tls")]
            tls: false,
            protocols: Protocols::Both,
        }
    }
}
