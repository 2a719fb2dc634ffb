//! What can be the name of a bucket, by Atlas's bounds and the rules of each cloud.

use atlas_export_api::types::BucketName;

use crate::{Error, redact::quoted};

/// Whose rules a name has to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cloud {
    /// In capitals too, as some old buckets of S3 are.
    Aws,
    Azure,
    Gcp,
}

impl Cloud {
    /// The rule that a name breaks, if it does.
    fn broken_rule(self, name: &str) -> Option<&'static str> {
        let all = |fits: fn(u8) -> bool| name.bytes().all(fits);
        let ends_in = |fits: fn(&u8) -> bool| {
            let bytes = name.as_bytes();
            bytes.first().is_some_and(fits) && bytes.last().is_some_and(fits)
        };
        let has_capitals = !all(|b| !b.is_ascii_uppercase());
        let of_azure = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        match self {
            Self::Gcp if has_capitals => Some("Google's names have no capital letters"),
            Self::Gcp if !ends_in(u8::is_ascii_alphanumeric) => {
                Some("Google's names begin and end with a letter or a digit")
            }
            Self::Azure if has_capitals => Some("the names of containers have no capital letters"),
            Self::Azure if !all(of_azure) => {
                Some("the names of containers have small letters, digits and hyphens only")
            }
            Self::Azure if !ends_in(u8::is_ascii_alphanumeric) || name.contains("--") => {
                Some("in the names of containers, each hyphen stands between letters or digits")
            }
            Self::Aws if name.contains("..") => {
                Some("names of S3 buckets have no two dots in a row")
            }
            Self::Aws | Self::Azure | Self::Gcp => None,
        }
    }
}

/// The name, if it can be one.
pub(super) fn check(name: &str, cloud: Cloud) -> Result<BucketName, Error> {
    if let Some(kind) = mistaken(name) {
        return Err(Error::config(format!(
            "bucketName is {kind}: give the name alone, 3 to 63 characters such as my-bucket"
        )));
    }
    let shown = quoted(name);
    let length = name.chars().count();
    let checked = name.parse().map_err(|_| {
        Error::config(format!(
            "bucketName {shown} is invalid: its length is {length}; the name of a bucket has 3 to 63 \
             characters"
        ))
    })?;
    match cloud.broken_rule(name) {
        None => Ok(checked),
        Some(rule) => Err(Error::config(format!(
            "bucketName {shown} is invalid: {rule}; expected for example {}",
            if matches!(cloud, Cloud::Azure) {
                "my-container"
            } else {
                "my-bucket"
            }
        ))),
    }
}

/// What was pasted in place of the name of a bucket, by kind: the text may hold a signature.
fn mistaken(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let starts = |start| lower.trim_start().starts_with(start);
    Some(if starts("s3://") || starts("s3a://") {
        "an S3 URL"
    } else if starts("gs://") {
        "a URL of Google Cloud Storage"
    } else if starts("arn:") {
        "an ARN"
    } else if lower.contains("://") {
        "a URL"
    } else if name.contains(['/', '\\']) {
        "a path"
    } else if name.contains(|c: char| c.is_whitespace() || c.is_control()) {
        "a text with blanks or control characters"
    } else if name.contains(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c))) {
        "a text with a character that no name has (letters, digits, - . and _ are what it may have)"
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    const CLOUDS: [Cloud; 3] = [Cloud::Aws, Cloud::Azure, Cloud::Gcp];

    #[test]
    fn what_is_no_name_is_refused_by_kind() {
        for (name, kind) in [
            ("s3://s3cret", "an S3 URL"),
            ("gs://s3cret", "Google"),
            ("arn:aws:s3:::s3cret", "an ARN"),
            ("https://s3cret.s3.amazonaws.com", "a URL"),
            ("a/s3cret", "a path"),
            ("s3cret bucket", "blanks"),
            ("   ", "blanks"),
            ("s3cret\u{200b}", "a character"),
        ] {
            for cloud in CLOUDS {
                let error = check(name, cloud).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Config);
                let message = error.to_string();
                assert!(message.contains(kind), "{message}");
                assert!(message.contains("my-bucket"), "{message}");
                assert!(!message.contains("s3cret"), "{message}");
            }
        }
    }

    #[test]
    fn each_cloud_has_its_own_names() {
        for (name, [aws, azure, gcp]) in [
            ("my-bucket", [true, true, true]),
            ("0.9", [true, false, true]),
            ("my.bucket", [true, false, true]),
            ("my_bucket", [true, false, true]),
            ("My-Bucket", [true, false, false]),
            ("-bucket", [true, false, false]),
            ("bucket_", [true, false, false]),
            ("my--bucket", [true, false, true]),
            ("my..bucket", [false, false, true]),
        ] {
            for (cloud, fits) in CLOUDS.into_iter().zip([aws, azure, gcp]) {
                let checked = check(name, cloud);
                assert_eq!(checked.is_ok(), fits, "{name} {cloud:?}");
                if let Err(error) = checked {
                    let message = error.to_string();
                    assert!(
                        message.contains(name) && message.contains("for example my-"),
                        "{message}"
                    );
                }
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_name_panics_and_what_is_taken_is_plain(name in "\\PC{0,70}|[a-zA-Z0-9._-]{0,66}") {
            for cloud in CLOUDS {
                if check(&name, cloud).is_ok() {
                    proptest::prop_assert!(name.is_ascii() && !name.contains(['/', ':', ' ']));
                    proptest::prop_assert!((3..=63).contains(&name.len()));
                }
            }
        }
    }
}
