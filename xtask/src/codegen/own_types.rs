//! What generated methods call, of the bindings and not of the generator's support crate.
//!
//! That crate has what any API may need: hooks, streams, forms, errors with a body of their own.
//! The bindings need a value, an error, two ways to write into a URL and one to the network, and
//! have these themselves: three crates and a licence less in every program that uses them.

use quote::ToTokens as _;
use syn::{
    parse_quote,
    visit_mut::{VisitMut, visit_block_mut, visit_path_segment_mut},
};

/// Has the generated code use the bindings' own types.
pub(super) fn adopt(file: &mut syn::File) {
    file.items.retain(|item| !is_for_support(item));
    Adopt.visit_file_mut(file);
    file.items.insert(
        0,
        parse_quote! {
            use crate::{
                answer::{Error, ResponseValue},
                hook::OperationInfo,
                url::encode_path,
            };
        },
    );
}

/// Whether an item is there for the support crate: its imports, that there are hooks, and what it may
/// ask of a client.
fn is_for_support(item: &syn::Item) -> bool {
    match item {
        syn::Item::Use(_) | syn::Item::Const(_) => true,
        syn::Item::Impl(block) => block
            .trait_
            .as_ref()
            .and_then(|(_, path, _)| path.segments.last())
            .is_some_and(|last| last.ident == "ClientInfo"),
        _ => false,
    }
}

struct Adopt;

impl VisitMut for Adopt {
    /// `Error<()>` has nothing to be generic over.
    fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
        visit_path_segment_mut(self, segment);
        if segment.ident == "Error" {
            segment.arguments = syn::PathArguments::None;
        }
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        visit_block_mut(self, block);
        let statements = std::mem::take(&mut block.stmts);
        for mut statement in statements {
            if is_hook(&statement) || is_version_header(&statement) {
                continue;
            }
            let mut parameters = Vec::new();
            if let syn::Stmt::Local(local) = &mut statement
                && let Some(init) = &mut local.init
            {
                take_parameters(&mut init.expr, &mut parameters);
            }
            block.stmts.push(statement);
            // They were taken from the end of the chain.
            for (name, value) in parameters.into_iter().rev() {
                block.stmts.push(parse_quote! {
                    crate::url::set_parameter(&mut request, #name, #value)?;
                });
            }
        }
    }
}

/// Whether a statement calls a hook before or after the request.
fn is_hook(statement: &syn::Stmt) -> bool {
    let text = statement.to_token_stream().to_string();
    ["self . pre (", "self . post ("]
        .iter()
        .any(|call| text.starts_with(call))
}

/// Whether a statement is about the headers of the request, among which the generator puts the
/// contract's version, and it alone: nobody has asked for that. One of another header stays, and then
/// the code does not compile without these.
fn is_version_header(statement: &syn::Stmt) -> bool {
    let text = statement.to_token_stream().to_string();
    text.starts_with("let mut header_map =")
        || text.starts_with("header_map . append") && text.contains("\"api-version\"")
}

/// Takes `.query(&progenitor_client::QueryParam::new(name, value))` out of a chain of calls, and the
/// headers.
fn take_parameters(expression: &mut syn::Expr, taken: &mut Vec<(syn::Expr, syn::Expr)>) {
    loop {
        let call = match expression {
            syn::Expr::MethodCall(call) => call,
            syn::Expr::Try(tried) => return take_parameters(&mut tried.expr, taken),
            _ => return,
        };
        let parameter = parameter(call);
        if parameter.is_none() && call.method != "headers" {
            return take_parameters(&mut call.receiver, taken);
        }
        taken.extend(parameter);
        let inner = (*call.receiver).clone();
        *expression = inner;
    }
}

fn parameter(call: &syn::ExprMethodCall) -> Option<(syn::Expr, syn::Expr)> {
    if call.method != "query" {
        return None;
    }
    let syn::Expr::Reference(reference) = call.args.first()? else {
        return None;
    };
    let syn::Expr::Call(made) = &*reference.expr else {
        return None;
    };
    let mut arguments = made.args.iter().cloned();
    Some((arguments.next()?, arguments.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::rust;

    fn after(code: &str) -> String {
        let mut file = syn::parse_file(code).unwrap();
        adopt(&mut file);
        rust::print(&file)
    }

    #[test]
    fn parameters_are_set_in_their_order_once_the_request_is_built() {
        let code = after(
            "impl C { async fn c(&self) -> Result<R, Error<()>> { let mut header_map = HeaderMap::with_capacity(1usize); header_map.append(HeaderName::from_static(\"api-version\"), HeaderValue::from_static(Self::api_version())); let mut request = self.client.get(url).query(&progenitor_client::QueryParam::new(\"a\", &a)).query(&progenitor_client::QueryParam::new(\"b\", &b)).headers(header_map).build()?; self.pre(&mut request, &info).await?; let result = self.exec(request, &info).await; self.post(&result, &info).await?; } }",
        );
        let a = code
            .find("crate::url::set_parameter(&mut request, \"a\", &a)?")
            .unwrap();
        let b = code
            .find("crate::url::set_parameter(&mut request, \"b\", &b)?")
            .unwrap();
        assert!(a < b, "{code}");
        assert!(code.contains("self.client.get(url).build()?"), "{code}");
        assert!(code.contains("Result<R, Error>"), "{code}");
        assert!(code.contains("self.exec(request, &info)"), "{code}");
        assert!(!code.contains("header_map"), "{code}");
        assert!(
            !code.contains("self.pre") && !code.contains("self.post"),
            "{code}"
        );
    }

    #[test]
    fn nothing_of_the_support_crate_is_left() {
        let code = after(
            "pub use progenitor_client::{ClientInfo, Error}; impl ClientInfo<crate::Seam> for Client { fn api_version() -> &'static str { \"1\" } fn baseurl(&self) -> &str { \"\" } } const _: () = { fn assert_client_hooks() where Client: ClientHooks<crate::Seam> {} };",
        );
        assert!(
            !code.contains("progenitor_client") && !code.contains("Hooks"),
            "{code}"
        );
        assert!(!code.contains("impl Client"), "{code}");
    }
}
