//! Words for each field of a model.
//!
//! A property that is a `$ref` has no room for a description in OpenAPI 3.0, and the generator
//! gives its field none. It gets that of what it refers to; a list, that of its items. The field
//! for all other properties is described here, because no contract does.

use serde_json::Value;
use syn::{
    parse_quote,
    visit_mut::{self, VisitMut},
};

use super::rust::wire_name;

/// Describes the fields that have no words.
pub(super) fn describe(file: &mut syn::File, contract: &Value) {
    Describe { contract }.visit_file_mut(file);
}

struct Describe<'c> {
    contract: &'c Value,
}

impl VisitMut for Describe<'_> {
    fn visit_item_struct_mut(&mut self, model: &mut syn::ItemStruct) {
        let schema = self
            .contract
            .pointer("/components/schemas")
            .and_then(|schemas| schemas.get(model.ident.to_string()));
        if let Some(schema) = schema {
            for field in &mut model.fields {
                if has_words(field) {
                    continue;
                }
                if let Some(words) = self.words(schema, field) {
                    for line in words.lines().rev() {
                        let line = format!(" {line}");
                        field.attrs.insert(0, parse_quote! { #[doc = #line] });
                    }
                }
            }
        }
        visit_mut::visit_item_struct_mut(self, model);
    }
}

impl Describe<'_> {
    fn words(&self, schema: &Value, field: &syn::Field) -> Option<String> {
        let name = wire_name(field)?;
        match schema.get("properties").and_then(|all| all.get(&name)) {
            Some(property) => self.of(property),
            None if name == "extra" => Some(
                "Properties that have no field of their own, and those whose value did not fit \
                 their field, by their names."
                    .to_owned(),
            ),
            None => None,
        }
    }

    /// What is said of a schema, or else of what it refers to or holds.
    fn of(&self, schema: &Value) -> Option<String> {
        let reference = |schema: &Value| Some(schema.get("$ref")?.as_str()?.to_owned());
        let mut schema = schema;
        // Each step leads on; a cycle has a rule of the lint.
        for _ in 0..LONGEST_WAY {
            if let Some(words) = schema.get("description").and_then(Value::as_str) {
                return Some(words.to_owned());
            }
            schema = match reference(schema) {
                Some(target) => self.contract.pointer(target.strip_prefix('#')?)?,
                None => schema.get("items")?,
            };
        }
        None
    }
}

/// How many `$ref`s and lists are looked through for words.
const LONGEST_WAY: usize = 32;

fn has_words(field: &syn::Field) -> bool {
    field.attrs.iter().any(|attr| attr.path().is_ident("doc"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_without_words_gets_those_of_what_it_leads_to() {
        let contract = json!({ "components": { "schemas": {
            "Job": { "properties": {
                "id": { "$ref": "#/components/schemas/Id" },
                "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Id" } },
                "state": { "type": "string", "description": "Where it is." },
                "again": { "$ref": "#/components/schemas/Again" },
            } },
            "Id": { "description": "Identifies a job.\nOf 24 digits." },
            "Again": { "$ref": "#/components/schemas/Again" },
        } } });
        let mut file: syn::File = parse_quote! {
            pub struct Job {
                pub id: String,
                #[serde(rename = "parts")]
                pub pieces: Vec<String>,
                #[doc = " Own words."]
                pub state: String,
                pub again: String,
                pub extra: Map,
            }
        };
        describe(&mut file, &contract);
        let syn::Item::Struct(model) = &file.items[0] else {
            panic!("a struct");
        };
        let words: Vec<usize> = model.fields.iter().map(|field| field.attrs.len()).collect();
        assert_eq!(words, [2, 3, 1, 0, 1]);
        assert!(has_words(model.fields.iter().next().unwrap()));
    }
}
