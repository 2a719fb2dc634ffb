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
        let headers = Headers::of(&statements);
        for mut statement in statements {
            if is_hook(&statement) || headers.is_needless(&statement) {
                continue;
            }
            let mut parameters = Vec::new();
            // The generator renames it where a parameter has its name.
            let mut request = None;
            if let syn::Stmt::Local(local) = &mut statement
                && let syn::Pat::Ident(name) = &local.pat
                && let Some(init) = &mut local.init
            {
                request = Some(name.ident.clone());
                take_parameters(&mut init.expr, &headers, &mut parameters);
            }
            block.stmts.push(statement);
            // They were taken from the end of the chain.
            for (name, value) in parameters.into_iter().rev() {
                block.stmts.push(parse_quote! {
                    crate::url::set_parameter(&mut #request, #name, #value)?;
                });
            }
        }
    }
}

/// The headers of a request, among which the generator puts the contract's version: nobody has asked
/// for that. Where it is alone, there are none.
#[derive(Default)]
struct Headers {
    /// The variable; `None` where there are others in it.
    alone: Option<String>,
}

impl Headers {
    fn of(statements: &[syn::Stmt]) -> Self {
        let made = statements.iter().find_map(|statement| {
            let syn::Stmt::Local(local) = statement else {
                return None;
            };
            let syn::Pat::Ident(name) = &local.pat else {
                return None;
            };
            let init = local.init.as_ref()?.expr.to_token_stream().to_string();
            init.contains("HeaderMap :: with_capacity")
                .then(|| name.ident.to_string())
        });
        let Some(name) = made else {
            return Self::default();
        };
        let append = format!("{name} . append (");
        let appends =
            |statement: &&syn::Stmt| statement.to_token_stream().to_string().contains(&append);
        let is_alone = statements.iter().filter(appends).count() == 1;
        Self {
            alone: is_alone.then_some(name),
        }
    }

    fn is_needless(&self, statement: &syn::Stmt) -> bool {
        let text = statement.to_token_stream().to_string();
        let is_made = self
            .alone
            .as_ref()
            .is_some_and(|name| text.starts_with(&format!("let mut {name} =")));
        is_made || text.contains(". append (") && text.contains("\"api-version\"")
    }

    fn is_handed_on(&self, call: &syn::ExprMethodCall) -> bool {
        let handed = call.args.to_token_stream().to_string();
        call.method == "headers" && self.alone.as_ref() == Some(&handed)
    }
}

/// Whether a statement calls a hook before or after the request.
fn is_hook(statement: &syn::Stmt) -> bool {
    let text = statement.to_token_stream().to_string();
    ["self . pre (", "self . post ("]
        .iter()
        .any(|call| text.starts_with(call))
}

/// Takes `.query(&progenitor_client::QueryParam::new(name, value))` out of a chain of calls, and headers
/// that are needless.
fn take_parameters(
    expression: &mut syn::Expr,
    headers: &Headers,
    taken: &mut Vec<(syn::Expr, syn::Expr)>,
) {
    loop {
        let call = match expression {
            syn::Expr::MethodCall(call) => call,
            syn::Expr::Try(tried) => return take_parameters(&mut tried.expr, headers, taken),
            _ => return,
        };
        let parameter = parameter(call);
        if parameter.is_none() && !headers.is_handed_on(call) {
            return take_parameters(&mut call.receiver, headers, taken);
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
    fn other_headers_stay_and_a_renamed_request_is_meant() {
        let code = after(
            "impl C { async fn c(&self, request: Q) { let mut header_map = HeaderMap::with_capacity(2usize); header_map.append(HeaderName::from_static(\"api-version\"), HeaderValue::from_static(Self::api_version())); if let Some(value) = note { header_map.append(\"X-Note\", value.to_string().try_into()?); } let mut _request = self.client.get(url).query(&progenitor_client::QueryParam::new(\"request\", &request)).headers(header_map).build()?; } }",
        );
        assert!(
            !code.contains("api_version") && code.contains("X-Note"),
            "{code}"
        );
        assert!(
            code.contains("self.client.get(url).headers(header_map).build()?"),
            "{code}"
        );
        assert!(
            code.contains("set_parameter(&mut _request, \"request\", &request)?"),
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
