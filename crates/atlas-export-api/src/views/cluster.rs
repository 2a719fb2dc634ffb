//! What kind of hardware a cluster has, and whether it can be exported.

use std::fmt;

use atlas_export_types::OneLine;

use crate::{
    Object,
    types::{ClusterDescription, ReplicationSpec},
};

/// What kind of hardware a cluster has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tier<'a> {
    /// Nodes of its own, with the name of their size, `M10` and up. Only these are exported.
    Dedicated(&'a str),
    /// A Flex cluster.
    Flex,
    /// A shared cluster, with the name of its size: `M0`, `M2`, `M5`.
    Shared(&'a str),
    /// A serverless instance.
    Serverless,
    /// Atlas does not say.
    Unknown,
}

impl Tier<'_> {
    /// Whether a cluster of this tier can have a backup schedule. One that Atlas does not tell
    /// about may.
    pub fn has_backup_schedule(&self) -> bool {
        matches!(self, Self::Dedicated(_) | Self::Unknown)
    }
}

impl fmt::Display for Tier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = match self {
            Self::Dedicated(size) | Self::Shared(size) => size,
            Self::Flex => "Flex",
            Self::Serverless => "Serverless",
            Self::Unknown => "unknown",
        };
        OneLine(size).fmt(f)
    }
}

/// Why a cluster has nothing that Atlas could export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotExportable {
    /// Flex clusters cannot be exported.
    Flex,
    /// Shared clusters cannot be exported.
    Shared,
    /// Serverless instances cannot be exported.
    Serverless,
    /// No snapshots are taken of it.
    BackupOff,
}

impl NotExportable {
    /// The reason as a code: `flex`, `shared`, `serverless` or `backup_off`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Shared => "shared",
            Self::Serverless => "serverless",
            Self::BackupOff => "backup_off",
        }
    }

    /// The reason in words.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Flex => "a Flex cluster; Atlas exports dedicated ones, M10 and up",
            Self::Shared => "a shared cluster; Atlas exports dedicated ones, M10 and up",
            Self::Serverless => "a serverless instance; Atlas exports dedicated clusters",
            Self::BackupOff => "its backup is off, so there are no snapshots",
        }
    }
}

impl fmt::Display for NotExportable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.explanation())
    }
}

fn misfit(item: &impl Object, fields: &[&str]) -> Option<&'static str> {
    item.undecodable_fields()
        .find(|field| fields.contains(field))
}

