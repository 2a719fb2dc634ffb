//! The running fake.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;
use tokio::task::AbortHandle;

use crate::builder::FakeAtlasBuilder;
use crate::ids::lowered;
use crate::log::RecordedRequest;
use crate::state::Shared;
use crate::version::{Generation, Version};
use crate::{jobs, schedule, snapshots};

/// A stateful Atlas on a loopback port, for as long as it is held.
///
/// ```
/// use atlas_export_fake::{FakeAtlas, JobProgress, Snapshot};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let project = "32b6e34b3d91647abb20e7b8";
/// let fake = FakeAtlas::builder()
///     .credentials("public", "private")
///     .cluster(project, "Cluster0")
///     .snapshot(project, "Cluster0", Snapshot::completed("5f3a1b2c4d5e6f7081920a01"))
///     .buckets(project, 250)
///     .job_progress(JobProgress::ByPolls { queued: 1, in_progress: 2 })
///     .start()
///     .await?;
///
/// // … point a client at `fake.url()`, then look at what reached the wire:
/// assert!(fake.url().starts_with("http://127.0.0.1:"));
/// assert_eq!(fake.buckets(project).len(), 250);
/// assert!(fake.requests().is_empty());
/// # Ok(())
/// # }
/// ```
///
/// Dropping it stops the accept loop and every connection, as soon as the runtime gets to it.
pub struct FakeAtlas {
    address: SocketAddr,
    first_project: String,
    shared: Arc<Shared>,
    server: AbortHandle,
}

impl FakeAtlas {
    /// An empty fake to furnish.
    pub fn builder() -> FakeAtlasBuilder {
        FakeAtlasBuilder::new()
    }

    pub(crate) fn new(address: SocketAddr, shared: Arc<Shared>, server: AbortHandle) -> Self {
        let first_project = shared
            .world()
            .projects
            .first()
            .map(|first| first.id.clone());
        Self {
            address,
            first_project: first_project.unwrap_or_default(),
            shared,
            server,
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT` with
    /// [`tls`](FakeAtlasBuilder::tls); without a path: the origin to give to a client.
    pub fn url(&self) -> String {
        self.shared.origin.clone()
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of the authority that a client has to trust, in PEM; `None` without
    /// [`tls`](FakeAtlasBuilder::tls).
    pub fn root_pem(&self) -> Option<&str> {
        self.shared.root_pem.as_deref()
    }

    /// How many TCP connections were accepted since the start, those whose handshake failed included.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// The public and the private key that are let in.
    pub fn credentials(&self) -> (&str, &str) {
        (&self.shared.gate.public, &self.shared.gate.private)
    }

    /// The id of the first project.
    pub fn project_id(&self) -> &str {
        &self.first_project
    }

    /// The names of a project's clusters, in the order in which they were added; none for an unknown
    /// project.
    pub fn cluster_names(&self, project: &str) -> Vec<String> {
        let world = self.shared.world();
        let clusters = world
            .project(&lowered(project))
            .map(|project| &project.clusters);
        let names = clusters.into_iter().flatten();
        names.map(|cluster| cluster.name.clone()).collect()
    }

    /// A project's buckets in their fullest form, `region` included, in the order of the list; none
    /// for an unknown project.
    pub fn buckets(&self, project: &str) -> Vec<Value> {
        let world = self.shared.world();
        let buckets = world
            .project(&lowered(project))
            .map(|project| &project.buckets);
        let buckets = buckets.into_iter().flatten();
        buckets.map(|bucket| bucket.body.clone()).collect()
    }

    /// A cluster's snapshots as the list shows them; none for an unknown cluster.
    pub fn snapshots(&self, project: &str, cluster: &str) -> Vec<Value> {
        let world = self.shared.world();
        let cluster = world.cluster(&lowered(project), cluster);
        let (rules, clock) = (&self.shared.rules, self.shared.clock.as_ref());
        let (origin, base) = (&self.shared.origin, Generation::V2.base());
        cluster
            .map(|cluster| {
                let project = lowered(project);
                let place = format!("{origin}{base}/groups/{project}/clusters/{}", cluster.name);
                snapshots::bodies(cluster, &place, rules, clock)
            })
            .unwrap_or_default()
    }

    /// A cluster's backup schedule as Atlas shows it; `null` for an unknown cluster.
    pub fn schedule(&self, project: &str, cluster: &str) -> Value {
        let world = self.shared.world();
        let cluster = world.cluster(&lowered(project), cluster);
        let clock = self.shared.clock.as_ref();
        cluster
            .map(|cluster| schedule::body(cluster, Version::V2("2024-08-05"), clock))
            .unwrap_or_default()
    }

    /// A cluster's jobs as v2 lists them now; none for an unknown cluster. Looking does not count as
    /// a poll.
    pub fn jobs(&self, project: &str, cluster: &str) -> Vec<Value> {
        let shared = &self.shared;
        let world = shared.world();
        let version = Version::V2("2023-01-01");
        let cluster = world.cluster(&lowered(project), cluster);
        cluster
            .map(|cluster| jobs::bodies(cluster, &shared.rules, version, shared.clock.as_ref()))
            .unwrap_or_default()
    }

    /// Every request that reached the wire since the start or the last
    /// [`clear_requests`](Self::clear_requests), in the order in which their bodies were complete.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.log.requests()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.shared.log.clear();
    }
}

impl fmt::Debug for FakeAtlas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAtlas")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for FakeAtlas {
    fn drop(&mut self) {
        self.server.abort();
    }
}
