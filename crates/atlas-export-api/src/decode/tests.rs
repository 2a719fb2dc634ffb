use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::types::{
    AccessRoleList, ClusterDescription, ExportBucket, ExportJob, ExportJobPage, ShardedSnapshot,
    Snapshot, SnapshotPage,
};

const ID: &str = "5fb6a0e0e5a4d31b5b8ef0b2";

fn misfits(item: &impl Object) -> Vec<&'static str> {
    item.undecodable_fields().collect()
}

#[test]
fn a_value_that_does_not_fit_is_absent_and_kept_and_written_back() {
    let text = json!({
        "id": ID, "createdAt": "", "mongodVersion": 8.0, "storageSizeBytes": "4 GB",
        "status": ["completed"], "members": "none", "snapshotIds": [ID, 7], "type": {"a": [1]},
        "description": true, "expiresAt": "2026-08-10T03:28:25Z",
    });
    let read: ShardedSnapshot = serde_json::from_value(text.clone()).unwrap();
    assert_eq!(
        misfits(&read),
        [
            "createdAt",
            "description",
            "members",
            "mongodVersion",
            "snapshotIds",
            "status",
            "storageSizeBytes",
            "type"
        ]
    );
    assert_eq!(read.created_at, None);
    assert!(read.members.is_empty());
    assert!(read.expires_at.is_some());
    assert_eq!(serde_json::to_value(read).unwrap(), text);
}