impl ClusterDescription {
    /// What kind of hardware the cluster has, by its first region: version 2 says it in
    /// `replicationSpecs`, version 1.0 in `providerSettings`.
    pub fn tier(&self) -> Tier<'_> {
        let mut regions = self
            .replication_specs
            .items()
            .flat_map(|spec| spec.region_configs.items());
        let (provider, size) = if let Some(region) = regions.next() {
            let specs = region.electable_specs.as_ref();
            let size = specs.and_then(|specs| specs.instance_size.as_deref());
            (region.provider_name.as_deref(), size)
        } else if let Some(settings) = &self.provider_settings {
            let size = settings.instance_size_name.as_deref();
            (settings.provider_name.as_deref(), size)
        } else {
            (None, None)
        };
        match (provider, size) {
            (Some("FLEX"), _) | (_, Some("FLEX")) => Tier::Flex,
            (Some("SERVERLESS"), _) => Tier::Serverless,
            (_, Some(size @ ("M0" | "M2" | "M5"))) => Tier::Shared(size),
            (Some("TENANT"), size) => Tier::Shared(size.unwrap_or("shared")),
            (_, Some(size)) => Tier::Dedicated(size),
            (_, None) => Tier::Unknown,
        }
    }

    /// How many replica sets the cluster has: its shards, or 1. Atlas exports five replica sets at
    /// once, and queues what is beyond.
    ///
    /// ```
    /// use atlas_export_api::types::ClusterDescription;
    ///
    /// let cluster: ClusterDescription =
    ///     serde_json::from_str(r#"{"name": "Cluster0", "replicationSpecs": [{}, {}, {}]}"#)?;
    /// assert_eq!(cluster.replica_sets(), 3);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn replica_sets(&self) -> u32 {
        let shards = |spec: &ReplicationSpec| spec.num_shards.map_or(1, |shards| shards.max(1));
        let counts = self.replication_specs.items().map(shards);
        let sum = counts.fold(0_u32, |sum, shards| {
            sum.saturating_add(shards.unsigned_abs())
        });
        sum.max(1)
    }

    /// The field that did not fit, among those that tell the [`tier`](Self::tier) and the backup
    /// of the cluster, by its path. Where there is one,
    /// [`why_not_exportable`](Self::why_not_exportable) does not know all that it would.
    ///
    /// ```
    /// use atlas_export_api::types::ClusterDescription;
    ///
    /// let cluster: ClusterDescription =
    ///     serde_json::from_str(r#"{"name": "Cluster0", "backupEnabled": "no"}"#)?;
    /// assert_eq!(cluster.undecodable_for_export(), Some("backupEnabled"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn undecodable_for_export(&self) -> Option<&'static str> {
        const CLUSTER: [&str; 4] = [
            "replicationSpecs",
            "providerSettings",
            "backupEnabled",
            "providerBackupEnabled",
        ];
        misfit(self, &CLUSTER).or_else(|| self.undecodable_hardware())
    }

    /// The same, of what is inside: in the first region, or in the settings of version 1.0.
    fn undecodable_hardware(&self) -> Option<&'static str> {
        let specs = || self.replication_specs.items();
        let of_specs = specs().find_map(|spec| misfit(spec, &["regionConfigs"]));
        if of_specs.is_some() {
            return of_specs;
        }
        let mut regions = specs().flat_map(|spec| spec.region_configs.items());
        if let Some(region) = regions.next() {
            let hardware = region.electable_specs.as_ref();
            return misfit(region, &["providerName", "electableSpecs"])
                .or_else(|| misfit(hardware?, &["instanceSize"]));
        }
        let settings = self.provider_settings.as_ref()?;
        misfit(settings, &["providerName", "instanceSizeName"])
    }

    /// Why nothing of the cluster can be exported. `None` means that Atlas may be asked, not
    /// that there is a snapshot.
    ///
    /// ```
    /// use atlas_export_api::types::ClusterDescription;
    ///
    /// let cluster: ClusterDescription = serde_json::from_str(
    ///     r#"{"name": "Cluster0", "replicationSpecs": [
    ///         {"regionConfigs": [{"providerName": "FLEX"}]}]}"#,
    /// )?;
    /// let why = cluster.why_not_exportable().unwrap();
    /// assert!(why.to_string().starts_with("a Flex cluster"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn why_not_exportable(&self) -> Option<NotExportable> {
        match self.tier() {
            Tier::Flex => return Some(NotExportable::Flex),
            Tier::Shared(_) => return Some(NotExportable::Shared),
            Tier::Serverless => return Some(NotExportable::Serverless),
            Tier::Dedicated(_) | Tier::Unknown => {}
        }
        let backup = self.backup_enabled.or(self.provider_backup_enabled);
        (backup == Some(false)).then_some(NotExportable::BackupOff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_tier_is_read_from_both_generations() {
        let v2 = |provider: &str, size: &str| {
            json!({"name": "c", "replicationSpecs": [{"regionConfigs": [
                {"providerName": provider, "electableSpecs": {"instanceSize": size}}]}]})
        };
        let v1 = |provider: &str, size: &str| {
            json!({"name": "c", "providerSettings":
                {"providerName": provider, "instanceSizeName": size}})
        };
        for (cluster, tier, exportable) in [
            (v2("AWS", "M10"), "M10", true),
            (v2("TENANT", "M5"), "M5", false),
            (v2("FLEX", "FLEX"), "Flex", false),
            (v1("GCP", "M30_NVME"), "M30_NVME", true),
            (v1("TENANT", "M0"), "M0", false),
            (v1("SERVERLESS", "SERVERLESS_V2"), "Serverless", false),
            (json!({"name": "c"}), "unknown", true),
            (
                json!({"name": "c", "replicationSpecs": [17]}),
                "unknown",
                true,
            ),
        ] {
            let cluster: ClusterDescription = serde_json::from_value(cluster).unwrap();
            assert_eq!(cluster.tier().to_string(), tier);
            assert_eq!(cluster.why_not_exportable().is_none(), exportable, "{tier}");
        }
    }

    #[test]
    fn the_shards_are_counted_in_both_generations() {
        for (specs, count) in [
            (json!([{}]), 1),
            (json!([{}, {}]), 2),
            (json!([{"numShards": 3}, {"numShards": 2}]), 5),
            (json!([{"numShards": 0}]), 1),
            (json!([]), 1),
            (
                json!([{"numShards": i32::MAX}, {"numShards": i32::MAX}, {}, {}]),
                u32::MAX,
            ),
        ] {
            let cluster = json!({"name": "c", "replicationSpecs": specs});
            let cluster: ClusterDescription = serde_json::from_value(cluster).unwrap();
            assert_eq!(cluster.replica_sets(), count);
        }
    }

    #[test]
    fn a_cluster_without_backup_says_so_in_either_generation() {
        for field in ["backupEnabled", "providerBackupEnabled"] {
            let cluster: ClusterDescription =
                serde_json::from_value(json!({"name": "c", field: false})).unwrap();
            assert_eq!(cluster.why_not_exportable(), Some(NotExportable::BackupOff));
        }
    }
}
