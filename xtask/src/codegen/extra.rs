//! A property called `extra` beside the field that takes all others.
//!
//! The generator calls the field for the properties beyond the named ones `extra`, whatever else
//! is called so. That field keeps its name, which is the same in every model; the property
//! becomes the field `extra_`, and stays `extra` on the wire.

use syn::{
    parse_quote,
    visit_mut::{self, VisitMut},
};

use super::rust::wire_name;

const TAKEN: &str = "extra";
const INSTEAD: &str = "extra_";

/// Renames the field of such a property wherever both stand in one type.
pub(super) fn make_way(file: &mut syn::File) {
    MakeWay.visit_file_mut(file);
}

struct MakeWay;

impl VisitMut for MakeWay {
    fn visit_fields_named_mut(&mut self, fields: &mut syn::FieldsNamed) {
        let is_extra = |field: &&mut syn::Field| {
            let name = field.ident.as_ref();
            name.is_some_and(|name| name == TAKEN)
        };
        let mut extras: Vec<&mut syn::Field> = fields.named.iter_mut().filter(is_extra).collect();
        // The generator puts the field for all others last.
        if let [property, _] = extras.as_mut_slice() {
            let on_the_wire = wire_name(property).unwrap_or_default();
            if on_the_wire == TAKEN {
                property
                    .attrs
                    .push(parse_quote! { #[serde(rename = #on_the_wire)] });
            }
            rename(property.ident.as_mut());
        }
        visit_mut::visit_fields_named_mut(self, fields);
    }

    fn visit_expr_struct_mut(&mut self, literal: &mut syn::ExprStruct) {
        let mut extras = literal
            .fields
            .iter_mut()
            .filter_map(|value| match &mut value.member {
                syn::Member::Named(name) if name == TAKEN => Some(name),
                _ => None,
            });
        if let (Some(property), Some(_)) = (extras.next(), extras.next()) {
            rename(Some(property));
        }
        visit_mut::visit_expr_struct_mut(self, literal);
    }
}

fn rename(name: Option<&mut syn::Ident>) {
    if let Some(name) = name {
        *name = syn::Ident::new(INSTEAD, name.span());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::rust::print;

    fn after(code: &str) -> String {
        let mut file = syn::parse_str(code).unwrap();
        make_way(&mut file);
        print(&file)
    }

    #[test]
    fn the_property_makes_way_and_keeps_its_name_on_the_wire() {
        let code = after(
            "struct S { #[serde(default)] extra: u8, #[serde(flatten)] extra: Map } \
             impl Default for S { fn default() -> Self { Self { extra: 1, extra: two() } } }",
        );
        assert!(
            code.contains("#[serde(rename = \"extra\")]\n    extra_: u8"),
            "{code}"
        );
        assert!(code.contains("#[serde(flatten)]\n    extra: Map"), "{code}");
        assert!(code.contains("extra_: 1, extra: two()"), "{code}");
    }

    #[test]
    fn one_alone_stays() {
        let code = after("struct S { extra: u8 } fn f() { S { extra: 1 } }");
        assert!(!code.contains("extra_"), "{code}");
    }
}
