//! The operations, and the way of a request from its route to its answer.
//!
//! Every operation stands once in [`OPERATIONS`] and is served under both base paths. The order of
//! the checks: credentials, path and method, `Accept`, query, `Content-Type`, then the operation's
//! own (ids, project, cluster, body).

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use bytes::Bytes;
use http::HeaderName;
use serde_json::Value;

use crate::answer::{Reply, Style, set};
use crate::error::AtlasError;
use crate::front::{WholeBody, front};
use crate::page;
use crate::state::{Allowance, Shared, is_object_id};
use crate::version::{self, Generation, Version};
use crate::{buckets, jobs, snapshots};

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name in the description of the API; the key of its request schema.
    pub(crate) id: &'static str,
    method: MethodFilter,
    path: &'static str,
    /// The v2 versions, oldest first.
    versions: &'static [&'static str],
    /// What `X-Java-Method` says. The header is real, its values here are made up.
    java_method: &'static str,
    pub(crate) takes_body: bool,
    run: fn(&Call<'_>) -> Result<Reply, AtlasError>,
}

const BUCKETS: &str = "/groups/{groupId}/backup/exportBuckets";
const BUCKET: &str = "/groups/{groupId}/backup/exportBuckets/{exportBucketId}";
const JOBS: &str = "/groups/{groupId}/clusters/{clusterName}/backup/exports";
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

/// The whole fake as a service.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new();
    for operation in &OPERATIONS {
        for generation in [Generation::V1, Generation::V2] {
            let path = format!("{}{}", generation.base(), operation.path);
            router = router.route(&path, method_router(operation, generation));
            // The path of the v1.0 reference page for the list of jobs ends in a slash.
            if generation == Generation::V1 && operation.path == JOBS {
                let path = format!("{path}/");
                router = router.route(&path, method_router(operation, generation));
            }
        }
    }
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(Arc::clone(&shared), front))
        .with_state(shared)
}

fn method_router(
    operation: &'static Operation,
    generation: Generation,
) -> MethodRouter<Arc<Shared>> {
    on(
        operation.method,
        async move |State(shared): State<Arc<Shared>>,
                    params: Result<RawPathParams, RawPathParamsRejection>,
                    request: Request| {
            serve(operation, generation, &shared, params.ok(), &request)
        },
    )
}

fn serve(
    operation: &Operation,
    generation: Generation,
    shared: &Shared,
    params: Option<RawPathParams>,
    request: &Request,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let (style, style_checked) = Style::of(query, shared.habits.spelling);
    let resolved = version::resolve(generation, operation.versions, request.headers());
    let outcome = resolved.clone().and_then(|version| {
        style_checked?;
        if operation.takes_body {
            version::check_content_type(generation, request.headers())?;
        }
        let params = params.ok_or_else(|| {
            AtlasError::invalid_field("path", "holds a segment that is not UTF-8")
        })?;
        (operation.run)(&Call {
            shared,
            operation,
            version,
            params: &params,
            request,
        })
    });
    let media_type = resolved
        .as_ref()
        .map_or_else(|_| Version::V1.media_type(), |version| version.media_type());
    let mut response = style.respond(outcome, &media_type);
    let headers = response.headers_mut();
    let java_method = HeaderName::from_static("x-java-method");
    set(headers, java_method, operation.java_method);
    let ages = resolved.is_ok_and(|version| is_ageing(version, operation.versions));
    if ages {
        // One-digit days, as the live service writes them. The sunset is that of the buckets' first
        // version; the other date is made up.
        set(
            headers,
            HeaderName::from_static("deprecation"),
            "Mon, 5 Aug 2024 00:00:00 GMT",
        );
        set(
            headers,
            HeaderName::from_static("sunset"),
            "Thu, 1 Jul 2027 00:00:00 GMT",
        );
    }
    with_allowance(response, shared)
}

/// All of v1.0, and every v2 version that has a successor.
fn is_ageing(version: Version, versions: &[&str]) -> bool {
    match version {
        Version::V1 => true,
        Version::V2(date) => versions.last().is_some_and(|newest| *newest != date),
    }
}

async fn no_such_path(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let error = AtlasError::resource_not_found(request.uri().path());
    refuse(&shared, &request, error)
}

async fn no_such_method(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let error = AtlasError::method_not_allowed(request.method().as_str());
    refuse(&shared, &request, error)
}

/// An error outside every operation.
pub(crate) fn refuse(shared: &Shared, request: &Request, error: AtlasError) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let (style, _) = Style::of(query, shared.habits.spelling);
    let response = style.respond(Err(error), "application/json");
    with_allowance(response, shared)
}

/// The rate-limit headers of every answer to a known caller.
fn with_allowance(mut response: Response, shared: &Shared) -> Response {
    let remaining = shared
        .allowance
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .spend(shared.clock.now());
    let headers = response.headers_mut();
    let limit = HeaderName::from_static("ratelimit-limit");
    set(headers, limit, &Allowance::LIMIT.to_string());
    let left = HeaderName::from_static("ratelimit-remaining");
    set(headers, left, &remaining.to_string());
    response
}

/// One request as its operation sees it.
#[derive(Debug)]
pub(crate) struct Call<'r> {
    pub(crate) shared: &'r Shared,
    operation: &'r Operation,
    pub(crate) version: Version,
    params: &'r RawPathParams,
    request: &'r Request,
}

impl Call<'_> {
    /// A segment of the path, decoded.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value)
    }

    /// A segment of the path that must be an id.
    pub(crate) fn object_id(&self, name: &str) -> Result<&str, AtlasError> {
        let id = self.param(name);
        if is_object_id(id) {
            Ok(id)
        } else {
            Err(AtlasError::invalid_field(
                name,
                format!("must be 24 lower-case hexadecimal digits, not {id:?}"),
            ))
        }
    }

    /// The body, held against the operation's schema.
    pub(crate) fn json_body(&self) -> Result<Value, AtlasError> {
        let body = self.request.extensions().get::<WholeBody>();
        let body = body.map_or_else(Bytes::new, |WholeBody(body)| body.clone());
        self.shared.schemas.read(self.operation.id, &body)
    }

    /// The page of `items` that the query asks for.
    pub(crate) fn page(&self, items: Vec<Value>) -> Result<Reply, AtlasError> {
        let uri = self.request.uri();
        let address = format!("{}{}", self.shared.origin, uri.path());
        let query = uri.query().unwrap_or_default();
        page::page(items, query, &address, self.shared.habits).map(Reply::Page)
    }
}
