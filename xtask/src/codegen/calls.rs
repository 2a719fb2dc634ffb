//! The calls: a value for each operation, with a field for each thing that it needs.
//!
//! They are made from the generated methods themselves, so that they hand on what those take, in
//! the order in which they take it. What every call shares, the client adds; the parameters of
//! a page are one value.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::visit::Visit;

use super::{
    arguments::{Argument, argument, hand_written, is_id, is_paged, last_name, typed},
    failure::Failure,
    operations::{Operation, operations},
    rust::{self, inside},
};
use crate::contract::openapi::SCHEMA_REFERENCE;

/// The text of `calls.rs`.
///
/// # Errors
/// [`Failure`] where a method of the generated client is not as expected.
pub fn generate(client: &syn::File, contract: &Value) -> Result<String, Failure> {
    let mut found = Found::default();
    found.visit_file(client);
    let pages: Vec<&Ident> = found.pages.iter().map(|model| &model.ident).collect();
    let calls = operations(contract)
        .iter()
        .map(|operation| {
            let name = operation.id.to_snake_case();
            let method = found.methods.iter().find(|method| method.sig.ident == name);
            let method = method.ok_or_else(|| odd(&name, "is missing"))?;
            call(operation, method, &pages, contract)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let made_of = found.pages.iter().filter_map(page);
    let facts = operations(contract).into_iter().map(|operation| {
        let name = format_ident!("{}", operation.id.to_upper_camel_case());
        let facts = format!("\n{}", operation.facts());
        quote! { (#name) => { #facts }; }
    });
    let file = rust::parse(quote! {
        use std::future::Future;

        use atlas_export_types::InvalidId;

        use crate::{
            Call, Client, Error, Operation, Page, PageQuery, PagedCall, ResponseValue, Shared,
            operations, types,
        };

        #(#calls)*
        #(#made_of)*

        /// What the contract says of an operation, for the documentation of what calls it.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! operation_facts {
            #(#facts)*
        }
    })?;
    Ok(rust::print(&file))
}

fn odd(method: &str, why: &str) -> Failure {
    Failure::new("the calls cannot be generated", format!("{method} {why}"))
}

/// The methods of the client, and the models that are pages.
#[derive(Default)]
struct Found {
    methods: Vec<syn::ImplItemFn>,
    pages: Vec<syn::ItemStruct>,
}

impl<'a> Visit<'a> for Found {
    fn visit_impl_item_fn(&mut self, method: &'a syn::ImplItemFn) {
        if method.sig.asyncness.is_some() {
            self.methods.push(method.clone());
        }
    }

    fn visit_item_struct(&mut self, model: &'a syn::ItemStruct) {
        if page(model).is_some() {
            self.pages.push(model.clone());
        }
    }
}

fn call(
    operation: &Operation<'_>,
    method: &syn::ImplItemFn,
    models: &[&Ident],
    contract: &Value,
) -> Result<TokenStream, Failure> {
    let function = &method.sig.ident;
    let name = format_ident!("{}", operation.id.to_upper_camel_case());
    let constant = format_ident!("{}", operation.id.to_shouty_snake_case());
    let odd = |why| odd(&function.to_string(), why);
    let output = match &method.sig.output {
        syn::ReturnType::Type(_, kind) => {
            inside(kind, "Result").and_then(|ok| inside(ok, "ResponseValue"))
        }
        syn::ReturnType::Default => None,
    };
    let output = output.ok_or_else(|| odd("does not give a response"))?;
    let typed = typed(method).ok_or_else(|| odd("has an argument without a name"))?;
    let is_list = is_paged(&typed) && last_name(output).is_some_and(|name| models.contains(&name));
    let arguments: Vec<Argument> = typed
        .into_iter()
        .map(|(name, kind)| argument(name, kind, is_list))
        .collect();
    let handed_on = arguments.iter().map(|argument| &argument.handed_on);
    let own: Vec<_> = arguments
        .iter()
        .filter_map(|argument| argument.field.as_ref())
        .collect();
    let fields = own.iter().map(|(field, kind)| {
        let docs = doc_lines(&field_docs(operation, field, contract));
        quote! { #(#[doc = #docs])* pub #field: #kind }
    });
    let page = arguments.iter().any(|argument| argument.in_page);
    let page_field = page.then(|| {
        quote! {
            /// Which page.
            pub page: PageQuery,
        }
    });
    let checks = own
        .iter()
        .filter(|(_, kind)| is_id(kind))
        .map(|(field, _)| {
            quote! {
                self.#field.well_formed()?;
            }
        });
    let cluster = own
        .iter()
        .find(|(_, kind)| hand_written(kind).as_deref() == Some("ClusterName"));
    let cluster = cluster.map(|(field, _)| {
        quote! {
            fn cluster(&self) -> Option<&::atlas_export_types::ClusterName> {
                Some(&self.#field)
            }
        }
    });
    let of_list = page.then(|| {
        quote! {
            impl PagedCall for #name {
                fn at(mut self, page: PageQuery) -> Self {
                    self.page = page;
                    self
                }
            }
        }
    });
    let shared = if arguments
        .iter()
        .any(|argument| argument.handed_on.to_string().starts_with("shared"))
    {
        format_ident!("shared")
    } else {
        format_ident!("_shared")
    };
    let docs = doc_lines(&operation.docs());
    Ok(quote! {
        #(#[doc = #docs])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name {
            #(#fields,)*
            #page_field
        }

        impl Call for #name {
            const OPERATION: &'static Operation = operations::#constant;
            type Output = #output;

            fn check(&self) -> Result<(), InvalidId> {
                #(#checks)*
                Ok(())
            }

            #cluster

            fn send<'a>(
                &'a self,
                client: &'a Client,
                #shared: Shared,
            ) -> impl Future<Output = Result<ResponseValue<Self::Output>, Error>> + Send + 'a {
                client.#function(#(#handed_on),*)
            }
        }

        #of_list
    })
}

