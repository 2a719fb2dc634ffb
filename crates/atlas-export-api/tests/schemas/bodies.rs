//! The bodies that are known: the examples of the contract, and those of MongoDB's pages.

use serde_json::{Value, json};

use crate::{contract, models::definitions, referred, validator};

/// MongoDB's own examples, and the model of each.
const FIXTURES: [(&str, &str); 6] = [
    (
        "ExportBucketPage",
        include_str!("../../../../tests/fixtures/v1.0/list-export-buckets.json"),
    ),
    (
        "ExportBucketPage",
        include_str!("../../../../tests/fixtures/v1.0/list-export-buckets-web-page.json"),
    ),
    (
        "ExportBucket",
        include_str!("../../../../tests/fixtures/v1.0/create-export-bucket.json"),
    ),
    (
        "ExportJobPage",
        include_str!("../../../../tests/fixtures/v1.0/list-export-jobs-replica-set.json"),
    ),
    (
        "ExportJobPage",
        include_str!("../../../../tests/fixtures/v1.0/list-export-jobs-replica-set-web-page.json"),
    ),
    (
        "ExportJobPage",
        include_str!("../../../../tests/fixtures/v1.0/list-export-jobs-sharded-cluster.json"),
    ),
];

/// What the pages write where an id belongs; it decodes, and is no id.
const PLACEHOLDERS: [&str; 3] = ["{BUCKET-ID}", "{SNAPSHOT-ID}", "{PROJECT-ID}"];

/// Every body that is known, with the name of its schema.
pub(crate) fn known(contract: &Value) -> Vec<(String, Value)> {
    let examples = contract["bodies"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|body| {
            let schema = referred(&body["schema"]).unwrap();
            let names = body["examples"].as_array().unwrap().iter();
            names.map(move |name| {
                let value = contract["examples"][name.as_str().unwrap()].clone();
                (schema.to_owned(), value)
            })
        });
    let fixtures = FIXTURES.iter().map(|(schema, text)| {
        let text = PLACEHOLDERS
            .iter()
            .fold((*text).to_owned(), |text, placeholder| {
                text.replace(
                    &format!("\"{placeholder}\""),
                    "\"604f6322dc786a5341d4f7fb\"",
                )
            });
        ((*schema).to_owned(), serde_json::from_str(&text).unwrap())
    });
    let mut known: Vec<_> = examples.chain(fixtures).collect();
    known.sort_by_key(|(name, value)| (name.clone(), value.to_string()));
    known.dedup();
    known
}

#[test]
fn each_is_accepted_by_the_contract_and_by_the_model() {
    let (contract, models) = (contract(), definitions());
    let known = known(&contract);
    assert!(known.len() > 60, "{}", known.len());
    for (name, body) in known {
        let schema = json!({ "$ref": format!("#/$defs/{name}") });
        for (whose, definitions) in [("contract", &contract["$defs"]), ("model", &models)] {
            let validator = validator(&schema, definitions);
            let errors: Vec<_> = validator
                .iter_errors(&body)
                .map(|e| e.to_string())
                .collect();
            assert!(
                errors.is_empty(),
                "{name} by the {whose}: {errors:?} in {body}"
            );
        }
    }
}

#[test]
fn a_placeholder_is_no_id() {
    let (name, text) = FIXTURES[2];
    let body: Value = serde_json::from_str(text).unwrap();
    let schema = json!({ "$ref": format!("#/$defs/{name}") });
    for definitions in [contract()["$defs"].clone(), definitions()] {
        assert!(!validator(&schema, &definitions).is_valid(&body));
    }
}
