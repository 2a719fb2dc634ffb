//! Atlas's error bodies: `{error, errorCode, detail, reason, parameters, badRequestDetail}`.
//!
//! Codes come from recorded traffic or from Atlas's published list where one of those fits. A code that
//! nothing confirms is marked so beside its constructor.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::rules::rate_limit::RateLimit;
use crate::world::state::Missing;

/// An error of the API, before it becomes a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AtlasError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    detail: String,
    parameters: Option<Vec<Value>>,
    fields: Vec<InvalidField>,
}

/// A field of a request that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidField {
    pub(crate) field: String,
    pub(crate) description: String,
}

impl AtlasError {
    fn new(status: StatusCode, code: &'static str, detail: String, parameters: Vec<Value>) -> Self {
        Self {
            status,
            code,
            detail,
            parameters: Some(parameters),
            fields: Vec::new(),
        }
    }

    /// The body beside a Digest challenge: the live one has no `parameters`.
    pub(crate) fn unauthorized() -> Self {
        Self {
            parameters: None,
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "UNEXPECTED_ERROR",
                "The request carries no valid credentials.".into(),
                Vec::new(),
            )
        }
    }

    fn group_not_found(project: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "GROUP_NOT_FOUND",
            format!("There is no group with ID {project}."),
            vec![project.into()],
        )
    }

    pub(crate) fn cluster_not_found(cluster: &str, project: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "CLUSTER_NOT_FOUND",
            format!("There is no cluster named {cluster} in group {project}."),
            vec![cluster.into(), project.into()],
        )
    }

    /// A path without an operation, or a bucket, job or snapshot that does not exist. The code for
    /// the latter three is unconfirmed.
    pub(crate) fn resource_not_found(resource: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "RESOURCE_NOT_FOUND",
            format!("There is no resource {resource}."),
            vec![resource.into()],
        )
    }

    /// The status of this documented code is unconfirmed; 400 is what the published list gives its
    /// sibling for other failed deletions.
    pub(crate) fn bucket_in_use(bucket: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE",
            format!("Export bucket {bucket} is used by a backup schedule."),
            vec![bucket.into()],
        )
    }

    /// The code of Flex clusters; that shared ones and serverless get the same is unconfirmed.
    fn not_for_this_tier(cluster: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API",
            format!("Cluster {cluster} has no backups that could be exported."),
            vec![cluster.into()],
        )
    }

    /// Atlas allows one active export per snapshot; the code of the refusal is unconfirmed. The
    /// 409 follows the published list's code for a restore that is under way.
    pub(crate) fn export_in_progress(snapshot: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "SNAPSHOT_EXPORT_IN_PROGRESS",
            format!("An export of snapshot {snapshot} has not finished yet."),
            vec![snapshot.into()],
        )
    }

    /// The status is published, the code is made up.
    pub(crate) fn endpoint_exists(region: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "PRIVATE_ENDPOINT_ALREADY_EXISTS",
            format!("There is a private endpoint in {region}."),
            vec![region.into()],
        )
    }

    pub(crate) fn not_json(why: &serde_json::Error) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "INVALID_JSON_ATTRIBUTE",
            format!("The body is not JSON: {why}."),
            vec!["body".into()],
        )
    }

    /// 400 with the fields that are wrong; `detail` names them too.
    pub(crate) fn invalid(fields: Vec<InvalidField>) -> Self {
        let named: Vec<String> = fields
            .iter()
            .map(|at| format!("{}: {}", at.field, at.description))
            .collect();
        let parameters = fields.iter().map(|at| at.field.clone().into()).collect();
        Self {
            fields,
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "VALIDATION_ERROR",
                format!("The request is not valid. {}.", named.join("; ")),
                parameters,
            )
        }
    }

    /// [`invalid`](Self::invalid) for one field.
    pub(crate) fn invalid_field(field: &str, description: impl Into<String>) -> Self {
        Self::invalid(vec![InvalidField {
            field: field.to_owned(),
            description: description.into(),
        }])
    }

    /// What users report of v2 without a versioned `Accept`.
    pub(crate) fn not_acceptable() -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "INVALID_VERSION_DATE",
            "The Accept header names no version that this resource has by now.".into(),
            Vec::new(),
        )
    }

    /// The code is unconfirmed.
    pub(crate) fn unsupported_media_type(sent: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            format!("A body of type {sent:?} is not accepted here."),
            vec![sent.into()],
        )
    }

    /// The code is unconfirmed.
    pub(crate) fn method_not_allowed(method: &str) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            format!("{method} is not allowed here."),
            vec![method.into()],
        )
    }

    /// The parameters are the path without its leading slash, then four numbers: seconds to wait,
    /// capacity, refill and its period in seconds, as the documents of the service have them.
    pub(crate) fn rate_limited(path: &str, wait: u64, limit: RateLimit) -> Self {
        let path = path.trim_start_matches('/');
        let (capacity, refill, period) = (limit.capacity, limit.refill, limit.period.as_secs());
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMITED_TOKEN_BUCKET",
            format!(
                "Too many requests for {path}: {capacity} at once, {refill} more every {period} \
                 seconds. The next one is free in {wait} seconds."
            ),
            vec![
                path.into(),
                wait.into(),
                capacity.into(),
                refill.into(),
                period.into(),
            ],
        )
    }

    /// A refusal that says nothing about the token bucket. The code is unconfirmed.
    pub(crate) fn rate_limited_plainly(path: &str) -> Self {
        let path = path.trim_start_matches('/');
        Self {
            parameters: None,
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                format!("Too many requests for {path}."),
                Vec::new(),
            )
        }
    }

    /// As users report it for other resources.
    pub(crate) fn version_gone(version: &str, path: &str) -> Self {
        let path = path.trim_start_matches('/');
        Self::new(
            StatusCode::GONE,
            "VERSION_GONE",
            format!("Version {version} of {path} is gone."),
            vec![version.into(), path.into()],
        )
    }

    /// The code is unconfirmed.
    pub(crate) fn incomplete_body() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "UNREADABLE_BODY",
            "The body broke off, or is too large.".into(),
            Vec::new(),
        )
    }

    /// The JSON body.
    pub(crate) fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("error".into(), self.status.as_u16().into());
        body.insert("errorCode".into(), self.code.into());
        body.insert("detail".into(), self.detail.clone().into());
        let reason = self.status.canonical_reason().unwrap_or_default();
        body.insert("reason".into(), reason.into());
        if let Some(parameters) = &self.parameters {
            body.insert("parameters".into(), parameters.clone().into());
        }
        if !self.fields.is_empty() {
            let fields: Vec<Value> = self
                .fields
                .iter()
                .map(|at| json!({ "field": at.field, "description": at.description }))
                .collect();
            body.insert("badRequestDetail".into(), json!({ "fields": fields }));
        }
        Value::Object(body)
    }
}

