//! Descriptions in the shapes that are published, small and hostile and large.

use std::time::Instant;

use serde_json::{Value, json};
use xtask::drift::{Drift, Facts, Kind, Row, since};

const NOTHING: &str = "{scope: [], explanations: []}";

/// A description of one operation, with these schemas; it takes `In` and answers with `Out`.
fn description(schemas: &Value) -> Value {
    let media = |name: &str| {
        json!({ "application/vnd.atlas.2024-05-30+json": {
            "schema": { "$ref": format!("#/components/schemas/{name}") }
        } })
    };
    json!({
        "paths": { "/api/atlas/v2/things": { "post": {
            "operationId": "createThing",
            "requestBody": { "content": media("In") },
            "responses": { "200": { "content": media("Out") }, "400": { "$ref": "#/nowhere" } },
        } } },
        "components": { "schemas": schemas },
    })
}

fn compared(ours: &Value, published: &Value) -> Vec<Row> {
    let drift = Drift::new(&description(ours), NOTHING, "").unwrap();
    let (facts, beyond) = drift.read(&description(published)).unwrap();
    assert_eq!(beyond, 0);
    drift.against(&facts).unexplained().cloned().collect()
}

fn told(rows: &[Row]) -> Vec<(Kind, &str, &str)> {
    let told = rows.iter();
    told.map(|row| (row.kind, row.at.as_str(), row.what.as_str()))
        .collect()
}

