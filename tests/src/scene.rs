//! A FakeAtlas, a client of it, and the clock that both go by.

use std::sync::Arc;

use atlas_export::{
    Client, ClientBuilder, Cluster, ExportBuckets, ExportJobId, ExportJobs, Project,
};
use atlas_export_fake::{Bucket, FakeAtlas, FakeAtlasBuilder, Fault, Match, Snapshot};

use crate::{BUCKET, CLUSTER, CredentialKind, PROJECT, ROLE, SNAPSHOT, TestClock, parsed};

/// What most tests begin with. Its handles are of [`PROJECT`] and [`CLUSTER`], whether the fake
/// has these or not.
///
/// ```no_run
/// # async fn example() {
/// use atlas_export_fake::FakeAtlas;
/// use atlas_export_tests::{PROJECT, Scene};
///
/// let fake = FakeAtlas::builder().buckets(PROJECT, 10);
/// let scene = Scene::start(fake).await.with(|client| client.max_in_flight(1));
/// scene.buckets.list().await.unwrap();
/// assert_eq!(scene.answered(200), 1);
/// # }
/// ```
#[derive(Debug)]
pub struct Scene {
    /// The server.
    pub fake: FakeAtlas,
    /// The time of the fake and of the client.
    pub clock: TestClock,
    /// A client with the fake's key (or its service account: [`known_by`](Self::known_by)), and its
    /// certificate where it speaks TLS.
    pub client: Client,
    /// The client's [`PROJECT`].
    pub project: Project,
    /// Its [`CLUSTER`].
    pub cluster: Cluster,
    /// The export buckets of the project.
    pub buckets: ExportBuckets,
    /// The export jobs of the cluster.
    pub jobs: ExportJobs,
    kind: CredentialKind,
}

impl Scene {
    /// Starts a fake, on a clock whose sleeps are over at once.
    pub async fn start(fake: FakeAtlasBuilder) -> Self {
        Self::by(TestClock::default(), fake).await
    }

    /// Starts a fake, on a clock [that wakes sleepers in order](TestClock::in_order).
    pub async fn in_order(fake: FakeAtlasBuilder) -> Self {
        Self::by(TestClock::in_order(), fake).await
    }

    /// Starts a fake that goes by this clock.
    ///
    /// # Panics
    /// Where the fake cannot be started.
    pub async fn by(clock: TestClock, fake: FakeAtlasBuilder) -> Self {
        let fake = fake.clock(Arc::new(clock.clone())).start().await;
        let fake = fake.expect("a loopback port");
        let kind = CredentialKind::ApiKey;
        let client = client_by(&fake, &clock, kind);
        Self::of(fake, clock, kind, client.build().expect("a good client"))
    }

    fn of(fake: FakeAtlas, clock: TestClock, kind: CredentialKind, client: Client) -> Self {
        let project = client.project(PROJECT);
        let cluster = project.cluster(CLUSTER);
        Self {
            buckets: project.export_buckets(),
            jobs: cluster.export_jobs(),
            fake,
            clock,
            client,
            project,
            cluster,
            kind,
        }
    }

    /// The same fake, with a client of these options.
    ///
    /// # Panics
    /// Where the options are wrong.
    pub fn with(self, options: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let client = options(self.another()).build().expect("good options");
        Self::of(self.fake, self.clock, self.kind, client)
    }

    /// The same fake, with a client that has this kind of credentials.
    pub fn known_by(self, kind: CredentialKind) -> Self {
        Self { kind, ..self }.with(|client| client)
    }

    /// One more client of the fake, by the same clock, with the same credentials.
    pub fn another(&self) -> ClientBuilder {
        client_by(&self.fake, &self.clock, self.kind)
    }

    /// How many requests the fake has answered with this status.
    pub fn answered(&self, status: u16) -> usize {
        self.fake.count_requests(|request| request.answered(status))
    }

    /// Lets the next signed request of an operation meet a fault.
    pub fn inject(&self, operation: &str, fault: Fault) {
        let which = Match::operation(operation).authenticated();
        self.fake.inject_for(which, fault);
    }

    /// Begins the export of [`SNAPSHOT`] to [`BUCKET`], which an [`exportable`] fake has.
    ///
    /// # Panics
    /// Where it does not begin.
    pub async fn begin_export(&self) -> ExportJobId {
        let (snapshot, bucket) = (parsed(SNAPSHOT), parsed(BUCKET));
        let job = self.jobs.create(&snapshot, &bucket).await;
        job.expect("the export begins").id
    }

    /// Begins an export of each of so many [`exportable_clusters`].
    ///
    /// # Panics
    /// Where one does not begin.
    pub async fn begin_exports(&self, count: u32) -> Vec<(ExportJobs, ExportJobId)> {
        let mut begun = Vec::new();
        for n in 0..count {
            let jobs = self.project.cluster(numbered(n)).export_jobs();
            let snapshot = parsed(&snapshot_of(n));
            let job = jobs.create(&snapshot, &parsed(BUCKET)).await;
            begun.push((jobs, job.expect("the export begins").id));
        }
        begun
    }
}

/// A client of a fake, with its key.
pub fn client_of(fake: &FakeAtlas) -> ClientBuilder {
    Client::builder()
        .base_url(fake.url())
        .credentials(CredentialKind::ApiKey.of(fake))
}

fn client_by(fake: &FakeAtlas, clock: &TestClock, kind: CredentialKind) -> ClientBuilder {
    let client = client_of(fake)
        .credentials(kind.of(fake))
        .clock(Arc::new(clock.clone()));
    match fake.root_pem() {
        Some(root) => client.root_certificates(root),
        None => client,
    }
}

/// A fake with what an export needs: [`SNAPSHOT`] of [`CLUSTER`], and [`BUCKET`].
pub fn exportable() -> FakeAtlasBuilder {
    with_bucket().snapshot(PROJECT, CLUSTER, Snapshot::completed(SNAPSHOT))
}

/// A fake with so many clusters, `Cluster0` and on, each with a snapshot, and with [`BUCKET`].
pub fn exportable_clusters(count: u32) -> FakeAtlasBuilder {
    (0..count).fold(with_bucket(), |fake, n| {
        fake.snapshot(PROJECT, &numbered(n), Snapshot::completed(snapshot_of(n)))
    })
}

/// A fake with [`BUCKET`], which is named `exports`.
pub fn with_bucket() -> FakeAtlasBuilder {
    FakeAtlas::builder().bucket(PROJECT, Bucket::aws("exports", ROLE).id(BUCKET))
}

fn numbered(n: u32) -> String {
    format!("Cluster{n}")
}

fn snapshot_of(n: u32) -> String {
    format!("5fb6a0e0e5a4d31b5b8{n:05x}")
}
