//! Models as a person would write them: what the contract has, typed, and nothing kept of the
//! rest.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    figures::Seen,
    work::{BUCKET, SNAPSHOT},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    #[serde(default)]
    pub(super) links: Vec<Link>,
    pub(super) results: Vec<Job>,
    pub(super) total_count: Option<u64>,
}

impl Page {
    pub(super) fn has_next(&self) -> bool {
        self.links
            .iter()
            .any(|link| link.rel.as_deref() == Some("next"))
    }

    pub(super) fn see(&self, seen: &mut Seen) {
        for job in &self.results {
            job.see(seen);
        }
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a client decodes it")]
pub(super) struct Link {
    href: Option<String>,
    rel: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a client decodes it")]
#[serde(rename_all = "camelCase")]
pub(super) struct Job {
    id: String,
    export_bucket_id: Option<String>,
    snapshot_id: Option<String>,
    state: Option<String>,
    state_reason: Option<Value>,
    err_msg: Option<String>,
    created_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    prefix: Option<String>,
    export_status: Option<Status>,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    custom_data: Vec<Pair>,
    #[serde(default)]
    links: Vec<Link>,
}

impl Job {
    pub(super) fn see(&self, seen: &mut Seen) {
        let created = self.created_at.map_or(0, |at| at.timestamp());
        seen.job(&self.id, self.state.as_deref().unwrap_or_default(), created);
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a client decodes it")]
#[serde(rename_all = "camelCase")]
struct Status {
    exported_collections: Option<i64>,
    total_collections: Option<i64>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a client decodes it")]
#[serde(rename_all = "camelCase")]
struct Component {
    export_id: Option<String>,
    replica_set_name: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a client decodes it")]
struct Pair {
    key: String,
    value: String,
}

/// What a creation sends.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewJob {
    snapshot_id: &'static str,
    export_bucket_id: &'static str,
}

pub(super) const NEW_JOB: NewJob = NewJob {
    snapshot_id: SNAPSHOT,
    export_bucket_id: BUCKET,
};
