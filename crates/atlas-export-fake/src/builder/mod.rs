//! How a fake is told what it is before it starts: here its habits, and [`furnish`] what it holds.

mod furnish;
mod start;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::ageing::Ageing;
use crate::answer::EnvelopeSpelling;
use crate::clock::{Clock, SystemClock};
use crate::life::{JobOutcome, JobProgress, Rules};
use crate::limiter::Limiter;
use crate::page::TotalCount;
use crate::schedule::DOCUMENTED_FREQUENCIES;
use crate::server::Protocols;
use crate::state::{Habits, World};
use crate::traffic::Traffic;

/// The public key of a fake that was given none.
pub const DEFAULT_PUBLIC_KEY: &str = "fakepubl";
/// The private key of a fake that was given none.
pub const DEFAULT_PRIVATE_KEY: &str = "fa4e0000-0000-4000-8000-000000000001";
/// The project of a fake that was given none, and of [`demo`](FakeAtlasBuilder::demo).
pub const DEFAULT_PROJECT_ID: &str = "32b6e34b3d91647abb20e7b8";

/// The role of generated buckets.
const ROLE_ID: &str = "12345678f901a234dbdb00ca";

/// Furnishes a [`FakeAtlas`](crate::FakeAtlas). What a method needs and is not there yet, a project or a cluster, is
/// made; mistakes such as a malformed id are told by [`start`](Self::start).
#[must_use = "a fake serves nothing before it is started"]
pub struct FakeAtlasBuilder {
    public_key: String,
    private_key: String,
    nonce_lifetime: Duration,
    nonce_uses: u32,
    never_stale: bool,
    rules: Rules,
    habits: Habits,
    export_frequencies: Vec<String>,
    clock: Arc<dyn Clock>,
    world: World,
    pub(crate) limiter: Limiter,
    pub(crate) ageing: Ageing,
    pub(crate) traffic: Traffic,
    pub(crate) tls: bool,
    pub(crate) protocols: Protocols,
}

// Without the private key: somebody may well give a real one.
impl fmt::Debug for FakeAtlasBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAtlasBuilder")
            .field("public_key", &self.public_key)
            .field("rules", &self.rules)
            .field("habits", &self.habits)
            .field("world", &self.world)
            .finish_non_exhaustive()
    }
}

/// Its habits.
impl FakeAtlasBuilder {
    pub(crate) fn new() -> Self {
        Self {
            public_key: DEFAULT_PUBLIC_KEY.to_owned(),
            private_key: DEFAULT_PRIVATE_KEY.to_owned(),
            nonce_lifetime: Duration::from_secs(60),
            nonce_uses: 1023,
            never_stale: false,
            rules: Rules::default(),
            habits: Habits {
                links: true,
                total_count: TotalCount::default(),
                spelling: EnvelopeSpelling::default(),
                schedules_keep_export: false,
                lag: Duration::ZERO,
            },
            export_frequencies: DOCUMENTED_FREQUENCIES.map(str::to_owned).to_vec(),
            clock: Arc::new(SystemClock::new()),
            world: World::default(),
            limiter: Limiter::default(),
            ageing: Ageing::default(),
            traffic: Traffic::default(),
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

    /// How long a nonce is good for. Default: 60 seconds, as Jetty has it.
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

    /// Never says of a nonce that it is stale, as back ends do that do not share their nonces.
    /// Default: unknown and expired ones are called stale.
    pub fn never_stale(mut self) -> Self {
        self.never_stale = true;
        self
    }

    /// Has schedules still name their bucket when their export is switched off. Default: they
    /// do not, since users of other clients can delete the bucket then; it is unconfirmed.
    pub fn schedules_keep_export(mut self) -> Self {
        self.habits.schedules_keep_export = true;
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
        self.export_frequencies.extend(more);
        self
    }

    /// How long a bucket or a job that was created through the API is not seen, by the fake's
    /// [`Clock`]: for clients that look for what came of a creation. Default: not at all.
    pub fn creations_show_after(mut self, lag: Duration) -> Self {
        self.habits.lag = lag;
        self
    }

    /// What moves snapshots that are taken. Default: [`JobProgress::default`].
    pub fn snapshot_progress(mut self, progress: JobProgress) -> Self {
        self.rules.snapshot_progress = progress;
        self
    }

    /// Has snapshots that are taken end as `failed`.
    pub fn snapshots_fail(mut self) -> Self {
        self.rules.snapshots_fail = true;
        self
    }

    /// What moves created jobs. Default: [`JobProgress::default`].
    pub fn job_progress(mut self, progress: JobProgress) -> Self {
        self.rules.progress = progress;
        self
    }

    /// How created jobs end. Default: successfully.
    pub fn job_outcome(mut self, outcome: JobOutcome) -> Self {
        self.rules.outcome = outcome;
        self
    }

    /// `exportStatus.totalCollections` of created jobs. Default: 0, what recorded jobs of an empty
    /// cluster say from their first to their last state.
    pub fn collections(mut self, collections: u64) -> Self {
        self.rules.collections = collections;
        self
    }

    /// What lists say in `totalCount`. Default: [`TotalCount::Exact`].
    pub fn total_count(mut self, total_count: TotalCount) -> Self {
        self.habits.total_count = total_count;
        self
    }

    /// Leaves `links` out of lists.
    pub fn without_links(mut self) -> Self {
        self.habits.links = false;
        self
    }

    /// What a result is called under `envelope=true`. Default: [`EnvelopeSpelling::Content`].
    pub fn envelope_spelling(mut self, spelling: EnvelopeSpelling) -> Self {
        self.habits.spelling = spelling;
        self
    }

    /// Where the fake reads the time. Default: the machine.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}

pub(crate) fn invalid_input(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

pub(crate) fn invalid_data(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
