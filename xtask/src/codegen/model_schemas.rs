//! What the derive of `JsonSchema` cannot know of a model, because it stands in no type: the
//! bounds of a text, which the generator checks in code, and further names of a property, which
//! schemars does not read from serde.

use quote::quote;
use serde_json::{Map, Value};
use syn::{
    parse_quote,
    visit_mut::{VisitMut, visit_file_mut},
};

use super::schemas;

/// Says it to the derive, behind the feature `schemars`.
pub(super) fn complete(file: &mut syn::File, contract: &Value) {
    struct Complete<'a>(&'a Value);

    impl VisitMut for Complete<'_> {
        fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
            let pointer = format!("/components/schemas/{}", item.ident);
            let Some(schema) = self.0.pointer(&pointer) else {
                return;
            };
            let lacking = lacking(self.0, schema, &item.fields);
            if !lacking.is_empty() {
                let (keys, values): (Vec<_>, Vec<_>) = lacking
                    .iter()
                    .map(|(key, value)| (key, literal(value)))
                    .unzip();
                item.attrs.push(parse_quote! {
                    #[cfg_attr(feature = "schemars", schemars(extend(#(#keys = #values),*)))]
                });
            }
        }
    }

    visit_file_mut(&mut Complete(contract), file);
}

fn lacking(contract: &Value, schema: &Value, fields: &syn::Fields) -> Map<String, Value> {
    let mut lacking = Map::new();
    // A text with bounds is a type around one.
    if matches!(fields, syn::Fields::Unnamed(_)) && schema["type"] == "string" {
        for key in ["minLength", "maxLength"] {
            if let Some(bound) = schema.get(key) {
                lacking.insert(key.to_owned(), bound.clone());
            }
        }
    }
    if let Some((required, alternatives)) = schemas::by_any_name(contract, schema) {
        lacking.insert("required".to_owned(), required);
        lacking.insert("anyOf".to_owned(), alternatives);
    }
    lacking
}

/// JSON as Rust's macros for it read it.
fn literal(value: &Value) -> proc_macro2::TokenStream {
    value
        .to_string()
        .parse()
        .unwrap_or_else(|_| quote! { null })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(code: &str, schemas: &Value) -> String {
        let mut file = syn::parse_str(code).unwrap_or_else(|error| panic!("{error}"));
        complete(&mut file, &json!({ "components": { "schemas": schemas } }));
        prettyplease::unparse(&file)
    }

    #[test]
    fn the_bounds_of_a_text_are_said() {
        let schemas = json!({ "Name": { "type": "string", "minLength": 3, "maxLength": 63 } });
        let code = after("pub struct Name(String);", &schemas);
        assert!(
            code.contains(r#"schemars(extend("minLength" = 3, "maxLength" = 63))"#),
            "{code}"
        );
    }

    #[test]
    fn further_names_are_said() {
        let schemas = json!({ "Role": {
            "type": "object", "required": ["id", "kind"], "x-also-read": { "id": ["_id"] },
            "properties": { "id": { "type": "string" }, "kind": { "type": "string" } },
        } });
        let code = after("pub struct Role { id: String, kind: String }", &schemas);
        assert!(code.contains(r#""required" = ["kind"]"#), "{code}");
        assert!(
            code.contains(r#"{ "required" : ["_id"]"#) || code.contains(r#""_id""#),
            "{code}"
        );
    }

    #[test]
    fn what_a_type_says_is_left_to_it() {
        let schemas = json!({ "Job": { "type": "object", "required": ["id"] } });
        let code = "pub struct Job {\n    id: String,\n}\n";
        assert_eq!(after(code, &schemas), code);
        assert_eq!(
            after("pub struct Other(u8);\n", &schemas),
            "pub struct Other(u8);\n"
        );
    }
}
