//! How models decode and encode, in place of what serde derives.
//!
//! A model that keeps unknown fields would be derived with `#[serde(flatten)]`, which buffers
//! every field, and loses the whole item for one value that does not fit. So for each of these
//! the generated code lists the fields, with what becomes of one that is absent or does not fit,
//! for the macro `crate::decode::object` of the bindings, which makes the implementations of it.

use proc_macro2::{Ident, Span};
use quote::{ToTokens, quote};
use syn::{
    Token, parse_quote,
    punctuated::Punctuated,
    visit_mut::{VisitMut, visit_expr_mut, visit_item_mod_mut},
};

use super::rust::{self, last_segment};

/// The field of what has no field of its own.
const EXTRA: &str = "extra";

/// Lists the fields of every model for its decoding, and has answers decoded by that.
pub(super) fn write_out(file: &mut syn::File) {
    WriteOut.visit_file_mut(file);
}

struct WriteOut;

impl VisitMut for WriteOut {
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if let Some((_, items)) = &mut module.content {
            *items = items.drain(..).flat_map(written_out).collect();
        }
        visit_item_mod_mut(self, module);
    }

    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        visit_expr_mut(self, expression);
        if let syn::Expr::Path(path) = expression
            && path.to_token_stream().to_string() == "ResponseValue :: from_response"
        {
            *expression = parse_quote! { crate::answer::response };
        }
    }
}

/// An item with what is implemented for it.
fn written_out(item: syn::Item) -> Vec<syn::Item> {
    match item {
        syn::Item::Struct(mut model) if derives_decoding(&model.attrs) => {
            let implementation = match Model::of(&model) {
                Some(written) => {
                    derive_no_more(&mut model);
                    written.implementation()
                }
                None => as_derived(&model.ident),
            };
            vec![syn::Item::Struct(model), implementation]
        }
        syn::Item::Enum(model) if derives_decoding(&model.attrs) => {
            let implementation = as_derived(&model.ident);
            vec![syn::Item::Enum(model), implementation]
        }
        other => vec![other],
    }
}

fn as_derived(name: &Ident) -> syn::Item {
    parse_quote! { impl crate::decode::Model for #name {} }
}

fn derived(attribute: &syn::Attribute) -> Option<Punctuated<syn::Path, Token![,]>> {
    let list = attribute.path().is_ident("derive").then_some(attribute)?;
    list.parse_args_with(Punctuated::parse_terminated).ok()
}

fn is_serde(path: &syn::Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident == "Deserialize" || last.ident == "Serialize")
}

fn derives_decoding(attributes: &[syn::Attribute]) -> bool {
    let mut paths = attributes.iter().filter_map(derived).flatten();
    paths.any(|path| {
        let last = path.segments.last();
        last.is_some_and(|last| last.ident == "Deserialize")
    })
}

