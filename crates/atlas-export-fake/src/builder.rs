//! How a fake is furnished before it starts.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;

use crate::access_roles::AccessRole;
use crate::ageing::Ageing;
use crate::answer::EnvelopeSpelling;
use crate::buckets::Bucket;
use crate::clock::{Clock, SystemClock};
use crate::digest::Gate;
use crate::fake::FakeAtlas;
use crate::life::{JobOutcome, JobProgress, Rules};
use crate::limiter::Limiter;
use crate::log::Log;
use crate::operations::OPERATIONS;
use crate::page::TotalCount;
use crate::schedule::AutoExport;
use crate::script::Script;
use crate::server::{Protocols, Server};
use crate::snapshots::Snapshot;
use crate::state::{Cluster, Habits, Project, Shared, StoredJob, World, is_object_id};
use crate::tls::Tls;
use crate::traffic::Traffic;
use crate::validate::Schemas;

/// The public key of a fake that was given none.
pub const DEFAULT_PUBLIC_KEY: &str = "fakepubl";
/// The private key of a fake that was given none.
pub const DEFAULT_PRIVATE_KEY: &str = "fa4e0000-0000-4000-8000-000000000001";
/// The project of a fake that was given none, and of [`demo`](FakeAtlasBuilder::demo).
pub const DEFAULT_PROJECT_ID: &str = "32b6e34b3d91647abb20e7b8";

/// The role of generated buckets.
const ROLE_ID: &str = "12345678f901a234dbdb00ca";

