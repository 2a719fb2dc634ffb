//! The calls of a crate that stands alone: a value for each operation, with a field for each
//! argument of its method.
//!
//! All is named by its full path, since a call may have any name.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{
    parse_quote,
    visit::Visit,
    visit_mut::{self, VisitMut},
};

use super::{
    super::{
        arguments::{own_argument, typed},
        failure::Failure,
        operations::{Operation, operations},
        rust::{self, inside},
    },
    operations::function,
};
use crate::fold::pascal;

/// Names that the code of every call has.
const TAKEN: [&str; 8] = [
    "Option", "Result", "Self", "Send", "Some", "None", "String", "Vec",
];

/// The text of `calls.rs`.
///
/// # Errors
/// [`Failure`] where a method of the generated client is not as expected.
pub(super) fn generate(client: &syn::File, contract: &Value) -> Result<String, Failure> {
    let mut methods = Methods::default();
    methods.visit_file(client);
    let calls = operations(contract)
        .into_iter()
        .enumerate()
        .map(|(at, operation)| {
            let name = function(operation.id);
            let method = methods.0.iter().find(|method| method.sig.ident == name);
            let method = method.ok_or_else(|| odd(&name, "is missing"))?;
            call(at, &operation, method)
        });
    let calls = calls.collect::<Result<Vec<_>, _>>()?;
    let file = rust::parse(quote! { #(#calls)* })?;
    Ok(rust::print_alone(&file))
}

fn odd(method: &str, why: &str) -> Failure {
    Failure::new("the calls cannot be generated", format!("{method} {why}"))
}

/// The methods of the client.
#[derive(Default)]
struct Methods(Vec<syn::ImplItemFn>);

impl<'a> Visit<'a> for Methods {
    fn visit_impl_item_fn(&mut self, method: &'a syn::ImplItemFn) {
        if method.sig.asyncness.is_some() {
            self.0.push(method.clone());
        }
    }
}

fn call(
    at: usize,
    operation: &Operation<'_>,
    method: &syn::ImplItemFn,
) -> Result<TokenStream, Failure> {
    let function = &method.sig.ident;
    let odd = |why| odd(&function.to_string(), why);
    let name = pascal(operation.id);
    let name = if TAKEN.contains(&name.as_str()) {
        format_ident!("{name}Call")
    } else {
        format_ident!("{}", name)
    };
    let output = match &method.sig.output {
        syn::ReturnType::Type(_, kind) => {
            inside(kind, "Result").and_then(|ok| inside(ok, "ResponseValue"))
        }
        syn::ReturnType::Default => None,
    };
    let output = outward(output.ok_or_else(|| odd("does not give a response"))?);
    let generic = method
        .sig
        .generics
        .type_params()
        .next()
        .map(|of| of.ident.clone());
    let mut fields = Vec::new();
    let mut handed_on = Vec::new();
    for (field, kind) in typed(method).ok_or_else(|| odd("has an argument without a name"))? {
        let is_generic = generic.as_ref().is_some_and(
            |generic| matches!(kind, syn::Type::Path(path) if path.path.is_ident(generic)),
        );
        let (kind, given) = if is_generic {
            (
                parse_quote! { ::bytes::Bytes },
                quote! { self.#field.clone() },
            )
        } else {
            let argument = own_argument(field, kind);
            let (_, kind) = argument
                .field
                .ok_or_else(|| odd("has an argument of no field"))?;
            (outward(&kind), argument.handed_on)
        };
        let docs = docs(&said(operation, &field.to_string()));
        fields.push(quote! { #(#[doc = #docs])* pub #field: #kind });
        handed_on.push(given);
    }
    let docs = docs(&operation_docs(operation));
    let method_name = &method.sig.ident;
    Ok(quote! {
        #(#[doc = #docs])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name {
            #(#fields,)*
        }

        impl crate::Call for #name {
            const OPERATION: &'static crate::Operation = &crate::operations::OPERATIONS[#at];
            type Output = #output;

            fn send<'a>(
                &'a self,
                client: &'a crate::Client,
            ) -> impl ::std::future::Future<
                Output = ::std::result::Result<crate::ResponseValue<Self::Output>, crate::Error<()>>,
            > + ::std::marker::Send + 'a {
                client.#method_name(#(#handed_on),*)
            }
        }
    })
}

/// A type as it is named outside the file of the client.
fn outward(kind: &syn::Type) -> syn::Type {
    struct Outward;

    impl VisitMut for Outward {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            let first = path.segments.first().map(|first| first.ident.to_string());
            if path.leading_colon.is_none() {
                match first.as_deref() {
                    Some("types" | "ByteStream") => *path = parse_quote! { crate::#path },
                    Some("Option") => *path = parse_quote! { ::std::option::#path },
                    Some("String") => *path = parse_quote! { ::std::string::#path },
                    _ => {}
                }
            }
            visit_mut::visit_path_mut(self, path);
        }
    }

    let mut kind = kind.clone();
    Outward.visit_type_mut(&mut kind);
    kind
}

/// What the contract says of a parameter, or of the body.
fn said(operation: &Operation<'_>, field: &str) -> String {
    let of_it = operation.parameters.iter().find(|parameter| {
        let name = parameter.get("name").and_then(Value::as_str);
        name.is_some_and(|name| function(name) == field)
    });
    let said = of_it.and_then(|parameter| parameter.get("description")?.as_str());
    let default = if field == "body" {
        "The body."
    } else {
        "As in the contract."
    };
    said.filter(|said| !said.trim().is_empty())
        .unwrap_or(default)
        .to_owned()
}

fn operation_docs(operation: &Operation<'_>) -> String {
    let mut parts: Vec<&str> = operation.words.iter().map(|text| text.trim_end()).collect();
    let request = format!("`{} {}`", operation.method, operation.path);
    parts.push(&request);
    if operation.deprecated {
        parts.push("Deprecated.");
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn docs(text: &str) -> Vec<String> {
    let line = |line: &str| match line {
        "" => String::new(),
        line => format!(" {line}"),
    };
    text.trim_end().lines().map(line).collect()
}
