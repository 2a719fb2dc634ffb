//! The operations, and which one a request is for.
//!
//! What they are comes as data from the description of the API (`operations.json`, written by its
//! code generator); what the fake does for each stands in [`handler`]. One without a handler is
//! not served.

use std::sync::LazyLock;

use axum::routing::MethodFilter;
use http::{Method, StatusCode};
use serde::Deserialize;

use crate::answer::Reply;
use crate::error::AtlasError;
use crate::routes::Call;
use crate::version::Generation;
use crate::{access_roles, buckets, clusters, jobs, schedule, snapshots};

/// What the description of the API says of an operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    versions: Vec<&'static str>,
    v1: bool,
    success: u16,
    takes_body: bool,
}

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name in the description of the API; the key of its request schema.
    pub(crate) id: &'static str,
    pub(crate) method: MethodFilter,
    pub(crate) path: &'static str,
    /// The v2 versions, oldest first.
    pub(crate) versions: Vec<&'static str>,
    /// Whether v1.0 has it.
    pub(crate) v1: bool,
    /// The status of its success.
    pub(crate) success: StatusCode,
    pub(crate) takes_body: bool,
    pub(crate) run: Handler,
}

type Handler = fn(&Call<'_>) -> Result<Reply, AtlasError>;

/// The path of the list of jobs, which may end in a slash in v1.0.
pub(crate) const JOBS: &str = "/groups/{groupId}/clusters/{clusterName}/backup/exports";

/// What the fake does for an operation.
fn handler(id: &str) -> Option<Handler> {
    Some(match id {
        "listExportBuckets" => buckets::list,
        "createExportBucket" => buckets::create,
        "getExportBucket" => buckets::get,
        "updateExportBucket" => buckets::update,
        "deleteExportBucket" => buckets::delete,
        "listExportJobs" => jobs::list,
        "createExportJob" => jobs::create,
        "getExportJob" => jobs::get,
        "listSnapshots" => snapshots::list,
        "getSnapshot" => snapshots::get,
        "listShardedSnapshots" => snapshots::list_sharded,
        "getShardedSnapshot" => snapshots::get_sharded,
        "takeSnapshot" => snapshots::take,
        "getBackupSchedule" => schedule::get,
        "updateBackupSchedule" => schedule::update,
        "listClusters" => clusters::list,
        "listAccessRoles" => access_roles::list,
        _ => return None,
    })
}

pub(crate) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    // A test reads it, so that it is never empty.
    let all: Vec<Described> =
        serde_json::from_str(include_str!("operations.json")).unwrap_or_default();
    all.into_iter().filter_map(Operation::served).collect()
});

impl Operation {
    fn served(described: Described) -> Option<Self> {
        let method = Method::from_bytes(described.method.as_bytes()).ok()?;
        Some(Self {
            method: MethodFilter::try_from(method).ok()?,
            run: handler(described.id)?,
            id: described.id,
            path: described.path,
            versions: described.versions,
            v1: described.v1,
            success: StatusCode::from_u16(described.success).ok()?,
            takes_body: described.takes_body,
        })
    }

    /// The operations that share a limit of rates, within a project: those of one collection.
    pub(crate) fn family(&self) -> &'static str {
        let mut segments = self.path.rsplit('/');
        let last = segments.find(|segment| !segment.starts_with('{'));
        last.unwrap_or_default()
    }

    /// What `X-Java-Method` says. The header is real, its values here are made up.
    pub(crate) fn java_method(&self) -> String {
        format!("ApiAtlasResource::{}", self.id)
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
    // Where an id stands in the same place, a literal segment goes before it.
    let literals = |path: &str| {
        path.split('/')
            .filter(|part| !part.starts_with('{'))
            .count()
    };
    OPERATIONS
        .iter()
        .filter(|operation| operation.serves(method, path))
        .max_by_key(|operation| literals(operation.path))
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
    fn every_operation_of_the_description_is_served() {
        let all: Vec<Described> = serde_json::from_str(include_str!("operations.json")).unwrap();
        assert!(!all.is_empty());
        for described in &all {
            assert!(
                handler(described.id).is_some(),
                "{} has no handler: give it one in operations.rs",
                described.id
            );
        }
        assert_eq!(OPERATIONS.len(), all.len());
    }

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
