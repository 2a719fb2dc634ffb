//! Parameters: text on the wire, whatever their schema is.
//!
//! The generator writes a parameter with `to_string()`, in the mocks even one of the query. That
//! is not what is sent for a date, there is no such thing for a list, and an `Option` has none
//! either. So both see a copy in which
//!
//! - a parameter is never `null`: one that is not given is left out;
//! - a UUID is text, because the bindings have no crate for it;
//! - a date and time of a path or a header is text, to be given as it is to be sent;
//!
//! and in the copy for the mocks dates of the query are text too, and a list stands where its
//! name did. [`match_each`] then lets a mock ask for every value of a list.

use serde_json::{Map, Value, json};
use syn::{
    parse_quote,
    visit_mut::{self, VisitMut},
};

use super::{operations::resolve, vocabulary};
use crate::contract::openapi::{METHODS, SCHEMA_REFERENCE};

/// The changes that the client and the mocks need alike.
pub(super) fn plain(contract: &mut Value) {
    let whole = contract.clone();
    each(contract, &mut |place, schema| {
        let meant = resolve(&whole, schema);
        let in_query = place == "query";
        if is_format(meant, &["date-time"]) && !in_query && !is_of_types(&whole, schema) {
            *schema = json!({ "type": "string" });
        }
        for schema in with_items(schema) {
            if let Some(map) = schema.as_object_mut() {
                map.remove("nullable");
                if map.get("format") == Some(&json!("uuid")) {
                    map.remove("format");
                }
            }
        }
    });
}

/// The contract as the mocks see it, where a query is matched text by text.
pub(super) fn for_mocks(contract: &Value) -> Value {
    let mut copy = contract.clone();
    each(&mut copy, &mut |_, schema| {
        if is_list(resolve(contract, schema)) {
            *schema = resolve(contract, schema).clone();
        }
        for schema in with_items(schema) {
            let meant = resolve(contract, schema);
            if is_format(meant, &["date", "date-time"]) && !is_of_types(contract, schema) {
                *schema = json!({ "type": "string" });
            }
        }
    });
    copy
}

/// A schema, and that of its items.
fn with_items(schema: &mut Value) -> Vec<&mut Value> {
    if is_list(schema) {
        return schema.get_mut("items").into_iter().collect();
    }
    vec![schema]
}

fn is_list(schema: &Value) -> bool {
    schema.get("type") == Some(&json!("array"))
}

fn is_format(schema: &Value, formats: &[&str]) -> bool {
    let format = schema.get("format").and_then(Value::as_str);
    schema.get("type") == Some(&json!("string")) && format.is_some_and(|f| formats.contains(&f))
}

/// Whether a type of `atlas-export-types` stands for the schema; it is sent as it prints itself.
fn is_of_types(contract: &Value, schema: &Value) -> bool {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|name| name.strip_prefix(SCHEMA_REFERENCE));
    name.is_some_and(|name| vocabulary::replaced(contract).contains(&name))
}

/// Hands over the place and the schema of every parameter.
fn each(contract: &mut Value, change: &mut impl FnMut(&str, &mut Value)) {
    let mut parameter = |parameter: &mut Value| {
        let place = parameter.get("in").and_then(Value::as_str);
        let place = place.unwrap_or_default().to_owned();
        if let Some(schema) = parameter.get_mut("schema") {
            change(&place, schema);
        }
    };
    let named = contract.pointer_mut("/components/parameters");
    let named = named.and_then(Value::as_object_mut);
    named
        .into_iter()
        .flat_map(Map::values_mut)
        .for_each(&mut parameter);
    let items = contract.get_mut("paths").and_then(Value::as_object_mut);
    for item in items.into_iter().flat_map(Map::values_mut) {
        for key in METHODS.iter().map(Some).chain([None]) {
            let holder = match key {
                Some(method) => item.get_mut(*method),
                None => Some(&mut *item),
            };
            let list = holder.and_then(|holder| holder.get_mut("parameters")?.as_array_mut());
            list.into_iter().flatten().for_each(&mut parameter);
        }
    }
}

/// In the mocks, lets a query parameter that is a list ask for each of its values.
pub(super) fn match_each(file: &mut syn::File) {
    MatchEach.visit_file_mut(file);
}

struct MatchEach;

impl VisitMut for MatchEach {
    fn visit_impl_item_fn_mut(&mut self, method: &mut syn::ImplItemFn) {
        let mut lists = Lists(false);
        lists.visit_signature_mut(&mut method.sig);
        if lists.0 {
            EachValue.visit_block_mut(&mut method.block);
        }
    }
}

/// Whether a list stands in a type.
struct Lists(bool);

impl VisitMut for Lists {
    fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
        self.0 |= segment.ident == "Vec" || segment.ident == "HashSet";
        visit_mut::visit_path_segment_mut(self, segment);
    }

    fn visit_type_array_mut(&mut self, _: &mut syn::TypeArray) {
        self.0 = true;
    }
}

struct EachValue;

impl VisitMut for EachValue {
    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        if let syn::Expr::MethodCall(call) = expression
            && call.method == "query_param"
        {
            let (when, arguments) = (&call.receiver, &call.args);
            *expression = parse_quote! {
                value.iter().fold(#when, |when, value| when.query_param(#arguments))
            };
            return;
        }
        visit_mut::visit_expr_mut(self, expression);
    }
}
