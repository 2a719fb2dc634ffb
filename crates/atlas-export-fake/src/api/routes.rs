//! Which operation a path and a method belong to: the one matcher of paths.
//!
//! A parameter stands for one segment that is not empty. Where a literal segment and a parameter both
//! fit, the literal one is meant. Literal segments are compared as they are sent, parameters are
//! percent-decoded. The template `/` is the base itself, which no slash ends.

use http::Method;
use percent_encoding::percent_decode_str;

use crate::rules::operations::{OPERATIONS, Operation};
use crate::rules::version::Generation;

/// The path of the list of jobs. Its v1.0 reference page has it with a slash at the end.
const JOBS: &str = "/groups/{groupId}/clusters/{clusterName}/backup/exports";

/// The parameters of a path, percent-decoded.
pub(crate) type Params = Vec<(&'static str, String)>;

/// Where a request leads.
#[derive(Debug)]
pub(crate) enum Route {
    Operation(&'static Operation, Generation),
    /// The path has operations, of other methods: these, for `Allow`.
    OtherMethod(String),
    Nowhere,
}

/// Finds the operation of a request. HEAD is served as GET.
pub(crate) fn find(method: &Method, path: &str) -> Route {
    let Some((generation, below)) = split(path) else {
        return Route::Nowhere;
    };
    let fits = |operation: &&Operation| {
        operation.is_in(generation) && fits(strip_slash(below, generation, operation), operation)
    };
    let templates = OPERATIONS.iter().filter(fits);
    let Some(template) = templates
        .map(|operation| operation.path)
        .max_by_key(literals)
    else {
        return Route::Nowhere;
    };
    let operations = || {
        let operations = OPERATIONS.iter();
        operations.filter(|operation| operation.path == template && operation.is_in(generation))
    };
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    match operations().find(|operation| operation.method == *method) {
        Some(operation) => Route::Operation(operation, generation),
        None => Route::OtherMethod(allow(operations())),
    }
}

/// The parameters of `path`, which leads to `operation`; `None` where one is not UTF-8.
pub(crate) fn params(path: &str, operation: &Operation) -> Option<Params> {
    let (_, below) = split(path)?;
    operation
        .path
        .split('/')
        .zip(below.split('/'))
        .filter_map(|(asked, sent)| {
            let name = asked.strip_prefix('{')?.strip_suffix('}')?;
            Some((name, sent))
        })
        .map(|(name, sent)| {
            let value = percent_decode_str(sent).decode_utf8().ok()?;
            Some((name, value.into_owned()))
        })
        .collect()
}

/// The generation whose base path `path` begins with, and the rest.
fn split(path: &str) -> Option<(Generation, &str)> {
    [Generation::V1, Generation::V2]
        .into_iter()
        .find_map(|generation| Some((generation, path.strip_prefix(generation.base())?)))
}

fn strip_slash<'p>(below: &'p str, generation: Generation, operation: &Operation) -> &'p str {
    let may = generation == Generation::V1 && operation.path == JOBS;
    let stripped = below.strip_suffix('/').filter(|_| may);
    stripped.unwrap_or(below)
}

/// Whether `path` has the segments of the template of `operation`.
fn fits(path: &str, operation: &Operation) -> bool {
    let template = operation.path.strip_suffix('/').unwrap_or(operation.path);
    let (sent, asked) = (path.split('/'), template.split('/'));
    sent.clone().count() == asked.clone().count()
        && sent.zip(asked).all(|(sent, asked)| {
            if asked.starts_with('{') {
                !sent.is_empty()
            } else {
                sent == asked
            }
        })
}

/// How many segments of a template are literal.
fn literals(template: &&str) -> usize {
    template
        .split('/')
        .filter(|segment| !segment.starts_with('{'))
        .count()
}

/// The value of `Allow`.
fn allow<'o>(operations: impl Iterator<Item = &'o Operation>) -> String {
    let methods = operations.map(|operation| match operation.method.as_str() {
        "GET" => "GET,HEAD",
        other => other,
    });
    methods.collect::<Vec<_>>().join(",")
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
            (
                Method::HEAD,
                "/api/atlas/v2/groups/1/clusters",
                Some("listClusters"),
            ),
            (
                Method::GET,
                "/api/atlas/v2/groups/1/clusters/a/backup/snapshots/shardedClusters",
                Some("listShardedSnapshots"),
            ),
            (Method::GET, "/api/atlas/v2/groups//clusters", None),
            (Method::GET, "/api/atlas/v2", Some("getSystemStatus")),
            (Method::GET, "/api/atlas/v2/", None),
            (Method::GET, "/groups/1/backup/exportBuckets", None),
            (Method::GET, "/", None),
        ];
        for (method, path, expected) in table {
            let found = match find(&method, path) {
                Route::Operation(operation, _) => Some(operation.id),
                Route::OtherMethod(_) | Route::Nowhere => None,
            };
            assert_eq!(found, expected, "{method} {path}");
        }
    }
}
