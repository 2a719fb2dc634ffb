//! Handles of a project and of a cluster in it.

use atlas_export_api::{
    self as api,
    calls::{GetCluster, GetProject},
    types::{ClusterDescription, ProjectDescription},
};
use atlas_export_types::{ClusterName, ExportBucketId, InvalidClusterName, InvalidId, ProjectId};

use crate::{
    AccessRoles, AutoExport, Client, Clusters, Error, ExportBuckets, ExportJobs, PrivateEndpoints,
    Request, Schedule, Snapshots, fleet::ExportFleet, transport::Caller,
};

/// A project or cluster that was given by a text which is none. Told by whatever makes a request.
#[derive(Clone, Debug)]
pub(crate) enum InvalidHandle {
    Project(InvalidId),
    Cluster(InvalidClusterName),
    /// The version that the client speaks does not know what is asked for.
    Unsupported(String),
}

impl From<InvalidHandle> for Error {
    fn from(invalid: InvalidHandle) -> Self {
        match invalid {
            InvalidHandle::Project(invalid) => invalid.into(),
            InvalidHandle::Cluster(invalid) => invalid.into(),
            InvalidHandle::Unsupported(why) => Self::config(why),
        }
    }
}

impl InvalidHandle {
    #[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands on")]
    pub(crate) fn unsupported(why: Error) -> Self {
        Self::Unsupported(why.to_string())
    }

    /// What a call of this operation says of it.
    pub(crate) fn into_error(self, operation: &'static str) -> Error {
        Error::from(self).with(|inner| inner.operation = Some(operation))
    }
}

/// A project. Cheap to clone; making one makes no request.
///
/// Made by [`Client::project`] from an id or text. If the text is not an id, [`id`](Self::id) and
/// every call return a `Config` error, and nothing is sent.
///
/// ```
/// use atlas_export::{Client, Credentials, ErrorKind};
///
/// # fn main() -> Result<(), atlas_export::Error> {
/// # let atlas = Client::builder()
/// #     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
/// #     .build()?;
/// assert!(atlas.project("32b6e34b3d91647abb20e7b8").id().is_ok());
/// let error = atlas.project("my project").id().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Project {
    client: Client,
    id: Result<ProjectId, InvalidId>,
}

impl Project {
    pub(crate) fn new(client: Client, id: Result<ProjectId, InvalidId>) -> Self {
        // A received id may be none as well.
        let id = id.and_then(|id| id.well_formed().cloned());
        Self { client, id }
    }

    /// The id of the project.
    ///
    /// # Errors
    /// `Config` where the project was given by something that is not 24 hexadecimal digits.
    pub fn id(&self) -> Result<&ProjectId, Error> {
        self.id.as_ref().map_err(|invalid| invalid.clone().into())
    }

    /// The project as Atlas knows it: its name, its organization, how many clusters it has.
    ///
    #[doc = atlas_export_api::operation_facts!(GetProject)]
    ///
    /// # Errors
    /// `Api` with status 404, or 401 or 403, where there is none that the caller sees; `Config` in
    /// version 1.0.
    pub fn get(&self) -> Request<ProjectDescription> {
        self.request(|project_id| GetProject { project_id })
    }

    /// The export buckets of the project.
    pub fn export_buckets(&self) -> ExportBuckets {
        ExportBuckets::new(self.clone())
    }

    /// The clusters of the project.
    pub fn clusters(&self) -> Clusters {
        Clusters::new(self.clone())
    }

    /// The roles through which Atlas reaches the clouds of the project's owner.
    pub fn access_roles(&self) -> AccessRoles {
        AccessRoles::new(self.clone())
    }

    /// The private endpoints of the project for object storage.
    pub fn private_endpoints(&self) -> PrivateEndpoints {
        PrivateEndpoints::new(self.clone())
    }

    /// Exports the newest snapshot of every cluster to a bucket, once: see [`fleet`](crate::fleet).
    pub fn export_fleet(&self, bucket: &ExportBucketId) -> ExportFleet {
        ExportFleet::of_project(self, bucket.clone())
    }

