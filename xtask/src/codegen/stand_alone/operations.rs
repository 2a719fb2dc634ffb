//! The table of operations of a crate that stands alone.

use quote::quote;
use serde_json::Value;

use super::super::{
    failure::Failure,
    operations::{Operation, operations},
    rust,
};
use crate::fold::snake;

/// The text of `operations.rs`.
///
/// # Errors
/// [`Failure`] if the text is no Rust, which would be a defect here.
pub(super) fn generate(contract: &Value) -> Result<String, Failure> {
    let rows = operations(contract).into_iter().map(|operation| {
        let (query, function) = (operation.query(), function(operation.id));
        let Operation {
            id,
            method,
            path,
            deprecated,
            ..
        } = operation;
        quote! {
            Operation {
                id: #id,
                function: #function,
                method: #method,
                path: #path,
                query: &[#(#query),*],
                deprecated: #deprecated,
            }
        }
    });
    let file = rust::parse(quote! {
        use crate::Operation;

        /// Every operation of the contract, in its order.
        pub const OPERATIONS: &[Operation] = &[#(#rows),*];
    })?;
    Ok(rust::print_alone(&file))
}

/// The method of an operation, as the generator calls it.
pub(super) fn function(id: &str) -> String {
    let folded = snake(id);
    let first = id.chars().find(|c| c.is_alphanumeric());
    let name = match folded.strip_prefix('x') {
        // Types and fields begin with an `x` then, and functions do not.
        Some(rest) if first.is_some_and(char::is_numeric) => format!("_{rest}"),
        _ => folded,
    };
    // `gen` is a word of Rust 2024, which the parser does not know yet.
    if syn::parse_str::<syn::Ident>(&name).is_ok() && name != "gen" {
        name
    } else {
        format!("{name}_")
    }
}

#[cfg(test)]
mod tests {
    use super::function;

    #[test]
    fn a_method_is_called_as_the_generator_calls_it() {
        for (id, name) in [
            ("repos/list-all", "repos_list_all"),
            ("type", "type_"),
            ("gen", "gen_"),
            ("3.0.0", "_3_0_0"),
            ("x3", "x3"),
            ("don'tList", "dont_list"),
        ] {
            assert_eq!(function(id), name);
        }
    }
}
