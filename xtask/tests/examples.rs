//! Every body of the contract has an example, and every example is what its schema says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use xtask::{
    codegen::examples::{Body, bodies, for_tests},
    contract::Contract,
};

fn contract() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let path = root.join("openapi/atlas-snapshot-export.yaml");
    Contract::load(&path).expect("a contract").to_json()
}

/// What a contract lets be sent: a body that lacks an example, and an operation whose errors do.
fn without_example(contract: &Value) -> Vec<String> {
    let bodies = bodies(contract);
    let of_success = bodies.iter().filter(|body| !body.is_error());
    let mut lacking: Vec<String> = of_success
        .filter(|body| body.examples.is_empty())
        .map(Body::place)
        .collect();
    let mut errors: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in contract["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter_map(|operation| operation.get("operationId")?.as_str())
    {
        errors.insert(operation, 0);
    }
    for body in bodies.iter().filter(|body| body.is_error()) {
        *errors.entry(body.operation).or_default() += body.examples.len();
    }
    let none = errors.iter().filter(|(_, count)| **count == 0);
    lacking.extend(none.map(|(operation, _)| format!("{operation} has no error")));
    lacking
}

/// A validator of one body, by a library that is not ours.
fn validator(data: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["$defs"] = data["$defs"].clone();
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    options
        .should_validate_formats(true)
        .build(&whole)
        .expect("a schema")
}

/// What the examples of a contract break.
fn misfits(contract: &Value) -> Vec<String> {
    let data: Value = serde_json::from_str(&for_tests(contract).unwrap()).unwrap();
    let mut found = BTreeSet::new();
    for body in data["bodies"].as_array().unwrap() {
        let validator = validator(&data, &body["schema"]);
        for name in body["examples"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let errors = validator.iter_errors(&data["examples"][name]);
            found.extend(errors.map(|error| {
                let at = error.instance_path().as_str();
                format!("{name} {at}: {error}")
            }));
        }
    }
    found.into_iter().collect()
}

#[test]
fn every_body_of_every_version_has_an_example_and_every_operation_one_of_an_error() {
    assert_eq!(without_example(&contract()), [""; 0]);
}

#[test]
fn a_body_without_an_example_is_named() {
    let mut contract = contract();
    let content = "/paths/~1groups~1{groupId}~1clusters/get/responses/200/content";
    let content = contract.pointer_mut(content).unwrap();
    content["application/vnd.atlas.2024-08-05+json"]["examples"] = json!({});
    for response in contract["components"]["responses"]
        .as_object_mut()
        .unwrap()
        .values_mut()
    {
        response["content"]["application/json"]["examples"] = json!({});
    }
    let lacking = without_example(&contract);
    assert_eq!(
        lacking[..2],
        [
            "listClusters 200 application/vnd.atlas.2024-08-05+json",
            "authorizeAccessRole has no error"
        ]
    );
    assert_eq!(lacking.len(), 35);
}

#[test]
fn every_example_fits_its_schema() {
    assert_eq!(misfits(&contract()), [""; 0]);
}

#[test]
fn an_example_that_does_not_fit_is_named() {
    for (pointer, value, named) in [
        ("ExportBucket/value/_id", json!("ARN"), "ExportBucket /_id"),
        (
            "ExportBucket/value/region",
            json!(7),
            "ExportBucket /region",
        ),
        (
            "ExportJobQueued/value/createdAt",
            json!("yesterday"),
            "ExportJobQueued /createdAt",
        ),
        ("NewSnapshot/value/days", json!(7), "NewSnapshot "),
        (
            "NewExportBucket/value/cloudProvider",
            json!("MOON"),
            "NewExportBucket ",
        ),
        (
            "ClusterNotFound/value/error",
            json!("404"),
            "ClusterNotFound /error",
        ),
    ] {
        let mut contract = contract();
        let mut place = &mut contract["components"]["examples"];
        for key in pointer.split('/') {
            place = &mut place[key];
        }
        *place = value;
        let misfits = misfits(&contract);
        assert!(!misfits.is_empty(), "{named}");
        assert!(
            misfits.iter().all(|misfit| misfit.starts_with(named)),
            "{misfits:?}"
        );
    }
}

#[test]
fn every_named_example_is_used() {
    let contract = contract();
    let used: BTreeSet<String> = bodies(&contract)
        .into_iter()
        .flat_map(|body| body.examples)
        .map(|example| example.name)
        .collect();
    let named = contract["components"]["examples"].as_object().unwrap();
    let unused: Vec<_> = named.keys().filter(|name| !used.contains(*name)).collect();
    assert_eq!(unused, [""; 0]);
}
