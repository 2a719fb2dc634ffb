//! Whether a 404 to a deletion says that there is nothing left to delete.
//!
//! A deletion whose response was lost is sent again, and then finds nothing where the first one
//! worked. It has succeeded only if Atlas itself says that this very resource is not there: that
//! the project is not, or a gateway's page, says nothing about it.

use http::{Method, StatusCode};

use super::{
    failure::{Cause, Failure},
    request::Prepared,
};
use crate::{codes::RESOURCE_NOT_FOUND, error::ApiError};

/// Whether a failed deletion says so.
pub(super) fn is_already_deleted(failure: &Failure, prepared: &Prepared) -> bool {
    let Cause::Refused(response) = &failure.cause else {
        return false;
    };
    if prepared.method != Method::DELETE || response.status != StatusCode::NOT_FOUND {
        return false;
    }
    let api = ApiError::read(&response.body);
    let mut path = prepared.url.path().rsplit('/');
    let (id, resource) = (path.next().unwrap_or_default(), path.next());
    api.is_some_and(|api| is_about(&api, id, resource.unwrap_or_default()))
}

/// Whether a refusal is about the resource with this id, which lies under this name in a path.
fn is_about(api: &ApiError, id: &str, resource: &str) -> bool {
    let Some(code) = api.error_code.as_deref() else {
        return false;
    };
    let names_it = |text: &str| !id.is_empty() && text.contains(id);
    let named = api
        .parameters
        .iter()
        .filter_map(serde_json::Value::as_str)
        .chain(api.detail.as_deref())
        .any(names_it);
    // Where nothing is named, the code must be about this kind of thing.
    let nothing_is_named = api.parameters.is_empty();
    let is_of_its_kind =
        code == RESOURCE_NOT_FOUND || code == format!("{}_NOT_FOUND", kind(resource));
    if is_of_its_kind {
        named || nothing_is_named
    } else {
        // A code that is not known yet, but one that tells of an absence.
        named && code.ends_with("_NOT_FOUND") && !is_of_another(code)
    }
}

/// Codes about what a resource lies in, which may name the whole path.
fn is_of_another(code: &str) -> bool {
    ["GROUP_", "PROJECT_", "CLUSTER_", "ORG_", "USER_"]
        .iter()
        .any(|prefix| code.starts_with(prefix))
}

/// `exportBuckets` as codes spell it: `EXPORT_BUCKET`.
fn kind(resource: &str) -> String {
    let mut kind = String::new();
    for letter in resource.trim_end_matches('s').chars() {
        if letter.is_ascii_uppercase() {
            kind.push('_');
        }
        kind.push(letter.to_ascii_uppercase());
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "604f6322dc786a5341d4f7fb";

    #[test]
    fn only_what_atlas_says_about_this_very_resource_counts() {
        let another = "604f6322dc786a5341d4f7fc";
        for (code, parameters, deleted) in [
            (Some(RESOURCE_NOT_FOUND), vec![], true),
            (Some(RESOURCE_NOT_FOUND), vec![ID], true),
            (Some(RESOURCE_NOT_FOUND), vec!["/x", ID], true),
            (Some(RESOURCE_NOT_FOUND), vec![another], false),
            (Some("EXPORT_BUCKET_NOT_FOUND"), vec![], true),
            (Some("BUCKET_WITH_ID_NOT_FOUND"), vec![ID], true),
            (Some("BUCKET_WITH_ID_NOT_FOUND"), vec![], false),
            (Some("GROUP_NOT_FOUND"), vec![], false),
            (Some("GROUP_NOT_FOUND"), vec![ID], false),
            (Some("CLUSTER_NOT_FOUND"), vec![ID], false),
            (Some("UNEXPECTED_ERROR"), vec![ID], false),
            (None, vec![ID], false),
        ] {
            let api = ApiError {
                error_code: code.map(str::to_owned),
                parameters: parameters.iter().map(|&text| text.into()).collect(),
                ..ApiError::default()
            };
            assert_eq!(
                is_about(&api, ID, "exportBuckets"),
                deleted,
                "{code:?} {parameters:?}"
            );
        }
    }
}
