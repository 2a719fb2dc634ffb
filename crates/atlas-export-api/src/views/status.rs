//! What the one who is asking may do, by the roles that the system status tells.

use std::fmt;

use atlas_export_types::{OneLine, ProjectId};

use crate::{Operation, Role, types::SystemStatus};

/// Whether the roles of the one who is asking suffice for an operation. What is not known is never
/// guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoleCheck {
    /// They do.
    Sufficient {
        /// The role that does, as the documents call it; `None` where the operation needs none.
        role: Option<&'static str>,
    },
    /// All roles are known, and none of them does.
    Insufficient {
        /// The roles any of which would, as the documents call them.
        needed: &'static [&'static str],
    },
    /// Nobody can tell.
    Unknown(UnknownRole),
}

/// Why nobody can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownRole {
    /// The status describes no API key: a service account asks, of which Atlas tells nothing.
    NoApiKey,
    /// The status has a role, or all of them, in a form that does not fit.
    Undecodable,
    /// None of the known roles suffices, and this one is not known, by its code.
    Role(String),
    /// This version of the SDK does not know the operation.
    Operation,
}

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoApiKey => f.write_str(
                "the status describes no API key, as of a service account: look at its roles in Atlas",
            ),
            Self::Undecodable => f.write_str("a role in the status does not fit: look at the roles in Atlas"),
            Self::Role(code) => write!(
                f,
                "the role {} is not known to this version of the SDK: look in Atlas at what it includes",
                OneLine(code)
            ),
            Self::Operation => f.write_str(
                "the operation is not known to this version of the SDK: look at Atlas's reference",
            ),
        }
    }
}

