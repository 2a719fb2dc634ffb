//! What people ask of the generated models: where a bucket is, why a job failed, what kind of
//! hardware a cluster has. Views only: nothing here changes what was received.

use std::fmt;

use atlas_export_types::{CloudProvider, RoleId, SnapshotStatus, SnapshotType};

use crate::types::{ClusterDescription, ExportBucket, ExportJob, NewExportBucket, Snapshot};

/// Where an export bucket is, and the role through which Atlas writes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BucketTarget<'a> {
    /// An S3 bucket.
    #[non_exhaustive]
    Aws {
        /// The name of the bucket.
        bucket: &'a str,
        /// Atlas's id of the IAM role.
        role: &'a RoleId,
        /// The region, which only getting one bucket tells, and not for older ones.
        region: Option<&'a str>,
        /// Whether exports must go over private networking. Version 2 only.
        require_private_networking: Option<bool>,
    },
    /// A container of Azure's blob storage.
    #[non_exhaustive]
    Azure {
        /// The blob service, with or without the container, as received.
        service_url: &'a str,
        /// The name of the container: the bucket's name, or else the path of the URL.
        container: Option<&'a str>,
        /// Atlas's id of the service principal.
        role: &'a RoleId,
    },
    /// A bucket of Google Cloud Storage.
    #[non_exhaustive]
    Gcp {
        /// The name of the bucket.
        bucket: &'a str,
        /// Atlas's id of the service account.
        role: &'a RoleId,
    },
    /// A provider that this version does not know, or a bucket that lacks what its provider
    /// needs. What was received is in the bucket's own fields.
    #[non_exhaustive]
    Other {
        /// The provider as received.
        provider: &'a CloudProvider,
    },
}

impl BucketTarget<'_> {
    /// Whether Atlas writes to the same place through the same role: provider, name, role and
    /// service URL. The case of an Azure host does not count, nor whether its container stands
    /// in the URL or apart. An [`Other`](Self::Other) is the same as nothing.
    pub fn is_same_as(&self, other: &BucketTarget<'_>) -> bool {
        match (self, other) {
            (
                Self::Aws { bucket, role, .. },
                BucketTarget::Aws {
                    bucket: other_bucket,
                    role: other_role,
                    ..
                },
            )
            | (
                Self::Gcp { bucket, role },
                BucketTarget::Gcp {
                    bucket: other_bucket,
                    role: other_role,
                },
            ) => bucket == other_bucket && same_id(role, other_role),
            (
                Self::Azure {
                    service_url,
                    container,
                    role,
                },
                BucketTarget::Azure {
                    service_url: other_url,
                    container: other_container,
                    role: other_role,
                },
            ) => {
                let (service, _) = split_service_url(service_url);
                let (other_service, _) = split_service_url(other_url);
                service.eq_ignore_ascii_case(other_service)
                    && container == other_container
                    && same_id(role, other_role)
            }
            _ => false,
        }
    }
}

/// Ids are hexadecimal numbers, whose case means nothing.
fn same_id(one: &RoleId, other: &RoleId) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

/// An Azure service URL without its container, and the container, if it has one.
pub fn split_service_url(url: &str) -> (&str, Option<&str>) {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(after_scheme..).unwrap_or_default();
    let Some(slash) = rest.find('/') else {
        return (url, None);
    };
    let (service, path) = url.split_at(after_scheme + slash);
    let container = path.trim_matches('/');
    (service, (!container.is_empty()).then_some(container))
}

impl NewExportBucket {
    /// Where the bucket is, by provider.
    pub fn target(&self) -> BucketTarget<'_> {
        match self {
            Self::Aws {
                bucket_name,
                iam_role_id,
                require_private_networking,
            } => BucketTarget::Aws {
                bucket: bucket_name,
                role: iam_role_id,
                region: None,
                require_private_networking: *require_private_networking,
            },
            Self::Azure {
                bucket_name,
                role_id,
                service_url,
                ..
            } => BucketTarget::Azure {
                service_url,
                container: bucket_name
                    .as_ref()
                    .map(|name| name.as_str())
                    .or(split_service_url(service_url).1),
                role: role_id,
            },
            Self::Gcp {
                bucket_name,
                role_id,
            } => BucketTarget::Gcp {
                bucket: bucket_name,
                role: role_id,
            },
        }
    }
}

