//! What is pasted into the wrong option is not shown.

use std::{error::Error as StdError, fmt::Write as _};

use atlas_export::{Client, Credentials, NewExportBucket, PageSize, SnapshotId};
use atlas_export_api::operations::ids;
use atlas_export_tests::{PRIVATE_KEY, PROJECT, ROLE};

use crate::PUBLIC_KEY;

/// A canary in every position of a URL but its host, and in texts that are no URL.
fn spoilt() -> Vec<String> {
    let mut texts = vec![
        "CANARY".to_owned(),
        "me:CANARY".to_owned(),
        "me:CANARY@host:3128".to_owned(),
        "CANARY://host".to_owned(),
        "https:CANARY".to_owned(),
        "https:/CANARY".to_owned(),
    ];
    for scheme in ["http", "https", "socks5", "ftp"] {
        for rest in [
            "CANARY@host",
            "CANARY:x@host",
            "me:CANARY@host",
            "me:CANARY@host:1/x",
            "me:x/CANARY@host",
            "me:12/CANARY@host",
            "me:x?CANARY@host",
            "me:x#CANARY@host",
            "me:CANARY",
            "host:CANARY",
            "me%3ACANARY%40host",
            "me:CANARY%40host",
            "me%40CANARY",
            "host/CANARY",
            "host/?CANARY",
            "host?token=CANARY",
            "host#CANARY",
            "host/%43CANARY",
            "[CANARY",
        ] {
            texts.push(format!("{scheme}://{rest}"));
        }
    }
    texts
}

#[test]
fn nothing_that_is_pasted_into_the_wrong_option_is_shown() {
    let bare = PRIVATE_KEY.replace('-', "");
    let keys = [
        PRIVATE_KEY.to_owned(),
        bare.clone(),
        format!("abcdefgh{PRIVATE_KEY}"),
        format!("abcdefgh:{bare}"),
        format!("https://{PRIVATE_KEY}"),
    ];
    for text in spoilt().into_iter().chain(keys) {
        let sound = || Client::builder().credentials(Credentials::api_key(PUBLIC_KEY, "x"));
        let odd = || format!("{text}\n");
        let builders = [
            sound().base_url(&text),
            sound().allow_insecure_http(true).base_url(&text),
            sound().proxy(&text),
            sound().application(&text),
            sound().application(odd()),
            sound().root_certificates(text.as_bytes()),
            sound().resource_version(&text, "2024-05-30"),
            sound().resource_version(ids::LIST_EXPORT_BUCKETS, &text),
            sound().credentials(Credentials::api_key(&text, "x")),
            sound().credentials(Credentials::api_key(PUBLIC_KEY, &text)),
            sound().credentials(Credentials::api_key(PUBLIC_KEY, odd())),
        ];
        for builder in builders {
            let mut shown = format!("{builder:?} {builder:#?}");
            match builder.build() {
                Ok(client) => write!(shown, "{client:?} {client:#?}").unwrap(),
                Err(error) => {
                    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
                    while let Some(error) = cause {
                        write!(shown, "{error} {error:?}").unwrap();
                        cause = error.source();
                    }
                }
            }
            let lower = shown.to_ascii_lowercase();
            for secret in ["canary", PRIVATE_KEY, &bare] {
                assert!(!lower.contains(secret), "{text:?} is shown: {shown}");
            }
        }
    }
}

/// A key with what a copy brings along, in the place of ids and names.
#[tokio::test]
async fn a_private_key_in_the_place_of_an_id_or_a_name_is_not_shown() {
    let key = Credentials::api_key(PUBLIC_KEY, "x");
    let client = Client::builder().credentials(key).build().unwrap();
    let good = client.project(PROJECT);
    for pasted in [
        PRIVATE_KEY.to_owned(),
        PRIVATE_KEY.to_uppercase(),
        PRIVATE_KEY.replace('-', ""),
        format!("{PRIVATE_KEY}\n"),
        format!(" {PRIVATE_KEY}"),
        format!("\"{PRIVATE_KEY}\""),
        format!("{PRIVATE_KEY}_A"),
    ] {
        let role = ROLE.parse().unwrap();
        let roles = good.access_roles();
        let errors = [
            client.project(&pasted).id().unwrap_err(),
            pasted.parse::<SnapshotId>().unwrap_err().into(),
            pasted.parse::<PageSize>().unwrap_err().into(),
            roles.find_aws(&pasted).await.unwrap_err(),
            roles.find_gcp(&pasted).await.unwrap_err(),
            NewExportBucket::azure(&pasted, role).unwrap_err(),
        ];
        let buckets = [NewExportBucket::gcp, NewExportBucket::aws]
            .map(|new| new(&pasted, ROLE.parse().unwrap()).err());
        // A key alone could be the name of a cluster, or of a bucket.
        let cluster = good.cluster(&pasted).name().err();
        let maybe = buckets.into_iter().chain([cluster]).flatten();
        for error in errors.into_iter().chain(maybe) {
            let shown = format!("{error} {error:?}").to_lowercase().replace('-', "");
            let key = PRIVATE_KEY.replace('-', "");
            assert!(!shown.contains(&key[..12]), "{shown}");
        }
    }
}
