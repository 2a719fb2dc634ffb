//! From an OpenAPI document to [`Facts`].
//!
//! Only version 2 of the API is read, which has dated media types: what our contract says of
//! version 1.0 (`application/json`) has no published description.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{
    facts::{Facts, Operation, Value},
    scope::Scope,
    shapes::Schemas,
};
use crate::contract::{
    media_type::{Media, media},
    openapi::METHODS,
    references,
};

/// Where version 2 begins, whether a document has it there or in its server.
const BASE: &str = "/api/atlas/v2";

/// How a document names the roles: the published description, and our contract.
const ROLES: [&str; 2] = ["x-rolesRequirements", "x-atlas-required-roles"];

/// How our contract points at the published page of an operation, before its name in small letters.
const PAGE: &str = "/operation/operation-";

/// The facts of a document, and how many of its operations are out of scope.
///
/// # Errors
/// A text, where a reference leads nowhere, or schemas stand deeper in one another than is read.
pub(super) fn read(document: &Json, scope: &Scope) -> Result<(Facts, usize), String> {
    let mut schemas = Schemas::of(document);
    let mut operations = BTreeMap::new();
    let mut beyond = 0;
    let paths = document.get("paths").and_then(Json::as_object);
    for (path, item) in paths.into_iter().flatten() {
        let below = path.strip_prefix(BASE).unwrap_or(path);
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let key = key(method, below);
            if !scope.has(&key) {
                beyond += 1;
                continue;
            }
            let read = Reader {
                document,
                schemas: &mut schemas,
                key: &key,
            };
            let facts = read.operation(item, operation)?;
            operations.insert(key, facts);
        }
    }
    let shapes = schemas.shapes()?;
    Ok((Facts { operations, shapes }, beyond))
}

fn key(method: &str, path: &str) -> String {
    let path = path.trim_end_matches('/');
    let path = if path.is_empty() { "/" } else { path };
    format!("{} {path}", method.to_ascii_uppercase())
}

/// The operations of a document by key, for the scope.
pub(super) fn keys(document: &Json) -> BTreeSet<String> {
    let paths = document.get("paths").and_then(Json::as_object);
    let paths = paths.into_iter().flatten();
    let of_path = |(path, item): (&String, &Json)| {
        let below = path.strip_prefix(BASE).unwrap_or(path).to_owned();
        let has = METHODS
            .into_iter()
            .filter(|method| item.get(method).is_some());
        has.map(|method| key(method, &below)).collect::<Vec<_>>()
    };
    paths.flat_map(of_path).collect()
}

struct Reader<'r, 'a> {
    document: &'a Json,
    schemas: &'r mut Schemas<'a>,
    key: &'r str,
}

impl<'a> Reader<'_, 'a> {
    fn operation(mut self, item: &'a Json, operation: &'a Json) -> Result<Operation, String> {
        let name = operation.get("operationId").and_then(Json::as_str);
        let mut facts = Operation {
            name: name.unwrap_or_default().to_owned(),
            page: page(operation),
            ..Operation::default()
        };
        let roles = ROLES.iter().find_map(|key| operation.get(key));
        let roles = roles.and_then(Json::as_array).into_iter().flatten();
        facts.roles = roles.filter_map(Json::as_str).map(str::to_owned).collect();
        for parameters in [item.get("parameters"), operation.get("parameters")] {
            for parameter in parameters.and_then(Json::as_array).into_iter().flatten() {
                let (name, value) = self.parameter(parameter)?;
                facts.parameters.insert(name, value);
            }
        }
        let responses = operation.get("responses").and_then(Json::as_object);
        for (status, response) in responses.into_iter().flatten() {
            if !status.starts_with('2') {
                continue;
            }
            let response = self.meant(response)?;
            for (version, media_type) in versions(response) {
                let body = self.body(media_type, &format!("{} {version} answer", self.key))?;
                let facts = facts.versions.entry(version.to_owned()).or_default();
                let sunset = media_type.get("x-sunset").and_then(Json::as_str);
                facts.sunset = facts.sunset.take().or(sunset.map(str::to_owned));
                facts.success.insert(status.clone(), body);
            }
        }
        if let Some(request) = operation.get("requestBody") {
            let request = self.meant(request)?;
            for (version, media_type) in versions(request) {
                let place = format!("{} {version} request", self.key);
                let mut body = self.body(media_type, &place)?.unwrap_or_default();
                if request.get("required") == Some(&Json::Bool(true)) {
                    body.attributes.insert("required".to_owned(), true.into());
                }
                let facts = facts.versions.entry(version.to_owned()).or_default();
                facts.request = Some(body);
            }
        }
        Ok(facts)
    }

    fn parameter(&mut self, parameter: &'a Json) -> Result<(String, Value), String> {
        let parameter = self.meant(parameter)?;
        let text = |key: &str| parameter.get(key).and_then(Json::as_str);
        let key = format!(
            "{} {}",
            text("in").unwrap_or_default(),
            text("name").unwrap_or_default()
        );
        let place = format!("{} {key}", self.key);
        let mut value = match parameter.get("schema") {
            Some(schema) => self.schemas.value(schema, &place)?,
            None => Value::default(),
        };
        if parameter.get("required") == Some(&Json::Bool(true)) {
            value.attributes.insert("required".to_owned(), true.into());
        }
        Ok((key, value))
    }

    fn body(&mut self, media_type: &'a Json, place: &str) -> Result<Option<Value>, String> {
        let schema = media_type.get("schema");
        schema
            .map(|schema| self.schemas.value(schema, place))
            .transpose()
    }

    /// A parameter, a response or a body, once its reference is followed.
    fn meant(&self, value: &'a Json) -> Result<&'a Json, String> {
        let reference = |value: &'a Json| value.get("$ref")?.as_str();
        let at = |pointer: &'a str| self.document.pointer(pointer);
        match references::resolve(value, reference, at) {
            Ok(meant) => Ok(meant.value),
            Err(last) => Err(format!(
                "{}: `$ref: {}` leads nowhere; write a pointer into this document",
                self.key,
                reference(last).unwrap_or_default()
            )),
        }
    }
}

/// The versions of a body, with the media type of each.
fn versions(body: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let content = body.get("content").and_then(Json::as_object);
    let content = content.into_iter().flatten();
    content.filter_map(|(name, media_type)| match media(name) {
        Media::Vendored(version) | Media::Undated(version) => Some((version, media_type)),
        _ => None,
    })
}

/// The page of the published description that an operation of our contract points at.
fn page(operation: &Json) -> Option<String> {
    let url = operation.pointer("/externalDocs/url")?.as_str()?;
    let (_, name) = url.split_once(PAGE)?;
    Some(name.to_owned())
}