impl ExportBucket {
    /// Where the bucket is, by provider.
    ///
    /// ```
    /// use atlas_export_api::{BucketTarget, types::ExportBucket};
    ///
    /// let bucket: ExportBucket = serde_json::from_str(
    ///     r#"{"_id": "604f6322dc786a5341d4f7fb", "cloudProvider": "AZURE",
    ///         "roleId": "12345678f901a234dbdb00ca",
    ///         "serviceUrl": "https://storage.blob.core.windows.net/exports"}"#,
    /// )?;
    /// let BucketTarget::Azure { container, .. } = bucket.target() else { panic!() };
    /// assert_eq!(container, Some("exports"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn target(&self) -> BucketTarget<'_> {
        self.known_target().unwrap_or(BucketTarget::Other {
            provider: &self.cloud_provider,
        })
    }

    fn known_target(&self) -> Option<BucketTarget<'_>> {
        let name = self.bucket_name.as_deref();
        Some(match self.cloud_provider {
            CloudProvider::Aws => BucketTarget::Aws {
                bucket: name?,
                role: self.iam_role_id.as_ref()?,
                region: self.region.as_deref(),
                require_private_networking: self.require_private_networking,
            },
            CloudProvider::Azure => {
                let service_url = self.service_url.as_deref()?;
                BucketTarget::Azure {
                    service_url,
                    container: name.or(split_service_url(service_url).1),
                    role: self.role_id.as_ref()?,
                }
            }
            CloudProvider::Gcp => BucketTarget::Gcp {
                bucket: name?,
                role: self.role_id.as_ref()?,
            },
            _ => return None,
        })
    }
}

/// Why a job is in the state that it is in, as Atlas tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobReason<'a> {
    /// A code out of an open set. Version 2 only.
    pub code: Option<&'a str>,
    /// A text for people.
    pub message: Option<&'a str>,
}

/// The code and the message, as far as they are there.
impl fmt::Display for JobReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.message) {
            (Some(code), Some(message)) => write!(f, "{code}: {message}"),
            (Some(only), None) | (None, Some(only)) => f.write_str(only),
            (None, None) => f.write_str("no reason"),
        }
    }
}

impl ExportJob {
    /// Why the job is in its state, above all why it failed: version 2 says it in
    /// `stateReason`, version 1.0 in `errMsg`. `None` where Atlas says nothing.
    ///
    /// ```
    /// use atlas_export_api::types::ExportJob;
    ///
    /// let job: ExportJob = serde_json::from_str(
    ///     r#"{"id": "605ccba3c1c7613f423e1585", "exportBucketId": "604f6322dc786a5341d4f7fb",
    ///         "state": "Failed", "errMsg": "the bucket is gone"}"#,
    /// )?;
    /// assert_eq!(job.reason().unwrap().to_string(), "the bucket is gone");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn reason(&self) -> Option<JobReason<'_>> {
        fn said(text: Option<&String>) -> Option<&str> {
            text.map(String::as_str)
                .filter(|text| !text.trim().is_empty())
        }
        let state = self.state_reason.as_ref();
        let code = state.and_then(|reason| said(reason.error_code.as_ref()));
        let message = state
            .and_then(|reason| said(reason.message.as_ref()))
            .or_else(|| said(self.err_msg.as_ref()));
        (code.is_some() || message.is_some()).then_some(JobReason { code, message })
    }

    /// Whether the job has ended, well or badly. A job without a state, or with one that is
    /// not known, has not.
    pub fn is_finished(&self) -> bool {
        self.state
            .as_ref()
            .is_some_and(atlas_export_types::ExportJobState::is_finished)
    }
}

impl Snapshot {
    /// Whether Atlas can export the snapshot: completed, and no fallback.
    pub fn is_exportable(&self) -> bool {
        self.status == Some(SnapshotStatus::Completed)
            && self.snapshot_type != Some(SnapshotType::Fallback)
            && self.id.is_well_formed()
    }
}

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
        f.pad(match self {
            Self::Dedicated(size) | Self::Shared(size) => size,
            Self::Flex => "Flex",
            Self::Serverless => "Serverless",
            Self::Unknown => "unknown",
        })
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

