//! A bucket that is about to be registered: everything that can be wrong about it is said here,
//! before anything is sent.

use atlas_export_api::{
    BucketTarget,
    operations::CREATE_EXPORT_BUCKET,
    split_service_url,
    types::{self, ServiceUrl},
};
use atlas_export_types::RoleId;
use serde::Serialize;
use url::Url;

use super::name::{self, Cloud};
use crate::{Error, version::Versions};

/// The version that brought Azure, Google and private networking.
const ALL_CLOUDS: &str = "2024-05-30";

/// What every Azure blob service ends in (Atlas takes no other).
const BLOB_SERVICE: &str = ".blob.core.windows.net";

/// A bucket to register, and the role through which Atlas writes to it.
///
/// ```
/// use atlas_export::NewExportBucket;
///
/// # fn main() -> Result<(), atlas_export::Error> {
/// let role = || "12345678f901a234dbdb00ca".parse();
/// let on_aws = NewExportBucket::aws("my-bucket", role()?)?.require_private_networking(true)?;
/// let on_google = NewExportBucket::gcp("my-bucket", role()?)?;
/// let service = "https://mystorage.blob.core.windows.net";
/// let on_azure = NewExportBucket::azure(format!("{service}/my-container"), role()?)?;
/// let the_same = NewExportBucket::azure_container(service, "my-container", role()?)?;
///
/// let error = NewExportBucket::aws("x", role()?).unwrap_err();
/// assert!(error.to_string().contains("3 to 63 characters"));
/// # let _ = (on_aws, on_google, on_azure, the_same);
/// # Ok(())
/// # }
/// ```
///
/// It may stand in a configuration, in the words of Atlas, and is checked when that is read:
///
/// ```
/// use atlas_export::NewExportBucket;
///
/// let bucket: NewExportBucket = serde_json::from_str(
///     r#"{
///         "cloudProvider": "AWS",
///         "bucketName": "my-bucket",
///         "iamRoleId": "12345678f901a234dbdb00ca"
///     }"#,
/// )?;
/// # let _ = bucket;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NewExportBucket(pub(super) types::NewExportBucket);

impl NewExportBucket {
    /// An S3 bucket.
    ///
    /// The role is Atlas's id of the cloud-provider access role, not its ARN:
    /// [`AccessRoles::find_aws`](crate::AccessRoles::find_aws) has the id for an ARN.
    ///
    /// # Errors
    /// `Config` where the name is not 3 to 63 characters long (Atlas's bound) or breaks
    /// S3's rules, or a received role id is not 24 hexadecimal digits.
    pub fn aws(name: impl AsRef<str>, role: RoleId) -> Result<Self, Error> {
        role.well_formed()?;
        Ok(Self(types::NewExportBucket::Aws {
            bucket_name: name::check(name.as_ref(), Cloud::Aws)?,
            iam_role_id: role,
            require_private_networking: None,
        }))
    }

    /// A container of Azure's blob storage, by a service URL that ends in the container:
    /// `https://mystorage.blob.core.windows.net/my-container`. Version 2 only.
    ///
    /// The role is Atlas's id of the service principal.
    ///
    /// # Errors
    /// `Config` where the URL is not 33 to 2048 characters long or not of this shape, or the
    /// container's name is not 3 to 63 small letters, digits and single hyphens (Azure's rule).
    pub fn azure(service_url: impl AsRef<str>, role: RoleId) -> Result<Self, Error> {
        role.well_formed()?;
        let service_url = service_url.as_ref();
        let (checked, container) = check_service_url(service_url)?;
        let Some(container) = container else {
            return Err(wrong_url(
                "it does not say which container: append /CONTAINER, or give the container apart \
                 (NewExportBucket::azure_container)",
            ));
        };
        name::check(container, Cloud::Azure)?;
        Ok(Self(types::NewExportBucket::Azure {
            bucket_name: None,
            role_id: role,
            service_url: checked,
            tenant_id: None,
        }))
    }

