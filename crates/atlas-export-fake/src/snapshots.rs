//! Snapshots: looked at, exported, and taken on demand.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::answer::Reply;
use crate::clock::{Clock, bounded, last_date, later, stamp};
use crate::error::AtlasError;
use crate::ids::lowered;
use crate::life::{Phase, Rules};
use crate::routes::Call;
use crate::shelf::Identified;
use crate::state::Cluster;

const RETENTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A snapshot of a cluster to start a fake with.
///
/// ```
/// use atlas_export_fake::Snapshot;
///
/// let exportable = Snapshot::completed("5f3a1b2c4d5e6f7081920a01").storage_bytes(2_350_923_776);
/// let running = Snapshot::completed("5f3a1b2c4d5e6f7081920a02").status("inProgress");
/// let fallback = Snapshot::completed("5f3a1b2c4d5e6f7081920a03").snapshot_type("fallback");
/// # let _ = (exportable, running, fallback);
/// ```
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) id: String,
    status: String,
    kind: String,
    description: Option<String>,
    storage_bytes: u64,
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// Of one that was taken through the API.
    taken: Option<Taken>,
}

/// How far a snapshot is that was taken through the API.
#[derive(Debug, Clone)]
struct Taken {
    /// The clock's age at its beginning.
    born: Duration,
    polls: u32,
    retention: Duration,
}

impl Identified for Snapshot {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }
}

impl Snapshot {
    /// A completed on-demand snapshot, made a minute before the fake starts. `id`: 24 hexadecimal
    /// digits, kept in small letters.
    pub fn completed(id: impl Into<String>) -> Self {
        Self {
            id: lowered(&id.into()),
            status: "completed".into(),
            kind: "onDemand".into(),
            description: None,
            storage_bytes: 0,
            created_at: None,
            taken: None,
        }
    }

    /// `queued`, `inProgress`, `completed`, or whatever a test needs. Anything but `completed` has
    /// no `createdAt` and cannot be exported.
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = status.into();
        self
    }

    /// `onDemand`, `scheduled`, `fallback`, or whatever a test needs. A fallback snapshot cannot be
    /// exported.
    pub fn snapshot_type(mut self, snapshot_type: impl Into<String>) -> Self {
        self.kind = snapshot_type.into();
        self
    }

    /// The text that a person gave it.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `storageSizeBytes`.
    pub fn storage_bytes(mut self, bytes: u64) -> Self {
        self.storage_bytes = bytes;
        self
    }

    /// `createdAt`; it is also the date in the export's prefix. Of a year beyond 9999, the last second
    /// of that.
    pub fn created_at(mut self, date: DateTime<Utc>) -> Self {
        self.created_at = Some(bounded(date));
        self
    }

    /// Dates a snapshot that was given no date: the last of its cluster a minute ago, and each
    /// before it six hours earlier.
    pub(crate) fn dated(&mut self, start: DateTime<Utc>, before_last: i32) {
        let age = TimeDelta::minutes(1) + TimeDelta::hours(6) * before_last;
        self.created_at = self
            .created_at
            .or(start.checked_sub_signed(age))
            .or(Some(start));
    }

    /// Its own URL and the cluster's, whose `rel` is a URL too, as live bodies have it.
    fn links(&self, place: &str) -> Value {
        json!([
            { "href": format!("{place}/backup/snapshots/{}", self.id), "rel": "self" },
            { "href": place, "rel": "https://cloud.mongodb.com/cluster" },
        ])
    }

    fn status_now(&self, rules: &Rules, clock: &dyn Clock) -> &str {
        let Some(taken) = &self.taken else {
            return &self.status;
        };
        let age = clock.now().saturating_sub(taken.born);
        match rules.snapshot_progress.phase(taken.polls, age) {
            Phase::Queued => "queued",
            Phase::InProgress { .. } => "inProgress",
            Phase::Ended if rules.snapshots_fail => "failed",
            Phase::Ended => "completed",
        }
    }

    /// Why this snapshot cannot be exported, if it cannot. That Atlas says so with a
    /// `VALIDATION_ERROR` is unconfirmed.
    pub(crate) fn check_exportable(
        &self,
        rules: &Rules,
        clock: &dyn Clock,
    ) -> Result<(), AtlasError> {
        let refuse = |why: &str| Err(AtlasError::invalid_field("snapshotId", why));
        if self.status_now(rules, clock) != "completed" {
            refuse("names a snapshot that is not completed")
        } else if self.kind == "fallback" {
            refuse("names a fallback snapshot, which cannot be exported")
        } else {
            Ok(())
        }
    }

    /// `place`: the URL of the cluster.
    fn body(&self, cluster: &Cluster, place: &str, rules: &Rules, clock: &dyn Clock) -> Value {
        let status = self.status_now(rules, clock);
        let completed = status == "completed";
        // Every on-demand snapshot says "ondemand", which the published enumeration does not hold.
        let frequency = match self.kind.as_str() {
            "onDemand" => "ondemand",
            _ => "daily",
        };
        let mut body = Map::new();
        body.insert("id".into(), self.id.clone().into());
        body.insert("frequencyType".into(), frequency.into());
        body.insert("snapshotType".into(), self.kind.clone().into());
        body.insert("status".into(), status.into());
        if let Some(description) = &self.description {
            body.insert("description".into(), description.clone().into());
        }
        if cluster.shards.is_some() {
            body.insert("type".into(), "shardedCluster".into());
        } else {
            body.insert("type".into(), "replicaSet".into());
            body.insert("replicaSetName".into(), cluster.name.clone().into());
            body.insert("copyRegions".into(), json!([]));
        }
        if let Some(created_at) = self.created_at {
            // It is kept from its completion on, which is not known before.
            let kept = self
                .taken
                .as_ref()
                .map_or(RETENTION, |taken| taken.retention);
            let made = if self.taken.is_some() && completed {
                60
            } else {
                0
            };
            let expires_at = later(created_at, kept.saturating_add(Duration::from_secs(made)));
            body.insert("expiresAt".into(), stamp(expires_at).into());
            if completed {
                body.insert("createdAt".into(), stamp(created_at).into());
            }
        }
        if completed {
            body.insert("cloudProvider".into(), "AWS".into());
            body.insert("mongodVersion".into(), "8.0.12".into());
        }
        let size = if completed { self.storage_bytes } else { 0 };
        body.insert("storageSizeBytes".into(), size.into());
        body.insert("links".into(), self.links(place));
        body.insert("policyItems".into(), json!([]));
        Value::Object(body)
    }
}

