//! What a table shows of each model.

use std::fmt::Display;

use atlas_export::models::{
    AccessRole, AwsIamRole, AzureServicePrincipal, ClusterDescription, ExportBucket, ExportJob,
    GcpServiceAccount, Snapshot,
};
use serde::Serialize;

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

/// A time to the minute.
macro_rules! minute {
    ($time:expr) => {
        shown($time.map(|time| time.format("%Y-%m-%d %H:%M UTC").to_string()))
    };
}

impl Row for ExportBucket {
    const COLUMNS: &'static [&'static str] = &["ID", "CLOUD", "BUCKET", "ROLE", "REGION"];

    fn cells(&self) -> Vec<String> {
        // On Azure the container may stand in the URL alone.
        let name = match (&self.bucket_name, &self.service_url) {
            (Some(name), Some(url)) => Some(format!("{name} at {url}")),
            (name, url) => name.clone().or_else(|| url.clone()),
        };
        vec![
            self.id.to_string(),
            self.cloud_provider.to_string(),
            shown(name),
            shown(self.iam_role_id.as_ref().or(self.role_id.as_ref())),
            shown(self.region.as_ref()),
        ]
    }
}

impl Row for ExportJob {
    const COLUMNS: &'static [&'static str] = &[
        "ID",
        "STATE",
        "COLLECTIONS",
        "CREATED",
        "FINISHED",
        "SNAPSHOT",
        "PREFIX",
    ];

    fn cells(&self) -> Vec<String> {
        let numbers = self.export_status.as_ref().and_then(|status| {
            let (done, all) = (status.exported_collections?, status.total_collections?);
            Some(format!("{done} of {all}"))
        });
        vec![
            self.id.to_string(),
            shown(self.state.as_ref()),
            shown(numbers),
            minute!(self.created_at),
            minute!(self.finished_at),
            shown(self.snapshot_id.as_ref()),
            shown(self.prefix.as_ref()),
        ]
    }
}

impl Row for Snapshot {
    const COLUMNS: &'static [&'static str] = &[
        "ID",
        "STATUS",
        "TYPE",
        "SIZE",
        "CREATED",
        "EXPIRES",
        "DESCRIPTION",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            shown(self.status.as_ref()),
            shown(self.snapshot_type.as_ref()),
            shown(
                self.storage_size_bytes
                    .filter(|bytes| *bytes > 0)
                    .map(gigabytes),
            ),
            minute!(self.created_at),
            minute!(self.expires_at),
            shown(self.description.as_ref()),
        ]
    }
}

impl Row for ClusterDescription {
    const COLUMNS: &'static [&'static str] = &["NAME", "TYPE", "TIER", "STATE", "EXPORTABLE"];

    fn cells(&self) -> Vec<String> {
        let why_not = self.why_not_exportable();
        vec![
            self.name.to_string(),
            shown(self.cluster_type.as_ref()),
            self.tier().to_string(),
            shown(self.state_name.as_ref()),
            why_not.map_or_else(|| "yes".to_owned(), |why| format!("no: {why}")),
        ]
    }
}

/// A role, of whichever cloud.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum AnyRole {
    Aws(AwsIamRole),
    Azure(AzureServicePrincipal),
    Gcp(GcpServiceAccount),
    Undecodable(Box<serde_json::value::RawValue>),
}

impl Row for AnyRole {
    const COLUMNS: &'static [&'static str] = &["ID", "CLOUD", "NAME IN THE CLOUD"];

    fn cells(&self) -> Vec<String> {
        let (id, cloud, name) = match self {
            Self::Aws(role) => (
                role.role_id.to_string(),
                "AWS",
                role.iam_assumed_role_arn
                    .as_deref()
                    .unwrap_or("not authorized yet"),
            ),
            Self::Azure(role) => (
                role.id.to_string(),
                "AZURE",
                role.service_principal_id.as_deref().unwrap_or("–"),
            ),
            Self::Gcp(role) => (
                role.role_id.to_string(),
                "GCP",
                role.gcp_service_account_for_atlas
                    .as_deref()
                    .unwrap_or("not made yet"),
            ),
            Self::Undecodable(_) => ("–".to_owned(), "–", "undecodable: see -o json"),
        };
        vec![id, cloud.to_owned(), name.to_owned()]
    }
}

impl Row for AccessRole {
    const COLUMNS: &'static [&'static str] = AnyRole::COLUMNS;

    fn cells(&self) -> Vec<String> {
        let name = self.iam_assumed_role_arn.as_ref();
        vec![
            self.role_id.to_string(),
            self.provider_name.to_string(),
            name.map_or_else(|| "not authorized yet".to_owned(), Clone::clone),
        ]
    }
}
