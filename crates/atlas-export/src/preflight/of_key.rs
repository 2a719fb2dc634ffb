//! Who is asking: credentials, address, roles.

use atlas_export_api::{RoleCheck, types::SystemStatus};
use atlas_export_types::ProjectId;

use super::{
    check::{Check, CheckKind},
    looks::{Cause, Looks, Unseen},
};

const MAKE_NEW_ONES: &str = "check that both halves belong together and are active in Atlas; make \
                             new ones if the secret is lost";
const LET_IN: &str = "add this machine's address to the access list of the API key or service \
                      account";
const LOOK_IN_ATLAS: &str = "look at the roles in Atlas";

pub(super) fn checks(looks: &Looks, operations: &[String], project: &ProjectId) -> Vec<Check> {
    let answered = looks.answered();
    let mut checks = vec![credentials(looks, answered), address(looks, answered)];
    let roles = operations
        .iter()
        .map(|operation| role(looks, operation, project));
    checks.extend(roles);
    checks
}

impl Looks {
    fn unseen(&self) -> [Option<&Unseen>; 7] {
        [
            self.status.as_ref().err(),
            self.bucket.as_ref().err(),
            self.roles.as_ref().err(),
            self.endpoints.as_ref().err(),
            self.cluster.as_ref().err(),
            self.snapshot.as_ref().err(),
            self.export.as_ref().err(),
        ]
    }

    /// Whether any call was answered by Atlas as to somebody that it knows.
    fn answered(&self) -> bool {
        let mut looks = self.unseen().into_iter();
        looks.any(|look| look.is_none_or(Unseen::is_answer))
    }

    fn of_cause(&self, cause: Cause) -> Option<&Unseen> {
        let mut unseen = self.unseen().into_iter().flatten();
        unseen.find(|unseen| unseen.cause == cause)
    }

    /// What kept the first call from being answered.
    fn first_said(&self) -> String {
        let mut unseen = self.unseen().into_iter().flatten();
        let said = unseen.next().map(|unseen| unseen.said.clone());
        said.unwrap_or_default()
    }
}

fn credentials(looks: &Looks, answered: bool) -> Check {
    const KIND: CheckKind = CheckKind::Credentials;
    if let Some(refused) = looks.of_cause(Cause::Credentials) {
        return Check::failed(KIND, &refused.said, MAKE_NEW_ONES);
    }
    if answered {
        let whose = looks.status.as_ref().ok().and_then(public_key);
        return Check::passed(
            KIND,
            match whose {
                Some(key) => format!("Atlas knows API key {key}"),
                None => "Atlas answers as to somebody it knows".to_owned(),
            },
        );
    }
    Check::unknown(KIND, looks.first_said(), "look again when Atlas answers")
}

/// The public key, if it has the form of one.
fn public_key(status: &SystemStatus) -> Option<&str> {
    let key = status.api_key.as_ref()?.public_key.as_deref()?;
    let is_key = key.len() == 8 && key.bytes().all(|byte| byte.is_ascii_lowercase());
    is_key.then_some(key)
}

fn address(looks: &Looks, answered: bool) -> Check {
    const KIND: CheckKind = CheckKind::Address;
    if let Some(refused) = looks.of_cause(Cause::Address) {
        return Check::failed(KIND, &refused.said, LET_IN);
    }
    if answered {
        return Check::passed(KIND, "Atlas answers this machine");
    }
    Check::unknown(KIND, looks.first_said(), LET_IN)
}

fn role(looks: &Looks, operation: &str, project: &ProjectId) -> Check {
    let kind = CheckKind::Role(operation.to_owned());
    let status = match &looks.status {
        Ok(status) => status,
        Err(unseen) => return Check::unknown(kind, &unseen.said, LOOK_IN_ATLAS),
    };
    match status.role_for(operation, project) {
        RoleCheck::Sufficient { role: Some(role) } => {
            Check::passed(kind, format!("{role} suffices"))
        }
        RoleCheck::Sufficient { role: None } => Check::passed(kind, "it needs no role"),
        RoleCheck::Insufficient { needed } => Check::failed(
            kind,
            "none of the key's roles in this project suffices",
            format!("give the key one of: {}", needed.join(", ")),
        ),
        RoleCheck::Unknown(why) => Check::unknown(kind, why.to_string(), LOOK_IN_ATLAS),
        other => Check::unknown(kind, format!("{other:?}"), LOOK_IN_ATLAS),
    }
}
