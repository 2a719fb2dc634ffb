//! Where the files of an export lie, as a URI.

use super::bucket::{BucketTarget, split_service_url};
use crate::types::{ExportBucket, ExportJob};

/// What separates the parts of a key.
const SLASH: char = '/';

impl BucketTarget<'_> {
    /// The URI below which the files of an export lie: `s3://bucket/prefix`, `gs://bucket/prefix`,
    /// or the URL of Azure's container and the prefix. No slash is doubled.
    ///
    /// For S3 and Google the key stands as it is, as their tools want it; in Azure's URL it is
    /// percent-encoded. `None` where the provider is not known, or Azure's container is not.
    ///
    /// ```
    /// use atlas_export_api::types::ExportBucket;
    ///
    /// let bucket: ExportBucket = serde_json::from_str(
    ///     r#"{"_id": "604f6322dc786a5341d4f7fb", "cloudProvider": "AWS", "bucketName": "my-exports",
    ///         "iamRoleId": "12345678f901a234dbdb00ca"}"#,
    /// )?;
    /// let uri = bucket.target().uri("/exported_snapshots/2026-11-22T0044/");
    /// assert_eq!(uri.as_deref(), Some("s3://my-exports/exported_snapshots/2026-11-22T0044"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn uri(&self, prefix: &str) -> Option<String> {
        let key = parts(prefix);
        match self {
            Self::Aws { bucket, .. } => Some(joined(&format!("s3://{bucket}"), key)),
            Self::Gcp { bucket, .. } => Some(joined(&format!("gs://{bucket}"), key)),
            Self::Azure {
                service_url,
                container,
                ..
            } => {
                let (service, _) = split_service_url(service_url.trim());
                let container = parts((*container)?);
                let mut url = reqwest::Url::parse(service).ok()?;
                url.path_segments_mut()
                    .ok()?
                    .clear()
                    .extend(container.chain(key));
                Some(url.into())
            }
            Self::Other { .. } => None,
        }
    }
}

/// The parts of a key that are not empty.
fn parts(key: &str) -> impl Iterator<Item = &str> {
    key.split(SLASH).filter(|part| !part.is_empty())
}

fn joined<'k>(bucket: &str, key: impl Iterator<Item = &'k str>) -> String {
    key.fold(bucket.to_owned(), |uri, part| uri + "/" + part)
}

impl ExportBucket {
    /// The URI below which the files of a job lie that exports to this bucket; see
    /// [`BucketTarget::uri`]. `None` where Atlas does not tell the prefix, too.
    ///
    /// The files of a job that has not ended, has failed, or was cancelled are not complete.
    ///
    /// ```
    /// use atlas_export_api::types::{ExportBucket, ExportJob};
    ///
    /// # fn example(bucket: &ExportBucket, job: &ExportJob) {
    /// if let Some(uri) = bucket.uri_of(job) {
    ///     println!("aws s3 ls --recursive {uri}");
    /// }
    /// # }
    /// ```
    pub fn uri_of(&self, job: &ExportJob) -> Option<String> {
        let prefix = job.prefix.as_deref().filter(|prefix| !prefix.is_empty())?;
        self.target().uri(prefix)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn uri(bucket: Value, prefix: &str) -> Option<String> {
        let bucket: ExportBucket = serde_json::from_value(bucket).unwrap();
        let job = serde_json::from_value(json!({"id": "1", "prefix": prefix}));
        bucket.uri_of(&job.unwrap())
    }

    fn azure(url: &str, name: &Value) -> Value {
        json!({"_id": "1", "cloudProvider": "AZURE", "roleId": "2", "serviceUrl": url,
            "bucketName": name})
    }

    #[test]
    fn each_cloud_has_its_form_and_no_slash_is_doubled() {
        let s3 = json!({"_id": "1", "cloudProvider": "AWS", "iamRoleId": "2", "bucketName": "b"});
        let gs = json!({"_id": "1", "cloudProvider": "GCP", "roleId": "2", "bucketName": "b"});
        for (bucket, prefix, expected) in [
            (s3.clone(), "exported/o g/1", "s3://b/exported/o g/1"),
            (s3.clone(), "/exported//1/", "s3://b/exported/1"),
            (gs, "/exported/1", "gs://b/exported/1"),
            (
                azure("https://a.blob.core.windows.net/c/", &Value::Null),
                "/e/o g?/1",
                "https://a.blob.core.windows.net/c/e/o%20g%3F/1",
            ),
            (
                azure("https://a.blob.core.windows.net", &json!("c")),
                "e/1",
                "https://a.blob.core.windows.net/c/e/1",
            ),
        ] {
            assert_eq!(uri(bucket, prefix).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_not_known_has_no_uri() {
        let oracle = json!({"_id": "1", "cloudProvider": "OCI", "bucketName": "b"});
        let nameless = json!({"_id": "1", "cloudProvider": "AWS", "iamRoleId": "2"});
        let no_container = azure("https://a.blob.core.windows.net", &Value::Null);
        for bucket in [oracle, nameless, no_container, azure("no url", &json!("c"))] {
            assert_eq!(uri(bucket, "e/1"), None);
        }
        let s3 = json!({"_id": "1", "cloudProvider": "AWS", "iamRoleId": "2", "bucketName": "b"});
        assert_eq!(uri(s3, ""), None);
    }
}