impl fmt::Display for NotExportable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flex => "a Flex cluster; Atlas exports dedicated ones, M10 and up",
            Self::Shared => "a shared cluster; Atlas exports dedicated ones, M10 and up",
            Self::Serverless => "a serverless instance; Atlas exports dedicated clusters",
            Self::BackupOff => "its backup is off, so there are no snapshots",
        })
    }
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
    use serde_json::{Value, json};

    fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    fn bucket(mut fields: Value) -> ExportBucket {
        fields["_id"] = "604f6322dc786a5341d4f7fb".into();
        read(fields)
    }

    fn azure(url: &str, name: Option<&str>) -> ExportBucket {
        bucket(json!({
            "cloudProvider": "AZURE",
            "serviceUrl": url,
            "bucketName": name,
            "roleId": "12345678f901a234dbdb00ca",
        }))
    }

    #[test]
    fn an_azure_container_stands_in_the_url_or_apart() {
        let service = "https://storage.blob.core.windows.net";
        let in_url = azure(&format!("{service}/exports"), None);
        let apart = azure("https://Storage.blob.core.windows.net/", Some("exports"));
        let elsewhere = azure(service, Some("others"));
        assert!(in_url.target().is_same_as(&apart.target()));
        assert!(!in_url.target().is_same_as(&elsewhere.target()));
    }

    #[test]
    fn a_bucket_that_lacks_what_it_needs_is_other_and_like_no_other() {
        for provider in ["AWS", "AZURE", "GCP", "ORACLE"] {
            let bucket = bucket(json!({ "cloudProvider": provider }));
            let target = bucket.target();
            assert!(matches!(target, BucketTarget::Other { .. }), "{provider}");
            assert!(!target.is_same_as(&target));
        }
    }

    #[test]
    fn name_role_and_provider_tell_buckets_apart_and_networking_does_not() {
        let aws = |name: &str, role: &str, private: bool| {
            bucket(json!({
                "cloudProvider": "AWS",
                "bucketName": name,
                "iamRoleId": role,
                "requirePrivateNetworking": private,
            }))
        };
        let role = "12345678f901a234dbdb00ca";
        let one = aws("exports", role, false);
        assert!(
            one.target()
                .is_same_as(&aws("exports", &role.to_uppercase(), true).target())
        );
        assert!(
            !one.target()
                .is_same_as(&aws("Exports", role, false).target())
        );
        let other_role = aws("exports", "22345678f901a234dbdb00ca", false);
        assert!(!one.target().is_same_as(&other_role.target()));
        let gcp = bucket(json!({"cloudProvider": "GCP", "bucketName": "exports", "roleId": role}));
        assert!(!one.target().is_same_as(&gcp.target()));
        assert!(gcp.target().is_same_as(&gcp.target()));
    }

    #[test]
    fn a_reason_is_read_from_both_generations_and_empty_text_is_none() {
        let job = |extra: Value| -> ExportJob {
            let mut fields = json!({"id": "a", "exportBucketId": "b", "state": "Failed"});
            let object = fields.as_object_mut().unwrap();
            object.extend(extra.as_object().unwrap().clone());
            read(fields)
        };
        for (extra, reason) in [
            (json!({"errMsg": "no access"}), Some("no access")),
            (
                json!({"stateReason": {"errorCode": "E", "message": "m"}}),
                Some("E: m"),
            ),
            (
                json!({"stateReason": {"errorCode": "E"}, "errMsg": "m"}),
                Some("E: m"),
            ),
            (json!({"stateReason": {"errorCode": "E"}}), Some("E")),
            (json!({"stateReason": {}, "errMsg": " "}), None),
            (json!({}), None),
        ] {
            let job = job(extra);
            let told = job.reason().map(|reason| reason.to_string());
            assert_eq!(told.as_deref(), reason);
        }
    }

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
            let cluster: ClusterDescription = read(cluster);
            assert_eq!(cluster.tier().to_string(), tier);
            assert_eq!(cluster.why_not_exportable().is_none(), exportable, "{tier}");
        }
    }

    #[test]
    fn a_cluster_without_backup_says_so_in_either_generation() {
        for field in ["backupEnabled", "providerBackupEnabled"] {
            let cluster: ClusterDescription = read(json!({"name": "c", field: false}));
            assert_eq!(cluster.why_not_exportable(), Some(NotExportable::BackupOff));
        }
    }
}