/// Takes serde's derives away. Its attributes stay for the derive of the JSON Schema.
fn derive_no_more(model: &mut syn::ItemStruct) {
    for attribute in &mut model.attrs {
        if let Some(paths) = derived(attribute) {
            let rest = paths.into_iter().filter(|path| !is_serde(path));
            *attribute = parse_quote! { #[derive(#(#rest),*)] };
        }
    }
    let fields = model.fields.iter_mut().map(|field| &mut field.attrs);
    for attributes in std::iter::once(&mut model.attrs).chain(fields) {
        for attribute in attributes.iter_mut() {
            if attribute.path().is_ident("serde") {
                let meta = &attribute.meta;
                *attribute = parse_quote! { #[cfg_attr(feature = "schemars", #meta)] };
            }
        }
    }
}

/// What becomes of a field that is absent or does not fit.
enum FieldKind {
    /// There is no item.
    Strict,
    /// It is a list, and there is no item.
    StrictList,
    /// It is `None`.
    Optional,
    /// It is a list, which is empty then, and is not written when it is.
    List,
    /// It is the default of its type.
    Defaulted,
}

impl FieldKind {
    /// The word for it in the macro.
    fn word(&self) -> Ident {
        let word = match self {
            Self::Strict => "strict",
            Self::StrictList => "strict_list",
            Self::Optional => "optional",
            Self::List => "list",
            Self::Defaulted => "defaulted",
        };
        Ident::new(word, Span::call_site())
    }
}

struct Field {
    /// In Rust.
    ident: Ident,
    kind: FieldKind,
    /// In JSON.
    name: String,
    /// Further names in JSON, for reading.
    aliases: Vec<String>,
}

impl Field {
    fn of(field: &syn::Field) -> Option<Self> {
        let mut aliases = Vec::new();
        let mut skips_empty = false;
        let mut has_default = false;
        for attribute in &field.attrs {
            if attribute.path().is_ident("serde") {
                // What is not of interest here is passed over.
                let _ = attribute.parse_nested_meta(|part| {
                    if part.path.is_ident("alias") {
                        aliases.push(part.value()?.parse::<syn::LitStr>()?.value());
                    } else if part.path.is_ident("skip_serializing_if") {
                        let skip = part.value()?.parse::<syn::LitStr>()?.value();
                        skips_empty = skip.ends_with("::is_empty");
                    } else if part.path.is_ident("default") {
                        has_default = true;
                    } else if part.input.peek(Token![=]) {
                        part.value()?.parse::<syn::Lit>()?;
                    }
                    Ok(())
                });
            }
        }
        let inside = rust::inside(&field.ty, "Option");
        let is_list = last_segment(&field.ty).is_some_and(|last| last.ident == "TolerantList");
        let kind = match inside {
            Some(_) => FieldKind::Optional,
            None if has_default && skips_empty => FieldKind::List,
            None if has_default => FieldKind::Defaulted,
            None if is_list => FieldKind::StrictList,
            None => FieldKind::Strict,
        };
        Some(Self {
            ident: field.ident.clone()?,
            kind,
            name: rust::wire_name(field)?,
            aliases,
        })
    }
}

/// A model that keeps what it has no field for.
struct Model {
    name: Ident,
    fields: Vec<Field>,
}

impl Model {
    fn of(item: &syn::ItemStruct) -> Option<Self> {
        let (extra, fields): (Vec<_>, Vec<_>) = item.fields.iter().partition(|field| {
            let ident = field.ident.as_ref();
            // One whose values have a type of their own is left to serde.
            let holds_anything = last_segment(&field.ty).is_some_and(|last| last.ident == "Map");
            ident.is_some_and(|ident| ident == EXTRA) && holds_anything && is_flattened(field)
        });
        if extra.is_empty() {
            return None;
        }
        Some(Self {
            name: item.ident.clone(),
            fields: fields.into_iter().map(Field::of).collect::<Option<_>>()?,
        })
    }

    /// What `crate::decode` makes the implementations of.
    fn implementation(&self) -> syn::Item {
        let name = &self.name;
        let fields = self.fields.iter().map(|field| {
            let (kind, ident) = (field.kind.word(), &field.ident);
            let (name, aliases) = (&field.name, &field.aliases);
            quote! { #kind #ident #name #(| #aliases)*; }
        });
        parse_quote! { crate::decode::object! { #name: #(#fields)* } }
    }
}

fn is_flattened(field: &syn::Field) -> bool {
    field.attrs.iter().any(|attribute| {
        let mut flattened = false;
        if attribute.path().is_ident("serde") {
            let _ = attribute.parse_nested_meta(|part| {
                flattened |= part.path.is_ident("flatten");
                Ok(())
            });
        }
        flattened
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(code: &str) -> String {
        let mut file = syn::parse_str(code).unwrap();
        write_out(&mut file);
        rust::print(&file)
    }

    #[test]
    fn a_model_that_keeps_unknown_fields_lists_them_in_place_of_its_derives() {
        let code = after(
            r#"mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone, PartialEq)]
                pub struct S {
                    #[serde(rename = "_id")]
                    #[serde(alias = "id")]
                    pub id: u8,
                    #[serde(rename = "createdAt", skip_serializing_if = "::std::option::Option::is_none")]
                    pub created_at: ::std::option::Option<u8>,
                    #[serde(default, skip_serializing_if = "::a::TolerantList::is_empty")]
                    pub links: ::a::TolerantList<u8>,
                    pub results: ::a::TolerantList<u8>,
                    #[serde(default)]
                    pub flag: bool,
                    #[serde(flatten)]
                    pub extra: Map,
                }
            }"#,
        );
        let flat = code.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat.contains(
                r#"crate::decode::object! { S : strict id "_id" | "id"; optional created_at "createdAt"; list links "links"; strict_list results "results"; defaulted flag "flag"; }"#
            ),
            "{code}"
        );
        assert!(
            flat.contains("#[derive(Clone, PartialEq)] pub struct S"),
            "{code}"
        );
        assert!(!flat.contains("#[serde("), "{code}");
        assert!(
            flat.contains(r#"#[cfg_attr(feature = "schemars", serde(flatten))]"#),
            "{code}"
        );
    }

    #[test]
    fn a_model_without_unknown_fields_decodes_as_it_is_derived() {
        let code = after(
            "mod types {
                #[derive(::serde::Deserialize, Clone)] #[serde(deny_unknown_fields)] struct S { extra: u8 }
                #[derive(::serde::Deserialize)] enum E { A }
                #[derive(Clone)] struct Other { a: u8 }
            }",
        );
        assert!(
            code.contains("impl crate::decode::Model for S {}"),
            "{code}"
        );
        assert!(
            code.contains("impl crate::decode::Model for E {}"),
            "{code}"
        );
        assert!(code.contains("#[serde(deny_unknown_fields)]"), "{code}");
        assert!(!code.contains("for Other"), "{code}");
        assert!(!code.contains("object!"), "{code}");
    }

    #[test]
    fn answers_are_decoded_by_ours() {
        let code = after(
            "impl C { async fn c() -> R { match s { 200u16 => ResponseValue::from_response(response).await, _ => ResponseValue::empty(response) } } }",
        );
        assert!(
            code.contains("crate::answer::response(response).await"),
            "{code}"
        );
        assert!(code.contains("ResponseValue::empty(response)"), "{code}");
        assert!(!code.contains("from_response"), "{code}");
    }
}
