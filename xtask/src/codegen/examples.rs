//! The bodies of the contract, each with its schema and its examples; and all of it as data for
//! the tests of crates that read no YAML.
//!
//! ```
//! use serde_json::json;
//! use xtask::codegen::examples::bodies;
//!
//! let contract = json!({
//!     "paths": { "/x": { "get": { "operationId": "getX", "responses": { "200": {
//!         "content": { "application/json": {
//!             "schema": { "type": "string" },
//!             "examples": { "one": { "$ref": "#/components/examples/X" } },
//!         } },
//!     } } } } },
//!     "components": { "examples": { "X": { "value": "a word" } } },
//! });
//! let found = bodies(&contract);
//! assert_eq!((found[0].operation, found[0].status), ("getX", Some("200")));
//! assert_eq!(found[0].examples[0].name, "X");
//! assert_eq!(found[0].examples[0].value, "a word");
//! ```

use serde_json::{Map, Value, json};

use super::{
    failure::Failure,
    operations::{self, entries, resolve},
    schemas,
};

/// What the name of an example is preceded by in a reference to it.
const EXAMPLE_REFERENCE: &str = "#/components/examples/";

/// One media type of a request or of an answer that has a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Body<'a> {
    /// The id of the operation.
    pub operation: &'a str,
    /// The status of the answer; `None` for a request.
    pub status: Option<&'a str>,
    /// The media type.
    pub media_type: &'a str,
    /// What holds for the body.
    pub schema: &'a Value,
    /// The examples, in the order of the contract.
    pub examples: Vec<Example<'a>>,
}

impl Body<'_> {
    /// Whether it is the answer to a call that failed.
    pub fn is_error(&self) -> bool {
        self.status.is_some_and(|status| !status.starts_with('2'))
    }

    /// Operation, status and media type, for messages.
    pub fn place(&self) -> String {
        let way = self.status.unwrap_or("request");
        format!("{} {way} {}", self.operation, self.media_type)
    }
}

/// One example.
#[derive(Clone, Debug, PartialEq)]
pub struct Example<'a> {
    /// Its name under `components`; one that stands in its place has a name made of that.
    pub name: String,
    /// The body.
    pub value: &'a Value,
}

/// Every body of every operation. What has no schema has no body.
pub fn bodies(contract: &Value) -> Vec<Body<'_>> {
    let mut found = Vec::new();
    for (_, _, _, operation) in operations::each(contract) {
        let id = operation.get("operationId").and_then(Value::as_str);
        let id = id.unwrap_or_default();
        let request = operation.get("requestBody").map(|body| (None, body));
        let answers = entries(operation.get("responses"));
        let answers = answers.map(|(status, body)| (Some(status.as_str()), body));
        for (status, body) in request.into_iter().chain(answers) {
            for (media_type, content) in entries(resolve(contract, body).get("content")) {
                let Some(schema) = content.get("schema") else {
                    continue;
                };
                let mut body = Body {
                    operation: id,
                    status,
                    media_type,
                    schema,
                    examples: Vec::new(),
                };
                body.examples = examples(contract, content, &body.place());
                found.push(body);
            }
        }
    }
    found
}

fn examples<'a>(contract: &'a Value, content: &'a Value, place: &str) -> Vec<Example<'a>> {
    let alone = content.get("example").map(|value| Example {
        name: place.to_owned(),
        value,
    });
    let named = entries(content.get("examples")).filter_map(|(key, example)| {
        let reference = example.get("$ref").and_then(Value::as_str);
        let name = reference.and_then(|reference| reference.strip_prefix(EXAMPLE_REFERENCE));
        Some(Example {
            name: name.map_or_else(|| format!("{place} {key}"), str::to_owned),
            value: resolve(contract, example).get("value")?,
        })
    });
    alone.into_iter().chain(named).collect()
}

