//! The remedy for what Atlas commonly refuses.

use std::borrow::Cow;

use crate::codes;

/// What to do where a proxy refuses.
pub(crate) const PROXY: &str = "the proxy asks for a user and a password: give \
    ClientBuilder::proxy, or HTTPS_PROXY, a URL such as http://USER:PASSWORD@proxy.example:3128";

/// What to do where version 1.0 was switched off.
pub(super) const GENERATION_GONE: &str =
    "version 1.0 was switched off for this resource, so use ApiVersion::V2, which is the default";

/// What a person can do about a refusal, where it is known.
/// An operation tells which roles of the API key suffice for it.
pub(super) fn remedy(status: u16, code: Option<&str>, roles: &[&str]) -> Option<Cow<'static, str>> {
    let by_code = match code.unwrap_or_default() {
        code if is_about_addresses(code) => {
            "add this machine's address to the access list of the API key or service account"
        }
        codes::EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE => {
            "a backup schedule exports to this bucket, so disable its automatic export first"
        }
        codes::CANNOT_ASSUME_ROLE => {
            "check the trust policy of the role, and wait some seconds where the role is new"
        }
        codes::CLUSTER_NOT_FOUND => "check the name of the cluster, and the project",
        codes::CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API => {
            "only dedicated clusters, M10 and up, can be exported"
        }
        codes::VERSION_GONE => {
            "this resource version was switched off, so use a newer version of this crate"
        }
        _ if status == 407 => PROXY,
        codes::GROUP_NOT_FOUND => {
            "check the project id, and that the API key or service account belongs to the project"
        }
        codes::RATE_LIMITED | codes::RATE_LIMITED_TOKEN_BUCKET => {
            "too many calls, so wait and spread them"
        }
        _ if status == 403 && roles.is_empty() => {
            "check that the API key or service account has the role that the operation needs"
        }
        _ if status == 403 => {
            let roles = roles.join(" or ");
            return Some(
                format!("the API key or service account needs the role {roles} in this project")
                    .into(),
            );
        }
        _ => return None,
    };
    Some(by_code.into())
}

/// Whether a refusal is about where the request comes from, and not about roles.
pub(crate) fn is_about_addresses(code: &str) -> bool {
    code.contains("ACCESS_LIST") || code.contains("WHITELIST")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_lists_are_about_addresses_and_not_about_roles() {
        for code in [
            codes::ORG_REQUIRES_ACCESS_LIST,
            codes::ORG_REQUIRES_WHITELIST,
            codes::IP_ADDRESS_NOT_ON_WHITELIST,
            codes::IP_ADDRESS_NOT_ON_ACCESS_LIST,
        ] {
            for status in [401, 403] {
                let advice = remedy(status, Some(code), &["Reader"]).unwrap();
                assert!(advice.contains("address"), "{code}: {advice}");
            }
        }
        assert!(remedy(403, None, &[]).unwrap().contains("role"));
        let named = remedy(403, None, &["Reader", "Owner"]).unwrap();
        assert!(named.contains("Reader or Owner"), "{named}");
        assert!(
            remedy(407, None, &[])
                .unwrap()
                .contains("ClientBuilder::proxy")
        );
    }

    #[test]
    fn a_version_that_is_gone_does_not_advise_the_generation_in_use() {
        assert!(
            !remedy(410, Some(codes::VERSION_GONE), &[])
                .unwrap()
                .contains("V2")
        );
    }
}
