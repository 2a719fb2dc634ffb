//! The mocks of a crate that stands alone.
//!
//! The generator's own take every body for JSON. So here a form is matched as the form that is
//! sent, and bytes are bytes; and a path lies at the root, or below the path of a server.

use openapiv3::OpenAPI;
use serde_json::Value;
use syn::{
    parse_quote,
    visit_mut::{VisitMut, visit_expr_mut, visit_impl_item_fn_mut},
};

use super::{
    super::{failure::Failure, home::Home, mocks, rust},
    media::Announced,
};
use crate::fold::pascal;

/// The text of `mocks.rs`.
///
/// # Errors
/// [`Failure`] where the generator refuses the contract.
pub(super) fn generate(
    spec: &OpenAPI,
    simplified: &Value,
    home: Home<'_>,
    announced: &[Announced],
) -> Result<String, Failure> {
    let mut file = mocks::generated(spec, simplified, home)?;
    let prefix = bases(simplified);
    let base = format!("{prefix}/$");
    mocks::WidenPaths { prefix, base }.visit_file_mut(&mut file);
    let mut bodies = Bodies {
        announced,
        of: None,
    };
    bodies.visit_file_mut(&mut file);
    Ok(rust::print_alone(&file))
}

/// The paths below which a path may lie: those of the servers, and none.
fn bases(contract: &Value) -> String {
    let servers = contract.get("servers").and_then(Value::as_array);
    let paths = servers.into_iter().flatten().filter_map(|server| {
        let url = server.get("url")?.as_str()?;
        let path = match url.split_once("://") {
            Some((_, below)) => below.find('/').and_then(|start| below.get(start..))?,
            None => url,
        };
        let path = path.trim_end_matches('/');
        path.starts_with('/').then(|| pattern(path))
    });
    let mut paths: Vec<String> = paths.collect();
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        return "^".to_owned();
    }
    format!("^(?:{})?", paths.join("|"))
}

/// A path as a pattern: variables in braces are anything but a slash.
fn pattern(path: &str) -> String {
    let mut pattern = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        pattern.push_str(&escaped(before));
        pattern.push_str("[^/]*");
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    pattern + &escaped(rest)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '/' | '-' | '_') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Bodies that are no JSON.
struct Bodies<'a> {
    announced: &'a [Announced],
    /// Of the operation whose *when* or *then* is looked at.
    of: Option<&'a Announced>,
}

impl Bodies<'_> {
    fn is_form(&self) -> bool {
        let sent = self.of.and_then(|of| of.content_type.as_deref());
        sent.is_some_and(|sent| sent.starts_with("application/x-www-form-urlencoded"))
    }
}

impl VisitMut for Bodies<'_> {
    fn visit_item_impl_mut(&mut self, implementation: &mut syn::ItemImpl) {
        if let syn::Type::Path(path) = &*implementation.self_ty
            && let Some(name) = path.path.segments.last()
        {
            let name = name.ident.to_string();
            let of = |suffix: &str| {
                let name = name.strip_suffix(suffix)?;
                self.announced
                    .iter()
                    .find(|of| pascal(&of.function) == name)
            };
            self.of = of("When").or_else(|| of("Then"));
        }
        syn::visit_mut::visit_item_impl_mut(self, implementation);
        self.of = None;
    }

    fn visit_impl_item_fn_mut(&mut self, method: &mut syn::ImplItemFn) {
        let raw = "json_body (value)";
        let block = quote::ToTokens::to_token_stream(&method.block).to_string();
        let is_raw = block.contains(raw);
        let is_when = method.sig.ident == "body";
        if is_raw && is_when {
            *method = parse_quote! {
                pub fn body(self, value: impl ::std::convert::Into<::std::vec::Vec<u8>>) -> Self {
                    let value: ::std::vec::Vec<u8> = value.into();
                    Self(self.0.is_true(move |request| request.body_vec() == value))
                }
            };
            return;
        }
        if is_raw {
            for input in &mut method.sig.inputs {
                if let syn::FnArg::Typed(typed) = input
                    && matches!(&*typed.pat, syn::Pat::Ident(name) if name.ident == "value")
                {
                    *typed.ty = parse_quote! { impl ::std::convert::Into<::std::vec::Vec<u8>> };
                }
            }
        }
        visit_impl_item_fn_mut(self, method);
        let by_value = method.sig.inputs.iter().any(|input| {
            matches!(input, syn::FnArg::Typed(typed)
                if matches!(&*typed.ty, syn::Type::Path(_))
                    && matches!(&*typed.pat, syn::Pat::Ident(name) if name.ident == "value"))
        });
        if by_value && block.contains("json_body_obj (value)") {
            method
                .block
                .stmts
                .insert(0, parse_quote! { let value = &value; });
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        visit_expr_mut(self, expression);
        let syn::Expr::MethodCall(call) = expression else {
            return;
        };
        let receiver = &call.receiver;
        let accept = self.of.and_then(|of| of.accept.as_deref());
        match call.method.to_string().as_str() {
            "json_body_obj" if self.is_form() && is_when(receiver) => {
                *expression = parse_quote! {
                    #receiver.body(::serde_urlencoded::to_string(value).unwrap())
                };
            }
            "json_body" => {
                *expression = parse_quote! {
                    #receiver.body(::std::convert::Into::<::std::vec::Vec<u8>>::into(value))
                };
            }
            "header" => {
                let is_type = matches!(call.args.first(), Some(syn::Expr::Lit(name))
                    if matches!(&name.lit, syn::Lit::Str(name) if name.value() == "content-type"));
                if let Some(accept) = accept.filter(|_| is_type)
                    && let Some(value) = call.args.last_mut()
                {
                    *value = parse_quote! { #accept };
                }
            }
            _ => {}
        }
    }
}

/// Whether a body is matched rather than answered, which begins with a status.
fn is_when(receiver: &syn::Expr) -> bool {
    matches!(receiver, syn::Expr::Field(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_lies_at_the_root_or_below_the_path_of_a_server() {
        let servers = json!({ "servers": [
            { "url": "https://a.example/v1.0/" }, { "url": "https://{host}/{base}/x" },
            { "url": "/v1.0" }, { "url": "https://a.example" },
        ] });
        assert_eq!(bases(&servers), r"^(?:/[^/]*/x|/v1\.0)?");
        assert_eq!(bases(&json!({})), "^");
    }
}
