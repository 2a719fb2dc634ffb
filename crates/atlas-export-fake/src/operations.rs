//! The operations.
//!
//! Every operation stands once in [`OPERATIONS`] and is served under both base paths.

use axum::routing::MethodFilter;

use crate::answer::Reply;
use crate::error::AtlasError;
use crate::routes::Call;
use crate::{buckets, jobs, snapshots};

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name in the description of the API; the key of its request schema.
    pub(crate) id: &'static str,
    pub(crate) method: MethodFilter,
    pub(crate) path: &'static str,
    /// The v2 versions, oldest first.
    pub(crate) versions: &'static [&'static str],
    /// What `X-Java-Method` says. The header is real, its values here are made up.
    pub(crate) java_method: &'static str,
    pub(crate) takes_body: bool,
    pub(crate) run: fn(&Call<'_>) -> Result<Reply, AtlasError>,
}

const BUCKETS: &str = "/groups/{groupId}/backup/exportBuckets";
const BUCKET: &str = "/groups/{groupId}/backup/exportBuckets/{exportBucketId}";
pub(crate) const JOBS: &str = "/groups/{groupId}/clusters/{clusterName}/backup/exports";
const JOB: &str = "/groups/{groupId}/clusters/{clusterName}/backup/exports/{exportId}";
const SNAPSHOTS: &str = "/groups/{groupId}/clusters/{clusterName}/backup/snapshots";
const SNAPSHOT: &str = "/groups/{groupId}/clusters/{clusterName}/backup/snapshots/{snapshotId}";

const FIRST: &[&str] = &["2023-01-01"];
const BOTH: &[&str] = &["2023-01-01", "2024-05-30"];

pub(crate) static OPERATIONS: [Operation; 9] = [
    Operation {
        id: "listExportBuckets",
        method: MethodFilter::GET,
        path: BUCKETS,
        versions: BOTH,
        java_method: "ExportBucketsResource::getAll",
        takes_body: false,
        run: buckets::list,
    },
    Operation {
        id: "createExportBucket",
        method: MethodFilter::POST,
        path: BUCKETS,
        versions: BOTH,
        java_method: "ExportBucketsResource::create",
        takes_body: true,
        run: buckets::create,
    },
    Operation {
        id: "getExportBucket",
        method: MethodFilter::GET,
        path: BUCKET,
        versions: BOTH,
        java_method: "ExportBucketsResource::getOne",
        takes_body: false,
        run: buckets::get,
    },
    Operation {
        id: "deleteExportBucket",
        method: MethodFilter::DELETE,
        path: BUCKET,
        versions: FIRST,
        java_method: "ExportBucketsResource::delete",
        takes_body: false,
        run: buckets::delete,
    },
    Operation {
        id: "listExportJobs",
        method: MethodFilter::GET,
        path: JOBS,
        versions: FIRST,
        java_method: "ExportsResource::getAll",
        takes_body: false,
        run: jobs::list,
    },
    Operation {
        id: "createExportJob",
        method: MethodFilter::POST,
        path: JOBS,
        versions: FIRST,
        java_method: "ExportsResource::create",
        takes_body: true,
        run: jobs::create,
    },
    Operation {
        id: "getExportJob",
        method: MethodFilter::GET,
        path: JOB,
        versions: FIRST,
        java_method: "ExportsResource::getOne",
        takes_body: false,
        run: jobs::get,
    },
    Operation {
        id: "listSnapshots",
        method: MethodFilter::GET,
        path: SNAPSHOTS,
        versions: FIRST,
        java_method: "SnapshotsResource::getAll",
        takes_body: false,
        run: snapshots::list,
    },
    Operation {
        id: "getSnapshot",
        method: MethodFilter::GET,
        path: SNAPSHOT,
        versions: FIRST,
        java_method: "SnapshotsResource::getOne",
        takes_body: false,
        run: snapshots::get,
    },
];

impl Operation {
    /// The operations that share a limit of rates.
    pub(crate) fn family(&self) -> &'static str {
        match self.path {
            BUCKETS | BUCKET => "export buckets",
            JOBS | JOB => "export jobs",
            _ => "snapshots",
        }
    }
}
