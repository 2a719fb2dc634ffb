//! Everything that a fake stores: projects with their clusters, buckets and roles.

use crate::world::access_role::AccessRole;
use crate::world::bucket::Bucket;
use crate::world::cluster::Cluster;
use crate::world::endpoint::Endpoint;
use crate::world::export_queue::ExportQueue;
use crate::world::indexed_list::IndexedList;

/// The stored state of one fake.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) projects: Vec<Project>,
    pub(crate) queue: ExportQueue,
    /// The roles of the API key; where there are none, it owns each project.
    pub(crate) key_roles: Vec<KeyRole>,
    issued: u64,
}

/// A role of the API key, by its code.
#[derive(Debug, Clone)]
pub(crate) enum KeyRole {
    OfProject { project: String, code: String },
    OfOrganization { code: String },
}

#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) org_id: String,
    pub(crate) buckets: IndexedList<Bucket>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) roles: Vec<AccessRole>,
    pub(crate) endpoints: Vec<Endpoint>,
}

/// Why a project or a cluster cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    Project {
        project: String,
    },
    Cluster {
        cluster: String,
        project: String,
    },
    /// The tier of the cluster has no backups.
    Backups {
        cluster: String,
    },
}

impl Missing {
    fn project(project: &str) -> Self {
        Self::Project {
            project: project.to_owned(),
        }
    }

    fn cluster(cluster: &str, project: &str) -> Self {
        Self::Cluster {
            cluster: cluster.to_owned(),
            project: project.to_owned(),
        }
    }
}

impl Project {
    /// `id`: in small letters.
    pub(crate) fn has_bucket(&self, id: &str) -> bool {
        self.buckets.get(id).is_some()
    }
}

impl World {
    /// A new 24-digit id. Ids do not sort in the order of their creation, as lists do not either.
    pub(crate) fn new_id(&mut self) -> String {
        self.issued = self.issued.wrapping_add(1);
        // The factor has no even divisor, so every count gives another product.
        let scattered = self.issued.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("6a79f0c2{scattered:016x}")
    }

    pub(crate) fn project(&self, id: &str) -> Result<&Project, Missing> {
        self.projects
            .iter()
            .find(|project| project.id == id)
            .ok_or_else(|| Missing::project(id))
    }

    pub(crate) fn project_mut(&mut self, id: &str) -> Result<&mut Project, Missing> {
        self.projects
            .iter_mut()
            .find(|project| project.id == id)
            .ok_or_else(|| Missing::project(id))
    }

    pub(crate) fn cluster(&self, project: &str, name: &str) -> Result<&Cluster, Missing> {
        self.project(project)?
            .clusters
            .iter()
            .find(|cluster| cluster.name == name)
            .ok_or_else(|| Missing::cluster(name, project))
    }

    /// A cluster whose tier has backups.
    pub(crate) fn backed_up(&self, project: &str, name: &str) -> Result<&Cluster, Missing> {
        let cluster = self.cluster(project, name)?;
        if cluster.has_backups() {
            Ok(cluster)
        } else {
            Err(Missing::Backups {
                cluster: name.to_owned(),
            })
        }
    }

    pub(crate) fn cluster_mut(
        &mut self,
        project: &str,
        name: &str,
    ) -> Result<&mut Cluster, Missing> {
        self.project_mut(project)?
            .clusters
            .iter_mut()
            .find(|cluster| cluster.name == name)
            .ok_or_else(|| Missing::cluster(name, project))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::ids::{is_object_id, lowered};
    use std::collections::HashSet;

    #[test]
    fn ids_are_well_formed_and_never_repeat() {
        let mut world = World::default();
        let ids: Vec<String> = (0..1000).map(|_| world.new_id()).collect();
        assert!(ids.iter().all(|id| is_object_id(id) && lowered(id) == *id));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        assert!(!ids.is_sorted());
    }
}
