//! Random worlds: what a fake may hold when a client meets it, and how it answers.

use std::ops::Range;

use atlas_export_fake::{
    AccessRole, Bucket, FakeAtlas, FakeAtlasBuilder, JobOutcome, JobProgress, Snapshot, TotalCount,
};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::PROJECT;

/// What a fake holds. Its ids begin with those of the contract's examples, so that the requests
/// that are shown there meet something.
#[derive(Clone, Debug)]
pub(crate) struct RandomWorld {
    clusters: Vec<RandomCluster>,
    buckets: Vec<&'static str>,
    roles: Vec<&'static str>,
    endpoints: Vec<&'static str>,
    outcome: JobOutcome,
    all_fails: bool,
    progress: u32,
    links: bool,
    total_count: TotalCount,
    /// Whether what is asked for is asked for in the opposite order.
    pub(crate) backwards: bool,
    /// What follows the `?` of each GET.
    pub(crate) query: &'static str,
}

#[derive(Clone, Debug)]
struct RandomCluster {
    shards: usize,
    tier: &'static str,
    backup: bool,
    deleted: bool,
    exports: Option<&'static str>,
    snapshots: Vec<(&'static str, &'static str, bool)>,
}

/// The id of the n-th thing, after the first, which the contract's examples have.
fn id(first: &str, n: usize) -> String {
    let head: String = first.chars().take(20).collect();
    let tail = first
        .get(20..)
        .and_then(|tail| u32::from_str_radix(tail, 16).ok());
    let n = u32::try_from(n).unwrap_or_default();
    format!(
        "{head}{:04x}",
        tail.unwrap_or_default().wrapping_add(n) & 0xffff
    )
}

fn ids(first: &str, range: Range<usize>) -> Vec<String> {
    range.map(|n| id(first, n)).collect()
}

const BUCKET: &str = "604f6322dc786a5341d4f7fb";
const ROLE: &str = "12345678f901a234dbdb00ca";
const SNAPSHOT: &str = "5fb6a0e0e5a4d31b5b8ef0b2";
const ENDPOINT: &str = "66f9f1c3e2b4d6a7c8e9f0a1";
const ARN: &str = "arn:aws:iam::123456789012:role/atlas-export";
const ADDRESS: &str = "atlas-0001@p-0001.iam.gserviceaccount.com";
const PRINCIPAL: &str = "22f1d2a6-d0e9-482a-83a4-b8dd7dddc2c1";
const SERVICE: &str = "https://examplestorage.blob.core.windows.net/example-container";

impl RandomWorld {
    /// One that has what each operation needs in order to succeed, asked in either order.
    pub(crate) fn furnished(backwards: bool) -> Self {
        let cluster = |shards| RandomCluster {
            shards,
            tier: "M10",
            backup: true,
            deleted: false,
            exports: None,
            snapshots: vec![("onDemand", "completed", true)],
        };
        Self {
            clusters: vec![cluster(0), cluster(2)],
            buckets: vec!["AWS", "AZURE", "GCP"],
            roles: vec!["unauthorized", "AWS", "AZURE", "GCP"],
            endpoints: vec!["ACTIVE"],
            outcome: JobOutcome::Successful,
            all_fails: false,
            progress: 1,
            links: true,
            total_count: TotalCount::Exact,
            backwards,
            query: "",
        }
    }

