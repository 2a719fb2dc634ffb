//! The way of a request from its route to its answer.
//!
//! The order of the checks: path and method, rate, `Accept`, version, query, `Content-Type`, then the
//! operation's own (ids, project, cluster, body). Credentials come before all of them, and are not
//! checked here.

use bytes::Bytes;
use http::header::{ALLOW, AUTHORIZATION};
use http::{HeaderName, Response, StatusCode, request};

use crate::api::atlas::Atlas;
use crate::api::call::Call;
use crate::api::handlers::{OperationHandler, handler};
use crate::api::response::ResponseStyle;
use crate::api::routes::{self, Route};
use crate::rules::credentials::DigestCredentials;
use crate::rules::error::AtlasError;
use crate::rules::header::set;
use crate::rules::operations::Operation;
use crate::rules::version::{self, Generation, Version};

const X_JAVA_METHOD: HeaderName = HeaderName::from_static("x-java-method");

/// The answer to a request whose sender is known.
pub(crate) fn serve(atlas: &Atlas, request: &request::Parts, body: &Bytes) -> Response<Bytes> {
    let path = request.uri.path();
    match routes::find(&request.method, path) {
        Route::Operation(operation, generation) => match handler(operation.id) {
            Some(handler) => run(atlas, operation, generation, handler, request, body),
            None => refuse(atlas, request, AtlasError::resource_not_found(path)),
        },
        Route::OtherMethod(allow) => {
            let error = AtlasError::method_not_allowed(request.method.as_str());
            let mut response = refuse(atlas, request, error);
            set(response.headers_mut(), ALLOW, &allow);
            response
        }
        Route::Nowhere => refuse(atlas, request, AtlasError::resource_not_found(path)),
    }
}

fn run(
    atlas: &Atlas,
    operation: &Operation,
    generation: Generation,
    handler: OperationHandler,
    request: &request::Parts,
    body: &Bytes,
) -> Response<Bytes> {
    let (path, query) = (request.uri.path(), request.uri.query().unwrap_or_default());
    let (style, style_checked) = ResponseStyle::of(query, atlas.options.spelling);
    let admission = atlas
        .limiter
        .admit(operation.family(), path, atlas.clock.now());
    let today = atlas.clock.wall().date_naive();
    let sent = request.headers.get(AUTHORIZATION);
    let sent = sent.and_then(|sent| DigestCredentials::parse(sent.to_str().ok()?));
    let resolved = version::resolve(generation, &operation.versions, &request.headers, today);
    let outcome = admission.check(path).and_then(|()| {
        let version = resolved.clone()?;
        atlas.deprecations.check(version, path)?;
        style_checked?;
        if operation.takes_body {
            version::check_content_type(generation, &request.headers)?;
        }
        let params = routes::params(path, operation).ok_or_else(|| {
            AtlasError::invalid_field("path", "holds a segment that is not UTF-8")
        })?;
        handler(&Call {
            atlas,
            operation,
            version,
            params: &params,
            path,
            query,
            body,
            public_key: sent.as_ref().map(|sent| sent.username.as_str()),
        })
    });
    let media_type = resolved
        .as_ref()
        .map_or_else(|_| Version::V1.media_type(), |version| version.media_type());
    let mut response = style.respond(outcome, operation.success, &media_type);
    let headers = response.headers_mut();
    set(headers, X_JAVA_METHOD, &operation.java_method());
    if let Ok(version) = resolved {
        atlas
            .deprecations
            .write_headers(headers, operation, version);
    }
    admission.write_headers(headers);
    response
}

/// An error outside every operation.
pub(crate) fn refuse(
    atlas: &Atlas,
    request: &request::Parts,
    error: AtlasError,
) -> Response<Bytes> {
    let (path, query) = (request.uri.path(), request.uri.query().unwrap_or_default());
    let (style, _) = ResponseStyle::of(query, atlas.options.spelling);
    let admission = atlas.limiter.admit("elsewhere", path, atlas.clock.now());
    let refused = admission.check(path);
    let outcome = refused.and(Err(error));
    let mut response = style.respond(outcome, StatusCode::OK, "application/json");
    admission.write_headers(response.headers_mut());
    response
}
