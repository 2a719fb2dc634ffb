//! The running fake: where it listens, what it holds, what reached the wire.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;
use tokio::task::AbortHandle;

use crate::api::{access_roles, jobs, schedules, snapshots};
use crate::rules::version::{Generation, Version};
use crate::wire::handler::RequestHandler;
use crate::wire::log::RecordedRequest;
use crate::world::bucket::Bucket;
use crate::world::ids::lowered;

/// A stateful Atlas on a loopback port. It runs until it is dropped.
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
/// Dropping it stops the accept loop and every connection, as soon as the runtime polls them.
pub struct FakeAtlas {
    address: SocketAddr,
    first_project: String,
    root_pem: Option<String>,
    pub(super) handler: Arc<RequestHandler>,
    server: AbortHandle,
}

impl FakeAtlas {
    pub(crate) fn new(
        address: SocketAddr,
        root_pem: Option<String>,
        handler: Arc<RequestHandler>,
        server: AbortHandle,
    ) -> Self {
        let first_project = handler
            .atlas
            .world()
            .projects
            .first()
            .map(|first| first.id.clone());
        Self {
            address,
            first_project: first_project.unwrap_or_default(),
            root_pem,
            handler,
            server,
        }
    }

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT` with
    /// [`tls`](crate::FakeAtlasBuilder::tls); without a path: the origin to give to a client.
    pub fn url(&self) -> String {
        self.handler.atlas.origin.clone()
    }

    /// The address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of the authority that a client has to trust, in PEM; `None` without
    /// [`tls`](crate::FakeAtlasBuilder::tls).
    pub fn root_pem(&self) -> Option<&str> {
        self.root_pem.as_deref()
    }

    /// How many TCP connections were accepted since the start, including those whose TLS handshake failed.
    pub fn connections(&self) -> usize {
        self.handler.traffic.connections()
    }

    /// Accepts this API key from now on, and no other, as after a rotation. Nonces stay what they
    /// are.
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().credentials("abcdefgh", "old").start().await?;
    /// fake.rotate_key("abcdefgh", "new");
    /// assert_eq!(fake.credentials(), ("abcdefgh", "old")); // what it began with
    /// # Ok(())
    /// # }
    /// ```
    pub fn rotate_key(&self, public: &str, private: &str) {
        self.handler.authenticator.rotate(public, private);
    }

    /// The public and the private key that are accepted, until [another
    /// key](Self::rotate_key) takes their place.
    pub fn credentials(&self) -> (&str, &str) {
        self.handler.authenticator.credentials()
    }

    /// The id of the first project.
    pub fn project_id(&self) -> &str {
        &self.first_project
    }

    /// The names of a project's clusters, in the order in which they were added; none for an unknown
    /// project.
    pub fn cluster_names(&self, project: &str) -> Vec<String> {
        let world = self.handler.atlas.world();
        let clusters = world
            .project(&lowered(project))
            .map(|project| &project.clusters);
        let names = clusters.into_iter().flatten();
        names.map(|cluster| cluster.name.clone()).collect()
    }

    /// A project's buckets in their fullest form, `region` included, in the order of the list; none
    /// for an unknown project.
    pub fn buckets(&self, project: &str) -> Vec<Value> {
        let world = self.handler.atlas.world();
        let buckets = world
            .project(&lowered(project))
            .map(|project| project.buckets.items());
        let buckets = buckets.into_iter().flatten();
        buckets.map(|bucket| bucket.body.clone()).collect()
    }

    /// The roles of a project, of every cloud, in the order in which they were begun; none for an
    /// unknown project.
    pub fn access_roles(&self, project: &str) -> Vec<Value> {
        let atlas = &self.handler.atlas;
        let world = atlas.world();
        let roles = world
            .project(&lowered(project))
            .map(|project| &project.roles);
        let roles = roles.into_iter().flatten();
        roles
            .map(|role| access_roles::body(role, &atlas.lifecycle, atlas.clock.as_ref()))
            .collect()
    }

    /// The private endpoints of a project as the list shows them now; none for an unknown project.
    pub fn private_endpoints(&self, project: &str) -> Vec<Value> {
        let atlas = &self.handler.atlas;
        let world = atlas.world();
        let endpoints = world
            .project(&lowered(project))
            .map(|project| &project.endpoints);
        let endpoints = endpoints.into_iter().flatten();
        endpoints
            .map(|endpoint| endpoint.body(&atlas.lifecycle, atlas.clock.as_ref()))
            .collect()
    }

    /// A cluster's snapshots as the list shows them; none for an unknown cluster.
    pub fn snapshots(&self, project: &str, cluster: &str) -> Vec<Value> {
        let world = self.handler.atlas.world();
        let cluster = world.cluster(&lowered(project), cluster);
        let atlas = &self.handler.atlas;
        let (lifecycle, clock) = (&atlas.lifecycle, atlas.clock.as_ref());
        let (origin, base) = (&atlas.origin, Generation::V2.base());
        cluster
            .map(|cluster| {
                let project = lowered(project);
                let place = format!("{origin}{base}/groups/{project}/clusters/{}", cluster.name);
                snapshots::bodies(cluster, &place, lifecycle, clock)
            })
            .unwrap_or_default()
    }

    /// A cluster's backup schedule as Atlas shows it; `null` for an unknown cluster.
    pub fn schedule(&self, project: &str, cluster: &str) -> Value {
        let world = self.handler.atlas.world();
        let cluster = world.cluster(&lowered(project), cluster);
        let clock = self.handler.atlas.clock.as_ref();
        cluster
            .map(|cluster| schedules::body(cluster, Version::V2("2024-08-05"), clock))
            .unwrap_or_default()
    }

    /// A cluster's jobs as v2 lists them now; none for an unknown cluster. Looking does not count as
    /// a poll.
    pub fn jobs(&self, project: &str, cluster: &str) -> Vec<Value> {
        let atlas = &self.handler.atlas;
        let world = atlas.world();
        let version = Version::V2("2023-01-01");
        let cluster = world.cluster(&lowered(project), cluster);
        cluster
            .map(|cluster| jobs::bodies(cluster, &atlas.lifecycle, version, atlas.clock.as_ref()))
            .unwrap_or_default()
    }

    /// Every request that reached the wire since the start or the last
    /// [`clear_requests`](Self::clear_requests), in the order in which their bodies were complete.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.handler.log.requests()
    }

    /// How many of these requests are such, without a copy of any.
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().start().await?;
    /// assert_eq!(fake.count_requests(|request| request.answered(401)), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn count_requests(&self, which: impl FnMut(&RecordedRequest) -> bool) -> usize {
        self.handler.log.count(which)
    }

    /// The greatest number of requests that were under way at once.
    pub fn most_in_flight(&self) -> usize {
        self.handler.traffic.most_in_flight()
    }

    /// Lets `change` change a project's buckets before each page of their list is made, as
    /// other clients would. It replaces the change before.
    ///
    /// ```
    /// use atlas_export_fake::{Bucket, FakeAtlas};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().start().await?;
    /// let bucket = || Bucket::aws("new", "12345678f901a234dbdb00ca").id("6a79f0c20000000000000001");
    /// fake.before_bucket_pages(move |buckets| buckets.insert(0, bucket()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn before_bucket_pages(&self, change: impl FnMut(&mut Vec<Bucket>) + Send + 'static) {
        self.handler.atlas.bucket_changes.set(change);
    }

    /// Empties the log of requests.
    pub fn clear_requests(&self) {
        self.handler.log.clear();
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
