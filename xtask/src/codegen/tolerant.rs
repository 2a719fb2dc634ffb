//! Lists marked `x-tolerant-items`: what the generator must be told so that it makes the list
//! that survives an undecodable item.
//!
//! The generator takes such a type from outside and has no name for what stands in it. So items
//! that need a type of their own (an object, an enum) are named first, as the generator names
//! the items of an ordinary list.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::home::Home;
use crate::{
    contract::openapi::SCHEMA_REFERENCE,
    fold::{pascal, snake},
};

/// The key that marks the list.
const MARK: &str = "x-tolerant-items";

/// Values, not schemas: nothing in them is looked at.
const VALUES: [&str; 4] = ["default", "enum", "example", "examples"];

/// Turns each marked array of the copy into the tolerant list.
pub(super) fn tolerate(contract: &mut Value, home: Home<'_>) {
    let mut names = Names {
        list: home.tolerant_list(),
        taken: BTreeSet::new(),
        made: Map::new(),
    };
    if let Some(schemas) = schemas(contract) {
        names.taken = schemas.keys().map(|name| pascal(name)).collect();
        for (name, schema) in schemas {
            names.visit(schema, &pascal(name));
        }
    }
    if let Some(Value::Object(paths)) = contract.get_mut("paths") {
        for operation in paths
            .values_mut()
            .filter_map(Value::as_object_mut)
            .flat_map(Map::values_mut)
            .filter_map(Value::as_object_mut)
        {
            let id = operation.get("operationId").and_then(Value::as_str);
            let id = id.unwrap_or_default().to_owned();
            for (key, role) in [("requestBody", "body"), ("responses", "response")] {
                if let Some(body) = operation.get_mut(key) {
                    names.visit(body, &pascal(&format!("{id}-{role}")));
                }
            }
        }
    }
    if let Some(schemas) = schemas(contract) {
        schemas.extend(names.made);
    }
}

fn schemas(contract: &mut Value) -> Option<&mut Map<String, Value>> {
    let schemas = contract.get_mut("components")?.get_mut("schemas")?;
    schemas.as_object_mut()
}

/// The names of types: those that are there, and the schemas that get one here.
struct Names {
    /// The path of the list.
    list: String,
    taken: BTreeSet<String>,
    made: Map<String, Value>,
}

impl Names {
    /// Looks at a schema that becomes the type `name`, and at all that stands in it.
    fn visit(&mut self, value: &mut Value, name: &str) {
        match value {
            Value::Object(map) => {
                for (key, inner) in map.iter_mut() {
                    match (key.as_str(), inner) {
                        ("properties", Value::Object(properties)) => {
                            for (property, schema) in properties {
                                self.visit(schema, &format!("{name}_{}", snake(property)));
                            }
                        }
                        ("items", inner) => self.visit(inner, &format!("{name}Item")),
                        ("additionalProperties", inner) => {
                            self.visit(inner, &format!("{name}Value"));
                        }
                        (key, inner) if !VALUES.contains(&key) => self.visit(inner, name),
                        _ => {}
                    }
                }
                if map.get(MARK) == Some(&Value::Bool(true)) {
                    self.mark(map, name);
                }
            }
            Value::Array(values) => {
                for (index, value) in values.iter_mut().enumerate() {
                    self.visit(value, &format!("{name}Variant{index}"));
                }
            }
            _ => {}
        }
    }

    fn mark(&mut self, list: &mut Map<String, Value>, name: &str) {
        let mut items = list.get("items").cloned().unwrap_or_else(|| json!({}));
        let nullable = items
            .as_object_mut()
            .and_then(|items| items.remove("nullable"));
        if needs_name(&items) {
            items = self.named(items, &format!("{name}Item"));
        }
        if nullable == Some(Value::Bool(true)) {
            // Here the generator reads JSON Schema, which has no `nullable`.
            items = json!({ "oneOf": [items, { "type": "null" }] });
        }
        // The list reads `null` by itself, and is empty where it is absent.
        list.remove("nullable");
        if list.get("default") == Some(&json!([])) {
            list.remove("default");
        }
        let krate = self.list.split("::").next().unwrap_or_default();
        let krate = krate.replace('_', "-");
        list.insert(
            "x-rust-type".into(),
            json!({
                "crate": krate,
                "version": "*",
                "path": self.list,
                "parameters": [items],
            }),
        );
    }

    /// A reference to `schema`, which gets its title for a name, or the one suggested.
    fn named(&mut self, schema: Value, suggested: &str) -> Value {
        let title = schema.get("title").and_then(Value::as_str);
        let wanted = pascal(title.unwrap_or(suggested));
        let mut name = wanted.clone();
        let mut count = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}{count}");
            count += 1;
        }
        let reference = json!({ "$ref": format!("{SCHEMA_REFERENCE}{name}") });
        self.made.insert(name, schema);
        reference
    }
}

/// Whether the generator makes a type of a schema, or of one in it, that must have a name.
fn needs_name(schema: &Value) -> bool {
    let Value::Object(map) = schema else {
        return false;
    };
    // The first three mean what OpenAPI says only where the generator reads OpenAPI: under a name.
    let named = [
        "exclusiveMinimum",
        "exclusiveMaximum",
        "nullable",
        "properties",
        "required",
        "enum",
        "oneOf",
        "anyOf",
        "allOf",
        "pattern",
        "minLength",
        "maxLength",
    ];
    let closed = map.get("additionalProperties") == Some(&Value::Bool(false));
    let inner = ["items", "additionalProperties"];
    let mut inner = inner.iter().filter_map(|key| map.get(*key));
    !map.contains_key("$ref")
        && !map.contains_key("x-rust-type")
        && (closed || named.iter().any(|key| map.contains_key(*key)) || inner.any(needs_name))
}
