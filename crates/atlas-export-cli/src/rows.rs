//! What a table shows of each model.

use std::fmt::Display;

use atlas_export::models::{
    ClusterDescription, ExportBucket, ExportJob, ShardedSnapshot, Snapshot,
};
use serde::Serialize;
use serde_json::Value;

use crate::output::Row;

/// A value, or a dash.
pub(crate) fn shown(value: Option<impl Display>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| value.to_string())
}

/// Tenths of a gigabyte, in whole numbers.
pub(crate) fn gigabytes(bytes: i64) -> String {
    let tenths = bytes / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

/// A time to the minute, if there is one.
macro_rules! minute {
    ($time:expr) => {
        $time.map(|time| time.format("%Y-%m-%d %H:%M UTC"))
    };
}

/// The columns of models, each with what it shows.
macro_rules! rows {
    ($($model:ty { $($head:literal => |$it:ident| $cell:expr,)* })*) => { $(
        impl Row for $model {
            const COLUMNS: &'static [&'static str] = &[$($head),*];

            fn cells(&self) -> Vec<String> {
                vec![$({
                    let $it = self;
                    shown($cell)
                }),*]
            }
        }
    )* };
}

rows! {
    ExportBucket {
        "ID" => |it| Some(&it.id),
        "CLOUD" => |it| Some(&it.cloud_provider),
        "BUCKET" => |it| place(it),
        "ROLE" => |it| it.iam_role_id.as_ref().or(it.role_id.as_ref()),
        "REGION" => |it| it.region.as_ref(),
    }
    ExportJob {
        "ID" => |it| Some(&it.id),
        "STATE" => |it| it.state.as_ref(),
        "COLLECTIONS" => |it| collections(it),
        "CREATED" => |it| minute!(it.created_at),
        "FINISHED" => |it| minute!(it.finished_at),
        "SNAPSHOT" => |it| it.snapshot_id.as_ref(),
        "PREFIX" => |it| it.prefix.as_ref(),
    }
    Snapshot {
        "ID" => |it| Some(&it.id),
        "STATUS" => |it| it.status.as_ref(),
        "TYPE" => |it| it.snapshot_type.as_ref(),
        "SIZE" => |it| it.storage_size_bytes.filter(|bytes| *bytes > 0).map(gigabytes),
        "CREATED" => |it| minute!(it.created_at),
        "EXPIRES" => |it| minute!(it.expires_at),
        "DESCRIPTION" => |it| it.description.as_ref(),
    }
    ShardedSnapshot {
        "ID" => |it| Some(&it.id),
        "STATUS" => |it| it.status.as_ref(),
        "TYPE" => |it| it.snapshot_type.as_ref(),
        "SIZE" => |it| it.storage_size_bytes.filter(|bytes| *bytes > 0).map(gigabytes),
        "CREATED" => |it| minute!(it.created_at),
        "EXPIRES" => |it| minute!(it.expires_at),
        "DESCRIPTION" => |it| it.description.as_ref(),
    }
    ClusterDescription {
        "NAME" => |it| Some(&it.name),
        "TYPE" => |it| it.cluster_type.as_ref(),
        "TIER" => |it| Some(it.tier()),
        "STATE" => |it| it.state_name.as_ref(),
        "EXPORTABLE" => |it| Some(it.why_not_exportable().map_or("yes".to_owned(), |why| format!("no: {why}"))),
    }
    Role {
        "ID" => |it| it.first(&["roleId", "_id"]),
        "CLOUD" => |it| it.first(&["providerName"]),
        "NAME IN THE CLOUD" => |it| it.first(&Role::NAMES).or(Some("none yet")),
    }
}

/// On Azure the container may stand in the URL alone.
fn place(bucket: &ExportBucket) -> Option<String> {
    match (&bucket.bucket_name, &bucket.service_url) {
        (Some(name), Some(url)) => Some(format!("{name} at {url}")),
        (name, url) => name.clone().or_else(|| url.clone()),
    }
}

fn collections(job: &ExportJob) -> Option<String> {
    let status = job.export_status.as_ref()?;
    let (done, all) = (status.exported_collections?, status.total_collections?);
    Some(format!("{done} of {all}"))
}

/// A role of whichever cloud, as Atlas sent it.
#[derive(Serialize)]
pub(crate) struct Role(pub(crate) Value);

impl Role {
    /// Where each cloud's name for it stands.
    const NAMES: [&'static str; 3] = [
        "iamAssumedRoleArn",
        "servicePrincipalId",
        "gcpServiceAccountForAtlas",
    ];

    fn first(&self, fields: &[&str]) -> Option<&str> {
        fields.iter().find_map(|field| self.0.get(field)?.as_str())
    }
}
