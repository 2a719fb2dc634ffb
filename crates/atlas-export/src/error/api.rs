//! What Atlas says about a refused request.

use serde_json::Value;

use super::hint;
use crate::{codes, redact::one_line};

/// How many refused fields a message names.
const MAX_FIELDS: usize = 5;

/// Atlas's account of a refused request. Every part may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// The code, for instance `CLUSTER_NOT_FOUND`. An open set; one code serves several
    /// statuses.
    pub error_code: Option<String>,
    /// What happened, in Atlas's words.
    pub detail: Option<String>,
    /// The standard phrase of the status.
    pub reason: Option<String>,
    /// What the detail was composed of: strings and numbers.
    pub parameters: Vec<Value>,
    /// The fields of the request that were refused.
    pub fields: Vec<FieldError>,
}

/// One field of a request that Atlas refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The name of the field.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl ApiError {
    /// Reads an error body; `None` where it is not Atlas's, for instance a gateway's page.
    ///
    /// Part by part, because one that is not what it should be must not cost the others.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let said = |key: &str| match body.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        };
        let list = |pointer: &str| {
            let list = body.pointer(pointer).and_then(Value::as_array);
            list.map_or(&[][..], Vec::as_slice)
        };
        let of_field =
            |field: &Value, key: &str| field.get(key).and_then(Value::as_str).map(str::to_owned);
        let api = Self {
            error_code: said("errorCode"),
            detail: said("detail"),
            reason: said("reason"),
            parameters: list("/parameters").to_vec(),
            fields: list("/badRequestDetail/fields")
                .iter()
                .filter(|field| field.is_object())
                .map(|field| FieldError {
                    field: of_field(field, "field").unwrap_or_default(),
                    description: of_field(field, "description").unwrap_or_default(),
                })
                .collect(),
        };
        let is_atlas_s = api.error_code.is_some() || api.detail.is_some() || api.reason.is_some();
        is_atlas_s.then_some(api)
    }
}

/// The line that a person reads.
pub(super) fn message(
    status: u16,
    api: Option<&ApiError>,
    media_type: Option<&str>,
    roles: &[&str],
) -> String {
    let mut line = status.to_string();
    if let Some(phrase) = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
    {
        line = line + " " + phrase;
    }
    let Some(api) = api else {
        return match media_type {
            // A proxy's own words are not Atlas's, and its status says enough.
            _ if status == 407 => match hint::remedy(status, None, roles) {
                Some(hint) => format!("{line}: {hint}"),
                None => line,
            },
            Some(media_type) if !crate::media_type::is_json(media_type) => {
                format!(
                    "{line}: the answer is {media_type}, not JSON, so it is not from Atlas: check the base URL and any proxy in between"
                )
            }
            _ => line,
        };
    };
    let code = api.error_code.as_deref();
    if let Some(code) = code {
        line = format!("{status} {}", one_line(code));
    }
    if let Some(detail) = &api.detail {
        // A sentence of Atlas's, of which more follows as a rule.
        let detail = one_line(detail);
        line = line + ": " + detail.strip_suffix('.').unwrap_or(&detail);
    }
    for field in api.fields.iter().take(MAX_FIELDS) {
        line = line + "; " + &one_line(&field.field) + ": " + &one_line(&field.description);
    }
    if api.fields.len() > MAX_FIELDS {
        line = format!("{line}; and {} more", api.fields.len() - MAX_FIELDS);
    }
    if let (Some(codes::VERSION_GONE), [version, path, ..]) = (code, api.parameters.as_slice()) {
        line = format!(
            "{line} [version {} of {}]",
            one_line(&text(version)),
            one_line(&text(path))
        );
    }
    let hint = if is_of_version_1(api) {
        Some(hint::GENERATION_GONE.into())
    } else {
        hint::remedy(status, code, roles)
    };
    if let Some(hint) = hint {
        line = format!("{line}; {hint}");
    }
    line
}

