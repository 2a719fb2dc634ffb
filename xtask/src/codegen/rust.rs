//! Passes over generated Rust, on the syntax tree: never on its text.

use proc_macro2::TokenStream;
use quote::ToTokens;
use serde_json::Value;
use syn::{
    parse_quote,
    visit_mut::{VisitMut, visit_file_mut},
};

use super::{failure::Failure, header};

/// The syntax tree of generated tokens.
pub(super) fn parse(tokens: TokenStream) -> Result<syn::File, Failure> {
    syn::parse2(tokens).map_err(|error| Failure::new("the generated code is not Rust", error))
}

/// The text of a file, with a head that says where it comes from.
pub(super) fn print(file: &syn::File) -> String {
    header::of_rust() + &prettyplease::unparse(file)
}

/// The same, in a crate that stands alone.
pub(super) fn print_alone(file: &syn::File) -> String {
    header::of_stand_alone() + &prettyplease::unparse(file)
}

/// Sends no slash for the path `/`, which is the base itself.
pub(super) fn end_at_the_base(file: &mut syn::File) {
    struct EndAtTheBase;

    impl VisitMut for EndAtTheBase {
        // `format!(…)` is a macro, whose tokens the visitor does not parse by itself.
        fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
            type Arguments = syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>;
            let Ok(arguments) = call.parse_body_with(Arguments::parse_terminated) else {
                return;
            };
            let base: syn::Expr = parse_quote! { self.baseurl };
            let is_base = |argument: &syn::Expr| *argument == base;
            if arguments.len() == 2
                && arguments.first() == Some(&parse_quote! { "{}/" })
                && arguments.last().is_some_and(is_base)
            {
                call.tokens = quote::quote! { "{}", self.baseurl };
            }
        }
    }

    visit_file_mut(&mut EndAtTheBase, file);
}

/// Gives each line of a comment an attribute of its own, and drops the JSON that typify
/// repeats in it: the contract is the place to read it.
pub(super) fn split_docs(file: &mut syn::File) {
    struct SplitDocs;

    impl VisitMut for SplitDocs {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            let mut split = Vec::with_capacity(attributes.len());
            for attribute in attributes.drain(..) {
                match doc_text(&attribute) {
                    Some(text) => split.extend(lines(&text).map(|line| -> syn::Attribute {
                        match attribute.style {
                            syn::AttrStyle::Outer => parse_quote! { #[doc = #line] },
                            syn::AttrStyle::Inner(_) => parse_quote! { #![doc = #line] },
                        }
                    })),
                    None => split.push(attribute),
                }
            }
            *attributes = split;
        }
    }

    visit_file_mut(&mut SplitDocs, file);
}

fn doc_text(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    let syn::Expr::Lit(literal) = &pair.value else {
        return None;
    };
    match &literal.lit {
        syn::Lit::Str(text) if pair.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

fn lines(text: &str) -> impl Iterator<Item = String> {
    // No description holds this: its tags are escaped.
    let text = match text.rsplit_once("<details><summary>JSON schema</summary>") {
        Some((before, _)) => before,
        None => text,
    };
    let mut lines: Vec<String> = text
        .trim_end()
        .lines()
        .map(|line| {
            if line.is_empty() || line.starts_with(' ') {
                line.to_owned()
            } else {
                format!(" {line}")
            }
        })
        .collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines.into_iter()
}

/// Makes `Option<TolerantList<T>>` a plain `TolerantList<T>` that is empty when absent.
pub(super) fn flatten_lists(file: &mut syn::File) {
    struct FlattenLists;

    impl VisitMut for FlattenLists {
        fn visit_field_mut(&mut self, field: &mut syn::Field) {
            let Some(list) = inside(&field.ty, "Option").filter(|inside| {
                last_segment(inside).is_some_and(|segment| segment.ident == "TolerantList")
            }) else {
                return;
            };
            let mut path = list.clone();
            if let syn::Type::Path(path) = &mut path
                && let Some(last) = path.path.segments.last_mut()
            {
                last.arguments = syn::PathArguments::None;
            }
            let path = path.to_token_stream().to_string();
            let is_empty = format!("{}::is_empty", path.replace(' ', ""));
            field.ty = list.clone();
            let name = wire_name(field);
            field
                .attrs
                .retain(|attribute| !attribute.path().is_ident("serde"));
            field.attrs.push(parse_quote! {
                #[serde(
                    rename = #name,
                    default,
                    skip_serializing_if = #is_empty
                )]
            });
        }
    }

    visit_file_mut(&mut FlattenLists, file);
}

/// Lets `from_str` take the type of a default list from the function that returns it: the
/// generator forgets there what is in the list.
pub(super) fn fill_lists(file: &mut syn::File) {
    struct FillLists;

    impl VisitMut for FillLists {
        fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
            if let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments
                && segment.ident == "from_str"
                && let Some(syn::GenericArgument::Type(kind)) = arguments.args.first()
                && last_segment(kind).is_some_and(|list| list.ident == "TolerantList")
            {
                segment.arguments = syn::PathArguments::None;
            }
        }
    }

    visit_file_mut(&mut FillLists, file);
}

