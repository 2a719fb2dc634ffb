//! The way of a request from its route to its answer.
//!
//! The order of the checks: credentials, path and method, rate, `Accept`, version, query,
//! `Content-Type`, then the operation's own (ids, project, cluster, body).

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use bytes::Bytes;
use http::{HeaderName, StatusCode};
use serde_json::Value;

use crate::answer::{Reply, Style, set};
use crate::error::AtlasError;
use crate::front::WholeBody;
use crate::ids;
use crate::operations::{JOBS, OPERATIONS, Operation};
use crate::page;
use crate::state::Shared;
use crate::version::{self, Generation, Version};

/// The whole fake as a service.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new();
    for operation in OPERATIONS.iter() {
        for generation in operation.generations() {
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
    let path = request.uri().path();
    let admission = shared
        .limiter
        .admit(operation.family(), path, shared.clock.now());
    let today = shared.clock.wall().date_naive();
    let resolved = version::resolve(generation, &operation.versions, request.headers(), today);
    let outcome = admission.check(path).and_then(|()| {
        let version = resolved.clone()?;
        shared.ageing.check(version, path)?;
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
    let mut response = style.respond(outcome, operation.success, &media_type);
    let headers = response.headers_mut();
    let java_method = HeaderName::from_static("x-java-method");
    set(headers, java_method, &operation.java_method());
    if let Ok(version) = resolved {
        shared.ageing.note(headers, operation, version);
    }
    admission.note(headers);
    response
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
    let path = request.uri().path();
    let admission = shared.limiter.admit("elsewhere", path, shared.clock.now());
    let refused = admission.check(path);
    let outcome = refused.and(Err(error));
    let mut response = style.respond(outcome, StatusCode::OK, "application/json");
    admission.note(response.headers_mut());
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

    /// A segment of the path that must be an id, in small letters.
    pub(crate) fn object_id(&self, name: &str) -> Result<String, AtlasError> {
        let id = self.param(name);
        if ids::is_object_id(id) {
            Ok(ids::lowered(id))
        } else {
            Err(AtlasError::invalid_field(
                name,
                format!("must be 24 hexadecimal digits, not {id:?}"),
            ))
        }
    }

    /// The absolute URL of this resource, without a query.
    fn address(&self) -> String {
        let path = self.request.uri().path();
        let project = self.param("groupId");
        let path = path.replacen(project, &ids::lowered(project), 1);
        format!("{}{path}", self.shared.origin)
    }

    /// The body, held against the operation's schema.
    pub(crate) fn json_body(&self) -> Result<Value, AtlasError> {
        let body = self.request.extensions().get::<WholeBody>();
        let body = body.map_or_else(Bytes::new, |WholeBody(body)| body.clone());
        self.shared.schemas.read(self.operation.id, &body)
    }

    /// The absolute URL of the cluster that the path names.
    pub(crate) fn cluster_address(&self) -> String {
        let path = self.request.uri().path();
        // All of them begin with `/api/atlas/v2/groups/{groupId}/clusters/{clusterName}`.
        let below = path
            .splitn(9, '/')
            .nth(8)
            .map_or(0, |below| below.len() + 1);
        let address = self.address();
        let end = address.len().saturating_sub(below);
        address.get(..end).unwrap_or(&address).to_owned()
    }

    /// The page of `items` that the query asks for, and nothing else of them, as `show` shows it.
    pub(crate) fn page<T>(
        &self,
        items: &[T],
        show: impl FnMut(&T) -> Value,
    ) -> Result<Reply, AtlasError> {
        let query = self.request.uri().query().unwrap_or_default();
        let habits = self.shared.habits;
        page::page(items, show, query, &self.address(), habits).map(Reply::Page)
    }
}
