//! Models that may grow: those that are received are not to be made field by field, and those that
//! are sent are made from what they require.

use quote::quote;
use syn::{
    parse_quote,
    visit_mut::{VisitMut, visit_item_mod_mut},
};

use super::rust::{inside, is_marked};

/// Marks models as growing, and gives each body of a request a constructor of its required
/// fields, and a setter for each other one.
pub(super) fn grow(file: &mut syn::File) {
    Grow.visit_file_mut(file);
}

struct Grow;

impl VisitMut for Grow {
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if let Some((_, items)) = &mut module.content {
            let made: Vec<syn::Item> = items.iter_mut().filter_map(grow_one).collect();
            items.extend(made);
        }
        visit_item_mod_mut(self, module);
    }
}

/// Marks one model, and gives the constructor that it needs.
fn grow_one(item: &mut syn::Item) -> Option<syn::Item> {
    let syn::Item::Struct(model) = item else {
        return None;
    };
    let is_sent = is_marked(&model.attrs, "serde", "deny_unknown_fields");
    let is_received = model
        .fields
        .iter()
        .any(|field| field.ident.as_ref().is_some_and(|name| name == "extra"));
    if !is_sent && !is_received {
        return None;
    }
    model.attrs.push(parse_quote! { #[non_exhaustive] });
    is_sent.then(|| constructor(model))
}

fn constructor(model: &syn::ItemStruct) -> syn::Item {
    let name = &model.ident;
    let (mut given, mut left_out, mut setters) = (Vec::new(), Vec::new(), Vec::new());
    for field in &model.fields {
        let kind = &field.ty;
        // A tuple's fields have none, and no tuple has fields of the contract.
        let Some(field_name) = &field.ident else {
            continue;
        };
        let docs = field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("doc"));
        if let Some(kind) = inside(kind, "Option") {
            left_out.push(field_name);
            setters.push(quote! {
                #(#docs)*
                #[must_use]
                pub fn #field_name(mut self, value: #kind) -> Self {
                    self.#field_name = ::std::option::Option::Some(value);
                    self
                }
            });
        } else if inside(kind, "Vec").is_some() {
            left_out.push(field_name);
            setters.push(quote! {
                #(#docs)*
                #[must_use]
                pub fn #field_name(mut self, value: #kind) -> Self {
                    self.#field_name = value;
                    self
                }
            });
        } else {
            given.push(quote! { #field_name: #kind });
        }
    }
    let names = model
        .fields
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .filter(|name| !left_out.contains(name));
    parse_quote! {
        impl #name {
            /// A body of what is required.
            #[must_use]
            pub fn new(#(#given),*) -> Self {
                Self {
                    #(#names,)*
                    #(#left_out: ::std::default::Default::default(),)*
                }
            }

            #(#setters)*
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::rust;

    fn grown(code: &str) -> String {
        let mut file = syn::parse_str(code).unwrap();
        grow(&mut file);
        rust::print(&file)
    }

    #[test]
    fn a_body_is_made_from_what_it_requires() {
        let code = grown(
            "mod types { #[serde(deny_unknown_fields)] pub struct Body {
                pub id: u8, /** How. */ pub how: ::std::option::Option<u16>, pub all: Vec<u8> } }",
        );
        for part in [
            "#[non_exhaustive]\n    pub struct Body",
            "pub fn new(id: u8) -> Self",
            "id,\n                how: ::std::default::Default::default(),",
            "pub fn how(mut self, value: u16) -> Self",
            "pub fn all(mut self, value: Vec<u8>) -> Self",
        ] {
            assert!(code.contains(part), "{part}\n{code}");
        }
    }

    #[test]
    fn what_is_received_may_grow_and_is_not_made() {
        let code = grown(
            "mod types { pub struct Got { pub id: u8, pub extra: Map } pub struct Other(u8); }",
        );
        assert!(
            code.contains("#[non_exhaustive]\n    pub struct Got"),
            "{code}"
        );
        assert!(!code.contains("impl"), "{code}");
        assert_eq!(code.matches("non_exhaustive").count(), 1, "{code}");
    }
}
