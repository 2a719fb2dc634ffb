//! The operations, and which one a request is for.
//!
//! Every operation stands once in [`OPERATIONS`] and is served under both base paths.

use axum::routing::MethodFilter;
use http::Method;

use crate::answer::Reply;
use crate::error::AtlasError;
use crate::routes::Call;
use crate::version::Generation;
use crate::{access_roles, buckets, clusters, jobs, schedule, snapshots};

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name in the description of the API; the key of its request schema.
    pub(crate) id: &'static str,
    pub(crate) method: MethodFilter,
    pub(crate) path: &'static str,
    /// The v2 versions, oldest first.
    pub(crate) versions: &'static [&'static str],
    /// Whether v1.0 has it.
    pub(crate) v1: bool,
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

const SCHEDULE: &str = "/groups/{groupId}/clusters/{clusterName}/backup/schedule";
const CLUSTERS: &str = "/groups/{groupId}/clusters";
const ROLES: &str = "/groups/{groupId}/cloudProviderAccess";

const FIRST: &[&str] = &["2023-01-01"];
const BOTH: &[&str] = &["2023-01-01", "2024-05-30"];
const SECOND: &[&str] = &["2024-05-30"];
const AUGUST: &[&str] = &["2024-08-05"];

pub(crate) static OPERATIONS: [Operation; 15] = [
    Operation {
        id: "listExportBuckets",
        method: MethodFilter::GET,
        path: BUCKETS,
        versions: BOTH,
        v1: true,
        java_method: "ExportBucketsResource::getAll",
        takes_body: false,
        run: buckets::list,
    },
    Operation {
        id: "createExportBucket",
        method: MethodFilter::POST,
        path: BUCKETS,
        versions: BOTH,
        v1: true,
        java_method: "ExportBucketsResource::create",
        takes_body: true,
        run: buckets::create,
    },
    Operation {
        id: "getExportBucket",
        method: MethodFilter::GET,
        path: BUCKET,
        versions: BOTH,
        v1: true,
        java_method: "ExportBucketsResource::getOne",
        takes_body: false,
        run: buckets::get,
    },
    Operation {
        id: "deleteExportBucket",
        method: MethodFilter::DELETE,
        path: BUCKET,
        versions: FIRST,
        v1: true,
        java_method: "ExportBucketsResource::delete",
        takes_body: false,
        run: buckets::delete,
    },
    Operation {
        id: "listExportJobs",
        method: MethodFilter::GET,
        path: JOBS,
        versions: FIRST,
        v1: true,
        java_method: "ExportsResource::getAll",
        takes_body: false,
        run: jobs::list,
    },
    Operation {
        id: "createExportJob",
        method: MethodFilter::POST,
        path: JOBS,
        versions: FIRST,
        v1: true,
        java_method: "ExportsResource::create",
        takes_body: true,
        run: jobs::create,
    },
    Operation {
        id: "getExportJob",
        method: MethodFilter::GET,
        path: JOB,
        versions: FIRST,
        v1: true,
        java_method: "ExportsResource::getOne",
        takes_body: false,
        run: jobs::get,
    },
    Operation {
        id: "listSnapshots",
        method: MethodFilter::GET,
        path: SNAPSHOTS,
        versions: FIRST,
        v1: true,
        java_method: "SnapshotsResource::getAll",
        takes_body: false,
        run: snapshots::list,
    },
    Operation {
        id: "getSnapshot",
        method: MethodFilter::GET,
        path: SNAPSHOT,
        versions: FIRST,
        v1: true,
        java_method: "SnapshotsResource::getOne",
        takes_body: false,
        run: snapshots::get,
    },
    Operation {
        id: "updateExportBucket",
        method: MethodFilter::PATCH,
        path: BUCKET,
        versions: SECOND,
        v1: false,
        java_method: "ExportBucketsResource::update",
        takes_body: true,
        run: buckets::update,
    },
    Operation {
        id: "takeSnapshot",
        method: MethodFilter::POST,
        path: SNAPSHOTS,
        versions: FIRST,
        v1: true,
        java_method: "SnapshotsResource::take",
        takes_body: true,
        run: snapshots::take,
    },
    Operation {
        id: "getBackupSchedule",
        method: MethodFilter::GET,
        path: SCHEDULE,
        versions: AUGUST,
        v1: true,
        java_method: "ScheduleResource::get",
        takes_body: false,
        run: schedule::get,
    },
    Operation {
        id: "updateBackupSchedule",
        method: MethodFilter::PATCH,
        path: SCHEDULE,
        versions: AUGUST,
        v1: true,
        java_method: "ScheduleResource::update",
        takes_body: true,
        run: schedule::update,
    },
    Operation {
        id: "listClusters",
        method: MethodFilter::GET,
        path: CLUSTERS,
        versions: AUGUST,
        v1: true,
        java_method: "ClustersResource::getAll",
        takes_body: false,
        run: clusters::list,
    },
    Operation {
        id: "listAccessRoles",
        method: MethodFilter::GET,
        path: ROLES,
        versions: FIRST,
        v1: true,
        java_method: "AccessRolesResource::getAll",
        takes_body: false,
        run: access_roles::list,
    },
];

impl Operation {
    /// The operations that share a limit of rates, within a project.
    pub(crate) fn family(&self) -> &'static str {
        match self.path {
            BUCKETS | BUCKET => "export buckets",
            JOBS | JOB => "export jobs",
            CLUSTERS => "clusters",
            ROLES => "access roles",
            SCHEDULE => "backup schedules",
            _ => "snapshots",
        }
    }

    /// The base paths that it is served under.
    pub(crate) fn generations(&self) -> impl Iterator<Item = Generation> {
        let all = [Generation::V1, Generation::V2].into_iter();
        all.filter(|generation| self.v1 || *generation == Generation::V2)
    }

    fn serves(&self, method: &Method, path: &str) -> bool {
        // The list of jobs may end in a slash in v1.0.
        let generations = self.generations();
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
                Some("updateExportBucket"),
            ),
            (
                Method::PATCH,
                "/api/atlas/v1.0/groups/1/backup/exportBuckets/2",
                None,
            ),
            (
                Method::GET,
                "/api/atlas/v1.0/groups/1/clusters",
                Some("listClusters"),
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
