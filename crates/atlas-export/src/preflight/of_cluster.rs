//! What is exported: the cluster, its newest snapshot, and whether that is exported already.

use std::time::Duration;

use atlas_export_api::types::Snapshot;
use atlas_export_types::ExportJobState;
use chrono::{DateTime, Utc};

use super::{
    check::{Check, CheckKind},
    looks::{Cause, Looks, Unseen},
};

pub(super) fn checks(looks: &Looks, now: DateTime<Utc>, takes: Duration) -> Vec<Check> {
    vec![
        cluster(looks),
        snapshot(looks),
        expiry(looks, now, takes),
        active_export(looks),
    ]
}

fn not_seen(kind: CheckKind, unseen: &Unseen) -> Check {
    Check::unknown(
        kind,
        &unseen.said,
        "see the checks before, or look in Atlas",
    )
}

fn cluster(looks: &Looks) -> Check {
    const KIND: CheckKind = CheckKind::Cluster;
    let found = match &looks.cluster {
        Ok(found) => found,
        Err(unseen) if unseen.cause == Cause::Missing => {
            let remedy = "take a name of the project's list of clusters";
            return Check::failed(KIND, &unseen.said, remedy);
        }
        Err(unseen) => return not_seen(KIND, unseen),
    };
    if let Some(field) = found.undecodable_for_export() {
        let evidence = format!("field {field} of the cluster did not decode");
        return Check::unknown(KIND, evidence, "look at the cluster in Atlas");
    }
    match found.why_not_exportable() {
        Some(why) => Check::failed(
            KIND,
            format!("{}: {why}", found.name),
            "take another cluster, or change its tier or its backup",
        ),
        None => Check::passed(KIND, format!("{} ({})", found.name, found.tier())),
    }
}

fn snapshot(looks: &Looks) -> Check {
    const KIND: CheckKind = CheckKind::Snapshot;
    match &looks.snapshot {
        Ok(Some(found)) => {
            let taken = found.created_at.map(minute);
            let taken = taken.unwrap_or_else(|| "a time that Atlas does not tell".to_owned());
            Check::passed(KIND, format!("{} of {taken}", found.id))
        }
        Ok(None) => Check::failed(
            KIND,
            "the cluster has no snapshot that is completed and no fallback",
            "take one with Snapshots::take, or wait for the schedule's",
        ),
        Err(unseen) => not_seen(KIND, unseen),
    }
}

fn expiry(looks: &Looks, now: DateTime<Utc>, takes: Duration) -> Check {
    const KIND: CheckKind = CheckKind::SnapshotExpiry;
    let found = match &looks.snapshot {
        Ok(Some(found)) => found,
        Ok(None) => {
            let skipped = Unseen::skipped("there is no snapshot");
            return not_seen(KIND, &skipped);
        }
        Err(unseen) => return not_seen(KIND, unseen),
    };
    let Some(expires) = expires(found) else {
        return Check::unknown(
            KIND,
            "Atlas does not tell when the snapshot expires",
            "look at it in Atlas",
        );
    };
    // A duration beyond what dates hold is longer than any snapshot lives.
    let done = chrono::Duration::from_std(takes).ok();
    let done = done.and_then(|takes| now.checked_add_signed(takes));
    if done.is_some_and(|done| expires > done) {
        return Check::passed(KIND, format!("it expires on {}", minute(expires)));
    }
    Check::failed(
        KIND,
        format!(
            "it expires on {}, and an export takes {} s",
            minute(expires),
            takes.as_secs()
        ),
        "move its expiry, or take a new snapshot",
    )
}

fn expires(snapshot: &Snapshot) -> Option<DateTime<Utc>> {
    snapshot.expires_at
}

fn active_export(looks: &Looks) -> Check {
    const KIND: CheckKind = CheckKind::ActiveExport;
    match &looks.export {
        Ok(None) => Check::passed(KIND, "no job exports the snapshot to this bucket"),
        Ok(Some(job)) if job.state == Some(ExportJobState::Successful) => Check::failed(
            KIND,
            format!("job {} has exported it to this bucket already", job.id),
            "take a newer snapshot, or export it again with EnsureExportJob::export_again",
        ),
        Ok(Some(job)) => Check::failed(
            KIND,
            format!("job {} is exporting it to this bucket", job.id),
            "wait for that job with ExportJobs::wait_until_finished",
        ),
        Err(unseen) => not_seen(KIND, unseen),
    }
}

fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}
