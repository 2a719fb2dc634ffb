//! The table of operations: what the transport must know and the generated client does not say.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _};
use quote::{format_ident, quote};
use serde_json::Value;

use super::{Failure, rust, simplify::METHODS};

/// One operation as the contract has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    method: String,
    path: &'a str,
    /// The dates of its media types, oldest first.
    versions: Vec<&'a str>,
    /// Whether it answers `application/json`, which is version 1.0.
    v1: bool,
    /// The status of success.
    success: u16,
    /// Its parameters and those of its path, references resolved.
    pub(super) parameters: Vec<&'a Value>,
    /// The roles of the API key, any of which suffices.
    roles: Vec<&'a str>,
    /// Summary and description.
    words: [&'a str; 2],
    /// Where MongoDB describes it.
    source: &'a str,
}

impl<'a> Operation<'a> {
    /// The names of the query parameters that it declares.
    fn query(&self) -> Vec<&'a str> {
        let parameters = self.parameters.iter();
        let mut names: Vec<&str> = parameters
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("query"))
            .filter_map(|parameter| parameter.get("name")?.as_str())
            .collect();
        names.sort_unstable();
        names
    }

    /// What its documentation says: the contract's words, and the facts beside them.
    pub(super) fn docs(&self) -> String {
        let [summary, description] = self.words;
        let role = match self.roles.as_slice() {
            [] => String::new(),
            roles => format!("- Role of the API key: {}\n", roles.join(" or ")),
        };
        let versions = self.versions.join(", ");
        let v1 = if self.v1 {
            ", and version 1.0"
        } else {
            "; not in version 1.0"
        };
        let source = match self.source {
            "" => String::new(),
            url => format!("- Source: <{url}>\n"),
        };
        format!(
            "{summary}.\n\n{}\n\n- `{} {}`\n{role}- Resource versions: {versions}{v1}\n{source}",
            description.trim_end(),
            self.method,
            self.path,
        )
    }
}

/// The text of `operations.rs`.
///
/// # Errors
/// [`Failure`] if the text is no Rust, which would be a defect here.
pub fn generate(contract: &Value) -> Result<String, Failure> {
    let operations = operations(contract);
    let constants = operations.iter().enumerate().map(|(at, operation)| {
        let name = format_ident!("{}", operation.id.to_shouty_snake_case());
        let docs = format!(" `{}`: {}.", operation.id, operation.words[0]);
        quote! {
            #[doc = #docs]
            pub const #name: &Operation = &OPERATIONS[#at];
        }
    });
    let rows = operations.iter().map(|operation| {
        let query = operation.query();
        let Operation {
            id,
            method,
            path,
            versions,
            v1,
            success,
            roles,
            ..
        } = operation;
        let function = id.to_snake_case();
        let success = proc_macro2::Literal::u16_unsuffixed(*success);
        quote! {
            Operation {
                id: #id,
                function: #function,
                method: #method,
                path: #path,
                versions: &[#(#versions),*],
                v1: #v1,
                success: #success,
                query: &[#(#query),*],
                roles: &[#(#roles),*],
            }
        }
    });
    let file = rust::parse(quote! {
        use crate::Operation;

        /// Every operation of the contract, in its order.
        pub const OPERATIONS: &[Operation] = &[#(#rows),*];

        #(#constants)*
    })?;
    Ok(rust::print(&file))
}

/// The operations of the contract, in its order.
pub(super) fn operations(contract: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in entries(contract.get("paths")) {
        for (method, operation) in entries(Some(item)) {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let types: Vec<&str> = entries(operation.get("responses"))
                .filter(|(status, _)| status.starts_with('2'))
                .flat_map(|(_, response)| entries(response.get("content")))
                .map(|(media_type, _)| media_type.as_str())
                .collect();
            let mut versions: Vec<&str> = types.iter().filter_map(|name| date(name)).collect();
            versions.sort_unstable();
            versions.dedup();
            let said = |pointer: &str| {
                let said = operation.pointer(pointer).and_then(Value::as_str);
                said.unwrap_or_default()
            };
            let roles = operation
                .get("x-atlas-required-roles")
                .and_then(Value::as_array);
            found.push(Operation {
                id: said("/operationId"),
                method: method.to_ascii_uppercase(),
                path,
                versions,
                v1: types.contains(&"application/json"),
                success: entries(operation.get("responses"))
                    .filter_map(|(status, _)| status.parse().ok())
                    .find(|status| (200..300).contains(status))
                    .unwrap_or(200),
                parameters: parameters(contract, item, operation),
                roles: roles
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect(),
                words: [said("/summary"), said("/description")],
                source: said("/externalDocs/url"),
            });
        }
    }
    found
}

/// The date of a versioned media type.
fn date(media_type: &str) -> Option<&str> {
    media_type
        .strip_prefix("application/vnd.atlas.")?
        .strip_suffix("+json")
}

/// The parameters that an operation declares, or its path does.
fn parameters<'a>(contract: &'a Value, item: &'a Value, operation: &'a Value) -> Vec<&'a Value> {
    [item, operation]
        .into_iter()
        .filter_map(|holder| holder.get("parameters")?.as_array())
        .flatten()
        .map(|parameter| resolve(contract, parameter))
        .collect()
}

/// What a reference within the document stands for.
pub(super) fn resolve<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| contract.pointer(reference.strip_prefix('#')?))
        .unwrap_or(value)
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_are_sorted_and_version_1_is_told_apart() {
        let contract = json!({
            "paths": { "/x": { "get": {
                "operationId": "getX",
                "x-atlas-required-roles": ["Reader"],
                "parameters": [{ "$ref": "#/components/parameters/pretty" }],
                "responses": {
                    "200": { "content": {
                        "application/vnd.atlas.2024-05-30+json": {},
                        "application/json": {},
                        "application/vnd.atlas.2023-01-01+json": {},
                    } },
                    "404": { "content": { "application/vnd.atlas.2020-01-01+json": {} } },
                },
            } } },
            "components": { "parameters": { "pretty": { "name": "pretty", "in": "query" } } },
        });
        let operations = operations(&contract);
        let [operation] = operations.as_slice() else {
            panic!("{operations:?}");
        };
        assert_eq!((operation.id, operation.path), ("getX", "/x"));
        assert_eq!(operation.versions, ["2023-01-01", "2024-05-30"]);
        assert!(operation.v1);
        assert_eq!(operation.success, 200);
        assert_eq!(operation.query(), ["pretty"]);
        assert_eq!(operation.roles, ["Reader"]);
    }
}
