//! Handles of a project and of a cluster in it.

use atlas_export_types::{ClusterName, ExportBucketId, ProjectId};

use crate::{
    AccessRoles, AutoExport, Client, Clusters, ExportBuckets, ExportFleet, ExportJobs, Snapshots,
    transport::Caller,
};

/// A project. Cheap to clone; making one makes no request.
#[derive(Clone, Debug)]
pub struct Project {
    client: Client,
    id: ProjectId,
}

impl Project {
    pub(crate) fn new(client: Client, id: ProjectId) -> Self {
        Self { client, id }
    }

    /// The id of the project.
    pub fn id(&self) -> &ProjectId {
        &self.id
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

    /// Exports the newest snapshot of every cluster to a bucket, once.
    pub fn export_fleet(&self, bucket: &ExportBucketId) -> ExportFleet {
        ExportFleet::new(self, bucket.clone())
    }

    /// A cluster of the project.
    pub fn cluster(&self, name: ClusterName) -> Cluster {
        Cluster {
            project: self.clone(),
            name,
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The same project, asked on behalf of this caller.
    pub(crate) fn made_for(&self, caller: Caller) -> Self {
        Self {
            client: self.client.made_for(caller),
            id: self.id.clone(),
        }
    }

    /// The same project, all of whose requests are one caller's.
    pub(crate) fn made_for_one(&self) -> Self {
        self.made_for(self.client.caller().of_many())
    }
}

/// A cluster of a project. Cheap to clone; making one makes no request.
#[derive(Clone, Debug)]
pub struct Cluster {
    project: Project,
    name: ClusterName,
}

impl Cluster {
    /// The project that the cluster belongs to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The same cluster, asked on behalf of this caller.
    pub(crate) fn made_for(&self, caller: Caller) -> Self {
        Self {
            project: self.project.made_for(caller),
            name: self.name.clone(),
        }
    }

    /// The same cluster, all of whose requests are one caller's.
    pub(crate) fn made_for_one(&self) -> Self {
        self.made_for(self.project.client().caller().of_many())
    }

    /// The name of the cluster.
    pub fn name(&self) -> &ClusterName {
        &self.name
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
}
