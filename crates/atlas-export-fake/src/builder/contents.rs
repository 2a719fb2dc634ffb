//! What a fake holds when it starts: projects, clusters, buckets, snapshots, jobs, roles.

use serde_json::Value;

use crate::builder::fake_builder::{DEFAULT_PROJECT_ID, FakeAtlasBuilder, ROLE_ID};
use crate::world::access_role::AccessRole;
use crate::world::bucket::Bucket;
use crate::world::cluster::Cluster;
use crate::world::endpoint::Endpoint;
use crate::world::ids::lowered;
use crate::world::indexed_list::IndexedList;
use crate::world::job_list::StoredJob;
use crate::world::progress::JobProgress;
use crate::world::snapshot::Snapshot;
use crate::world::state::Project;

/// What the fake holds.
impl FakeAtlasBuilder {
    /// Adds a project. `id`: 24 hexadecimal digits, kept in small letters, as everywhere here.
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

    /// Switches a cluster's backups off. Only the list of clusters shows it.
    pub fn backup_off(mut self, project: &str, cluster: &str) -> Self {
        self.in_cluster(project, cluster, |cluster| cluster.backup = false);
        self
    }

    /// Lets a cluster be deleted, while its snapshots remain: it is listed only where a list asks for
    /// deleted clusters, as `DELETED`, and its snapshots can be read. That they can, and the state,
    /// are unconfirmed.
    pub fn deleted_cluster(mut self, project: &str, cluster: &str) -> Self {
        self.in_cluster(project, cluster, |cluster| cluster.deleted = true);
        self
    }

    /// Lets a cluster's schedule export to a bucket, which then cannot be deleted. The frequency is
    /// not checked: it stands for a setting of long ago.
    pub fn auto_export(
        mut self,
        project: &str,
        cluster: &str,
        bucket: &str,
        frequency: &str,
    ) -> Self {
        self.in_cluster(project, cluster, |cluster| {
            cluster.schedule.export_to(bucket, frequency);
        });
        self
    }

    /// Adds a role through which Atlas reaches a cloud.
    pub fn access_role(mut self, project: &str, role: AccessRole) -> Self {
        self.in_project(project, |project| project.roles.push(role));
        self
    }

    /// Adds a private endpoint for the buckets of a region (`US_EAST_1`), which stays in a status:
    /// `ACTIVE`, `FAILED`, or whatever a test needs. `id`: 24 hexadecimal digits.
    pub fn private_endpoint(mut self, project: &str, id: &str, region: &str, status: &str) -> Self {
        let endpoint = Endpoint::resting(id, region, status);
        self.in_project(project, |project| project.endpoints.push(endpoint));
        self
    }

    /// Adds a snapshot to a cluster.
    pub fn snapshot(mut self, project: &str, cluster: &str, snapshot: Snapshot) -> Self {
        self.in_cluster(project, cluster, |cluster| cluster.snapshots.push(snapshot));
        self
    }

    /// Adds a bucket to a project: a [`Bucket`], or raw JSON that is shown as it is.
    pub fn bucket(mut self, project: &str, bucket: impl Into<Bucket>) -> Self {
        let bucket = bucket.into().identified(|| self.world.new_id());
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

    /// Adds any JSON to a cluster's list of jobs: an old job, one in an unknown state, or
    /// one that a client cannot decode. It stays as it is; a GET finds it by its `id` if that has 24
    /// digits.
    pub fn job(mut self, project: &str, cluster: &str, job: Value) -> Self {
        self.in_cluster(project, cluster, |cluster| {
            cluster.jobs.push(StoredJob::Raw(job));
        });
        self
    }

    /// A small project for examples: [`DEFAULT_PROJECT_ID`] with the replica set `Cluster0`, one role of
    /// AWS, the bucket `atlas-exports`, three snapshots that can be exported and three that cannot
    /// (queued, in progress, fallback). Jobs of twelve collections end after a few polls.
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

    /// Changes the project `id`, which is created if it is not there.
    pub(super) fn in_project(&mut self, id: &str, change: impl FnOnce(&mut Project)) {
        let id = lowered(id);
        let projects = &mut self.world.projects;
        if let Some(project) = projects.iter_mut().find(|project| project.id == id) {
            return change(project);
        }
        let mut project = Project {
            id,
            org_id: self.world.new_id(),
            buckets: IndexedList::default(),
            clusters: Vec::new(),
            roles: Vec::new(),
            endpoints: Vec::new(),
        };
        change(&mut project);
        self.world.projects.push(project);
    }

    /// Changes the cluster `name` of `project`; either is created if it is not there.
    fn in_cluster(&mut self, project: &str, name: &str, change: impl FnOnce(&mut Cluster)) {
        let id = self.world.new_id();
        self.in_project(project, |project| {
            let clusters = &mut project.clusters;
            if let Some(cluster) = clusters.iter_mut().find(|cluster| cluster.name == name) {
                return change(cluster);
            }
            let mut cluster = Cluster::new(id, name);
            change(&mut cluster);
            clusters.push(cluster);
        });
    }
}
