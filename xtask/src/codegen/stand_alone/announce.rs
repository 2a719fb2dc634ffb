//! Media types by their own names: the generator sends and asks for `application/json` and
//! `application/octet-stream`, whatever the contract calls them.

use syn::{
    parse_quote,
    visit_mut::{VisitMut, visit_expr_mut, visit_impl_item_fn_mut},
};

use super::media::Announced;

const KNOWN: [&str; 2] = ["application/json", "application/octet-stream"];

/// Lets each method send and ask for what its operation announces.
pub(super) fn announce(file: &mut syn::File, announced: &[Announced]) {
    let mut announce = Announce {
        announced,
        of: None,
    };
    announce.visit_file_mut(file);
}

struct Announce<'a> {
    announced: &'a [Announced],
    /// Of the method that is looked at.
    of: Option<&'a Announced>,
}

impl VisitMut for Announce<'_> {
    fn visit_impl_item_fn_mut(&mut self, method: &mut syn::ImplItemFn) {
        let name = method.sig.ident.to_string();
        self.of = self.announced.iter().find(|of| of.function == name);
        visit_impl_item_fn_mut(self, method);
        self.of = None;
    }

    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        visit_expr_mut(self, expression);
        let Some(of) = self.of else { return };
        let syn::Expr::MethodCall(call) = expression else {
            return;
        };
        let method = call.method.to_string();
        let is_header = |name: &str| {
            let first = call.args.first();
            matches!(first, Some(syn::Expr::Path(path)) if path.path.segments.last().is_some_and(|last| last.ident == name))
        };
        match (method.as_str(), &of.accept, &of.content_type) {
            ("header", Some(accept), _) if is_header("ACCEPT") => rename(call, accept),
            ("header", _, Some(sent)) if is_header("CONTENT_TYPE") => rename(call, sent),
            ("json", _, Some(sent)) if !KNOWN.contains(&sent.as_str()) => {
                // The one that is there already stays.
                let receiver = &call.receiver;
                call.receiver = parse_quote! {
                    #receiver.header(
                        ::reqwest::header::CONTENT_TYPE,
                        ::reqwest::header::HeaderValue::from_static(#sent),
                    )
                };
            }
            _ => {}
        }
    }
}

/// Puts a media type in the place of one that the generator knows.
fn rename(call: &mut syn::ExprMethodCall, name: &str) {
    struct Rename<'a>(&'a str);

    impl VisitMut for Rename<'_> {
        fn visit_lit_str_mut(&mut self, literal: &mut syn::LitStr) {
            if KNOWN.contains(&literal.value().as_str()) {
                *literal = syn::LitStr::new(self.0, literal.span());
            }
        }
    }

    for argument in &mut call.args {
        Rename(name).visit_expr_mut(argument);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::rust;

    #[test]
    fn json_by_another_name_is_sent_and_asked_for_by_it() {
        let mut file = syn::parse_quote! {
            impl Client {
                async fn merge(&self) {
                    self.client.patch(url)
                        .header(::reqwest::header::ACCEPT, HeaderValue::from_static("application/json"))
                        .json(&body)
                }
                async fn other(&self) { self.client.patch(url).json(&body) }
            }
        };
        announce(
            &mut file,
            &[Announced {
                function: "merge".to_owned(),
                content_type: Some("application/merge-patch+json".to_owned()),
                accept: Some("application/hal+json".to_owned()),
            }],
        );
        let code: String = rust::print(&file).split_whitespace().collect();
        for part in [
            r#"HeaderValue::from_static("application/hal+json")"#,
            r#"from_static("application/merge-patch+json",),).json(&body)"#,
            "self.client.patch(url).json(&body)",
        ] {
            assert!(code.contains(part), "{part}\n{code}");
        }
    }
}
