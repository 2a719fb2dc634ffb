//! The rules of backup schedules that no schema can state: what depends on another member, on the
//! version, or on the organization.
//!
//! Not checked: that less frequent policies keep their snapshots at least as long as more frequent ones,
//! and that regions and zones exist.

use serde_json::{Map, Value};

use crate::rules::error::{AtlasError, InvalidField};
use crate::rules::version::Version;
use crate::world::schedule::Schedule;

/// The published frequencies of automatic exports. Others depend on the organization.
pub(crate) const PUBLISHED_FREQUENCIES: [&str; 2] = ["monthly", "yearly"];

/// What copy settings have to say, and what they must not, by whether `copyPolicyItemsEnabled` is on.
pub(crate) fn copies(by_items: bool) -> (&'static str, &'static str) {
    let (items, frequencies) = ("copyPolicyItems", "frequencies");
    if by_items {
        (items, frequencies)
    } else {
        (frequencies, items)
    }
}

const NOT_IN_VERSION: &str = "is not known to this version of the API";

/// Holds `change` against the rules; `after` is what it makes of the schedule.
pub(crate) fn check(
    change: &Map<String, Value>,
    after: &Schedule,
    version: Version,
    frequencies: &[String],
) -> Result<(), AtlasError> {
    let mut violations = Violations(Vec::new());
    let by_items = after.is_on("copyPolicyItemsEnabled");
    for (index, setting) in items(change, "copySettings") {
        let at = |member: &str| format!("copySettings.{index}.{member}");
        zone(setting, version, at, &mut violations);
        copied(setting, by_items, at, &mut violations);
    }
    for (index, deleted) in items(change, "deleteCopiedBackups") {
        if version != Version::V1 && deleted.get("replicationSpecId").is_some() {
            let at = format!("deleteCopiedBackups.{index}.replicationSpecId");
            violations.add(at, NOT_IN_VERSION);
        }
    }
    if change.get("deleteCopySnapshots") == Some(&Value::Bool(true)) && !by_items {
        violations.add("deleteCopySnapshots", "needs copyPolicyItemsEnabled");
    }
    if version == Version::V1 && change.contains_key("autoCopySettingsEnabled") {
        violations.add("autoCopySettingsEnabled", NOT_IN_VERSION);
    }
    export(change, after, frequencies, &mut violations);
    violations.into_result()
}

/// The zone that a copy setting is about.
fn zone(
    setting: &Value,
    version: Version,
    at: impl Fn(&str) -> String,
    violations: &mut Violations,
) {
    let (own, other) = match version {
        Version::V1 => ("replicationSpecId", "zoneId"),
        Version::V2(_) => ("zoneId", "replicationSpecId"),
    };
    if setting.get(other).is_some() {
        violations.add(at(other), NOT_IN_VERSION);
    }
    // v1.0 requires none.
    if version != Version::V1 && setting.get(own).is_none() {
        violations.add(at(own), "is required");
    }
}

/// What is copied: by items or by frequencies, or the latest so many.
fn copied(
    setting: &Value,
    by_items: bool,
    at: impl Fn(&str) -> String,
    violations: &mut Violations,
) {
    let (wanted, other) = copies(by_items);
    let has = |member: &str| setting.get(member).is_some();
    if has(other) {
        let why = format!("cannot be given while copyPolicyItemsEnabled is {by_items}");
        violations.add(at(other), why);
    }
    let latest = "lastNumberOfSnapshots";
    if has(latest) && has(wanted) {
        violations.add(at(latest), format!("cannot be given beside {wanted}"));
    }
    if !has(latest) && !has(wanted) {
        violations.add(at(wanted), "is required");
    }
}

fn export(
    change: &Map<String, Value>,
    after: &Schedule,
    frequencies: &[String],
    violations: &mut Violations,
) {
    let given = change.get("export").and_then(Value::as_object);
    if given.is_some_and(|given| !given.is_empty()) {
        if after.export("exportBucketId").is_none() {
            violations.add("export.exportBucketId", "is required");
        }
        match after.export("frequencyType") {
            None => violations.add("export.frequencyType", "is required"),
            Some(frequency) if frequencies.iter().any(|known| known == frequency) => {}
            Some(frequency) => {
                let known = frequencies.join(", ");
                let why = format!("must be one of {known} in this organization, not {frequency:?}");
                violations.add("export.frequencyType", why);
            }
        }
    }
    let switched_on = change.get("autoExportEnabled") == Some(&Value::Bool(true));
    if switched_on && after.export("exportBucketId").is_none() {
        violations.add("autoExportEnabled", "cannot be true without an export");
    }
}

fn items<'c>(
    change: &'c Map<String, Value>,
    list: &str,
) -> impl Iterator<Item = (usize, &'c Value)> {
    let items = change.get(list).and_then(Value::as_array);
    items.into_iter().flatten().enumerate()
}

/// The fields that break a rule.
struct Violations(Vec<InvalidField>);

impl Violations {
    fn add(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.0.push(InvalidField {
            field: field.into(),
            description: description.into(),
        });
    }

    fn into_result(self) -> Result<(), AtlasError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(AtlasError::invalid(self.0))
        }
    }
}
