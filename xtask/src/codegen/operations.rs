//! The table of operations: what the transport must know and the generated client does not say.

use heck::ToSnakeCase;
use quote::quote;
use serde_json::Value;

use super::{Failure, rust, simplify::METHODS};

/// One operation as the contract has it.
#[derive(Debug, PartialEq, Eq)]
struct Operation<'a> {
    id: &'a str,
    method: String,
    path: &'a str,
    /// The dates of its media types, oldest first.
    versions: Vec<&'a str>,
    /// Whether it answers `application/json`, which is version 1.0.
    v1: bool,
    /// The status of success.
    success: u16,
    query: Vec<&'a str>,
}

/// The text of `operations.rs`.
///
/// # Errors
/// [`Failure`] if the text is no Rust, which would be a defect here.
pub fn generate(contract: &Value) -> Result<String, Failure> {
    let rows = operations(contract).into_iter().map(|operation| {
        let Operation {
            id,
            method,
            path,
            versions,
            v1,
            success,
            query,
        } = operation;
        let function = id.to_snake_case();
        let success = proc_macro2::Literal::u16_unsuffixed(success);
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
            }
        }
    });
    let file = rust::parse(quote! {
        use crate::Operation;

        /// Every operation of the contract, in its order.
        pub const OPERATIONS: &[Operation] = &[#(#rows),*];
    })?;
    Ok(rust::print(&file))
}

fn operations(contract: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in entries(contract.get("paths")) {
        for (method, operation) in entries(Some(item)) {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let types: Vec<&str> = entries(operation.get("responses"))
                .filter(|(status, _)| status.starts_with('2'))
                .flat_map(|(_, response)| entries(resolve(contract, response).get("content")))
                .map(|(media_type, _)| media_type.as_str())
                .collect();
            let mut versions: Vec<&str> = types.iter().filter_map(|name| date(name)).collect();
            versions.sort_unstable();
            versions.dedup();
            found.push(Operation {
                id: operation
                    .get("operationId")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
                method: method.to_ascii_uppercase(),
                path,
                versions,
                v1: types.contains(&"application/json"),
                success: entries(operation.get("responses"))
                    .filter_map(|(status, _)| status.parse().ok())
                    .find(|status| (200..300).contains(status))
                    .unwrap_or(200),
                query: query(contract, item, operation),
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

/// The names of the query parameters that an operation declares.
fn query<'a>(contract: &'a Value, item: &'a Value, operation: &'a Value) -> Vec<&'a str> {
    let mut names: Vec<&str> = [item, operation]
        .into_iter()
        .filter_map(|holder| holder.get("parameters")?.as_array())
        .flatten()
        .map(|parameter| resolve(contract, parameter))
        .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("query"))
        .filter_map(|parameter| parameter.get("name")?.as_str())
        .collect();
    names.sort_unstable();
    names
}

/// What a reference within the document stands for, however many lead there.
pub(super) fn resolve<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    // More than that is a cycle, which the lint has found.
    const LONGEST_CHAIN: usize = 32;
    let mut found = value;
    for _ in 0..LONGEST_CHAIN {
        let next = found
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| contract.pointer(reference.strip_prefix('#')?));
        match next {
            Some(next) => found = next,
            None => break,
        }
    }
    found
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
        assert_eq!(
            operations(&contract),
            [Operation {
                id: "getX",
                method: "GET".into(),
                path: "/x",
                versions: vec!["2023-01-01", "2024-05-30"],
                v1: true,
                success: 200,
                query: vec!["pretty"],
            }]
        );
    }
}
