//! Where a bucket is.

use atlas_export_types::{CloudProvider, RoleId};

use crate::types::{ExportBucket, NewExportBucket};

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
    /// service URL, each by its cloud's rules. An [`Other`](Self::Other) is the same as nothing.
    ///
    /// - The names of S3 and Google are compared to the letter: there are old buckets of S3 with
    ///   capitals, which are other buckets than those without.
    /// - Of Azure, service URLs are compared as URLs (the case of scheme and host, a port 443 and
    ///   slashes at the end do not count), containers without regard to case, because their names
    ///   have small letters only; and a container may stand in the URL or apart.
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
            ) => bucket == other_bucket && role == other_role,
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
                let same_container = match (container, other_container) {
                    (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
                    (one, other) => one == other,
                };
                service(service_url) == service(other_url) && same_container && role == other_role
            }
            _ => false,
        }
    }
}

/// Where a service URL leads, without its path: as a URL if it is one, else in small letters.
fn service(url: &str) -> String {
    let (service, _) = split_service_url(url.trim());
    match reqwest::Url::parse(service) {
        // Without the point at its end, a host is the same.
        Ok(parsed) => parsed.as_str().trim_end_matches(['/', '.']).to_owned(),
        Err(_) => service.to_ascii_lowercase(),
    }
}

/// An Azure service URL without its container, and the container, if it has one.
pub fn split_service_url(url: &str) -> (&str, Option<&str>) {
    let url = url.split(['?', '#']).next().unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn bucket(mut fields: Value) -> ExportBucket {
        fields["_id"] = "604f6322dc786a5341d4f7fb".into();
        serde_json::from_value(fields).unwrap()
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
    fn an_azure_container_is_compared_by_azure_s_rules() {
        let one = azure("https://storage.blob.core.windows.net/exports", None);
        for (url, name, same) in [
            ("HTTPS://Storage.Blob.core.windows.net/exports", None, true),
            (
                "https://storage.blob.core.windows.net:443/exports/",
                None,
                true,
            ),
            (
                "https://storage.blob.core.windows.net./",
                Some("exports"),
                true,
            ),
            ("https://storage.blob.core.windows.net/Exports", None, true),
            (
                " https://storage.blob.core.windows.net//exports",
                None,
                true,
            ),
            (
                "https://storage.blob.core.windows.net/exports?sv=1",
                None,
                true,
            ),
            (
                "https://storage.blob.core.windows.net:444/exports",
                None,
                false,
            ),
            ("http://storage.blob.core.windows.net/exports", None, false),
            (
                "https://storage2.blob.core.windows.net/exports",
                None,
                false,
            ),
            (
                "https://storage.blob.core.windows.net/exports-2",
                None,
                false,
            ),
            ("https://storage.blob.core.windows.net", None, false),
            ("no URL/exports", None, false),
        ] {
            let other = azure(url, name);
            assert_eq!(one.target().is_same_as(&other.target()), same, "{url}");
            assert_eq!(other.target().is_same_as(&one.target()), same, "{url}");
            let itself = azure(url, name);
            assert!(other.target().is_same_as(&itself.target()), "{url}");
        }
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
}
