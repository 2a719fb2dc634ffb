//! Backup schedules: the whole documented one is accepted and stored.
//!
//! A schedule does nothing: no snapshot is taken at its hour, none exported, copied or deleted. What a
//! change names replaces what was there, except for `export`, whose members may come one by one; what it
//! does not name stays.

use chrono::{DateTime, Days, NaiveTime, Utc};
use serde_json::{Map, Value, json};

use crate::world::ids::{lowered, same};

/// Commands rather than settings: accepted, and never shown.
const COMMANDS: [&str; 5] = [
    "deleteCopiedBackups",
    "deleteCopySnapshots",
    "deleteSnapshots",
    "updateCopySnapshots",
    "updateSnapshots",
];

/// Read-only. A client that sends back what it got sends them too; that Atlas ignores them then is
/// unconfirmed.
const READ_ONLY: [&str; 4] = ["clusterId", "clusterName", "nextSnapshot", "links"];

/// The schedule of one cluster, by the names of the wire, without what is read-only.
#[derive(Debug, Clone)]
pub(crate) struct Schedule(Map<String, Value>);

impl Default for Schedule {
    fn default() -> Self {
        let policy_items = json!([
            {
                "id": "6a79f0c2aaaaaaaaaaaaaaab",
                "frequencyType": "daily",
                "frequencyInterval": 1,
                "retentionUnit": "days",
                "retentionValue": 7,
            },
            {
                "id": "6a79f0c2aaaaaaaaaaaaaaac",
                "frequencyType": "monthly",
                "frequencyInterval": 40,
                "retentionUnit": "months",
                "retentionValue": 12,
            },
        ]);
        let policy = json!({ "id": "6a79f0c2aaaaaaaaaaaaaaaa", "policyItems": policy_items });
        Self(Map::from_iter(
            [
                ("autoCopySettingsEnabled", false.into()),
                ("autoExportEnabled", false.into()),
                ("copyPolicyItemsEnabled", false.into()),
                ("copySettings", json!([])),
                ("extraRetentionSettings", json!([])),
                ("policies", json!([policy])),
                ("referenceHourOfDay", 4.into()),
                ("referenceMinuteOfHour", 30.into()),
                ("restoreWindowDays", 7.into()),
                ("useOrgAndGroupNamesInExportPrefix", false.into()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        ))
    }
}

impl Schedule {
    /// Switches the export to `bucket` on.
    pub(crate) fn export_to(&mut self, bucket: &str, frequency: &str) {
        let export = json!({ "exportBucketId": lowered(bucket), "frequencyType": frequency });
        self.0.insert("export".into(), export);
        self.0.insert("autoExportEnabled".into(), true.into());
    }

    /// Whether the schedule names `bucket`, be it on or off.
    pub(crate) fn names(&self, bucket: &str) -> bool {
        self.export("exportBucketId")
            .is_some_and(|named| same(named, bucket))
    }

    pub(crate) fn export(&self, member: &str) -> Option<&str> {
        self.0.get("export")?.get(member)?.as_str()
    }

    pub(crate) fn is_on(&self, flag: &str) -> bool {
        self.0.get(flag).and_then(Value::as_bool) == Some(true)
    }

    /// Its members, by the names of the wire.
    pub(crate) fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Drops the export: no bucket is named any more.
    pub(crate) fn drop_export(&mut self) {
        self.0.remove("export");
    }

    /// Empties it: nothing is taken, kept longer, copied or exported by itself any more. Which of the
    /// rest Atlas keeps is unconfirmed.
    pub(crate) fn clear(&mut self) {
        for list in ["policies", "copySettings", "extraRetentionSettings"] {
            self.0.insert(list.into(), json!([]));
        }
        self.0.insert("autoExportEnabled".into(), false.into());
        self.drop_export();
    }

    /// What `change` makes of it.
    pub(crate) fn changed(&self, change: &Map<String, Value>) -> Self {
        let mut after = self.0.clone();
        for (name, value) in change {
            let ignored = [&COMMANDS[..], &READ_ONLY].concat();
            match (after.get_mut(name), value) {
                _ if ignored.contains(&name.as_str()) => {}
                (Some(Value::Object(export)), Value::Object(members)) => {
                    export.extend(members.clone());
                }
                _ => {
                    after.insert(name.clone(), value.clone());
                }
            }
        }
        Self(after)
    }

    /// Gives policies and the items of policies the ids that they lack.
    pub(crate) fn identify(&mut self, mut new_id: impl FnMut() -> String) {
        for (list, items) in [
            ("policies", "policyItems"),
            ("copySettings", "copyPolicyItems"),
        ] {
            for outer in array_mut(self.0.get_mut(list)) {
                if list == "policies" {
                    put_id(outer, &mut new_id);
                }
                for item in array_mut(outer.get_mut(items)) {
                    put_id(item, &mut new_id);
                }
            }
        }
    }

    /// The next reference time after `now`.
    pub(crate) fn next_snapshot(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let number = |name: &str| {
            let number = self.0.get(name).and_then(Value::as_u64);
            number.and_then(|number| u32::try_from(number).ok())
        };
        let hour = number("referenceHourOfDay").unwrap_or_default();
        let minute = number("referenceMinuteOfHour").unwrap_or_default();
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        let today = now.date_naive().and_time(time).and_utc();
        if today > now {
            today
        } else {
            today.checked_add_days(Days::new(1)).unwrap_or(today)
        }
    }
}

pub(crate) fn array_mut(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    value.and_then(Value::as_array_mut).into_iter().flatten()
}

fn put_id(item: &mut Value, new_id: &mut impl FnMut() -> String) {
    if let Value::Object(item) = item {
        item.entry("id").or_insert_with(|| new_id().into());
    }
}