impl From<Missing> for AtlasError {
    fn from(error: Missing) -> Self {
        match error {
            Missing::Project { project } => Self::group_not_found(&project),
            Missing::Cluster { cluster, project } => Self::cluster_not_found(&cluster, &project),
            Missing::Backups { cluster } => Self::not_for_this_tier(&cluster),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_cluster_is_told_as_atlas_tells_it() {
        let body = AtlasError::cluster_not_found("cluster-989", "b012").body();
        assert_eq!(body.get("error"), Some(&json!(404)));
        assert_eq!(body.get("errorCode"), Some(&json!("CLUSTER_NOT_FOUND")));
        assert_eq!(body.get("reason"), Some(&json!("Not Found")));
        assert_eq!(
            body.get("parameters"),
            Some(&json!(["cluster-989", "b012"]))
        );
        assert_eq!(body.get("badRequestDetail"), None);
    }

    #[test]
    fn a_401_has_no_parameters() {
        assert_eq!(AtlasError::unauthorized().body().get("parameters"), None);
    }

    #[test]
    fn refused_fields_are_listed_and_named_in_the_detail() {
        let body = AtlasError::invalid_field("pageNum", "must be at least 1").body();
        assert_eq!(
            body.pointer("/badRequestDetail/fields/0/field"),
            Some(&json!("pageNum"))
        );
        let detail = body.get("detail").and_then(Value::as_str);
        assert!(detail.is_some_and(|detail| detail.contains("pageNum")));
    }
}
