//! The table of operations: what the transport must know and the generated client does not say;
//! the same as data for the fake, and as a page for people.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _};
use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::{failure::Failure, header, rust};
use crate::contract::{
    media_type::{Media, media},
    openapi::METHODS,
    references,
};

/// One operation as the contract has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    pub(super) method: String,
    pub(super) path: &'a str,
    /// The dates of its media types, oldest first.
    versions: Vec<&'a str>,
    /// When a version is to be switched off, for those that are.
    sunsets: Vec<(&'a str, &'a str)>,
    takes_body: bool,
    pub(super) deprecated: bool,
    /// Whether it answers `application/json`, which is version 1.0.
    v1: bool,
    /// The status of success.
    success: u16,
    /// Its parameters and those of its path, references resolved.
    pub(super) parameters: Vec<&'a Value>,
    /// The roles of the API key, any of which suffices.
    roles: Vec<&'a str>,
    /// Summary and description.
    pub(super) words: [&'a str; 2],
    /// Where MongoDB describes it.
    source: &'a str,
}

impl<'a> Operation<'a> {
    /// The names of the query parameters that it declares.
    pub(super) fn query(&self) -> Vec<&'a str> {
        let parameters = self.parameters.iter();
        let mut names: Vec<&str> = parameters
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("query"))
            .filter_map(|parameter| parameter.get("name")?.as_str())
            .collect();
        names.sort_unstable();
        names
    }

    /// Its versions, and when those that are are to be switched off.
    fn dated_versions(&self) -> String {
        let dated = self.versions.iter().map(|version| {
            let sunset = self.sunsets.iter().find(|(of, _)| of == version);
            sunset.map_or((*version).to_owned(), |(_, day)| {
                format!("{version} (until {day})")
            })
        });
        dated.collect::<Vec<_>>().join(", ")
    }

    /// What its documentation says: the contract's words, and the facts beside them.
    pub(super) fn docs(&self) -> String {
        let [summary, description] = self.words;
        let facts = self.facts();
        format!("{summary}.\n\n{}\n\n{facts}", description.trim_end())
    }

    /// Its request, the role that it needs, its versions and its source, as a list.
    pub(super) fn facts(&self) -> String {
        let role = match self.roles.as_slice() {
            [] => String::new(),
            roles => format!("- Role of the API key: {}\n", roles.join(" or ")),
        };
        let deprecated = if self.deprecated {
            "- Deprecated.\n"
        } else {
            ""
        };
        let versions = self.dated_versions();
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
            "- `{} {}`\n{deprecated}{role}- Resource versions: {versions}{v1}\n{source}",
            self.method, self.path,
        )
    }
}

/// Path, method and facts of each operation: its request, its roles, its versions and its source.
pub(crate) fn facts(contract: &Value) -> Vec<(&str, String, String)> {
    let found = operations(contract);
    let facts = found.iter();
    facts
        .map(|found| (found.path, found.method.to_ascii_lowercase(), found.facts()))
        .collect()
}

/// What a page must say of an operation.
pub(crate) struct Words<'a> {
    pub(crate) id: &'a str,
    /// Its summary, its roles, and each of its versions.
    pub(crate) words: Vec<String>,
}

/// What a page must say of each operation.
pub(crate) fn words_of_facts(contract: &Value) -> Vec<Words<'_>> {
    let words = operations(contract).into_iter().map(|found| {
        let [summary, _] = found.words;
        let mut words = vec![summary.to_owned()];
        if !found.roles.is_empty() {
            words.push(format!("Role of the API key: {}", found.roles.join(" or ")));
        }
        words.extend(found.versions.iter().map(|version| (*version).to_owned()));
        words.extend(found.sunsets.iter().map(|(_, day)| format!("until {day}")));
        if found.v1 {
            words.push("and version 1.0".to_owned());
        }
        Words {
            id: found.id,
            words,
        }
    });
    words.collect()
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
    let ids = operations.iter().map(|operation| {
        let name = format_ident!("{}", operation.id.to_shouty_snake_case());
        let (id, docs) = (operation.id, format!(" Of [`{name}`](super::{name})."));
        quote! {
            #[doc = #docs]
            pub const #name: &str = #id;
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

        /// The ids of the operations, as constants that a pattern can hold.
        pub mod ids {
            #(#ids)*
        }
    })?;
    Ok(rust::print(&file))
}

