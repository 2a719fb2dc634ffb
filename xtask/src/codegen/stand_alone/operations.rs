//! The table of operations of a crate that stands alone.

use quote::quote;
use serde_json::Value;

use super::super::{
    failure::Failure,
    operations::{Operation, operations},
    rust,
};

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
    let name = crate::fold::snake(id);
    if syn::parse_str::<syn::Ident>(&name).is_ok() {
        name
    } else {
        // A word of Rust.
        format!("{name}_")
    }
}
