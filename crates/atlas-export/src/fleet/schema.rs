//! A stored report against its JSON Schema, by a validator that is not ours.

use serde_json::{Value, json};

use super::FleetReport;

fn report() -> Value {
    let id = |n: u64| format!("{n:024x}");
    json!({
        "version": 1,
        "projects": [
            { "project": id(1), "bucket": id(2), "bucketName": "exports", "undecodable": ["x"] },
            { "project": id(3), "message": "no bucket" },
        ],
        "clusters": [
            { "project": id(1), "cluster": "Planned", "status": "planned", "replicaSets": 2,
              "snapshot": id(4) },
            { "project": id(1), "cluster": "Done", "status": "successful", "named": true,
              "replicaSets": 1, "snapshot": id(5), "snapshotAt": "2026-11-22T00:44:00Z",
              "bytes": 5, "job": id(6), "state": "Successful",
              "createdAt": "2026-11-22T01:00:00Z", "finishedAt": "2026-11-22T01:11:00Z",
              "durationSeconds": 660, "prefix": "e/1", "location": "s3://exports/e/1" },
            { "project": id(1), "cluster": "Flex", "status": "skipped", "replicaSets": 1,
              "reason": "flex", "message": "a Flex cluster", "later": true },
        ],
        "alsoLater": [1],
    })
}

#[test]
fn a_report_fits_its_schema_and_what_is_none_does_not() {
    let schema = serde_json::to_value(schemars::schema_for!(FleetReport)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let read: FleetReport = serde_json::from_value(report()).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(written, report());
    for fits in [report(), written] {
        let faults: Vec<String> = validator
            .iter_errors(&fits)
            .map(|e| e.to_string())
            .collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    for (place, value) in [
        ("/version", json!("1")),
        ("/projects", Value::Null),
        ("/projects/0/project", json!(7)),
        ("/clusters/0/status", json!("asleep")),
        ("/clusters/0/cluster", Value::Null),
        ("/clusters/1/bytes", json!(-1)),
        ("/clusters/1/durationSeconds", json!("long")),
        ("/clusters/1/location", json!(1)),
    ] {
        let mut odd = report();
        *odd.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&odd), "{place}");
    }
}