/// What the contract says of a parameter, or of the body.
fn field_docs(operation: &Operation<'_>, field: &Ident, contract: &Value) -> String {
    if field == "body" {
        return "The body.".to_owned();
    }
    let kind = field.to_string().to_upper_camel_case();
    let reference = format!("{SCHEMA_REFERENCE}{kind}");
    let of_it = operation.parameters.iter().find(|parameter| {
        let name = parameter
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let schema = parameter.pointer("/schema/$ref").and_then(Value::as_str);
        *field == name.to_snake_case() || schema == Some(&reference)
    });
    let said = of_it.and_then(|parameter| parameter.get("description"));
    let said =
        said.or_else(|| contract.pointer(&format!("/components/schemas/{kind}/description")));
    said.and_then(Value::as_str)
        .unwrap_or("As in the contract.")
        .to_owned()
}

fn doc_lines(text: &str) -> Vec<String> {
    let lines = text.trim_end().lines();
    lines
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!(" {line}")
            }
        })
        .collect()
}

/// What a page is made of; `None` for a model that is none.
fn page(model: &syn::ItemStruct) -> Option<TokenStream> {
    let field = |wanted: &str| {
        let mut fields = model.fields.iter();
        let found = fields.find(|field| field.ident.as_ref().is_some_and(|name| name == wanted));
        found.map(|field| &field.ty)
    };
    let item = inside(field("results")?, "TolerantList")?;
    let link = inside(field("links")?, "TolerantList")?;
    let count = inside(field("total_count")?, "Option")?;
    if hand_written(count).as_deref() != Some("ItemCount") {
        return None;
    }
    let name = &model.ident;
    Some(quote! {
        impl Page for types::#name {
            type Item = types::#item;
            type Link = types::#link;

            fn into_parts(
                self,
            ) -> (
                ::atlas_export_types::TolerantList<Self::Item>,
                ::atlas_export_types::TolerantList<Self::Link>,
                Option<::atlas_export_types::ItemCount>,
            ) {
                (self.results, self.links, self.total_count)
            }
        }
    })
}
