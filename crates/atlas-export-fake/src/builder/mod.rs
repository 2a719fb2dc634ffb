//! How a fake is told what it is before it starts: here how it answers; what it holds, its rates, its
//! deprecations, its connections and the start are in files of their own.

mod connection;
mod contents;
mod deprecation;
mod rates;
mod start;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::api::options::AnswerOptions;
use crate::api::response::EnvelopeSpelling;
use crate::control::FakeAtlas;
use crate::rules::ageing::Ageing;
use crate::rules::limiter::LimitOptions;
use crate::rules::page::TotalCount;
use crate::wire::protocols::Protocols;
use crate::world::clock::{Clock, SystemClock};
use crate::world::progress::{JobOutcome, JobProgress, Lifecycle};
use crate::world::state::World;

/// The public key of a fake that was given none.
pub const DEFAULT_PUBLIC_KEY: &str = "fakepubl";
/// The private key of a fake that was given none.
pub const DEFAULT_PRIVATE_KEY: &str = "fa4e0000-0000-4000-8000-000000000001";
/// The project of a fake that was given none, and of [`demo`](FakeAtlasBuilder::demo).
pub const DEFAULT_PROJECT_ID: &str = "32b6e34b3d91647abb20e7b8";

/// The role of generated buckets.
const ROLE_ID: &str = "12345678f901a234dbdb00ca";

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
    public_key: String,
    private_key: String,
    nonce_lifetime: Duration,
    nonce_uses: u32,
    never_stale: bool,
    lifecycle: Lifecycle,
    options: AnswerOptions,
    clock: Arc<dyn Clock>,
    world: World,
    limits: LimitOptions,
    ageing: Ageing,
    latency: Duration,
    tls: bool,
    protocols: Protocols,
}

// Without the private key: somebody may well give a real one.
impl fmt::Debug for FakeAtlasBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAtlasBuilder")
            .field("public_key", &self.public_key)
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

/// How it answers.
impl FakeAtlasBuilder {
    fn new() -> Self {
        Self {
            public_key: DEFAULT_PUBLIC_KEY.to_owned(),
            private_key: DEFAULT_PRIVATE_KEY.to_owned(),
            nonce_lifetime: Duration::from_secs(60),
            nonce_uses: 1023,
            never_stale: false,
            lifecycle: Lifecycle::default(),
            options: AnswerOptions::default(),
            clock: Arc::new(SystemClock::new()),
            world: World::default(),
            limits: LimitOptions::default(),
            ageing: Ageing::default(),
            latency: Duration::ZERO,
            tls: false,
            protocols: Protocols::Both,
        }
    }

    /// The API key that is let in. Without it: [`DEFAULT_PUBLIC_KEY`] and [`DEFAULT_PRIVATE_KEY`].
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

    /// Has schedules still name their bucket when their export is switched off. Default: they
    /// do not, since users of other clients can delete the bucket then; it is unconfirmed.
    pub fn schedules_keep_export(mut self) -> Self {
        self.options.schedules_keep_export = true;
        self
    }

    /// Has the organization export by itself at these frequencies too, such as `daily` and `weekly`.
    /// Default: `monthly` and `yearly`, which are published, and no other, because the others depend
    /// on what Atlas has switched on for an organization. A change of a schedule to another one is 400.
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// let builder = FakeAtlas::builder().export_frequencies(["daily", "weekly"]);
    /// # drop(builder);
    /// ```
    pub fn export_frequencies<'f>(
        mut self,
        frequencies: impl IntoIterator<Item = &'f str>,
    ) -> Self {
        let more = frequencies.into_iter().map(str::to_owned);
        self.options.export_frequencies.extend(more);
        self
    }

    /// How long a bucket or a job that was created through the API is not seen, by the fake's
    /// [`Clock`]: for clients that look for what came of a creation. Default: not at all.
    pub fn creations_show_after(mut self, lag: Duration) -> Self {
        self.options.creation_lag = lag;
        self
    }

    /// What moves snapshots that are taken. Default: [`JobProgress::default`].
    pub fn snapshot_progress(mut self, progress: JobProgress) -> Self {
        self.lifecycle.snapshot_progress = progress;
        self
    }

    /// Has snapshots that are taken end as `failed`.
    pub fn snapshots_fail(mut self) -> Self {
        self.lifecycle.snapshots_fail = true;
        self
    }

    /// What moves created jobs. Default: [`JobProgress::default`].
    pub fn job_progress(mut self, progress: JobProgress) -> Self {
        self.lifecycle.job_progress = progress;
        self
    }

    /// How created jobs end. Default: successfully.
    pub fn job_outcome(mut self, outcome: JobOutcome) -> Self {
        self.lifecycle.job_outcome = outcome;
        self
    }

    /// `exportStatus.totalCollections` of created jobs. Default: 0, what recorded jobs of an empty
    /// cluster say from their first to their last state.
    pub fn collections(mut self, collections: u64) -> Self {
        self.lifecycle.collections = collections;
        self
    }

    /// What lists say in `totalCount`. Default: [`TotalCount::Exact`].
    pub fn total_count(mut self, total_count: TotalCount) -> Self {
        self.options.lists.total_count = total_count;
        self
    }

    /// Leaves `links` out of lists.
    pub fn without_links(mut self) -> Self {
        self.options.lists.links = false;
        self
    }

    /// What a result is called under `envelope=true`. Default: [`EnvelopeSpelling::Content`].
    pub fn envelope_spelling(mut self, spelling: EnvelopeSpelling) -> Self {
        self.options.spelling = spelling;
        self
    }

    /// Where the fake reads the time. Default: the machine.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}