/// Every snapshot of `cluster`, whose URL is `place`, as a list shows it.
pub(crate) fn bodies(
    cluster: &Cluster,
    place: &str,
    rules: &Rules,
    clock: &dyn Clock,
) -> Vec<Value> {
    let snapshots = cluster.snapshots.items().iter();
    snapshots
        .map(|snapshot| snapshot.body(cluster, place, rules, clock))
        .collect()
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let (rules, clock) = (&call.shared.rules, call.shared.clock.as_ref());
    let world = call.shared.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let place = call.cluster_address();
    call.page(cluster.snapshots.items(), |snapshot| {
        snapshot.body(cluster, &place, rules, clock)
    })
}

/// A GET of one snapshot counts as a poll of it.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let (rules, clock) = (&call.shared.rules, call.shared.clock.as_ref());
    let (project, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = call.shared.world();
    world.backed_up(project, name)?;
    let id = &call.object_id("snapshotId")?;
    let missing = || AtlasError::resource_not_found(id);
    let cluster = world.cluster_mut(project, name)?;
    let known = cluster.snapshots.get_mut(id);
    if let Some(taken) = known.and_then(|known| known.taken.as_mut()) {
        taken.polls = taken.polls.saturating_add(1);
    }
    let snapshot = cluster.snapshots.get(id).ok_or_else(missing)?;
    let place = call.cluster_address();
    Ok(Reply::One(snapshot.body(cluster, &place, rules, clock)))
}

/// Of a sharded cluster, the snapshots with their parts. The list has no pages; of a replica set
/// it is empty.
pub(crate) fn list_sharded(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.shared.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let snapshots = cluster.snapshots.items().iter();
    let results: Vec<Value> = snapshots
        .filter_map(|snapshot| in_parts(call, cluster, snapshot))
        .collect();
    let mut page = Map::new();
    page.insert("totalCount".into(), results.len().into());
    page.insert("results".into(), results.into());
    page.insert("links".into(), json!([]));
    Ok(Reply::Page(page))
}

pub(crate) fn get_sharded(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let world = call.shared.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let id = &call.object_id("snapshotId")?;
    let snapshot = cluster.snapshots.get(id);
    let body = snapshot.and_then(|snapshot| in_parts(call, cluster, snapshot));
    body.map(Reply::One)
        .ok_or_else(|| AtlasError::resource_not_found(id))
}

