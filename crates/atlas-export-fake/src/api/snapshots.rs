//! Snapshots: taken, listed, read, kept longer or shorter, and deleted.

use std::time::Duration;

use chrono::{DateTime, Days, Months, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::rules::error::AtlasError;
use crate::world::clock::{Clock, last_date, later, stamp};
use crate::world::cluster::Cluster;
use crate::world::progress::Lifecycle;
use crate::world::snapshot::Snapshot;

/// How long a snapshot is kept where no retention was given.
const RETENTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// `place`: the URL of the cluster.
pub(crate) fn body(
    snapshot: &Snapshot,
    cluster: &Cluster,
    place: &str,
    lifecycle: &Lifecycle,
    clock: &dyn Clock,
) -> Value {
    let status = snapshot.status_now(lifecycle, clock);
    let completed = status == "completed";
    // Every on-demand snapshot says "ondemand", which the published enumeration does not hold.
    let frequency = match snapshot.type_name.as_str() {
        "onDemand" => "ondemand",
        _ => "daily",
    };
    let mut body = Map::new();
    body.insert("id".into(), snapshot.id.clone().into());
    body.insert("frequencyType".into(), frequency.into());
    body.insert("snapshotType".into(), snapshot.type_name.clone().into());
    body.insert("status".into(), status.into());
    if let Some(description) = &snapshot.description {
        body.insert("description".into(), description.clone().into());
    }
    if cluster.shards.is_some() {
        body.insert("type".into(), "shardedCluster".into());
    } else {
        body.insert("type".into(), "replicaSet".into());
        body.insert("replicaSetName".into(), cluster.name.clone().into());
        body.insert("copyRegions".into(), json!([]));
    }
    if let Some(created_at) = snapshot.created_at {
        // It is kept from its completion on, which is not known before.
        let kept = snapshot
            .taken
            .as_ref()
            .map_or(RETENTION, |taken| taken.retention);
        let made = if snapshot.taken.is_some() && completed {
            60
        } else {
            0
        };
        let expires_at = later(created_at, kept.saturating_add(Duration::from_secs(made)));
        let expires_at = snapshot.expires_at.unwrap_or(expires_at);
        body.insert("expiresAt".into(), stamp(expires_at).into());
        if completed {
            body.insert("createdAt".into(), stamp(created_at).into());
        }
    }
    if completed {
        body.insert("cloudProvider".into(), "AWS".into());
        body.insert("mongodVersion".into(), "8.0.12".into());
    }
    let size = if completed { snapshot.storage_bytes } else { 0 };
    body.insert("storageSizeBytes".into(), size.into());
    body.insert("links".into(), links(snapshot, place));
    body.insert("policyItems".into(), json!([]));
    Value::Object(body)
}

/// Its own URL and the cluster's, whose `rel` is a URL too, as live bodies have it.
fn links(snapshot: &Snapshot, place: &str) -> Value {
    json!([
        { "href": format!("{place}/backup/snapshots/{}", snapshot.id), "rel": "self" },
        { "href": place, "rel": "https://cloud.mongodb.com/cluster" },
    ])
}

/// Every snapshot of `cluster`, whose URL is `place`, as a list shows it.
pub(crate) fn bodies(
    cluster: &Cluster,
    place: &str,
    lifecycle: &Lifecycle,
    clock: &dyn Clock,
) -> Vec<Value> {
    let snapshots = cluster.snapshots.items().iter();
    snapshots
        .map(|snapshot| body(snapshot, cluster, place, lifecycle, clock))
        .collect()
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let (lifecycle, clock) = (&call.atlas.lifecycle, call.atlas.clock.as_ref());
    let world = call.atlas.world();
    let cluster = world.backed_up(&call.object_id("groupId")?, call.param("clusterName"))?;
    let place = call.cluster_address();
    call.page(cluster.snapshots.items(), |snapshot| {
        body(snapshot, cluster, &place, lifecycle, clock)
    })
}

/// A GET of one snapshot counts as a poll of it.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let (lifecycle, clock) = (&call.atlas.lifecycle, call.atlas.clock.as_ref());
    let (project, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = call.atlas.world();
    world.backed_up(project, name)?;
    let id = &call.object_id("snapshotId")?;
    let missing = || AtlasError::resource_not_found(id);
    let cluster = world.cluster_mut(project, name)?;
    let known = cluster.snapshots.get_mut(id);
    known.ok_or_else(missing)?.poll();
    let snapshot = cluster.snapshots.get(id).ok_or_else(missing)?;
    let place = call.cluster_address();
    Ok(Reply::One(body(
        snapshot, cluster, &place, lifecycle, clock,
    )))
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

/// Each call takes another snapshot.
pub(crate) fn take(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let (lifecycle, clock) = (&call.atlas.lifecycle, call.atlas.clock.as_ref());
    let (project, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = call.atlas.world();
    world.backed_up(project, name)?;
    let request = call.json_body()?;
    let retention = retention(request.get("retentionInDays"), clock.wall())?;
    let description = request.get("description").and_then(Value::as_str);
    let snapshot = Snapshot::taken_now(world.new_id(), description, retention, clock);
    let cluster = world.cluster_mut(project, name)?;
    let shown = body(
        &snapshot,
        cluster,
        &call.cluster_address(),
        lifecycle,
        clock,
    );
    cluster.snapshots.push(snapshot);
    Ok(Reply::One(shown))
}

/// The moment so much after another, by the calendar; `None` where no date in the API has it.
fn after(moment: DateTime<Utc>, unit: &str, value: u32) -> Option<DateTime<Utc>> {
    let later = match unit {
        "DAYS" => moment.checked_add_days(Days::new(value.into())),
        "WEEKS" => moment.checked_add_days(Days::new(u64::from(value).saturating_mul(7))),
        "MONTHS" => moment.checked_add_months(Months::new(value)),
        "YEARS" => moment.checked_add_months(Months::new(value.checked_mul(12)?)),
        _ => None,
    };
    later.filter(|later| *later <= last_date())
}

/// That a retention counts from the completion of the snapshot is unconfirmed, and so is the refusal of
/// what no date has.
pub(crate) fn update(call: &Call<'_>) -> Result<Reply, AtlasError> {
    let (lifecycle, clock) = (&call.atlas.lifecycle, call.atlas.clock.as_ref());
    let (project, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = call.atlas.world();
    world.backed_up(project, name)?;
    let id = &call.object_id("snapshotId")?;
    let request = call.json_body()?;
    let missing = || AtlasError::resource_not_found(id);
    let cluster = world.cluster_mut(project, name)?;
    let snapshot = cluster.snapshots.get_mut(id).ok_or_else(missing)?;
    let unit = request.get("retentionUnit").and_then(Value::as_str);
    let unit = unit.unwrap_or_default();
    if !matches!(unit, "DAYS" | "WEEKS" | "MONTHS" | "YEARS") {
        let why = "must be DAYS, WEEKS, MONTHS or YEARS";
        return Err(AtlasError::invalid_field("retentionUnit", why));
    }
    let value = request.get("retentionValue").and_then(Value::as_u64);
    let value = value.and_then(|value| u32::try_from(value).ok());
    let from = snapshot.created_at.unwrap_or(clock.wall());
    let expires_at = value.and_then(|value| after(from, unit, value));
    let expires_at = expires_at
        .ok_or_else(|| AtlasError::invalid_field("retentionValue", "leads beyond the last date"))?;
    snapshot.expires_at = Some(expires_at);
    let snapshot = cluster.snapshots.get(id).ok_or_else(missing)?;
    let place = call.cluster_address();
    Ok(Reply::One(body(
        snapshot, cluster, &place, lifecycle, clock,
    )))
}

/// What Atlas does about a snapshot that is being exported is unconfirmed: the fake deletes it. So is
/// whether a sharded cluster's can be deleted by this path, as it can here.
pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, AtlasError> {
    remove(call, |_| true)
}

/// Removes the snapshot that the path names, of a cluster that is of the right kind.
pub(crate) fn remove(
    call: &Call<'_>,
    is_of_its_kind: impl FnOnce(&Cluster) -> bool,
) -> Result<Reply, AtlasError> {
    let (project, name) = (&call.object_id("groupId")?, call.param("clusterName"));
    let mut world = call.atlas.world();
    world.backed_up(project, name)?;
    let id = &call.object_id("snapshotId")?;
    let cluster = world.cluster_mut(project, name)?;
    let removed = is_of_its_kind(cluster)
        .then(|| cluster.snapshots.remove(id))
        .flatten();
    removed
        .map(|_| Reply::Nothing)
        .ok_or_else(|| AtlasError::resource_not_found(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::clock::ManualClock;
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
