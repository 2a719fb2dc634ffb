//! The arguments of the generated methods, and what becomes of them in a call.

use heck::ToSnakeCase as _;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::parse_quote;

use super::rust::inside;

/// Query parameters that concern how an answer is written, and so no call of its own.
const SHARED: [&str; 2] = ["envelope", "pretty"];

/// Query parameters that say which page. A list has all of them, of these types.
const PAGE: [&str; 3] = ["include_count", "items_per_page", "page_num"];
const PAGE_TYPES: [&str; 3] = ["bool", "PageSize", "NonZeroU32"];

/// What becomes of one argument of a method.
pub(super) struct Argument {
    /// How the method gets it.
    pub(super) handed_on: TokenStream,
    /// The field of the call that it comes from, if it has one of its own.
    pub(super) field: Option<(Ident, syn::Type)>,
    pub(super) in_page: bool,
}

pub(super) fn argument(name: &Ident, kind: &syn::Type, paged: bool) -> Argument {
    let plain = name.to_string();
    let of_all = |from: TokenStream, in_page| Argument {
        handed_on: from,
        field: None,
        in_page,
    };
    if SHARED.contains(&plain.as_str()) {
        return of_all(quote! { shared.#name }, false);
    }
    if paged && PAGE.contains(&plain.as_str()) {
        let by_reference = inside(kind, "Option").is_some_and(is_reference);
        let value = quote! { self.page.#name };
        let handed_on = if by_reference {
            quote! { #value.as_ref() }
        } else {
            value
        };
        return of_all(handed_on, true);
    }
    own_argument(name, kind)
}

/// An argument that is a field of its own.
pub(super) fn own_argument(name: &Ident, kind: &syn::Type) -> Argument {
    let is_text =
        |kind: &syn::Type| matches!(kind, syn::Type::Path(path) if path.path.is_ident("str"));
    let (kind, handed_on): (syn::Type, fn(&Ident) -> TokenStream) = match kind {
        syn::Type::Reference(reference) if is_text(&reference.elem) => {
            (parse_quote! { String }, |name| quote! { &self.#name })
        }
        syn::Type::Reference(reference) => {
            ((*reference.elem).clone(), |name| quote! { &self.#name })
        }
        kind => match inside(kind, "Option") {
            Some(syn::Type::Reference(reference)) if is_text(&reference.elem) => (
                parse_quote! { Option<String> },
                |name| quote! { self.#name.as_deref() },
            ),
            Some(syn::Type::Reference(reference)) => {
                let inner = &reference.elem;
                (
                    parse_quote! { Option<#inner> },
                    |name| quote! { self.#name.as_ref() },
                )
            }
            _ if is_copied(kind) => (kind.clone(), |name| quote! { self.#name }),
            _ => (kind.clone(), |name| quote! { self.#name.clone() }),
        },
    };
    let field = field_name(name, &kind);
    Argument {
        handed_on: handed_on(&field),
        field: Some((field, kind)),
        in_page: false,
    }
}

/// Whether it is a truth value, or an optional one.
fn is_copied(kind: &syn::Type) -> bool {
    let of_option = inside(kind, "Option");
    matches!(of_option.unwrap_or(kind), syn::Type::Path(path) if path.path.is_ident("bool"))
}

/// Ids and names are called what their types are: Atlas says *group* for a project.
fn field_name(name: &Ident, kind: &syn::Type) -> Ident {
    match hand_written(kind) {
        Some(kind) if kind.ends_with("Id") || kind.ends_with("Name") => {
            format_ident!("{}", kind.to_snake_case())
        }
        _ => name.clone(),
    }
}

/// The name of a type of `atlas_export_types`.
pub(super) fn hand_written(kind: &syn::Type) -> Option<String> {
    let syn::Type::Path(path) = kind else {
        return None;
    };
    let mut segments = path.path.segments.iter();
    (segments.next()?.ident == "atlas_export_types")
        .then(|| segments.next_back().map(|last| last.ident.to_string()))?
}

pub(super) fn is_id(kind: &syn::Type) -> bool {
    hand_written(kind).is_some_and(|name| name.ends_with("Id"))
}

fn is_reference(kind: &syn::Type) -> bool {
    matches!(kind, syn::Type::Reference(_))
}

/// Whether a method takes all that says which page.
pub(super) fn is_paged(arguments: &[(&Ident, &syn::Type)]) -> bool {
    PAGE.iter().zip(PAGE_TYPES).all(|(wanted, of)| {
        let found = arguments.iter().find(|(name, _)| name == wanted);
        let kind = found.and_then(|(_, kind)| inside(kind, "Option"));
        let kind = kind.map(|kind| match kind {
            syn::Type::Reference(reference) => &*reference.elem,
            kind => kind,
        });
        kind.and_then(last_name).is_some_and(|name| name == of)
    })
}

/// The last name of a type's path.
pub(super) fn last_name(kind: &syn::Type) -> Option<&Ident> {
    match kind {
        syn::Type::Path(path) => path.path.segments.last().map(|last| &last.ident),
        _ => None,
    }
}

/// The names and types of a method's arguments; `None` where one has no name.
pub(super) fn typed(method: &syn::ImplItemFn) -> Option<Vec<(&Ident, &syn::Type)>> {
    let arguments = method.sig.inputs.iter().skip(1);
    let each = arguments.map(|input| match input {
        syn::FnArg::Typed(argument) => match &*argument.pat {
            syn::Pat::Ident(pattern) => Some((&pattern.ident, &*argument.ty)),
            _ => None,
        },
        syn::FnArg::Receiver(_) => None,
    });
    each.collect()
}