/// A snapshot with a part for each shard, whose ids follow on its own; `None` of a replica set.
fn in_parts(call: &Call<'_>, cluster: &Cluster, snapshot: &Snapshot) -> Option<Value> {
    let (rules, clock) = (&call.shared.rules, call.shared.clock.as_ref());
    let mut body = snapshot.body(cluster, &call.cluster_address(), rules, clock);
    let start = snapshot.id.get(..20)?;
    let parts = cluster.shards.as_ref()?.iter().enumerate();
    let (members, ids): (Vec<Value>, Vec<String>) = parts
        .map(|(place, shard)| {
            let id = format!("{start}{place:04x}");
            let part = json!({"cloudProvider": "AWS", "id": id, "replicaSetName": shard});
            (part, id)
        })
        .unzip();
    let fields = body.as_object_mut()?;
    fields.insert("members".into(), members.into());
    fields.insert("snapshotIds".into(), ids.into());
    Some(body)
}

/// The published bounds are those of a positive int32. Beyond, and where the expiry would have a year
/// of five digits, which no date in the API has, it is refused: what Atlas does then is unconfirmed.
fn retention(days: Option<&Value>, now: DateTime<Utc>) -> Result<Duration, AtlasError> {
    let Some(days) = days else {
        return Ok(RETENTION);
    };
    let most = last_date().signed_duration_since(now).num_days();
    let most = most.clamp(1, i32::MAX.into());
    days.as_i64()
        .filter(|days| (1..=most).contains(days))
        .and_then(|days| TimeDelta::try_days(days)?.to_std().ok())
        .ok_or_else(|| {
            let why = format!("must be a whole number of days, from 1 to {most}");
            AtlasError::invalid_field("retentionInDays", why)
        })
}

/// Each call takes another one.
pub(crate) fn take(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let (rules, clock) = (&call.shared.rules, call.shared.clock.as_ref());
    let (project, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = call.shared.world();
    world.backed_up(project, name)?;
    let body = call.json_body()?;
    let retention = retention(body.get("retentionInDays"), clock.wall())?;
    let snapshot = Snapshot {
        status: "queued".into(),
        description: body
            .get("description")
            .and_then(Value::as_str)
            .map(str::to_owned),
        created_at: Some(clock.wall()),
        taken: Some(Taken {
            born: clock.now(),
            polls: 0,
            retention,
        }),
        ..Snapshot::completed(world.new_id())
    };
    let cluster = world.cluster_mut(project, name)?;
    let shown = snapshot.body(cluster, &call.cluster_address(), rules, clock);
    cluster.snapshots.push(snapshot);
    Ok(Reply::One(shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use proptest::prelude::*;

    /// Whole days that fit into a number of JSON, the small and the great ones as likely.
    fn days() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-3_i64..5_000_000).prop_map(Value::from),
            (0_u32..64).prop_map(|bits| Value::from(u64::MAX >> bits)),
        ]
    }

    /// Moments of the years 0 to 9999.
    fn moments() -> impl Strategy<Value = DateTime<Utc>> {
        (-62_167_219_200_i64..=253_402_300_799)
            .prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default())
    }

    proptest! {
        #[test]
        fn an_expiry_has_a_year_of_four_digits_or_is_refused(days in days(), now in moments()) {
            let clock = ManualClock::starting_at(now);
            if let Ok(retention) = retention(Some(&days), clock.wall()) {
                prop_assert!(days.as_i64().is_some_and(|days| (1..=i64::from(i32::MAX)).contains(&days)));
                let expected = TimeDelta::from_std(retention)
                    .ok()
                    .and_then(|kept| now.checked_add_signed(kept));
                let expires = stamp(later(now, retention));
                prop_assert_eq!(expires.len(), 20, "{}", &expires);
                prop_assert_eq!(Some(expires), expected.map(stamp));
            }
        }
    }

    #[test]
    fn a_retention_that_is_no_number_of_days_is_refused() {
        let now = ManualClock::new().wall();
        assert!(retention(Some(&json!(1)), now).is_ok());
        for days in [json!(0), json!(-1), json!(1.5), json!("7"), json!(null)] {
            assert!(retention(Some(&days), now).is_err(), "{days}");
        }
    }
}
