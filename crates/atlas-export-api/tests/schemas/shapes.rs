//! What both schemas ask for: properties with their types, what is required, and enumerations.

use serde_json::{Map, Value, json};

use crate::{contract, models::definitions, referred};

/// The keys that say which values there may be.
const ASKING: [&str; 9] = [
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "enum",
    "examples",
    "anyOf",
    "required",
];

/// A schema in one form, whoever wrote it: without words; an id or a scalar in its place, an
/// object by its name; without `null`, which the models take wherever a field may be absent.
fn shape(schema: &Value, definitions: &Value) -> Value {
    if let Some(name) = referred(schema) {
        let meant = &definitions[name];
        let is_object = meant.get("oneOf").is_some() || meant["type"] == "object";
        return if is_object {
            json!(name)
        } else {
            shape(meant, definitions)
        };
    }
    if let [some, null] = schema["anyOf"].as_array().map_or(&[][..], Vec::as_slice)
        && null["type"] == "null"
    {
        return shape(some, definitions);
    }
    if schema == &Value::Bool(true) {
        return json!({});
    }
    let mut shape_of = Map::new();
    for key in ASKING {
        match schema.get(key) {
            Some(Value::Array(values)) if key == "required" => {
                let mut names: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                names.sort_unstable();
                if !names.is_empty() {
                    shape_of.insert(key.to_owned(), json!(names));
                }
            }
            Some(value) => {
                shape_of.insert(key.to_owned(), value.clone());
            }
            None => {}
        }
    }
    let types = schema["type"].as_array();
    let kind = types.and_then(|types| types.iter().find(|kind| *kind != "null"));
    if let Some(kind) = kind.or(schema.get("type")) {
        shape_of.insert("type".to_owned(), kind.clone());
        // The formats of numbers are Rust's types here and OpenAPI's there.
        if let (true, Some(format)) = (kind == "string", schema.get("format")) {
            shape_of.insert("format".to_owned(), format.clone());
        }
    }
    if let Some(constant) = schema.get("const") {
        shape_of.insert("enum".to_owned(), json!([constant]));
    }
    if let Some(items) = schema.get("items") {
        shape_of.insert("items".to_owned(), shape(items, definitions));
    }
    if let Some(properties) = schema["properties"].as_object() {
        let shapes = properties.iter();
        let shapes = shapes.map(|(name, schema)| (name.clone(), shape(schema, definitions)));
        shape_of.insert(
            "properties".to_owned(),
            shapes.collect::<Map<_, _>>().into(),
        );
        let closed = schema["additionalProperties"] == Value::Bool(false);
        shape_of.insert("closed".to_owned(), closed.into());
    }
    if let Some(branches) = schema["oneOf"].as_array() {
        let shapes = branches.iter().map(|branch| shape(branch, definitions));
        shape_of.insert("oneOf".to_owned(), shapes.collect());
    }
    Value::Object(shape_of)
}

/// Where two lists of schemas differ, by name.
fn differences(contract: &Value, models: &Value) -> Vec<String> {
    let named = models.as_object().unwrap().iter();
    named
        .filter_map(|(name, model)| {
            let wanted = shape(&contract[name], contract);
            let found = shape(model, models);
            (wanted != found).then(|| format!("{name}: {wanted} in the contract, {found} here"))
        })
        .collect()
}

#[test]
fn required_fields_types_and_enumerations_are_those_of_the_contract() {
    let differences = differences(&contract()["$defs"], &definitions());
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn whatever_differs_is_named() {
    for (pointer, value) in [
        ("/ExportJob/required", json!(["id", "state"])),
        ("/ExportJob/properties/prefix/type", json!("integer")),
        ("/ExportJob/properties/createdAt/format", json!("date")),
        ("/ExportJobState/examples", json!(["Queued"])),
        (
            "/NewExportBucket/oneOf/0/properties/cloudProvider/enum",
            json!(["IBM"]),
        ),
        ("/BucketName/minLength", json!(4)),
        ("/SnapshotRetention/additionalProperties", json!({})),
        ("/AccessRole/anyOf", json!([])),
    ] {
        let mut contract = contract()["$defs"].clone();
        *contract.pointer_mut(pointer).unwrap() = value;
        let name = pointer.split('/').nth(1).unwrap();
        let differences = differences(&contract, &definitions());
        assert!(
            differences
                .iter()
                .any(|told| told.starts_with(&format!("{name}: "))),
            "{pointer}: {differences:?}"
        );
    }
}
