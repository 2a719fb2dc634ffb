//! The operations, and which one a request is for.
//!
//! Every operation stands once in [`OPERATIONS`] and is served under both base paths.

use axum::routing::MethodFilter;
use http::Method;

use crate::answer::Reply;
use crate::error::AtlasError;
use crate::routes::Call;
use crate::version::Generation;
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

    fn serves(&self, method: &Method, path: &str) -> bool {
        // The list of jobs may end in a slash in v1.0.
        let generations = [Generation::V1, Generation::V2].into_iter();
        let below = generations.filter_map(|generation| {
            let below = path.strip_prefix(generation.base())?;
            let slash = generation == Generation::V1 && self.path == JOBS;
            Some(below.strip_suffix('/').filter(|_| slash).unwrap_or(below))
        });
        MethodFilter::try_from(method.clone()).is_ok_and(|method| method == self.method)
            && below.into_iter().any(|below| is_of(below, self.path))
    }
}

/// The operation that a request is for.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Operation> {
    OPERATIONS
        .iter()
        .find(|operation| operation.serves(method, path))
}

/// Whether `path` has the segments of `template`, of which those in braces stand for any.
fn is_of(path: &str, template: &str) -> bool {
    path.split('/').count() == template.split('/').count()
        && path.split('/').zip(template.split('/')).all(|(is, asked)| {
            if asked.starts_with('{') {
                !is.is_empty()
            } else {
                is == asked
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_belong_to_operations() {
        let table = [
            (
                Method::GET,
                "/api/atlas/v2/groups/1/backup/exportBuckets",
                Some("listExportBuckets"),
            ),
            (
                Method::POST,
                "/api/atlas/v1.0/groups/1/backup/exportBuckets",
                Some("createExportBucket"),
            ),
            (
                Method::DELETE,
                "/api/atlas/v2/groups/1/backup/exportBuckets/2",
                Some("deleteExportBucket"),
            ),
            (
                Method::GET,
                "/api/atlas/v1.0/groups/1/clusters/a%20b/backup/exports/",
                Some("listExportJobs"),
            ),
            (
                Method::GET,
                "/api/atlas/v2/groups/1/clusters/a/backup/exports/",
                None,
            ),
            (
                Method::GET,
                "/api/atlas/v2/groups/1/clusters/a/backup/snapshots/3",
                Some("getSnapshot"),
            ),
            (
                Method::PATCH,
                "/api/atlas/v2/groups/1/backup/exportBuckets/2",
                None,
            ),
            (Method::GET, "/groups/1/backup/exportBuckets", None),
            (Method::GET, "/", None),
        ];
        for (method, path, expected) in table {
            let found = find(&method, path).map(|operation| operation.id);
            assert_eq!(found, expected, "{method} {path}");
        }
    }
}