#[test]
fn an_integral_float_is_an_integer_and_another_is_none() {
    for (number, read) in [
        ("4841168896.0", Some(4_841_168_896)),
        ("1e3", Some(1_000)),
        ("-0.0", Some(0)),
        ("-7.00", Some(-7)),
        ("0.5", None),
        // Several integers have this float.
        ("9007199254740993.0", None),
        ("9223372036854775807", Some(i64::MAX)),
        ("9223372036854775808", None),
        ("\"7\"", None),
    ] {
        let text = format!(r#"{{"id": "{ID}", "storageSizeBytes": {number}}}"#);
        let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
        assert_eq!(snapshot.storage_size_bytes, read, "{number}");
        assert_eq!(misfits(&snapshot).is_empty(), read.is_some(), "{number}");
    }
}

#[test]
fn null_is_absent_and_no_misfit() {
    let text =
        r#"{"id": "a", "state": null, "createdAt": null, "exportStatus": null, "links": null}"#;
    let job: ExportJob = serde_json::from_str(text).unwrap();
    assert_eq!(misfits(&job), [""; 0]);
    assert_eq!(serde_json::to_string(&job).unwrap(), r#"{"id":"a"}"#);
}

#[test]
fn only_what_an_item_is_known_by_has_to_fit() {
    for text in [
        json!({}),
        json!({"id": 7}),
        json!({"id": null}),
        json!(7),
        json!([ID]),
    ] {
        assert!(serde_json::from_value::<ExportJob>(text).is_err());
    }
    for text in [
        json!({"_id": ID}),
        json!({"_id": ID, "cloudProvider": 7}),
        json!({"_id": ID, "id": ID, "cloudProvider": "AWS"}),
    ] {
        assert!(serde_json::from_value::<ExportBucket>(text).is_err());
    }
    let named: ExportBucket =
        serde_json::from_value(json!({"id": ID, "cloudProvider": "AWS"})).unwrap();
    assert_eq!(serde_json::to_value(named).unwrap()["_id"], ID);
    assert!(serde_json::from_value::<ClusterDescription>(json!({"name": "a/b"})).is_err());
}

#[test]
fn a_page_without_results_is_no_page() {
    for (text, fits) in [
        (r#"{"results": []}"#, true),
        (r#"{"results": null}"#, true),
        (r#"{"results": [], "links": 7, "totalCount": "many"}"#, true),
        (r#"{"links": []}"#, false),
        (r#"{"results": {}}"#, false),
        (r#"{"results": "none"}"#, false),
    ] {
        let page = from_slice::<SnapshotPage>(text.as_bytes());
        assert_eq!(page.is_ok(), fits, "{text}");
    }
    let error = from_slice::<SnapshotPage>(br#"{"results": {}}"#).unwrap_err();
    assert!(error.to_string().contains("expected a list"), "{error}");
}

#[test]
fn roles_of_one_cloud_do_not_need_those_of_another() {
    let text = json!({"awsIamRoles": 7, "gcpServiceAccounts": [{"roleId": ID}]});
    let roles: AccessRoleList = serde_json::from_value(text).unwrap();
    assert_eq!(misfits(&roles), ["awsIamRoles"]);
    assert_eq!(roles.gcp_service_accounts.len(), 1);
    assert!(serde_json::from_value::<AccessRoleList>(json!({})).is_ok());
}

#[test]
fn what_is_inside_tells_of_its_own_fields() {
    let text = json!({"id": ID, "exportStatus": {"totalCollections": "all"}});
    let job: ExportJob = serde_json::from_value(text.clone()).unwrap();
    let status = job.export_status.as_ref().unwrap();
    assert_eq!(misfits(status), ["totalCollections"]);
    assert_eq!(misfits(&job), [""; 0]);
    assert_eq!(serde_json::to_value(&job).unwrap(), text);
}

#[test]
fn a_field_that_is_set_takes_the_place_of_what_did_not_fit() {
    let mut job: ExportJob = serde_json::from_str(r#"{"id": "a", "prefix": 7}"#).unwrap();
    job.prefix = Some("b".to_owned());
    assert_eq!(
        serde_json::to_string(&job).unwrap(),
        r#"{"id":"a","prefix":"b"}"#
    );
}

#[test]
fn of_a_field_that_comes_twice_the_last_one_counts() {
    for (text, prefix, fits) in [
        (
            r#"{"id": "a", "prefix": 7, "prefix": "b"}"#,
            Some("b"),
            true,
        ),
        (r#"{"id": "a", "prefix": "b", "prefix": 7}"#, None, false),
        (r#"{"id": "a", "prefix": 7, "prefix": null}"#, None, true),
    ] {
        let job: ExportJob = serde_json::from_str(text).unwrap();
        assert_eq!(job.prefix.as_deref(), prefix, "{text}");
        assert_eq!(misfits(&job).is_empty(), fits, "{text}");
        assert_eq!(
            job,
            serde_json::from_value(serde_json::from_str(text).unwrap()).unwrap()
        );
    }
    assert!(serde_json::from_str::<ExportJob>(r#"{"id": "a", "id": "b"}"#).is_err());
}

#[test]
fn what_no_text_could_be_costs_one_item_and_is_told_as_it_was_received() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for odd in [
        r#"{"id" :  7}"#,
        r#"{"id": "\ud800"}"#,
        r#"{"id": "a", "b": 1e999}"#,
        &deep,
    ] {
        let text = format!(r#"{{"results": [{{"id": "a"}}, {odd}, {{"id": "b"}}]}}"#);
        let page: ExportJobPage = from_slice(text.as_bytes()).unwrap();
        let odds: Vec<_> = page.results.undecodable().collect();
        assert_eq!(odds.len(), 1, "{odd}");
        assert_eq!((odds[0].index(), odds[0].raw()), (1, odd));
        assert_eq!(page.results.items().count(), 2);
    }
}

#[cfg(feature = "schemars")]
#[test]
fn a_schema_has_the_names_of_the_contract_and_what_is_required() {
    let schema = schemars::schema_for!(ExportBucket);
    let schema = schema.as_value();
    let properties = schema["properties"].as_object().unwrap();
    let names: Vec<&str> = properties.keys().map(String::as_str).collect();
    let mut fields = ExportBucket::FIELDS.to_vec();
    fields.sort_unstable();
    assert_eq!(names, fields);
    assert_eq!(schema["required"], json!(["cloudProvider"]));
    // The id has two names, and either will do.
    assert_eq!(schema["anyOf"][0]["required"], json!(["_id"]), "{schema}");
    assert_eq!(schema["anyOf"][1]["required"], json!(["id"]), "{schema}");
    assert_eq!(schema["additionalProperties"], true);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // Halves and quarters, which every reader reads alike.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        Just(Value::from(ID)),
        Just(Value::from("2021-03-25T16:49:23Z")),
        Just(Value::from("Successful")),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any_key(), inner), 0..4).prop_map(object_of),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    let known: Vec<&str> = [
        ExportJob::FIELDS,
        Snapshot::FIELDS,
        ExportBucket::FIELDS,
        ExportJobPage::FIELDS,
    ]
    .concat();
    prop_oneof![
        8 => prop::sample::select(known).prop_map(str::to_owned),
        1 => Just("totalCollections".to_owned()),
        1 => ".{0,8}",
    ]
}

fn object_of(entries: Vec<(String, Value)>) -> Value {
    Value::Object(entries.into_iter().collect())
}

fn any_object() -> impl Strategy<Value = Value> {
    let entries = prop::collection::vec((any_key(), any_value()), 0..12);
    (entries, any::<bool>()).prop_map(|(mut entries, known)| {
        if known {
            entries.push(("id".to_owned(), ID.into()));
        }
        object_of(entries)
    })
}

/// Reads a value in every way there is, and says what came of it.
fn read<T: Model + PartialEq + fmt::Debug>(value: &Value) -> Result<Option<T>, TestCaseError> {
    let text = value.to_string();
    let at_once = from_slice::<T>(text.as_bytes()).ok();
    prop_assert_eq!(&at_once, &serde_json::from_str(&text).ok());
    prop_assert_eq!(&at_once, &serde_json::from_value(value.clone()).ok());
    prop_assert_eq!(&at_once, &serde_json::from_reader(text.as_bytes()).ok());
    Ok(at_once)
}

fn check<T: Object + PartialEq + fmt::Debug>(value: &Value) -> Result<(), TestCaseError> {
    let Some(read_at_first) = read::<T>(value)? else {
        return Ok(());
    };
    let written = serde_json::to_value(&read_at_first).unwrap();
    for (key, kept) in read_at_first.extra() {
        prop_assert_eq!(&value[key], kept);
        prop_assert_eq!(&written[key], kept);
    }
    for (key, received) in value.as_object().into_iter().flatten() {
        let is_empty = received.is_null() || received == &json!([]);
        let is_kept = written.get(key).is_some() || written.get("_id").is_some();
        prop_assert!(is_kept || is_empty, "{} is lost", key);
    }
    prop_assert_eq!(read::<T>(&written)?, Some(read_at_first));
    Ok(())
}

proptest! {
    #[test]
    fn every_way_of_reading_gives_the_same_and_loses_nothing(object in any_object()) {
        check::<ExportJob>(&object)?;
        check::<Snapshot>(&object)?;
        check::<ExportBucket>(&object)?;
        check::<ClusterDescription>(&object)?;
    }

    #[test]
    fn every_way_of_reading_a_page_gives_the_same(
        items in prop::collection::vec(prop_oneof![4 => any_object(), 1 => any_value()], 0..6),
        links in any_value(),
    ) {
        let page = json!({"results": items, "links": links});
        let read = read::<ExportJobPage>(&page)?.unwrap();
        prop_assert_eq!(read.results.len(), items.len());
        check::<ExportJobPage>(&page)?;
    }

    #[test]
    fn a_time_is_read_as_the_library_reads_it(
        text in "[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|\\.5Z|\\+01:00|)",
    ) {
        type Time = chrono::DateTime<chrono::Utc>;
        prop_assert_eq!(Time::of_text(&text), text.parse::<Time>().ok());
    }
}
