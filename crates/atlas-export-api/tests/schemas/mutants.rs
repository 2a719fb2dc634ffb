//! Bodies that differ from a known one in one place: the schema of the model refuses those that
//! the contract refuses, and no others.
//!
//! Decoding takes more than either: a field that does not fit is kept aside. The schemas say what
//! is promised of a body, and not what is survived.

use serde_json::{Value, json};

use crate::{bodies::known, contract, models::definitions, validator};

/// What stands in a place instead.
fn others() -> [Value; 9] {
    [
        json!(7),
        json!(-1),
        json!(1.5),
        json!("x"),
        json!("604f6322dc786a5341d4f7fb"),
        json!(true),
        json!([]),
        json!([7]),
        json!({}),
    ]
}

/// The pointers to all that is in a value, itself included.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                places(item, &format!("{pointer}/{place}"), found);
            }
        }
        _ => {}
    }
}

/// Each body with one place changed, taken away, or joined by what nobody knows.
fn mutants(body: &Value) -> Vec<(String, Value)> {
    let mut pointers = Vec::new();
    places(body, "", &mut pointers);
    let mut mutants = Vec::new();
    for pointer in pointers {
        let with = |change: &dyn Fn(&mut Value)| {
            let mut mutant = body.clone();
            change(mutant.pointer_mut(&pointer).unwrap());
            (pointer.clone(), mutant)
        };
        for other in others() {
            mutants.push(with(&|place| *place = other.clone()));
        }
        if let Value::Object(entries) = body.pointer(&pointer).unwrap() {
            mutants.push(with(&|place| place["nobodyKnows"] = json!(7)));
            for key in entries.keys() {
                mutants.push(with(&|place| {
                    place.as_object_mut().unwrap().remove(key);
                }));
            }
        }
    }
    mutants
}

#[test]
fn the_model_refuses_what_the_contract_refuses_and_nothing_else() {
    let (contract, models) = (contract(), definitions());
    let (mut tried, mut refused) = (0, 0);
    for (name, body) in known(&contract) {
        let schema = json!({ "$ref": format!("#/$defs/{name}") });
        let by_contract = validator(&schema, &contract["$defs"]);
        let by_model = validator(&schema, &models);
        let before = refused;
        for (place, mutant) in mutants(&body) {
            let good = by_contract.is_valid(&mutant);
            assert_eq!(
                by_model.is_valid(&mutant),
                good,
                "{name} at `{place}`: {mutant}"
            );
            tried += 1;
            refused += usize::from(!good);
        }
        assert!(refused > before, "{name} refuses nothing: {body}");
    }
    println!("{tried} mutants, {refused} refused by both");
    assert!(refused > 5_000, "{refused} of {tried}");
}

#[test]
fn null_is_taken_wherever_the_contract_takes_it() {
    let (contract, models) = (contract(), definitions());
    for (name, body) in known(&contract) {
        let schema = json!({ "$ref": format!("#/$defs/{name}") });
        let by_contract = validator(&schema, &contract["$defs"]);
        let by_model = validator(&schema, &models);
        let mut pointers = Vec::new();
        places(&body, "", &mut pointers);
        for pointer in pointers {
            let mut mutant = body.clone();
            *mutant.pointer_mut(&pointer).unwrap() = Value::Null;
            assert!(
                by_model.is_valid(&mutant) || !by_contract.is_valid(&mutant),
                "{name} at `{pointer}`"
            );
        }
    }
}