    /// A container of Azure's blob storage, by a service URL such as
    /// `https://mystorage.blob.core.windows.net`, and its name. Version 2 only.
    ///
    /// # Errors
    /// As [`azure`](Self::azure); and where the URL names another container.
    pub fn azure_container(
        service_url: impl AsRef<str>,
        container: impl AsRef<str>,
        role: RoleId,
    ) -> Result<Self, Error> {
        role.well_formed()?;
        let name = name::check(container.as_ref(), Cloud::Azure)?;
        let (service_url, in_url) = check_service_url(service_url.as_ref())?;
        if let Some(in_url) = in_url
            && in_url != name.as_str()
        {
            return Err(wrong_url(&format!(
                "it ends in another container than bucketName {:?}, so leave the one in the URL out",
                name.as_str()
            )));
        }
        Ok(Self(types::NewExportBucket::Azure {
            bucket_name: Some(name),
            role_id: role,
            service_url,
            tenant_id: None,
        }))
    }

    /// A bucket of Google Cloud Storage. Version 2 only.
    ///
    /// The role is Atlas's id of the service account.
    ///
    /// # Errors
    /// As [`aws`](Self::aws); and where the name has a capital letter, or does not begin and end
    /// with a letter or a digit (Google's rules).
    pub fn gcp(name: impl AsRef<str>, role: RoleId) -> Result<Self, Error> {
        role.well_formed()?;
        Ok(Self(types::NewExportBucket::Gcp {
            bucket_name: name::check(name.as_ref(), Cloud::Gcp)?,
            role_id: role,
        }))
    }

    /// Whether exports must go over private networking; Atlas's default is not. AWS only,
    /// version 2 only.
    ///
    /// # Errors
    /// `Config` where the bucket is not on AWS.
    pub fn require_private_networking(mut self, require: bool) -> Result<Self, Error> {
        match &mut self.0 {
            types::NewExportBucket::Aws {
                require_private_networking,
                ..
            } => {
                *require_private_networking = Some(require);
                Ok(self)
            }
            _ => Err(Error::config(
                "requirePrivateNetworking is for buckets on AWS: leave it out for other clouds",
            )),
        }
    }

    /// Where the bucket is.
    pub fn target(&self) -> BucketTarget<'_> {
        self.0.target()
    }

    /// Refuses what the version that the client speaks does not know.
    pub(super) fn check(&self, versions: &Versions) -> Result<(), Error> {
        let later = match &self.0 {
            types::NewExportBucket::Aws {
                require_private_networking: None,
                ..
            } => return Ok(()),
            types::NewExportBucket::Aws { .. } => "requirePrivateNetworking",
            types::NewExportBucket::Azure { .. } => "a bucket on AZURE",
            types::NewExportBucket::Gcp { .. } => "a bucket on GCP",
        };
        versions.require(CREATE_EXPORT_BUCKET, ALL_CLOUDS, later)
    }
}

/// The URL is not repeated: with a query it may hold a signature, which is as good as a key.
fn wrong_url(why: &str) -> Error {
    Error::config(format!(
        "serviceUrl is invalid: {why}; expected for example \
         https://examplestorage{BLOB_SERVICE}/example-container"
    ))
}

/// The checked URL, and the container that it ends in.
fn check_service_url(text: &str) -> Result<(ServiceUrl, Option<&str>), Error> {
    let checked = text.parse::<ServiceUrl>().map_err(|_| {
        let length = text.chars().count();
        wrong_url(&format!(
            "it has {length} characters, and a service URL has 33 to 2048 characters"
        ))
    })?;
    let url =
        Url::parse(text).map_err(|error| wrong_url(&format!("it is not a valid URL ({error})")))?;
    if url.scheme() != "https" {
        return Err(wrong_url("its scheme is not https"));
    }
    let account = url
        .host_str()
        .and_then(|host| host.strip_suffix(BLOB_SERVICE));
    if account.is_none_or(|account| account.is_empty() || account.contains('.')) {
        return Err(wrong_url(&format!(
            "its host is not a storage account under {BLOB_SERVICE}"
        )));
    }
    if !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
        return Err(wrong_url("it contains a user name, a password or a port"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong_url(
            "it contains a query or a fragment, such as a shared access signature, which Atlas has \
             no use for",
        ));
    }
    let (_, container) = split_service_url(text);
    if container.is_some_and(|container| container.contains('/')) {
        return Err(wrong_url("its path is more than the name of a container"));
    }
    Ok((checked, container))
}

#[cfg(test)]
mod tests;
