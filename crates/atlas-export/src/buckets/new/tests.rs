use super::*;
use crate::ErrorKind;

const SERVICE: &str = "https://storage.blob.core.windows.net";

fn role() -> RoleId {
    "12345678f901a234dbdb00ca".parse().unwrap()
}

fn refusal(result: Result<NewExportBucket, Error>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    error.to_string()
}

#[test]
fn the_name_of_a_bucket_has_3_to_63_characters() {
    for (length, fits) in [(2, false), (3, true), (63, true), (64, false)] {
        let name = "b".repeat(length);
        assert_eq!(
            NewExportBucket::aws(&name, role()).is_ok(),
            fits,
            "{length}"
        );
        assert_eq!(
            NewExportBucket::gcp(&name, role()).is_ok(),
            fits,
            "{length}"
        );
        let apart = NewExportBucket::azure_container(SERVICE, &name, role());
        assert_eq!(apart.is_ok(), fits, "{length}");
        let in_url = NewExportBucket::azure(format!("{SERVICE}/{name}"), role());
        assert_eq!(in_url.is_ok(), fits, "{length}");
    }
}

#[test]
fn a_received_role_id_that_is_none_is_refused_for_every_cloud() {
    let wrong = || RoleId::received("{ROLE}");
    for result in [
        NewExportBucket::aws("bucket", wrong()),
        NewExportBucket::gcp("bucket", wrong()),
        NewExportBucket::azure(format!("{SERVICE}/bucket"), wrong()),
        NewExportBucket::azure_container(SERVICE, "bucket", wrong()),
    ] {
        assert!(refusal(result).contains("{ROLE}"));
    }
}

#[test]
fn an_invalid_service_url_is_refused_with_the_rule() {
    let long = format!("{SERVICE}/{}", "c".repeat(2048));
    for (url, rule) in [
        ("https://x.blob.core.windows.net", "33 to 2048 characters"),
        (&long, "33 to 2048 characters"),
        ("storage.blob.core.windows.net/exports", "not a valid URL"),
        ("http://storage.blob.core.windows.net/exports", "https"),
        ("https://storage.dfs.core.windows.net/exports", "its host"),
        ("https://a.b.blob.core.windows.net/exports", "its host"),
        ("https://evil.example/.blob.core.windows.net", "its host"),
        (
            "https://storage.blob.core.windows.net:444/exports",
            "a port",
        ),
        (
            "https://me:pw@storage.blob.core.windows.net/exports",
            "a port",
        ),
        (
            "https://storage.blob.core.windows.net/exports?sig=s3cret",
            "signature",
        ),
        (
            "https://storage.blob.core.windows.net/exports/2026",
            "its path",
        ),
        ("https://storage.blob.core.windows.net/", "which container"),
    ] {
        let message = refusal(NewExportBucket::azure(url, role()));
        assert!(message.starts_with("serviceUrl"), "{message}");
        assert!(message.contains(rule), "{url}: {message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn a_container_in_the_url_and_apart_must_be_the_same() {
    let url = format!("{SERVICE}/exports");
    assert!(NewExportBucket::azure_container(&url, "exports", role()).is_ok());
    let message = refusal(NewExportBucket::azure_container(&url, "others", role()));
    assert!(message.contains("another container"), "{message}");
}

#[test]
fn a_bucket_in_a_configuration_is_that_of_its_constructor() {
    let role = r#""12345678f901a234dbdb00ca""#;
    for (text, bucket) in [
        (
            format!(r#"{{"cloudProvider":"AWS","bucketName":"bucket","iamRoleId":{role}}}"#),
            NewExportBucket::aws("bucket", self::role()),
        ),
        (
            format!(
                r#"{{"cloudProvider":"AWS","bucketName":"bucket","iamRoleId":{role},"requirePrivateNetworking":true}}"#
            ),
            NewExportBucket::aws("bucket", self::role())
                .and_then(|bucket| bucket.require_private_networking(true)),
        ),
        (
            format!(r#"{{"cloudProvider":"GCP","bucketName":"bucket","roleId":{role}}}"#),
            NewExportBucket::gcp("bucket", self::role()),
        ),
        (
            format!(
                r#"{{"cloudProvider":"AZURE","bucketName":"exports","roleId":{role},"serviceUrl":"{SERVICE}"}}"#
            ),
            NewExportBucket::azure_container(SERVICE, "exports", self::role()),
        ),
        (
            format!(
                r#"{{"cloudProvider":"AZURE","roleId":{role},"serviceUrl":"{SERVICE}/exports"}}"#
            ),
            NewExportBucket::azure(format!("{SERVICE}/exports"), self::role()),
        ),
    ] {
        let read: NewExportBucket = serde_json::from_str(&text).unwrap();
        assert_eq!(read, bucket.unwrap(), "{text}");
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(written, text);
    }
}

#[test]
fn a_bucket_in_a_configuration_is_refused_as_its_constructor_refuses() {
    let role = r#""roleId":"12345678f901a234dbdb00ca""#;
    for (text, rule) in [
        (
            format!(r#"{{"cloudProvider":"GCP","bucketName":"UPPER",{role}}}"#),
            "capital",
        ),
        (
            r#"{"cloudProvider":"GCP","bucketName":"bucket","roleId":"{ROLE}"}"#.to_owned(),
            "24 hexadecimal digits",
        ),
        (
            format!(r#"{{"cloudProvider":"GCP","bucketName":"bucket",{role},"bucket":1}}"#),
            "unknown field `bucket`",
        ),
        (
            format!(
                r#"{{"cloudProvider":"AZURE",{role},"serviceUrl":"http://storage.blob.core.windows.net/x"}}"#
            ),
            "https",
        ),
        (
            r#"{"cloudProvider":"IBM"}"#.to_owned(),
            "choose AWS, AZURE or GCP",
        ),
        (
            r#"{"cloudProvider":"AWS","bucketName":"x","iamRoleId":"12345678f901a234dbdb00ca"}"#
                .to_owned(),
            r#"bucketName "x""#,
        ),
        (
            format!(r#"{{"cloudProvider":"AWS","bucketName":"bucket",{role}}}"#),
            "no roleId, but an iamRoleId",
        ),
        (
            format!(r#"{{"cloudProvider":"GCP",{role}}}"#),
            "needs bucketName",
        ),
        (
            format!(r#"{{"cloudProvider":"GCP","bucketName":"bucket",{role},"tenantId":"x"}}"#),
            "unknown field `tenantId`",
        ),
        ("{}".to_owned(), "cloudProvider"),
    ] {
        let error = serde_json::from_str::<NewExportBucket>(&text).unwrap_err();
        assert!(error.to_string().contains(rule), "{text}: {error}");
    }
}

#[test]
fn private_networking_is_for_aws() {
    let aws = NewExportBucket::aws("bucket", role()).unwrap();
    assert!(aws.require_private_networking(true).is_ok());
    let gcp = NewExportBucket::gcp("bucket", role()).unwrap();
    let message = refusal(gcp.require_private_networking(true));
    assert!(message.starts_with("requirePrivateNetworking"), "{message}");
}

proptest::proptest! {
    #[test]
    fn no_service_url_panics_or_is_repeated(text in "\\PC{0,60}", known in proptest::bool::ANY) {
        let start = if known { "https://storage.blob.core.windows.net/" } else { "" };
        let url = format!("{start}S3CRET{text}");
        let message = refusal(NewExportBucket::azure(&url, role()));
        if !known {
            proptest::prop_assert!(!message.contains("S3CRET"), "{message}");
        }
    }
}
