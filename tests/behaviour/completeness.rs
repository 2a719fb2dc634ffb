//! No operation of the contract is forgotten anywhere: each has a route of the fake, a public
//! method, a place in the table of faults, and a row in two documents.

use atlas_export::{ApiVersion, request::Method};
use atlas_export_api::{OPERATIONS, Operation};
use atlas_export_tests::{BUCKET, CLUSTER, PROJECT, ROLE, SNAPSHOT, Scene};
use serde_json::json;

use atlas_export_tests::every_operation::{ENDPOINT, JOB, call, furnished, kind};

const README: &str = include_str!("../../README.md");
const CURATION: &str = include_str!("../../openapi/CURATION.md");

/// What the fake has, by placeholder.
fn ids() -> [(&'static str, &'static str); 8] {
    [
        ("{groupId}", PROJECT),
        ("{clusterName}", CLUSTER),
        ("{exportBucketId}", BUCKET),
        ("{exportId}", JOB),
        ("{snapshotId}", SNAPSHOT),
        ("{roleId}", ROLE),
        ("{cloudProvider}", "AWS"),
        ("{endpointId}", ENDPOINT),
    ]
}

/// The path of an operation, about what the fake has.
fn path(operation: &Operation) -> String {
    let path = operation.path.to_owned();
    ids()
        .iter()
        .fold(path, |path, (name, id)| path.replace(name, id))
}

/// Whether the fake knows path and method.
async fn has_route(operation: &Operation) -> bool {
    let scene = Scene::start(furnished()).await;
    let Ok(method) = operation.method.parse::<Method>() else {
        return false;
    };
    let mut request = scene.client.request::<()>(method, operation.path);
    for (name, id) in ids() {
        if operation.path.contains(name) {
            request = request.path(name.trim_matches(['{', '}']), id);
        }
    }
    if method != Method::GET {
        request = request.json(&json!({}));
    }
    let answer = request.version(*operation.versions.last().unwrap()).await;
    !matches!(answer, Err(error) if matches!(error.status(), Some(404 | 405)))
}

/// What goes wrong when the public method is called in a version; `None` where there is none.
async fn sends(operation: &Operation, date: Option<&str>) -> Option<Result<(), String>> {
    let scene = Scene::start(furnished()).await.with(|client| match date {
        None => client.api_version(ApiVersion::V1),
        Some(date) => client.resource_version(operation.id, date),
    });
    let told = call(&scene.client, operation.id).await?;
    let accept = date.map_or_else(
        || "application/json".to_owned(),
        |date| format!("application/vnd.atlas.{date}+json"),
    );
    let base = date.map_or("/api/atlas/v1.0", |_| "/api/atlas/v2");
    // The path `/` is the base itself.
    let path = path(operation);
    let sent = format!("{base}{}", path.strip_suffix('/').unwrap_or(&path));
    let seen = scene.fake.requests().into_iter().any(|request| {
        request.method == operation.method
            && request.path == sent
            && request
                .headers
                .get("accept")
                .is_some_and(|sent| sent == accept.as_str())
            && request.answered(operation.success)
    });
    Some(match told {
        Err(error) => Err(error.to_string()),
        Ok(()) if !seen => Err(format!("no {accept} was seen on the wire")),
        Ok(()) => Ok(()),
    })
}

/// What an operation lacks, and where it belongs.
async fn gaps(operation: &Operation) -> Vec<String> {
    let id = operation.id;
    let mut gaps = Vec::new();
    if !has_route(operation).await {
        gaps.push(format!(
            "{id} has no route of the fake: give it a handler in \
             crates/atlas-export-fake/src/api/handlers.rs"
        ));
    }
    let v1 = operation.v1.then_some(None);
    let dates = operation.versions.iter().copied().map(Some);
    for date in v1.into_iter().chain(dates) {
        let version = date.unwrap_or("1.0");
        match sends(operation, date).await {
            None => {
                gaps.push(format!(
                    "{id} has no public method: write one, and call it in `call` of \
                     tests/src/every_operation.rs"
                ));
                break;
            }
            Some(Err(why)) => gaps.push(format!("{id} in version {version}: {why}")),
            Some(Ok(())) => {}
        }
    }
    if kind(operation).is_none() {
        gaps.push(format!(
            "{id} has no place in the table of faults: say in `kind` of \
             tests/src/every_operation.rs what {} means",
            operation.method
        ));
    }
    let row = format!("| `{id}` |");
    for (document, text) in [("openapi/CURATION.md", CURATION), ("README.md", README)] {
        if !text.lines().any(|line| line.starts_with(&row)) {
            gaps.push(format!("{id} has no row in {document}: write {row} …"));
        }
    }
    gaps
}

#[tokio::test]
async fn no_operation_is_forgotten_anywhere() {
    let mut all = Vec::new();
    for operation in OPERATIONS {
        all.extend(gaps(operation).await);
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[tokio::test]
async fn what_an_operation_lacks_is_named_with_where_it_belongs() {
    let forgotten = Operation {
        id: "mergeRestoreJobs",
        function: "merge_restore_jobs",
        method: "TRACE",
        path: "/groups/{groupId}/clusters/{clusterName}/backup/restoreJobs",
        // In no version of the contract, so that none can be asked for.
        versions: &[],
        v1: true,
        success: 200,
        query: &[],
        roles: &[],
    };
    let gaps = gaps(&forgotten).await.join("\n");
    for place in [
        "handlers.rs",
        "`call` of",
        "`kind` of",
        "CURATION.md",
        "README.md",
    ] {
        assert!(gaps.contains(place), "{place}:\n{gaps}");
    }
}
