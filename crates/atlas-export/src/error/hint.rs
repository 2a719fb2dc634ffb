//! The mend for what Atlas commonly refuses.

/// What a person can do about a refusal, where it is known.
pub(super) fn mend(status: u16, code: Option<&str>) -> Option<&'static str> {
    let by_code = match code.unwrap_or_default() {
        "IP_ADDRESS_NOT_ON_ACCESS_LIST" => {
            "add this machine's address to the API key's access list"
        }
        "EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE" => {
            "a backup schedule exports to this bucket: disable its automatic export first"
        }
        "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API" => {
            "only dedicated clusters, M10 and up, can be exported"
        }
        "VERSION_GONE" => {
            "this resource version was switched off: use a newer version of this crate, or ApiVersion::V2"
        }
        "GROUP_NOT_FOUND" => "check the project id, and that the API key belongs to the project",
        "RATE_LIMITED" | "RATE_LIMITED_TOKEN_BUCKET" => "too many calls: wait and spread them",
        _ if status == 403 => "check that the API key has the role that the operation needs",
        _ => return None,
    };
    Some(by_code)
}
