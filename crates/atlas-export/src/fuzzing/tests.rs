//! Each has 100,000 cases; in a debug build 2,000.

use proptest::prelude::*;

use super::{envelope, pages, waits};

fn config() -> ProptestConfig {
    ProptestConfig::with_cases(if cfg!(debug_assertions) {
        2_000
    } else {
        100_000
    })
}

/// What stands in the answers of Atlas.
const KEYS: &[&str] = &[
    "results",
    "links",
    "rel",
    "href",
    "totalCount",
    "status",
    "content",
    "envelope",
    "errorCode",
    "parameters",
    "detail",
    "reason",
    "badRequestDetail",
    "fields",
    "field",
    "description",
    "id",
    "_id",
    "name",
    "cloudProvider",
    "bucketName",
    "serviceUrl",
    "roleId",
    "iamRoleId",
    "region",
    "exportBucketId",
    "snapshotId",
    "state",
    "stateReason",
    "message",
    "errMsg",
    "customData",
    "key",
    "value",
    "components",
    "createdAt",
    "finishedAt",
    "exportStatus",
    "exportedCollections",
    "totalCollections",
    "storageSizeBytes",
    "snapshotType",
    "replicationSpecs",
    "regionConfigs",
    "electableSpecs",
    "instanceSize",
    "providerName",
    "providerSettings",
    "instanceSizeName",
    "backupEnabled",
    "providerBackupEnabled",
    "autoExportEnabled",
    "export",
    "frequencyType",
    "awsIamRoles",
    "azureServicePrincipals",
    "gcpServiceAccounts",
];

/// JSON that is often nearly a page, an envelope or an error.
fn json() -> impl Strategy<Value = Vec<u8>> {
    let key = prop::sample::select(KEYS);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        Just("2026-08-10T03:28:25Z".into()),
        Just("RATE_LIMITED_TOKEN_BUCKET".into()),
        Just("VERSION_GONE".into()),
        prop::sample::select(&["AWS", "AZURE", "GCP", "Failed", "Queued", "FLEX", "TENANT"][..])
            .prop_map(Into::into),
        Just("https://x.blob.core.windows.net/c".into()),
        any::<String>().prop_map(Into::into),
        ".{0,6}".prop_map(Into::into),
    ];
    let value = leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::hash_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    // Items with what each needs, and anything else beside it or in its place.
    let fields = prop::collection::hash_map(prop::sample::select(KEYS), value.clone(), 0..12);
    let item = fields.prop_map(|fields| {
        let mut item = serde_json::json!({
            "id": "605ccba3c1c7613f423e1585", "_id": "604f6322dc786a5341d4f7fb", "name": "Cluster0",
            "exportBucketId": "604f6322dc786a5341d4f7fb", "cloudProvider": "AWS",
            "roleId": "12345678f901a234dbdb00ca", "iamRoleId": "12345678f901a234dbdb00ca",
            "bucketName": "exports",
        });
        let known = item.as_object_mut().into_iter();
        known.for_each(|item| {
            item.extend(
                fields
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), value.clone())),
            );
        });
        item
    });
    let page = prop::collection::vec(item, 0..4).prop_map(|items| {
        serde_json::json!({"results": items})
            .to_string()
            .into_bytes()
    });
    prop_oneof![
        2 => value.prop_map(|value| value.to_string().into_bytes()),
        2 => page,
        1 => prop::collection::vec(any::<u8>(), 0..80),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_a_429_says(value in prop::collection::vec(any::<u8>(), 0..80), body in json()) {
        waits(&value, &body);
    }

    #[test]
    fn retry_after(value in prop_oneof!["[0-9]{0,25}", "[A-Z][a-z]{2}, [0-9 ]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"]) {
        waits(value.as_bytes(), b"");
    }

    #[test]
    fn envelopes(body in json()) {
        envelope(&body);
    }

    #[test]
    fn answers(body in json()) {
        pages(&body);
    }
}
