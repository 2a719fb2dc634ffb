//! What the fake remembers: projects, their clusters, buckets, snapshots and jobs.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::access_roles::AccessRole;
use crate::ageing::Ageing;
use crate::answer::EnvelopeSpelling;
use crate::buckets::Bucket;
use crate::clock::Clock;
use crate::digest::Gate;
use crate::error::AtlasError;
use crate::job_list::Jobs;
use crate::life::Rules;
use crate::limiter::Limiter;
use crate::log::Log;
use crate::page::TotalCount;
use crate::schedule::Schedule;
use crate::script::Script;
use crate::shelf::Shelf;
use crate::snapshots::Snapshot;
use crate::traffic::Traffic;
use crate::validate::Schemas;

/// One fake: everything its connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// `http://127.0.0.1:PORT` or `https://localhost:PORT`.
    pub(crate) origin: String,
    pub(crate) gate: Gate,
    pub(crate) log: Log,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) schemas: Schemas,
    pub(crate) rules: Rules,
    pub(crate) habits: Habits,
    /// How often the organization may export by itself.
    pub(crate) export_frequencies: Vec<String>,
    pub(crate) limiter: Limiter,
    pub(crate) ageing: Ageing,
    pub(crate) script: Script,
    pub(crate) traffic: Traffic,
    /// How many connections were accepted.
    pub(crate) connections: AtomicUsize,
    /// The certificate that a client has to trust, where there is TLS.
    pub(crate) root_pem: Option<String>,
    pub(crate) world: Mutex<World>,
}

/// How answers look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    pub(crate) links: bool,
    pub(crate) total_count: TotalCount,
    pub(crate) spelling: EnvelopeSpelling,
    /// Whether a schedule whose export is switched off still names the bucket.
    pub(crate) schedules_keep_export: bool,
    /// How long what was created is not seen.
    pub(crate) lag: Duration,
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) projects: Vec<Project>,
    issued: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) org_id: String,
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) roles: Vec<AccessRole>,
}

#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The names of its shards; `None` for a replica set.
    pub(crate) shards: Option<Vec<String>>,
    pub(crate) snapshots: Shelf<Snapshot>,
    pub(crate) jobs: Jobs,
    /// `M10` and the like, `FLEX`, `SERVERLESS`.
    pub(crate) tier: String,
    pub(crate) backup: bool,
    pub(crate) schedule: Schedule,
}

impl Project {
    pub(crate) fn has_bucket(&self, id: &str) -> bool {
        self.buckets.iter().any(|bucket| bucket.has_id(id))
    }
}

impl World {
    /// A new 24-digit id. Ids do not sort in the order of their creation, as lists do not either.
    pub(crate) fn new_id(&mut self) -> String {
        self.issued = self.issued.wrapping_add(1);
        // An odd factor: every count gives another product.
        let scattered = self.issued.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("6a79f0c2{scattered:016x}")
    }

    pub(crate) fn project(&self, id: &str) -> Result<&Project, AtlasError> {
        self.projects
            .iter()
            .find(|project| project.id == id)
            .ok_or_else(|| AtlasError::group_not_found(id))
    }

    pub(crate) fn project_mut(&mut self, id: &str) -> Result<&mut Project, AtlasError> {
        self.projects
            .iter_mut()
            .find(|project| project.id == id)
            .ok_or_else(|| AtlasError::group_not_found(id))
    }

    pub(crate) fn cluster(&self, project: &str, name: &str) -> Result<&Cluster, AtlasError> {
        self.project(project)?
            .clusters
            .iter()
            .find(|cluster| cluster.name == name)
            .ok_or_else(|| AtlasError::cluster_not_found(name, project))
    }

    /// A cluster whose tier has backups.
    pub(crate) fn backed_up(&self, project: &str, name: &str) -> Result<&Cluster, AtlasError> {
        let cluster = self.cluster(project, name)?;
        cluster.check_backup()?;
        Ok(cluster)
    }

    pub(crate) fn cluster_mut(
        &mut self,
        project: &str,
        name: &str,
    ) -> Result<&mut Cluster, AtlasError> {
        self.project_mut(project)?
            .clusters
            .iter_mut()
            .find(|cluster| cluster.name == name)
            .ok_or_else(|| AtlasError::cluster_not_found(name, project))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{is_object_id, lowered};
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
