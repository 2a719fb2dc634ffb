//! The profile that a document chooses.

use super::{Report, document::Document};
use crate::{
    contract::{Contract, join},
    rule::Profile,
};

/// The profile that a contract chooses with [`Profile::KEY`] at its top.
pub fn profile_of(contract: &Contract) -> Profile {
    let chosen = contract.root().text(Profile::KEY);
    chosen
        .and_then(|name| name.parse().ok())
        .unwrap_or_default()
}

pub(super) fn unknown(document: &Document<'_>, report: &mut Report<'_>) {
    let Some(node) = document.root.get(Profile::KEY) else {
        return;
    };
    let message = match node.as_str() {
        Some(name) if name.parse::<Profile>().is_ok() => return,
        Some(name) => format!("there is no profile `{name}`"),
        None => format!("`{}` is {}, not text", Profile::KEY, node.kind()),
    };
    let help = "write `house`, or `generator` for what the generator needs alone";
    report.at(node.at(), &join("", Profile::KEY), message, help);
}