/// Whether it says that version 1.0 was switched off: the second parameter is the path.
fn is_of_version_1(api: &ApiError) -> bool {
    let path = api.parameters.get(1).and_then(Value::as_str);
    api.error_code.as_deref() == Some(codes::VERSION_GONE)
        && path.is_some_and(|path| path.contains("api/atlas/v1.0/"))
}

/// A parameter as text, without quotes.
fn text(parameter: &Value) -> String {
    match parameter {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atlas_s_own_words_come_with_the_remedy() {
        let api = ApiError::read(
            br#"{"error":403,"errorCode":"IP_ADDRESS_NOT_ON_ACCESS_LIST","detail":"IP address 1.2.3.4 is not allowed.","reason":"Forbidden","parameters":["1.2.3.4",7,null]}"#,
        )
        .unwrap();
        assert_eq!(api.parameters.len(), 3);
        assert_eq!(
            message(403, Some(&api), None, &[]),
            "403 IP_ADDRESS_NOT_ON_ACCESS_LIST: IP address 1.2.3.4 is not allowed; \
             add this machine's address to the access list of the API key or service account"
        );
    }

    #[test]
    fn every_part_may_be_null_or_absent() {
        let api = ApiError::read(
            br#"{"error":401,"errorCode":null,"reason":"Unauthorized","parameters":null}"#,
        )
        .unwrap();
        assert_eq!(api.error_code, None);
        assert!(api.parameters.is_empty());
    }

    #[test]
    fn an_unexpected_part_costs_no_other() {
        let api = ApiError::read(
            br#"{"error":"404","errorCode":"GROUP_NOT_FOUND","detail":7,"parameters":{},"badRequestDetail":[]}"#,
        )
        .unwrap();
        assert_eq!(api.error_code.as_deref(), Some(codes::GROUP_NOT_FOUND));
        assert_eq!(api.detail.as_deref(), Some("7"));
        let many = FieldError::default();
        let api = ApiError {
            fields: vec![many; 100],
            ..ApiError::default()
        };
        assert!(message(400, Some(&api), None, &[]).ends_with("and 95 more"));
    }

    #[test]
    fn refused_fields_are_named() {
        let api = ApiError::read(
            br#"{"error":400,"errorCode":"VALIDATION_ERROR","detail":"Invalid.","badRequestDetail":{"fields":[{"field":"bucketName","description":"too short"},7]}}"#,
        )
        .unwrap();
        assert_eq!(api.fields.len(), 1);
        assert!(message(400, Some(&api), None, &[]).contains("bucketName: too short"));
    }

    #[test]
    fn a_version_that_is_gone_is_named() {
        let api = ApiError::read(
            br#"{"error":410,"errorCode":"VERSION_GONE","detail":"Gone.","parameters":["2023-01-01","api/atlas/v2/groups"]}"#,
        )
        .unwrap();
        let line = message(410, Some(&api), None, &[]);
        assert!(
            line.contains("[version 2023-01-01 of api/atlas/v2/groups]"),
            "{line}"
        );
        assert!(line.contains("use a newer version of this crate"), "{line}");
        let old = ApiError {
            parameters: vec!["1.0".into(), "api/atlas/v1.0/groups".into()],
            ..api
        };
        let line = message(410, Some(&old), None, &[]);
        assert!(line.contains("use ApiVersion::V2"), "{line}");
    }

    #[test]
    fn a_page_of_a_gateway_is_not_atlas_s() {
        assert_eq!(ApiError::read(b"<html>502</html>"), None);
        assert_eq!(ApiError::read(b"{}"), None);
        assert_eq!(
            message(502, None, Some("text/html"), &[]),
            "502 Bad Gateway: the answer is text/html, not JSON, so it is not from Atlas: check the base URL and any proxy in between"
        );
    }

    #[test]
    fn words_from_the_wire_stay_on_one_line() {
        let api = ApiError {
            detail: Some("a\nb\u{1b}[31m".to_owned() + &"x".repeat(5000)),
            ..ApiError::default()
        };
        let line = message(500, Some(&api), None, &[]);
        assert!(!line.contains(['\n', '\u{1b}']), "{line}");
        assert!(line.len() < 600);
    }
}
