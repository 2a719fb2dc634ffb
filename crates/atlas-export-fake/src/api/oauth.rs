//! The endpoints of service accounts: `POST /api/oauth/token` and `POST /api/oauth/revoke`.
//!
//! They are no operations of the API: Basic in place of Digest, a form in place of JSON, and errors
//! as RFC 6749 §5.2 has them.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Method, Response, StatusCode, request};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::rules::error::AtlasError;
use crate::rules::header::set;
use crate::rules::service_account::ServiceAccount;

/// What both paths begin with.
pub(crate) const OAUTH_PATH: &str = "/api/oauth/";

/// One of the two endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Token,
    Revoke,
}

impl Endpoint {
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path.strip_prefix(OAUTH_PATH)? {
            "token" => Some(Self::Token),
            "revoke" => Some(Self::Revoke),
            _ => None,
        }
    }
}

/// The answer of an endpoint. `body` is `None` where it broke off.
pub(crate) fn serve(
    account: &ServiceAccount,
    endpoint: Endpoint,
    request: &request::Parts,
    body: Option<&Bytes>,
    now: Duration,
) -> Response<Bytes> {
    if request.method != Method::POST {
        let error = AtlasError::method_not_allowed(request.method.as_str());
        return answer(error.status, &error.body());
    }
    if endpoint == Endpoint::Token
        && let Err(wait) = account.admit(now)
    {
        let error = AtlasError::rate_limited_plainly(request.uri.path());
        let mut refusal = answer(error.status, &error.body());
        set(refusal.headers_mut(), RETRY_AFTER, &wait.to_string());
        return refusal;
    }
    let authorization = request.headers.get(AUTHORIZATION);
    if !account.knows(authorization.and_then(|value| value.to_str().ok())) {
        let mut refusal = refuse(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "The client is unknown, or its secret is wrong or has expired.",
        );
        set(refusal.headers_mut(), WWW_AUTHENTICATE, "Basic");
        return refusal;
    }
    let content_type = request.headers.get(CONTENT_TYPE);
    let is_form = content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    let Some(body) = body.filter(|_| is_form) else {
        let why = "The body is no whole application/x-www-form-urlencoded.";
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", why);
    };
    let field = |name: &str| {
        form_urlencoded::parse(body)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    match endpoint {
        Endpoint::Token => token(account, field("grant_type").as_deref(), now),
        Endpoint::Revoke => match field("token") {
            // RFC 7009: a token that is unknown is as good as revoked.
            Some(token) => {
                account.revoke(&token);
                answer(StatusCode::OK, &json!({}))
            }
            None => refuse(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The field token is missing.",
            ),
        },
    }
}

fn token(account: &ServiceAccount, grant_type: Option<&str>, now: Duration) -> Response<Bytes> {
    if grant_type != Some("client_credentials") {
        let why = "The grant_type must be client_credentials.";
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", why);
    }
    match account.issue(now) {
        Ok((token, seconds)) => answer(
            StatusCode::OK,
            &json!({ "access_token": token, "expires_in": seconds, "token_type": "Bearer" }),
        ),
        Err(_) => refuse(
            StatusCode::FORBIDDEN,
            "access_denied",
            "The account has as many live tokens as it may have.",
        ),
    }
}

/// The answer to a request of the API with a token that is not good: no header that the live service
/// keeps for callers it knows.
pub(crate) fn unknown_token() -> Response<Bytes> {
    let mut refusal = answer(StatusCode::UNAUTHORIZED, &AtlasError::unauthorized().body());
    let challenge = r#"Bearer error="invalid_token""#;
    set(refusal.headers_mut(), WWW_AUTHENTICATE, challenge);
    refusal
}

fn refuse(status: StatusCode, error: &str, description: &str) -> Response<Bytes> {
    answer(
        status,
        &json!({ "error": error, "error_description": description }),
    )
}

fn answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    set(response.headers_mut(), CONTENT_TYPE, "application/json");
    set(response.headers_mut(), CACHE_CONTROL, "no-store");
    response
}
