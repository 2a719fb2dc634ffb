//! A bucket in a configuration, in the words of Atlas and under the rules of the constructors.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::NewExportBucket;
use crate::Error;

/// What a configuration says. Texts, so that each is checked by its constructor, whose message
/// names it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Configured {
    cloud_provider: String,
    bucket_name: Option<String>,
    iam_role_id: Option<String>,
    role_id: Option<String>,
    service_url: Option<String>,
    require_private_networking: Option<bool>,
}

impl Configured {
    fn check(self) -> Result<NewExportBucket, Error> {
        let cloud = self.cloud_provider.as_str();
        let needed = |field: &Option<String>, name| {
            field.clone().ok_or_else(|| {
                Error::config(format!(
                    "a bucket on {cloud} needs {name}, which is missing"
                ))
            })
        };
        let unused = |given: bool, name| {
            let refused =
                || Error::config(format!("a bucket on {cloud} has no {name}: leave it out"));
            if given { Err(refused()) } else { Ok(()) }
        };
        match cloud {
            "AWS" => {
                unused(self.role_id.is_some(), "roleId, but an iamRoleId")?;
                unused(self.service_url.is_some(), "serviceUrl")?;
                let role = needed(&self.iam_role_id, "iamRoleId")?.parse()?;
                let bucket = NewExportBucket::aws(needed(&self.bucket_name, "bucketName")?, role)?;
                match self.require_private_networking {
                    Some(require) => bucket.require_private_networking(require),
                    None => Ok(bucket),
                }
            }
            "AZURE" | "GCP" => {
                unused(self.iam_role_id.is_some(), "iamRoleId, but a roleId")?;
                let networking = self.require_private_networking.is_some();
                unused(networking, "requirePrivateNetworking")?;
                let role = needed(&self.role_id, "roleId")?.parse()?;
                if cloud == "GCP" {
                    unused(self.service_url.is_some(), "serviceUrl")?;
                    return NewExportBucket::gcp(needed(&self.bucket_name, "bucketName")?, role);
                }
                let service_url = needed(&self.service_url, "serviceUrl")?;
                match self.bucket_name {
                    Some(name) => NewExportBucket::azure_container(service_url, name, role),
                    None => NewExportBucket::azure(service_url, role),
                }
            }
            _ => Err(Error::config(
                "cloudProvider is none that Atlas exports to: choose AWS, AZURE or GCP",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for NewExportBucket {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Configured::deserialize(from)?
            .check()
            .map_err(D::Error::custom)
    }
}