/// The text of the fake's `operations.json`: the same facts, in a form that is no Rust.
///
/// # Errors
/// [`Failure`] if they cannot be written as JSON.
pub fn for_fake(contract: &Value) -> Result<String, Failure> {
    let rows: Vec<Value> = operations(contract)
        .iter()
        .map(|operation| {
            json!({
                "id": operation.id,
                "method": operation.method,
                "path": operation.path,
                "versions": operation.versions,
                "v1": operation.v1,
                "success": operation.success,
                "takesBody": operation.takes_body,
            })
        })
        .collect();
    serde_json::to_string_pretty(&rows)
        .map(|text| text + "\n")
        .map_err(|error| Failure::new("the operations cannot be written", error))
}

/// The text of `OPERATIONS.md`.
pub fn for_people(contract: &Value) -> String {
    let mut page = header::of_page()
        + "# Operations\n\n\
         Each exists below `/api/atlas/v2`, and where version 1.0 says yes below `/api/atlas/v1.0` \
         too. The role is what the API key needs in the project.\n\n\
         | Operation | Request | Role | Resource versions | 1.0 | Answer |\n|---|---|---|---|---|---|\n";
    for operation in operations(contract) {
        let name = match operation.source {
            "" => format!("`{}`", operation.id),
            url => format!("[`{}`]({url})", operation.id),
        };
        let deprecated = if operation.deprecated {
            ", deprecated"
        } else {
            ""
        };
        page += &[
            format!("| {name}{deprecated}"),
            format!("`{} {}`", operation.method, operation.path),
            operation.roles.join(" or "),
            operation.dated_versions(),
            if operation.v1 { "yes" } else { "no" }.to_owned(),
            format!("{} |\n", operation.success),
        ]
        .join(" | ");
    }
    page
}

/// The operations of the contract, in its order.
pub(super) fn operations(contract: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item, method, operation) in each(contract) {
        let types: Vec<&str> = entries(operation.get("responses"))
            .filter(|(status, _)| status.starts_with('2'))
            .flat_map(|(_, response)| entries(resolve(contract, response).get("content")))
            .map(|(media_type, _)| media_type.as_str())
            .collect();
        let mut versions: Vec<&str> = types.iter().filter_map(|name| date(name)).collect();
        versions.sort_unstable();
        versions.dedup();
        let said = |pointer: &str| {
            let said = operation.pointer(pointer).and_then(Value::as_str);
            said.unwrap_or_default()
        };
        let media_types = || {
            entries(operation.get("responses"))
                .filter(|(status, _)| status.starts_with('2'))
                .flat_map(|(_, response)| entries(resolve(contract, response).get("content")))
        };
        let sunsets = media_types().filter_map(|(name, media_type)| {
            Some((date(name)?, media_type.get("x-sunset")?.as_str()?))
        });
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
            sunsets: sunsets.collect(),
            takes_body: operation.get("requestBody").is_some(),
            deprecated: operation.get("deprecated") == Some(&Value::Bool(true)),
            roles: roles
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
            words: [said("/summary"), said("/description")],
            source: said("/externalDocs/url"),
        });
    }
    found
}

/// Each operation with its path, its path item and its method; what `x-` begins is no path.
pub(super) fn each(contract: &Value) -> impl Iterator<Item = (&str, &Value, &str, &Value)> {
    let paths = entries(contract.get("paths")).filter(|(path, _)| !path.starts_with("x-"));
    paths.flat_map(|(path, item)| {
        let operations =
            entries(Some(item)).filter(|(method, _)| METHODS.contains(&method.as_str()));
        operations.map(move |(method, operation)| (&**path, item, &**method, operation))
    })
}

/// The date of a versioned media type.
fn date(media_type: &str) -> Option<&str> {
    match media(media_type) {
        Media::Vendored(date) => Some(date),
        _ => None,
    }
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

/// What a reference within the document stands for, however many lead there.
pub(super) fn resolve<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    let reference = |value: &'a Value| value.get("$ref")?.as_str();
    references::resolve(value, reference, |pointer| contract.pointer(pointer))
        // The lint has found what leads nowhere.
        .map_or_else(|last| last, |meant| meant.value)
}

/// The entries of an object, or none.
pub(super) fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
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

    #[test]
    fn what_is_noted_beside_the_paths_is_no_path() {
        let item = json!({ "get": { "operationId": "getX" } });
        let contract = json!({ "paths": { "/x": item.clone(), "x-note": item } });
        let paths: Vec<_> = operations(&contract)
            .iter()
            .map(|found| found.path)
            .collect();
        assert_eq!(paths, ["/x"]);
    }
}