    /// A cluster of the project, by name or text: 1 to 64 ASCII letters, digits and hyphens. Makes
    /// no request.
    ///
    /// The name stands in the path of requests, so text that is not a name is never put into one: each
    /// call of the handle, and [`Cluster::name`], is a `Config` error then.
    pub fn cluster<N>(&self, name: N) -> Cluster
    where
        N: TryInto<ClusterName, Error: Into<InvalidClusterName>>,
    {
        Cluster {
            project: self.clone(),
            name: name.try_into().map_err(Into::into),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The call of an operation, of this project.
    pub(crate) fn call<C>(&self, make: impl FnOnce(ProjectId) -> C) -> Result<C, InvalidHandle> {
        let id = self.id.clone().map_err(InvalidHandle::Project)?;
        Ok(make(id))
    }

    /// The request that makes the call of an operation, of this project.
    pub(crate) fn request<C>(&self, make: impl FnOnce(ProjectId) -> C) -> Request<C::Output>
    where
        C: api::Call + 'static,
    {
        self.client.request_of(self.call(make))
    }

    /// The same project, asked on behalf of this caller.
    pub(crate) fn made_for(&self, caller: Caller) -> Self {
        self.map_client(|client| client.made_for(caller))
    }

    /// The same project, with the client that becomes of its own.
    pub(crate) fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        Self {
            client: change(&self.client),
            id: self.id.clone(),
        }
    }

    /// The same project, all of whose requests are one caller's.
    pub(crate) fn made_for_one(&self) -> Self {
        self.made_for(self.client.caller().of_many())
    }
}

/// A cluster of a project. Cheap to clone; making one makes no request. Made by
/// [`Project::cluster`].
///
/// ```no_run
/// # async fn example(project: atlas_export::Project) -> Result<(), atlas_export::Error> {
/// let cluster = project.cluster("Cluster0");
/// let jobs = cluster.export_jobs().list().all().await?;
/// println!("{} exports of {}", jobs.items.len(), cluster.name()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Cluster {
    project: Project,
    name: Result<ClusterName, InvalidClusterName>,
}

impl Cluster {
    /// The project that the cluster belongs to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The name of the cluster.
    ///
    /// # Errors
    /// `Config` where the cluster was given by something that is no name.
    pub fn name(&self) -> Result<&ClusterName, Error> {
        self.name.as_ref().map_err(|invalid| invalid.clone().into())
    }

    /// The cluster as Atlas knows it: its tier, whether backups are on, why it cannot be exported.
    ///
    #[doc = atlas_export_api::operation_facts!(GetCluster)]
    ///
    /// # Errors
    /// `Api` with status 404 ([`Error::is_not_found`]) where there is none, and where it is one of
    /// Flex that this resource does not know; `Config` in version 1.0.
    pub fn get(&self) -> Request<ClusterDescription> {
        self.request(|project_id, cluster_name| GetCluster {
            project_id,
            cluster_name,
        })
    }

    /// The backup schedule of the cluster as a whole.
    pub fn backup_schedule(&self) -> Schedule {
        Schedule::new(self.clone())
    }

    /// The export jobs of the cluster.
    pub fn export_jobs(&self) -> ExportJobs {
        ExportJobs::new(self.clone())
    }

    /// What the cluster exports by itself.
    pub fn auto_export(&self) -> AutoExport {
        AutoExport::new(self.clone())
    }

    /// The snapshots of the cluster.
    pub fn snapshots(&self) -> Snapshots {
        Snapshots::new(self.clone())
    }

    pub(crate) fn client(&self) -> &Client {
        &self.project.client
    }

    /// The call of an operation, of this cluster.
    pub(crate) fn call<C>(
        &self,
        make: impl FnOnce(ProjectId, ClusterName) -> C,
    ) -> Result<C, InvalidHandle> {
        let name = self.name.clone().map_err(InvalidHandle::Cluster);
        self.project.call(|id| name.map(|name| make(id, name)))?
    }

    /// The request that makes the call of an operation, of this cluster.
    pub(crate) fn request<C>(
        &self,
        make: impl FnOnce(ProjectId, ClusterName) -> C,
    ) -> Request<C::Output>
    where
        C: api::Call + 'static,
    {
        self.client().request_of(self.call(make))
    }

    /// The same cluster, asked on behalf of this caller.
    pub(crate) fn made_for(&self, caller: Caller) -> Self {
        self.map_client(|client| client.made_for(caller))
    }

    /// The same cluster, with the client that becomes of its own.
    pub(crate) fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        Self {
            project: self.project.map_client(change),
            name: self.name.clone(),
        }
    }

    /// The same cluster, all of whose requests are one caller's.
    pub(crate) fn made_for_one(&self) -> Self {
        self.made_for(self.client().caller().of_many())
    }
}