impl SystemStatus {
    /// Whether the roles of the one who is asking suffice for an operation, by its id, in a project.
    /// A role counts in the project that it is told for, one of an organization in all projects, as
    /// a key belongs to one organization.
    ///
    /// ```
    /// use atlas_export_api::{RoleCheck, types::SystemStatus};
    ///
    /// let status: SystemStatus = serde_json::from_str(
    ///     r#"{"apiKey": {"roles": [
    ///         {"roleName": "GROUP_BACKUP_MANAGER", "groupId": "32b6e34b3d91647abb20e7b8"}]}}"#,
    /// )?;
    /// let project = "32b6e34b3d91647abb20e7b8".parse()?;
    /// let role = Some("Project Backup Manager");
    /// let sufficient = RoleCheck::Sufficient { role };
    /// assert_eq!(status.role_for("createExportBucket", &project), sufficient);
    /// let needed = &["Project Owner"];
    /// let insufficient = RoleCheck::Insufficient { needed };
    /// assert_eq!(status.role_for("createAccessRole", &project), insufficient);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn role_for(&self, operation: &str, project: &ProjectId) -> RoleCheck {
        let Some(operation) = Operation::find(operation) else {
            return RoleCheck::Unknown(UnknownRole::Operation);
        };
        if operation.roles.is_empty() {
            return RoleCheck::Sufficient { role: None };
        }
        let Some(key) = &self.api_key else {
            return RoleCheck::Unknown(if self.extra.contains_key("apiKey") {
                UnknownRole::Undecodable
            } else {
                UnknownRole::NoApiKey
            });
        };
        let mut unknown = key
            .extra
            .contains_key("roles")
            .then_some(UnknownRole::Undecodable);
        for entry in &key.roles {
            let Some(assigned) = entry.item() else {
                unknown = unknown.or(Some(UnknownRole::Undecodable));
                continue;
            };
            let is_elsewhere = assigned.group_id.as_ref().is_some_and(|of| of != project);
            if is_elsewhere {
                continue;
            }
            let is_placed = assigned.group_id.is_some() || assigned.org_id.is_some();
            let known = assigned.role_name.as_deref().map(Role::of_code);
            match known {
                Some(Some(role)) if is_placed => {
                    if operation.roles.iter().any(|name| role.grants(name)) {
                        return RoleCheck::Sufficient {
                            role: Some(role.name),
                        };
                    }
                }
                Some(None) => {
                    let code = assigned.role_name.clone().unwrap_or_default();
                    unknown = unknown.or(Some(UnknownRole::Role(code)));
                }
                _ => unknown = unknown.or(Some(UnknownRole::Undecodable)),
            }
        }
        match unknown {
            Some(why) => RoleCheck::Unknown(why),
            None => RoleCheck::Insufficient {
                needed: operation.roles,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const HERE: &str = "32b6e34b3d91647abb20e7b8";
    const ELSEWHERE: &str = "42b6e34b3d91647abb20e7b8";

    fn checked(status: Value, operation: &str) -> RoleCheck {
        let status: SystemStatus = serde_json::from_value(status).unwrap();
        status.role_for(operation, &HERE.parse().unwrap())
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a row reads better without `&`"
    )]
    fn with(roles: Value) -> Value {
        json!({"apiKey": {"roles": roles}})
    }

    #[test]
    fn a_role_suffices_by_itself_or_by_what_it_includes() {
        for (code, operation, name) in [
            ("GROUP_OWNER", "createExportJob", "Project Owner"),
            (
                "GROUP_BACKUP_MANAGER",
                "createExportJob",
                "Project Backup Manager",
            ),
            (
                "GROUP_BACKUP_MANAGER",
                "takeSnapshot",
                "Project Backup Manager",
            ),
            (
                "GROUP_BACKUP_CREATOR",
                "listExportBuckets",
                "Project Backup Creator",
            ),
            ("GROUP_READ_ONLY", "listClusters", "Project Read Only"),
        ] {
            let role = Some(name);
            let status = with(json!([{"roleName": code, "groupId": HERE}]));
            assert_eq!(
                checked(status, operation),
                RoleCheck::Sufficient { role },
                "{code}"
            );
        }
        let org = with(json!([{"roleName": "ORG_OWNER", "orgId": ELSEWHERE}]));
        let role = Some("Organization Owner");
        assert_eq!(
            checked(org, "createAccessRole"),
            RoleCheck::Sufficient { role }
        );
        let none = RoleCheck::Sufficient { role: None };
        assert_eq!(checked(json!({}), "getSystemStatus"), none);
    }

    #[test]
    fn known_roles_that_do_not_suffice_say_which_would() {
        let needed = &["Project Backup Manager"];
        let insufficient = RoleCheck::Insufficient { needed };
        for roles in [
            json!([]),
            json!([{"roleName": "GROUP_READ_ONLY", "groupId": HERE}]),
            json!([{"roleName": "GROUP_OWNER", "groupId": ELSEWHERE}]),
            json!([{"roleName": "ORG_MEMBER", "orgId": ELSEWHERE}]),
        ] {
            assert_eq!(checked(with(roles), "createExportBucket"), insufficient);
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let unknown = |status, why| {
            assert_eq!(
                checked(status, "createExportBucket"),
                RoleCheck::Unknown(why)
            );
        };
        unknown(json!({"apiKey": null}), UnknownRole::NoApiKey);
        unknown(json!({}), UnknownRole::NoApiKey);
        unknown(json!({"apiKey": 7}), UnknownRole::Undecodable);
        unknown(with(json!("x")), UnknownRole::Undecodable);
        unknown(with(json!([7])), UnknownRole::Undecodable);
        unknown(
            with(json!([{"roleName": 7, "groupId": HERE}])),
            UnknownRole::Undecodable,
        );
        unknown(
            with(json!([{"roleName": "GROUP_OWNER"}])),
            UnknownRole::Undecodable,
        );
        let king = || UnknownRole::Role("GROUP_KING".to_owned());
        unknown(
            with(json!([{"roleName": "GROUP_KING", "groupId": HERE}])),
            king(),
        );
        let elsewhere = with(json!([{"roleName": "GROUP_KING", "groupId": ELSEWHERE}]));
        assert!(matches!(
            checked(elsewhere, "createExportBucket"),
            RoleCheck::Insufficient { .. }
        ));
        assert_eq!(
            checked(json!({}), "x"),
            RoleCheck::Unknown(UnknownRole::Operation)
        );
        for why in [
            UnknownRole::NoApiKey,
            UnknownRole::Undecodable,
            UnknownRole::Operation,
            king(),
        ] {
            assert!(why.to_string().contains(": look"), "{why}");
        }
    }
}