fn error(schemas: &Value) -> String {
    Drift::new(&description(schemas), NOTHING, "").unwrap_err()
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// A base that lists its variants, which take over from it: as discriminators are published.
fn discriminated() -> Value {
    json!({
        "In": {
            "type": "object",
            "required": ["cloud"],
            "properties": { "cloud": { "type": "string", "enum": ["AWS", "GCP"] } },
            "discriminator": {
                "propertyName": "cloud",
                "mapping": { "AWS": "#/components/schemas/Aws", "GCP": "#/components/schemas/Gcp" },
            },
        },
        "Aws": { "allOf": [{ "$ref": "#/components/schemas/In" }, {
            "type": "object", "required": ["arn"], "properties": { "arn": text() },
        }] },
        "Gcp": { "allOf": [{ "$ref": "#/components/schemas/In" }, {
            "type": "object", "properties": { "account": text() },
        }] },
        "Out": text(),
    })
}

#[test]
fn variants_are_told_apart_however_they_are_written() {
    let variant = |cloud: &str, field: &str, required: Value| {
        json!({
            "type": "object",
            "required": required,
            "properties": { "cloud": { "type": "string", "enum": [cloud] }, field: text() },
        })
    };
    let inline = |required: Value| {
        json!({
            "In": { "oneOf": [variant("AWS", "arn", required), variant("GCP", "account", json!(["cloud"]))] },
            "Out": text(),
        })
    };
    assert_eq!(
        compared(&inline(json!(["cloud", "arn"])), &discriminated()),
        []
    );
    let rows = compared(&inline(json!(["cloud"])), &discriminated());
    assert_eq!(told(&rows), [(Kind::OursLacks, "In#0.arn", "required")]);
}

#[test]
fn one_object_is_compared_with_what_variants_have_between_them() {
    let flat = json!({
        "In": { "type": "object", "required": ["cloud"], "properties": {
            "cloud": { "type": "string", "x-extensible-enum": ["AWS", "GCP"] },
            "arn": text(), "account": text(),
        } },
        "Out": text(),
    });
    assert_eq!(compared(&flat, &discriminated()), []);
}

#[test]
fn what_goes_one_way_is_compared_one_way() {
    let both = json!({ "type": "object", "properties": {
        "id": { "type": "string", "readOnly": true },
        "secret": { "type": "string", "writeOnly": true },
        "name": text(),
    } });
    let only =
        |field: &str| json!({ "type": "object", "properties": { field: text(), "name": text() } });
    let published = json!({ "In": both.clone(), "Out": both });
    assert_eq!(
        compared(
            &json!({ "In": only("secret"), "Out": only("id") }),
            &published
        ),
        []
    );
    let rows = compared(&json!({ "In": only("id"), "Out": only("id") }), &published);
    let expected = [
        (Kind::OursLacks, "In.secret", "field"),
        (Kind::OursAdds, "In.id", "field"),
    ];
    assert_eq!(told(&rows), expected);
}

#[test]
fn schemas_may_refer_to_themselves() {
    let tree = |leaf: &str| {
        json!({
            "In": { "type": "object", "properties": {
                "children": { "type": "array", "items": { "$ref": "#/components/schemas/In" } },
                leaf: text(),
            } },
            "Out": { "allOf": [{ "$ref": "#/components/schemas/Out" }], "oneOf": [
                { "$ref": "#/components/schemas/Out" }, { "$ref": "#/components/schemas/In" },
            ] },
        })
    };
    assert_eq!(compared(&tree("name"), &tree("name")), []);
    let rows = compared(&tree("name"), &tree("title"));
    assert!(
        told(&rows).contains(&(Kind::OursLacks, "In.title", "field")),
        "{rows:?}"
    );
}

#[test]
fn a_document_that_cannot_be_read_is_refused_by_name() {
    let dangling = json!({ "In": { "$ref": "#/components/schemas/Gone" }, "Out": text() });
    assert!(
        error(&dangling).contains("#/components/schemas/Gone"),
        "{}",
        error(&dangling)
    );
    let round = json!({ "In": { "$ref": "#/components/schemas/In" }, "Out": text() });
    assert!(
        error(&round).contains("leads to no schema"),
        "{}",
        error(&round)
    );
    let mut deep = text();
    for _ in 0..100 {
        deep = json!({ "type": "array", "items": deep });
    }
    assert!(error(&json!({ "In": deep, "Out": text() })).contains("more than 64 schemas"));
    // Each has the next one twice: there are more ways through than anybody counts.
    let mut many = serde_json::Map::new();
    for n in 0..40 {
        let next = format!("#/components/schemas/S{}", n + 1);
        let (a, b) = (
            json!({ "$ref": next }),
            json!({ "allOf": [{ "$ref": next }] }),
        );
        many.insert(format!("S{n}"), json!({ "oneOf": [a, b] }));
    }
    many.insert(
        "S40".into(),
        json!({ "type": "object", "properties": { "a": text() } }),
    );
    many.insert("In".into(), json!({ "$ref": "#/components/schemas/S0" }));
    many.insert("Out".into(), text());
    assert!(error(&many.into()).contains("more than 10000 schemas"));
}

#[test]
fn only_what_concerns_us_is_read() {
    let ours = description(&json!({ "In": text(), "Out": text() }));
    let mut published = ours.clone();
    let paths = published["paths"].as_object_mut().unwrap();
    let thing = paths["/api/atlas/v2/things"].clone();
    for path in ["/api/atlas/v2/things/{id}", "/api/atlas/v2/thingsToo"] {
        paths.insert(path.to_owned(), thing.clone());
    }
    let explanations = "{scope: [/things], explanations: []}";
    let drift = Drift::new(&ours, explanations, "").unwrap();
    let (facts, beyond) = drift.read(&published).unwrap();
    assert_eq!(beyond, 1);
    let rows: Vec<Row> = drift.against(&facts).unexplained().cloned().collect();
    assert_eq!(
        told(&rows),
        [(Kind::OursLacks, "POST /things/{id}", "operation")]
    );
    let changed = since(&Facts::default(), &facts);
    assert!(changed.contains("2 facts changed since"), "{changed}");
}

/// A description of five megabytes: objects that refer to others, to variants and to themselves.
fn large() -> Value {
    let mut schemas = serde_json::Map::new();
    let words =
        "What a published description says of each of its fields, at some length. ".repeat(2);
    let count = 1400;
    for n in 0..count {
        let next = format!("#/components/schemas/S{}", (n + 1) % count);
        let mut properties = serde_json::Map::new();
        for field in 0..16 {
            let field_schema = json!({ "type": "string", "description": words, "maxLength": n });
            properties.insert(format!("field{field}"), field_schema);
        }
        properties.insert("next".into(), json!({ "$ref": next }));
        properties.insert(
            "all".into(),
            json!({ "type": "array", "items": { "$ref": next } }),
        );
        let schema = json!({ "type": "object", "description": words, "properties": properties });
        schemas.insert(format!("S{n}"), schema);
    }
    schemas.insert("In".into(), json!({ "$ref": "#/components/schemas/S0" }));
    schemas.insert(
        "Out".into(),
        json!({ "oneOf": [
        { "$ref": "#/components/schemas/S1" }, { "$ref": "#/components/schemas/S2" },
    ] }),
    );
    description(&schemas.into())
}

#[test]
fn five_megabytes_are_compared() {
    let text = large().to_string();
    assert!(text.len() > 5_000_000, "{}", text.len());
    let started = Instant::now();
    let document: Value = serde_json::from_str(&text).unwrap();
    let read = started.elapsed();
    let started = Instant::now();
    let drift = Drift::new(&document, NOTHING, "").unwrap();
    let (facts, _) = drift.read(&document).unwrap();
    assert!(facts.shapes.len() >= 1400);
    assert!(drift.against(&facts).is_clean());
    // For who reads the output: nothing depends on it.
    println!(
        "{} bytes: read in {read:?}, compared in {:?}",
        text.len(),
        started.elapsed()
    );
}
