//! The roles of Atlas: what the documents call them, what the system status calls them, and what
//! each includes.

use quote::quote;
use serde_json::Value;

use super::{failure::Failure, rust};

/// The table in the contract.
const ROLES: &str = "x-atlas-roles";

/// The text of `roles.rs`.
///
/// # Errors
/// [`Failure`] if the text is no Rust, which would be a defect here.
pub fn generate(contract: &Value) -> Result<String, Failure> {
    let rows = contract.get(ROLES).and_then(Value::as_array);
    let rows = rows.into_iter().flatten().map(|row| {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, code, source) = (text("name"), text("code"), text("source"));
        let includes = row.get("includes").and_then(Value::as_array);
        let includes = includes.into_iter().flatten().filter_map(Value::as_str);
        quote! {
            Role { name: #name, code: #code, includes: &[#(#includes),*], source: #source }
        }
    });
    let file = rust::parse(quote! {
        use crate::Role;

        /// The roles that the contract knows, in its order.
        pub const ROLES: &[Role] = &[#(#rows),*];
    })?;
    Ok(rust::print(&file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_contract_without_roles_has_an_empty_table() {
        assert!(generate(&json!({})).unwrap().contains("&[Role] = &[];"));
    }

    #[test]
    fn a_role_has_its_code_and_what_it_includes() {
        let role = json!({"name": "A", "code": "B", "includes": ["C", "D"], "source": "E"});
        let code = generate(&json!({ "x-atlas-roles": [role] })).unwrap();
        for part in [
            "name: \"A\"",
            "code: \"B\"",
            "&[\"C\", \"D\"]",
            "source: \"E\"",
        ] {
            assert!(code.contains(part), "{code}");
        }
    }
}