/// Furnishes a [`FakeAtlas`]. What a method needs and is not there yet, a project or a cluster, is
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

    /// Adds a project. `id`: 24 lower-case hex digits.
    pub fn project(mut self, id: &str) -> Self {
        self.in_project(id, |_| ());
        self
    }

    /// Adds a replica set (M10) to a project.
    pub fn cluster(mut self, project: &str, name: &str) -> Self {
        self.in_cluster(project, name, |_| ());
        self
    }

    /// Adds a sharded cluster to a project. Its jobs have `components` in place of `exportStatus`.
    pub fn sharded_cluster(mut self, project: &str, name: &str, shards: &[&str]) -> Self {
        let shards = shards.iter().map(|&shard| shard.to_owned()).collect();
        self.in_cluster(project, name, |cluster| cluster.shards = Some(shards));
        self
    }

    /// Sets the tier of a cluster: `M10` and the like; `M0`, `M2` or `M5`, which are shared;
    /// `FLEX`; `SERVERLESS`. Only the first have backups. Default: `M10`.
    pub fn tier(mut self, project: &str, cluster: &str, tier: &str) -> Self {
        self.in_cluster(project, cluster, |cluster| {
            tier.clone_into(&mut cluster.tier);
        });
        self
    }

    /// Says that a cluster's backup is off. Only the list of clusters tells.
    pub fn backup_off(mut self, project: &str, cluster: &str) -> Self {
        self.in_cluster(project, cluster, |cluster| cluster.backup = false);
        self
    }

    /// Has a cluster's schedule export to a bucket, which then cannot be deleted.
    pub fn auto_export(
        mut self,
        project: &str,
        cluster: &str,
        bucket: &str,
        frequency: &str,
    ) -> Self {
        self.in_cluster(project, cluster, |cluster| {
            cluster.auto_export = AutoExport::of(bucket, frequency);
        });
        self
    }

    /// Has schedules still name their bucket when their export is switched off. Default: they
    /// do not, since users of other clients can delete the bucket then; it is unconfirmed.
    pub fn schedules_keep_export(mut self) -> Self {
        self.habits.schedules_keep_export = true;
        self
    }

    /// Adds a role through which Atlas reaches a cloud.
    pub fn access_role(mut self, project: &str, role: AccessRole) -> Self {
        self.in_project(project, |project| project.roles.push(role));
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

    /// Adds a snapshot to a cluster.
    pub fn snapshot(mut self, project: &str, cluster: &str, snapshot: Snapshot) -> Self {
        self.in_cluster(project, cluster, |cluster| cluster.snapshots.push(snapshot));
        self
    }

    /// Adds a bucket to a project: a [`Bucket`], or raw JSON that is shown as it is.
    pub fn bucket(mut self, project: &str, bucket: impl Into<Bucket>) -> Self {
        let bucket = bucket.into().identified(&mut self.world);
        self.in_project(project, |project| project.buckets.push(bucket));
        self
    }

    /// Adds `count` AWS buckets, `bucket-0001` and on.
    pub fn buckets(self, project: &str, count: usize) -> Self {
        (1..=count).fold(self, |builder, number| {
            builder.bucket(
                project,
                Bucket::aws(&format!("bucket-{number:04}"), ROLE_ID),
            )
        })
    }

    /// Adds any JSON to a cluster's list of jobs: a job of long ago, one in an unknown state, or
    /// something that is no job. It stays as it is; a GET finds it if its `id` is a 24-digit one.
    pub fn job(mut self, project: &str, cluster: &str, job: Value) -> Self {
        self.in_cluster(project, cluster, |cluster| {
            cluster.jobs.push(StoredJob::Raw(job));
        });
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

    /// A small project for examples: [`DEFAULT_PROJECT_ID`] with the replica set `Cluster0`, one
    /// role of AWS, the bucket `atlas-exports`, three snapshots that can be exported and three that cannot (queued,
    /// in progress, fallback). Jobs of twelve collections end after a few polls.
    pub fn demo(self) -> Self {
        let (project, cluster) = (DEFAULT_PROJECT_ID, "Cluster0");
        let snapshot = |digit: u8| Snapshot::completed(format!("5f3a1b2c4d5e6f7081920a0{digit}"));
        [
            snapshot(1)
                .description("before the release")
                .storage_bytes(2_350_923_776),
            snapshot(2)
                .snapshot_type("scheduled")
                .storage_bytes(2_361_393_152),
            snapshot(3)
                .description("after the release")
                .storage_bytes(2_377_121_792),
            snapshot(4).snapshot_type("fallback"),
            snapshot(5).status("inProgress"),
            snapshot(6).status("queued"),
        ]
        .into_iter()
        .fold(self.cluster(project, cluster), |builder, snapshot| {
            builder.snapshot(project, cluster, snapshot)
        })
        .bucket(
            project,
            Bucket::aws("atlas-exports", ROLE_ID).id("6a79f0c20000000000000001"),
        )
        .access_role(
            project,
            AccessRole::aws(ROLE_ID, "arn:aws:iam::123456789012:role/atlas-export"),
        )
        .collections(12)
        .job_progress(JobProgress::ByPolls {
            queued: 1,
            in_progress: 3,
        })
    }

    /// Binds a free port of `127.0.0.1` and serves it until the [`FakeAtlas`] is dropped.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where a project or a snapshot has an id that is not 24 lower-case hex digits,
    /// a rate limit lets nothing through, a competitor takes nothing or takes no time for it, or an
    /// operation, version or header value does not exist;
    /// `InvalidData` where the embedded request schemas do not compile or no certificate can be made;
    /// otherwise why the port could not be bound.
    pub async fn start(mut self) -> io::Result<FakeAtlas> {
        if self.world.projects.is_empty() {
            self.in_project(DEFAULT_PROJECT_ID, |_| ());
        }
        self.check_ids()?;
        self.limiter.check_options()?;
        self.ageing.check_options()?;
        let schemas = Schemas::embedded().map_err(invalid_data)?;
        let missing = OPERATIONS
            .iter()
            .find(|operation| operation.takes_body && !schemas.covers(operation.id));
        if let Some(operation) = missing {
            return Err(invalid_data(format!("no request schema: {}", operation.id)));
        }
        let start = self.clock.wall();
        for (snapshot, before_last) in self
            .world
            .projects
            .iter_mut()
            .flat_map(|project| &mut project.clusters)
            .flat_map(|cluster| cluster.snapshots.iter_mut().rev().zip(0..))
        {
            snapshot.dated(start, before_last);
        }

        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let gate = Gate::new(
            self.public_key,
            self.private_key,
            self.nonce_lifetime,
            self.nonce_uses,
        )
        .never_stale(self.never_stale);
        let tls = self.tls.then(|| Tls::new(self.protocols)).transpose()?;
        let shared = Arc::new(Shared {
            origin: match &tls {
                None => format!("http://{address}"),
                Some(_) => format!("https://localhost:{}", address.port()),
            },
            gate,
            log: Log::default(),
            clock: self.clock,
            schemas,
            rules: self.rules,
            habits: self.habits,
            limiter: self.limiter,
            ageing: self.ageing,
            traffic: self.traffic,
            script: Script::default(),
            connections: AtomicUsize::new(0),
            root_pem: tls.as_ref().map(|tls| tls.root_pem.clone()),
            world: Mutex::new(self.world),
        });
        let server = Server {
            shared: Arc::clone(&shared),
            tls,
            protocols: self.protocols,
        };
        let server = tokio::spawn(server.accept(listener));
        Ok(FakeAtlas::new(address, shared, server.abort_handle()))
    }

    fn check_ids(&self) -> io::Result<()> {
        let projects = self.world.projects.iter();
        let snapshots = projects
            .clone()
            .flat_map(|project| &project.clusters)
            .flat_map(|cluster| &cluster.snapshots);
        let mut ids = projects
            .map(|project| &project.id)
            .chain(snapshots.map(|snapshot| &snapshot.id));
        match ids.find(|id| !is_object_id(id)) {
            None => Ok(()),
            Some(id) => Err(invalid_input(format!(
                "not 24 lower-case hex digits: {id:?}"
            ))),
        }
    }

    /// Changes the project `id`, which is made if it is not there.
    fn in_project(&mut self, id: &str, change: impl FnOnce(&mut Project)) {
        let projects = &mut self.world.projects;
        if let Some(project) = projects.iter_mut().find(|project| project.id == id) {
            return change(project);
        }
        let mut project = Project {
            id: id.to_owned(),
            org_id: self.world.new_id(),
            buckets: Vec::new(),
            clusters: Vec::new(),
            roles: Vec::new(),
        };
        change(&mut project);
        self.world.projects.push(project);
    }

    /// Changes the cluster `name` of `project`; either is made if it is not there.
    fn in_cluster(&mut self, project: &str, name: &str, change: impl FnOnce(&mut Cluster)) {
        let id = self.world.new_id();
        self.in_project(project, |project| {
            let clusters = &mut project.clusters;
            if let Some(cluster) = clusters.iter_mut().find(|cluster| cluster.name == name) {
                return change(cluster);
            }
            let mut cluster = Cluster {
                id,
                name: name.to_owned(),
                shards: None,
                snapshots: Vec::new(),
                jobs: Vec::new(),
                tier: "M10".to_owned(),
                backup: true,
                auto_export: AutoExport::default(),
            };
            change(&mut cluster);
            clusters.push(cluster);
        });
    }
}

pub(crate) fn invalid_input(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

pub(crate) fn invalid_data(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
