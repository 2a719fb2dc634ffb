//! Types that no object keeps the unknown fields of: enumerations, unions, wrapped texts, and
//! objects as serde derives them. Each may be a body, an item, or a field of one that does.

use std::collections::BTreeSet;

use syn::{
    parse_quote,
    visit_mut::{VisitMut, visit_item_mod_mut},
};

/// Takes away what models say for the sake of JSON Schemas, which such a crate does not have.
pub(super) fn without_schemas(file: &mut syn::File) {
    struct Without;

    impl VisitMut for Without {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            attributes.retain(|attribute| {
                let said = quote::ToTokens::to_token_stream(&attribute.meta).to_string();
                !(attribute.path().is_ident("cfg_attr") && said.contains("\"schemars\""))
            });
        }
    }

    Without.visit_file_mut(file);
}

/// Lets each of them be decoded wherever a model is.
pub(super) fn decode_too(file: &mut syn::File) {
    struct DecodeToo;

    impl VisitMut for DecodeToo {
        fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
            if module.ident == "types"
                && let Some((_, items)) = &mut module.content
            {
                write_out(items);
            }
            visit_item_mod_mut(self, module);
        }
    }

    DecodeToo.visit_file_mut(file);
}

fn write_out(items: &mut Vec<syn::Item>) {
    let objects: BTreeSet<String> = items.iter().filter_map(listed).collect();
    items.retain(|item| !is_as_derived(item));
    let made = items.iter().filter_map(|item| {
        let name = match item {
            syn::Item::Struct(model) if model.generics.params.is_empty() => &model.ident,
            syn::Item::Enum(model) => &model.ident,
            _ => return None,
        };
        let invocation: syn::Item = parse_quote! { crate::fields::whole!(#name); };
        (!objects.contains(&name.to_string())).then_some(invocation)
    });
    let made: Vec<syn::Item> = made.collect();
    items.extend(made);
}

/// The model whose fields are listed for `crate::decode::object`.
fn listed(item: &syn::Item) -> Option<String> {
    let syn::Item::Macro(call) = item else {
        return None;
    };
    let last = call.mac.path.segments.last()?;
    let first = call.mac.tokens.clone().into_iter().next()?;
    (last.ident == "object").then(|| first.to_string())
}

/// Whether an item says that a model is decoded as serde derives it, which is said here as well.
fn is_as_derived(item: &syn::Item) -> bool {
    let syn::Item::Impl(implementation) = item else {
        return false;
    };
    let last = |path: &syn::Path| {
        path.segments
            .last()
            .is_some_and(|last| last.ident == "Model")
    };
    implementation
        .trait_
        .as_ref()
        .is_some_and(|(_, path, _)| last(path) && path.segments.len() == 3)
}
