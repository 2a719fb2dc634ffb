//! Clusters, as far as they decide what can be exported: their tier, their shards, and what they hold.

use crate::world::indexed_list::IndexedList;
use crate::world::job_list::Jobs;
use crate::world::schedule::Schedule;
use crate::world::snapshot::Snapshot;

#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The names of its shards; `None` for a replica set.
    pub(crate) shards: Option<Vec<String>>,
    pub(crate) snapshots: IndexedList<Snapshot>,
    pub(crate) jobs: Jobs,
    /// `M10` and the like, `FLEX`, `SERVERLESS`.
    pub(crate) tier: String,
    /// Whether backups are switched on. Only the list of clusters shows it.
    pub(crate) backup: bool,
    pub(crate) schedule: Schedule,
    /// Whether it is gone, and its snapshots remain.
    pub(crate) deleted: bool,
}

impl Cluster {
    /// An empty replica set of tier M10.
    pub(crate) fn new(id: String, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            shards: None,
            snapshots: IndexedList::default(),
            jobs: Jobs::default(),
            tier: "M10".to_owned(),
            backup: true,
            schedule: Schedule::default(),
            deleted: false,
        }
    }

    /// Shared tiers, Flex and serverless have no backups that could be exported.
    pub(crate) fn has_backups(&self) -> bool {
        self.provider() == "AWS"
    }

    /// `providerName` as Atlas writes it.
    pub(crate) fn provider(&self) -> &'static str {
        match self.tier.as_str() {
            "FLEX" => "FLEX",
            "M0" | "M2" | "M5" => "TENANT",
            "SERVERLESS" => "SERVERLESS",
            _ => "AWS",
        }
    }
}
