//! The paths that the code of one module mentions: what it declares, brings in and says.
//!
//! What stands under `#[cfg(test)]` is left out, and so are attributes and visibilities. What is
//! handed to a macro is no syntax yet, so it is searched for what looks like a path.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::{
    spanned::Spanned as _,
    visit::{self, Visit},
};

/// A path, where a module mentions it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    /// What a `use` calls it from there on.
    pub(super) name: Option<String>,
}

/// The paths in the items of one module; those of modules within are theirs.
pub(super) fn mentions(items: &[syn::Item]) -> Vec<Mention> {
    let mut found = Found::default();
    for item in items {
        found.visit_item(item);
    }
    found.0
}

/// Whether something is there for tests only.
pub(super) fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

#[derive(Default)]
struct Found(Vec<Mention>);

impl Found {
    fn mention(&mut self, path: Vec<String>, line: usize, name: Option<String>) {
        self.0.push(Mention { path, line, name });
    }

    /// Each leaf of a tree of `use`.
    fn leaves(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        let line = tree.span().start().line;
        match tree {
            syn::UseTree::Path(path) => self.leaves(&with(&path.ident), &path.tree),
            syn::UseTree::Name(leaf) if leaf.ident == "self" => {
                self.mention(before.to_vec(), line, before.last().cloned());
            }
            syn::UseTree::Name(leaf) => {
                self.mention(with(&leaf.ident), line, Some(leaf.ident.to_string()));
            }
            syn::UseTree::Rename(leaf) => {
                self.mention(with(&leaf.ident), line, Some(leaf.rename.to_string()));
            }
            syn::UseTree::Glob(_) => self.mention(before.to_vec(), line, None),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.leaves(before, tree);
                }
            }
        }
    }

    /// What looks like a path of two names or more.
    fn search(&mut self, tokens: TokenStream) {
        let mut path = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == ':' => {
                    let goes_on = colons == 1 || sign.spacing() == Spacing::Joint;
                    colons = if goes_on { colons + 1 } else { 0 };
                }
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.looks_like(&mut path, line);
                        line = name.span().start().line;
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                other => {
                    if let TokenTree::Group(group) = other {
                        self.search(group.stream());
                    }
                    self.looks_like(&mut path, line);
                    colons = 0;
                }
            }
        }
        self.looks_like(&mut path, line);
    }

    fn looks_like(&mut self, path: &mut Vec<String>, line: usize) {
        let path = std::mem::take(path);
        if path.len() > 1 {
            self.mention(path, line, None);
        }
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let attributes = match item {
            syn::ImplItem::Fn(item) => &item.attrs,
            syn::ImplItem::Const(item) => &item.attrs,
            syn::ImplItem::Type(item) => &item.attrs,
            syn::ImplItem::Macro(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    /// A declared module is needed; one that is written out here is a module of its own.
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let name = module.ident.to_string();
        self.mention(
            vec!["self".to_owned(), name],
            module.ident.span().start().line,
            None,
        );
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.leaves(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter();
        let names: Vec<_> = names.map(|segment| segment.ident.to_string()).collect();
        // One name alone is a variable, a type or a macro, and came in by a `use`.
        if path.leading_colon.is_none() && names.len() > 1 {
            self.mention(names, path.span().start().line, None);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.search(invocation.tokens.clone());
        visit::visit_macro(self, invocation);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    use syn::Item::{
        Const, Enum, ExternCrate, Fn, ForeignMod, Impl, Macro, Mod, Static, Struct, Trait,
        TraitAlias, Type, Union, Use,
    };
    match item {
        Const(item) => &item.attrs,
        Enum(item) => &item.attrs,
        ExternCrate(item) => &item.attrs,
        Fn(item) => &item.attrs,
        ForeignMod(item) => &item.attrs,
        Impl(item) => &item.attrs,
        Macro(item) => &item.attrs,
        Mod(item) => &item.attrs,
        Static(item) => &item.attrs,
        Struct(item) => &item.attrs,
        Trait(item) => &item.attrs,
        TraitAlias(item) => &item.attrs,
        Type(item) => &item.attrs,
        Union(item) => &item.attrs,
        Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str) -> Vec<String> {
        let file = syn::parse_file(code).unwrap();
        let found = mentions(&file.items);
        found.iter().map(|m| m.path.join("::")).collect()
    }

    #[test]
    fn trees_of_use_are_taken_apart() {
        assert_eq!(
            paths("use crate::{a::{self, B as C}, d::*}; use ::serde::de; use e;"),
            ["crate::a", "crate::a::B", "crate::d", "e"]
        );
    }

    #[test]
    fn types_expressions_and_macros_are_read() {
        assert_eq!(
            paths(
                "fn f(x: super::T<crate::U>) { a::b(x); let c = y; log!(\"{}\", crate::d::e(c), f: g); }"
            ),
            ["super::T", "crate::U", "a::b", "crate::d::e"]
        );
    }

    #[test]
    fn tests_visibilities_and_attributes_are_left_out() {
        assert!(
            paths(
                "#[cfg(test)] mod tests; #[cfg(test)] use a::b; #[doc = c::d!()] pub(in crate::e) struct S;
                 impl S { #[cfg(test)] fn f() { g::h(); } }"
            )
            .is_empty()
        );
    }
}