/// The text of `contract.json`: under `$defs` every schema of the contract, as JSON Schema of
/// draft 2020-12, in which the known values of an open enumeration are `examples`, and a property
/// that has several names may have any of them; under
/// `examples` every example that a body has, by its name; and under `bodies` what is of which.
/// Errors stand once, without an operation.
///
/// # Errors
/// [`Failure`] if it cannot be written as JSON.
pub fn for_tests(contract: &Value) -> Result<String, Failure> {
    let mut values = Map::new();
    let mut rows: Vec<Value> = Vec::new();
    for body in bodies(contract) {
        let names: Vec<&str> = body.examples.iter().map(|one| one.name.as_str()).collect();
        let row = json!({
            "operation": (!body.is_error()).then_some(body.operation),
            "status": body.status,
            "mediaType": body.media_type,
            "schema": schemas::convert(body.schema, &mut Vec::new()),
            "examples": names,
        });
        if !rows.contains(&row) {
            rows.push(row);
        }
        let examples = body.examples.iter();
        values.extend(examples.map(|one| (one.name.clone(), one.value.clone())));
    }
    let whole = json!({
        "$schema": schemas::DRAFT,
        "$defs": definitions(contract),
        "examples": values,
        "bodies": rows,
    });
    serde_json::to_string_pretty(&whole)
        .map(|text| text + "\n")
        .map_err(|error| Failure::new("the bodies cannot be written", error))
}

fn definitions(contract: &Value) -> Map<String, Value> {
    let named = entries(contract.pointer("/components/schemas"));
    let converted = named.map(|(name, schema)| {
        let mut converted = schemas::convert(schema, &mut Vec::new());
        if let (Some(known), Some(converted)) =
            (schema.get("x-extensible-enum"), converted.as_object_mut())
        {
            converted.insert("examples".into(), known.clone());
        }
        if let (Some((required, alternatives)), Some(converted)) = (
            schemas::by_any_name(contract, schema),
            converted.as_object_mut(),
        ) {
            converted.insert("required".into(), required);
            converted.insert("anyOf".into(), alternatives);
        }
        (name.clone(), converted)
    });
    converted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(content: &Value) -> Value {
        json!({
            "paths": { "/x": { "post": { "operationId": "makeX",
                "requestBody": { "content": { "application/json": content } },
                "responses": {
                    "204": { "content": { "application/json": {} } },
                    "404": { "$ref": "#/components/responses/NotFound" },
                },
            } } },
            "components": {
                "responses": { "NotFound": { "content": { "application/json": content } } },
                "schemas": { "Kind": { "type": "string", "x-extensible-enum": ["A"] },
                    "Named": { "type": "object", "required": ["id"], "x-also-read": { "id": ["_id"] },
                        "properties": { "id": { "type": "string" } } } },
            },
        })
    }

    #[test]
    fn what_has_no_schema_is_no_body_and_an_error_is_told_apart() {
        let contract = contract(&json!({ "schema": { "type": "string" }, "example": "a" }));
        let places: Vec<_> = bodies(&contract)
            .iter()
            .map(|body| (body.place(), body.is_error()))
            .collect();
        assert_eq!(
            places,
            [
                ("makeX request application/json".to_owned(), false),
                ("makeX 404 application/json".to_owned(), true),
            ]
        );
    }

    #[test]
    fn an_example_in_its_place_is_named_after_that() {
        let contract = contract(&json!({
            "schema": { "type": "string" },
            "examples": { "one": { "value": "a" }, "gone": { "$ref": "#/components/examples/X" } },
        }));
        let found = bodies(&contract);
        let names: Vec<_> = found
            .iter()
            .flat_map(|body| &body.examples)
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "makeX request application/json one",
                "makeX 404 application/json one"
            ]
        );
    }

    #[test]
    fn the_known_values_of_an_open_enumeration_are_examples() {
        let text = for_tests(&contract(&json!({ "schema": {} })));
        let whole: Value = serde_json::from_str(&text.unwrap_or_default()).unwrap_or_default();
        assert_eq!(
            whole["$defs"]["Kind"],
            json!({ "type": "string", "examples": ["A"] })
        );
    }

    #[test]
    fn a_property_with_several_names_may_have_any_of_them() {
        let text = for_tests(&contract(&json!({ "schema": {} })));
        let whole: Value = serde_json::from_str(&text.unwrap_or_default()).unwrap_or_default();
        let id = json!({ "type": "string" });
        assert_eq!(
            whole["$defs"]["Named"],
            json!({
                "type": "object",
                "required": [],
                "properties": { "id": id.clone() },
                "anyOf": [
                    { "required": ["id"] },
                    { "required": ["_id"], "properties": { "_id": id } },
                ],
            })
        );
    }
}
