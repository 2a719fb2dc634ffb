//! Typed mocks for `httpmock`.

use openapiv3::OpenAPI;
use progenitor::Generator;
use serde_json::Value;
use syn::{
    parse_quote,
    visit_mut::{VisitMut, visit_lit_str_mut},
};

use super::{bindings, failure::Failure, home::Home, parameters, rust};

/// The text of the mock crate's `generated.rs`.
///
/// # Errors
/// [`Failure`] where the generator refuses the contract.
pub fn generate(spec: &OpenAPI, simplified: &Value) -> Result<String, Failure> {
    let mut file = generated(spec, simplified, Home::Workspace)?;
    let prefix = "^(?:/[^?]*)?".to_owned();
    let base = format!("{prefix}(?:{})$", bases(simplified));
    WidenPaths { prefix, base }.visit_file_mut(&mut file);
    Ok(rust::print(&file))
}

/// The generator's code after the passes that it needs wherever it lives.
pub(super) fn generated(
    spec: &OpenAPI,
    simplified: &Value,
    home: Home<'_>,
) -> Result<syn::File, Failure> {
    let tokens = Generator::new(&bindings::settings(simplified, home))
        .httpmock(spec, &home.client())
        .map_err(|error| Failure::new("the mocks cannot be generated", error))?;
    let mut file = rust::parse(tokens)?;
    rust::split_docs(&mut file);
    parameters::match_each(&mut file);
    TakeAnything.visit_file_mut(&mut file);
    Ok(file)
}

/// Lets a path pattern match below a prefix such as `/api/atlas/v2`.
///
/// The generator anchors patterns at the start of the path (`^/groups/…`), while a base URL
/// may hold a path of its own. The path `/` is the base itself, whose own path tells it from others.
pub(super) struct WidenPaths {
    /// The pattern of what a path may lie below.
    pub(super) prefix: String,
    /// The pattern of the base itself.
    pub(super) base: String,
}

/// The paths of the servers that the contract names.
fn bases(contract: &Value) -> String {
    let servers = contract.get("servers").and_then(Value::as_array);
    let urls = servers.into_iter().flatten();
    let paths = urls.filter_map(|server| {
        let url = server.get("url")?.as_str()?;
        let (_, below) = url.split_once("://")?;
        Some(
            below
                .find('/')
                .map_or("/", |start| below.get(start..).unwrap_or_default()),
        )
    });
    let patterns = paths.map(|path| path.replace('.', "\\."));
    patterns.collect::<Vec<_>>().join("|")
}

impl VisitMut for WidenPaths {
    fn visit_lit_str_mut(&mut self, literal: &mut syn::LitStr) {
        if literal.value() == "^/$" {
            *literal = syn::LitStr::new(&self.base, literal.span());
        } else if let Some(rest) = literal.value().strip_prefix("^/") {
            *literal = syn::LitStr::new(&format!("{}/{rest}", self.prefix), literal.span());
        }
        visit_lit_str_mut(self, literal);
    }

    // `format!(…)` is a macro, whose tokens the visitor does not parse by itself.
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        type Arguments = syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>;
        if let Ok(mut arguments) = call.parse_body_with(Arguments::parse_terminated) {
            for argument in &mut arguments {
                self.visit_expr_mut(argument);
            }
            call.tokens = quote::ToTokens::into_token_stream(arguments);
        }
    }
}

/// Lets a body be anything that serde writes, as long as it reads as the type of the contract: a
/// test writes JSON more easily than a model, which it cannot make field by field.
struct TakeAnything;

impl VisitMut for TakeAnything {
    fn visit_impl_item_fn_mut(&mut self, method: &mut syn::ImplItemFn) {
        let mut model: Option<syn::TypePath> = None;
        for input in &mut method.sig.inputs {
            let syn::FnArg::Typed(typed) = input else {
                continue;
            };
            let optional = super::rust::inside(&typed.ty, "Option");
            if let syn::Type::Reference(reference) = optional.unwrap_or(&typed.ty)
                && let syn::Type::Path(path) = &*reference.elem
                && path
                    .path
                    .segments
                    .first()
                    .is_some_and(|first| first.ident == "types")
            {
                model = Some(match optional {
                    Some(_) => parse_quote! { ::std::option::Option<#path> },
                    None => path.clone(),
                });
                *typed.ty = parse_quote! { &(impl ::serde::Serialize + ?Sized) };
            }
        }
        if let Some(model) = model {
            method.block.stmts.insert(
                0,
                parse_quote! { let value = &crate::fitting::<#model>(value); },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widened(code: &str) -> String {
        let mut file = syn::parse_str(code).unwrap();
        let servers = serde_json::json!({"servers": [
            {"url": "https://{host}/api/v1.0"}, {"url": "https://{host}"},
        ]});
        let prefix = "^(?:/[^?]*)?".to_owned();
        let base = format!("{prefix}(?:{})$", bases(&servers));
        WidenPaths { prefix, base }.visit_file_mut(&mut file);
        rust::print(&file)
    }

    #[test]
    fn patterns_of_paths_are_widened_in_code_and_in_macros() {
        let code = widened(
            r#"fn f() { g("^/groups/[^/]*$"); h(&format!("^/groups/{}$", value.to_string())); }"#,
        );
        assert!(
            code.contains(r#"g("^(?:/[^?]*)?/groups/[^/]*$")"#),
            "{code}"
        );
        assert!(
            code.contains(r#"format!("^(?:/[^?]*)?/groups/{}$", value.to_string())"#),
            "{code}"
        );
    }

    #[test]
    fn the_base_itself_is_told_by_the_paths_of_the_servers() {
        let code = widened(r#"fn f() { g("^/$"); }"#);
        assert!(
            code.contains(r#"g("^(?:/[^?]*)?(?:/api/v1\\.0|/)$")"#),
            "{code}"
        );
    }

    #[test]
    fn other_texts_are_left_alone() {
        assert!(
            widened(r#"fn f() { g("/groups", "application/json"); }"#)
                .contains(r#"g("/groups", "application/json")"#)
        );
    }
}