pub(super) fn last_segment(kind: &syn::Type) -> Option<&syn::PathSegment> {
    match kind {
        syn::Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The one argument of a generic type of this name.
pub(super) fn inside<'a>(kind: &'a syn::Type, name: &str) -> Option<&'a syn::Type> {
    let syn::Type::Path(path) = kind else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(kind) => Some(kind),
        _ => None,
    }
}

/// Whether an attribute of this name holds this word.
pub(super) fn is_marked(attributes: &[syn::Attribute], name: &str, word: &str) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident(name) && attribute.to_token_stream().to_string().contains(word)
    })
}

/// Lets a field be read under the further names that the contract gives in `x-also-read`.
pub(super) fn read_aliases(file: &mut syn::File, contract: &Value) {
    struct ReadAliases<'a>(&'a Value);

    impl VisitMut for ReadAliases<'_> {
        fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
            let pointer = format!("/components/schemas/{}/x-also-read", item.ident);
            let Some(Value::Object(aliases)) = self.0.pointer(&pointer) else {
                return;
            };
            for (property, names) in aliases {
                let names: Vec<&str> = names
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let field = item
                    .fields
                    .iter_mut()
                    .find(|field| wire_name(field).as_deref() == Some(property));
                if let Some(field) = field {
                    field
                        .attrs
                        .push(parse_quote! { #[serde(#(alias = #names),*)] });
                }
            }
        }
    }

    visit_file_mut(&mut ReadAliases(contract), file);
}

/// The name of a field in JSON.
pub(super) fn wire_name(field: &syn::Field) -> Option<String> {
    let mut name = field.ident.as_ref()?.to_string();
    for attribute in &field.attrs {
        if attribute.path().is_ident("serde") {
            // A part that is no `rename` is of no interest here.
            let _ = attribute.parse_nested_meta(|part| {
                if part.path.is_ident("rename") {
                    name = part.value()?.parse::<syn::LitStr>()?.value();
                } else if part.input.peek(syn::Token![=]) {
                    part.value()?.parse::<syn::Lit>()?;
                }
                Ok(())
            });
        }
    }
    Some(name)
}

/// Takes away the constructor that builds an HTTP client of its own: it panics where that
/// client cannot be built, and sets time-outs that are not the caller's.
pub(super) fn drop_own_http_client(file: &mut syn::File) {
    for item in &mut file.items {
        if let syn::Item::Impl(block) = item {
            block.items.retain(
                |item| !matches!(item, syn::ImplItem::Fn(method) if method.sig.ident == "new"),
            );
        }
    }
}

/// Derives `JsonSchema` behind the feature `schemars` for every model.
pub(super) fn describe_as_schemas(file: &mut syn::File) {
    struct Describe;

    fn is_model(attributes: &[syn::Attribute]) -> bool {
        is_marked(attributes, "derive", "Serialize")
    }

    fn described() -> syn::Attribute {
        parse_quote! { #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))] }
    }

    impl VisitMut for Describe {
        fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
            if is_model(&item.attrs) {
                item.attrs.push(described());
            }
        }

        fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
            if is_model(&item.attrs) {
                item.attrs.push(described());
            }
        }
    }

    visit_file_mut(&mut Describe, file);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(code: &str, pass: impl FnOnce(&mut syn::File)) -> String {
        let mut file = syn::parse_str(code).unwrap();
        pass(&mut file);
        print(&file)
    }

    #[test]
    fn a_comment_becomes_lines_without_the_json() {
        let code = after(
            "#[doc = \"One.\\n\\nTwo.\\n\\n<details><summary>JSON schema</summary>{}</details>\"] struct S;",
            split_docs,
        );
        assert!(
            code.ends_with("/// One.\n///\n/// Two.\nstruct S;\n"),
            "{code}"
        );
    }

    #[test]
    fn an_optional_tolerant_list_becomes_plain_and_keeps_its_name() {
        let code = after(
            r#"struct S { #[serde(rename = "customData", default, skip_serializing_if = "x")] a: Option<::atlas_export_types::TolerantList<u8>>, #[serde(default)] b: Option<u8> }"#,
            flatten_lists,
        );
        assert!(
            code.contains("a: ::atlas_export_types::TolerantList<u8>"),
            "{code}"
        );
        assert!(code.contains(r#"rename = "customData""#), "{code}");
        assert!(code.contains("b: Option<u8>"), "{code}");
    }

    #[test]
    fn the_constructor_with_a_client_of_its_own_goes() {
        let code = after(
            "impl Client { fn new() {} fn new_with_client() {} } mod m { impl T { fn new() {} } }",
            drop_own_http_client,
        );
        assert!(!code.contains("impl Client {\n    fn new()"), "{code}");
        assert!(code.contains("new_with_client"), "{code}");
        assert!(code.contains("impl T {\n        fn new()"), "{code}");
    }

    #[test]
    fn an_alias_goes_to_the_field_of_that_name_on_the_wire() {
        let contract = json!({ "components": { "schemas": {
            "S": { "x-also-read": { "_id": ["id"] } },
        } } });
        let code = after(
            r#"struct S { #[serde(default, rename = "_id")] id: u8, other: u8 }"#,
            |file| read_aliases(file, &contract),
        );
        assert!(
            code.contains("#[serde(alias = \"id\")]\n    id: u8"),
            "{code}"
        );
        assert!(!code.contains("alias = \"id\")]\n    other"), "{code}");
    }
}