    /// The values that a parameter of a path may have.
    pub(crate) fn values_of(&self, parameter: &str) -> Vec<String> {
        match parameter {
            "groupId" => vec![PROJECT.to_owned()],
            // One more than there is, each time: what is missing is answered too.
            "clusterName" => (0..=self.clusters.len()).map(name).collect(),
            "exportBucketId" => ids(BUCKET, 0..self.buckets.len() + 1),
            "roleId" => ids(ROLE, 0..self.roles.len() + 1),
            "endpointId" => ids(ENDPOINT, 0..self.endpoints.len() + 1),
            "snapshotId" => {
                let most = self.clusters.iter().map(|cluster| cluster.snapshots.len());
                ids(SNAPSHOT, 0..most.max().unwrap_or_default())
            }
            "cloudProvider" => ["AWS", "AZURE", "GCP"].map(str::to_owned).to_vec(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn builder(&self) -> FakeAtlasBuilder {
        let mut fake = FakeAtlas::builder().project(PROJECT);
        for (n, kind) in self.buckets.iter().enumerate() {
            let bucket = match *kind {
                "AZURE" => Bucket::azure("example-container", ROLE, SERVICE),
                "GCP" => Bucket::gcp("example-bucket", ROLE),
                _ => Bucket::aws("example-bucket", ROLE),
            };
            fake = fake.bucket(PROJECT, bucket.id(&id(BUCKET, n)));
        }
        for (n, kind) in self.roles.iter().enumerate() {
            let id = id(ROLE, n);
            let role = match *kind {
                "AZURE" => AccessRole::azure(&id, PRINCIPAL),
                "GCP" => AccessRole::gcp(&id, ADDRESS),
                "unauthorized" => AccessRole::unauthorized_aws(&id),
                _ => AccessRole::aws(&id, ARN),
            };
            fake = fake.access_role(PROJECT, role);
        }
        for (n, status) in self.endpoints.iter().enumerate() {
            fake = fake.private_endpoint(PROJECT, &id(ENDPOINT, n), "EU_WEST_1", status);
        }
        for (n, cluster) in self.clusters.iter().enumerate() {
            fake = cluster.add_to(fake, &name(n));
        }
        let progress = JobProgress::ByPolls {
            queued: self.progress,
            in_progress: self.progress,
        };
        fake = fake
            .job_outcome(self.outcome.clone())
            .job_progress(progress)
            .snapshot_progress(progress)
            .google_account_progress(progress)
            .endpoint_progress(progress)
            .total_count(self.total_count);
        if self.all_fails {
            fake = fake
                .snapshots_fail()
                .google_accounts_fail()
                .endpoints_fail();
        }
        if self.links {
            fake
        } else {
            fake.without_links()
        }
    }
}

fn name(n: usize) -> String {
    format!("Cluster{n}")
}

impl RandomCluster {
    fn add_to(&self, fake: FakeAtlasBuilder, name: &str) -> FakeAtlasBuilder {
        let shards = ["shard-0", "shard-1", "config-0"];
        let mut fake = match shards.get(..self.shards) {
            Some(shards) if !shards.is_empty() => fake.sharded_cluster(PROJECT, name, shards),
            _ => fake.cluster(PROJECT, name),
        };
        fake = fake.tier(PROJECT, name, self.tier);
        if !self.backup {
            fake = fake.backup_off(PROJECT, name);
        }
        if self.deleted {
            fake = fake.deleted_cluster(PROJECT, name);
        }
        if let Some(frequency) = self.exports {
            fake = fake.auto_export(PROJECT, name, BUCKET, frequency);
        }
        for (n, (kind, status, described)) in self.snapshots.iter().enumerate() {
            let snapshot = Snapshot::completed(id(SNAPSHOT, n));
            let snapshot = snapshot.snapshot_type(*kind).status(*status);
            let snapshot = if *described {
                snapshot.description("before the migration")
            } else {
                snapshot
            };
            fake = fake.snapshot(PROJECT, name, snapshot);
        }
        fake
    }
}

fn clusters() -> impl Strategy<Value = RandomCluster> {
    let snapshot = (
        select(vec!["onDemand", "scheduled", "fallback"]),
        select(vec![
            "completed",
            "completed",
            "queued",
            "inProgress",
            "failed",
        ]),
        any::<bool>(),
    );
    (
        0_usize..4,
        select(vec!["M10", "M10", "M10", "M30", "M0", "FLEX", "SERVERLESS"]),
        proptest::bool::weighted(0.9),
        proptest::bool::weighted(0.1),
        select(vec![None, None, Some("monthly"), Some("weekly")]),
        vec(snapshot, 0..4),
    )
        .prop_map(
            |(shards, tier, backup, deleted, exports, snapshots)| RandomCluster {
                shards,
                tier,
                backup,
                deleted,
                exports,
                snapshots,
            },
        )
}

/// Any of them.
pub(crate) fn random_world() -> impl Strategy<Value = RandomWorld> {
    let outcome = select(vec![
        JobOutcome::Successful,
        JobOutcome::Cancelled,
        JobOutcome::Failed {
            error_code: "EXPORT_FAILED".into(),
            message: "The role may not write to the bucket.".into(),
        },
    ]);
    let statuses = vec![
        "INITIATING",
        "ACTIVE",
        "FAILED",
        "PENDING_ACCEPTANCE",
        "DELETING",
    ];
    let total_count = select(vec![
        TotalCount::Exact,
        TotalCount::Absent,
        TotalCount::Fixed(7),
    ]);
    let things = (
        vec(clusters(), 0..3),
        vec(select(vec!["AWS", "AWS", "AZURE", "GCP"]), 0..4),
        vec(select(vec!["AWS", "unauthorized", "AZURE", "GCP"]), 0..4),
        vec(select(statuses), 0..3),
    );
    let manners = (
        outcome,
        any::<bool>(),
        0_u32..3,
        any::<bool>(),
        total_count,
        any::<bool>(),
        select(vec![
            "",
            "?pretty=true",
            "?itemsPerPage=1&includeCount=false",
            "?pageNum=2",
        ]),
    );
    (things, manners).prop_map(
        |(
            (clusters, buckets, roles, endpoints),
            (outcome, all_fails, progress, links, total_count, backwards, query),
        )| {
            RandomWorld {
                clusters,
                buckets,
                roles,
                endpoints,
                outcome,
                all_fails,
                progress,
                links,
                total_count,
                backwards,
                query,
            }
        },
    )
}
