//! Request bodies against the schemas of `request_schemas.json`: `{operationId: JSON Schema}`, draft
//! 2020-12, each self-contained. They are made of the contract, which knows of a backup schedule no more
//! than the SDK changes; so the schema of that one body is written by hand, `schedule_schema.json`.
//!
//! Nothing here knows what the schemas say: whichever error they yield becomes Atlas's
//! `VALIDATION_ERROR` with the fields it is about.

use std::collections::BTreeMap;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

use crate::rules::error::{AtlasError, InvalidField};

const EMBEDDED: &str = include_str!("../request_schemas.json");

/// The operation whose schema is written by hand.
const SCHEDULE: &str = "updateBackupSchedule";
const SCHEDULE_SCHEMA: &str = include_str!("../schedule_schema.json");

/// How the body itself is named where no field of it is meant.
const WHOLE_BODY: &str = "body";

/// One compiled schema an operation.
#[derive(Debug)]
pub(crate) struct Schemas(BTreeMap<String, Validator>);

/// Why the schemas could not be used: a fault of this crate, not of a request.
#[derive(Debug)]
pub(crate) struct BadSchemas(String);

impl std::fmt::Display for BadSchemas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the embedded schemas: {}", self.0)
    }
}

impl std::error::Error for BadSchemas {}

impl Schemas {
    /// Compiles the embedded schemas.
    pub(crate) fn embedded() -> Result<Self, BadSchemas> {
        let mut schemas = Self::compile(EMBEDDED)?;
        let by_hand = format!(r#"{{"{SCHEDULE}":{SCHEDULE_SCHEMA}}}"#);
        schemas.0.extend(Self::compile(&by_hand)?.0);
        Ok(schemas)
    }

    fn compile(json: &str) -> Result<Self, BadSchemas> {
        let schemas: BTreeMap<String, Value> =
            serde_json::from_str(json).map_err(|e| BadSchemas(e.to_string()))?;
        schemas
            .into_iter()
            .map(|(operation, schema)| {
                let validator = jsonschema::options()
                    .with_draft(Draft::Draft202012)
                    .build(&schema)
                    .map_err(|e| BadSchemas(format!("{operation}: {e}")))?;
                Ok((operation, validator))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(crate) fn covers(&self, operation: &str) -> bool {
        self.0.contains_key(operation)
    }

    /// Holds a body against the schema of `operation`. One without a schema accepts any JSON.
    pub(crate) fn check(&self, operation: &str, body: &Value) -> Result<(), AtlasError> {
        let errors = self.0.get(operation).map(|schema| schema.iter_errors(body));
        let fields: Vec<InvalidField> = errors
            .into_iter()
            .flatten()
            .flat_map(|e| describe(&e))
            .collect();
        if fields.is_empty() {
            Ok(())
        } else {
            Err(AtlasError::invalid(fields))
        }
    }
}

/// The fields that `error` is about. Of several alternatives, the errors of the one that the sender
/// most likely meant.
fn describe(error: &ValidationError<'_>) -> Vec<InvalidField> {
    let at = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            match context
                .iter()
                .min_by_key(|errors| (tag_mismatches(errors), errors.len()))
            {
                Some(errors) => errors.iter().flat_map(describe).collect(),
                None => vec![named(at, None, error.to_string())],
            }
        }
        ValidationErrorKind::Required { property } => {
            vec![named(at, property.as_str(), "is required".into())]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|property| named(at, Some(property), "is not a known attribute".into()))
            .collect(),
        _ => vec![named(at, None, error.to_string())],
    }
}

/// An alternative whose constant or enumeration does not fit is another kind of body altogether.
fn tag_mismatches(errors: &[ValidationError<'_>]) -> usize {
    errors
        .iter()
        .filter(|error| {
            matches!(
                error.kind(),
                ValidationErrorKind::Constant { .. } | ValidationErrorKind::Enum { .. }
            )
        })
        .count()
}

/// `/customData/0` and `key` become `customData.0.key`.
fn named(pointer: &str, property: Option<&str>, description: String) -> InvalidField {
    let path: Vec<&str> = pointer
        .split('/')
        .filter(|segment| !segment.is_empty())
        .chain(property)
        .collect();
    let field = if path.is_empty() {
        WHOLE_BODY.to_owned()
    } else {
        path.join(".")
    };
    InvalidField { field, description }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "12345678f901a234dbdb00ca";

    fn refused(operation: &str, body: &str) -> Result<Vec<String>, BadSchemas> {
        let body: Value = serde_json::from_str(body).map_err(|e| BadSchemas(e.to_string()))?;
        let checked = Schemas::embedded()?.check(operation, &body);
        let body = checked.err().map(|e| e.body()).unwrap_or_default();
        let fields = body.pointer("/badRequestDetail/fields");
        let mut names: Vec<String> = fields
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|field| Some(field.get("field")?.as_str()?.to_owned()))
            .collect();
        // A field may break several rules.
        names.sort();
        names.dedup();
        Ok(names)
    }

    #[test]
    fn every_provider_is_accepted() -> Result<(), BadSchemas> {
        for body in [
            format!(r#"{{"cloudProvider":"AWS","bucketName":"abc","iamRoleId":"{ROLE}"}}"#),
            format!(
                r#"{{"cloudProvider":"AZURE","roleId":"{ROLE}","serviceUrl":"https://account.blob.core.windows.net/container"}}"#
            ),
            format!(r#"{{"cloudProvider":"GCP","bucketName":"abc","roleId":"{ROLE}"}}"#),
        ] {
            assert_eq!(
                refused("createExportBucket", &body)?,
                [""; 0],
                "refused {body}"
            );
        }
        Ok(())
    }

    #[test]
    fn the_fields_of_the_meant_provider_are_named() -> Result<(), BadSchemas> {
        let arn = r#"{"cloudProvider":"AWS","bucketName":"ab","iamRoleId":"arn:aws:iam::1:role/x","region":"x"}"#;
        let fields = refused("createExportBucket", arn)?;
        assert_eq!(fields, ["bucketName", "iamRoleId", "region"]);
        Ok(())
    }

    #[test]
    fn a_missing_field_and_a_nested_one_are_named() -> Result<(), BadSchemas> {
        let body = format!(r#"{{"snapshotId":"{ROLE}","customData":[{{"key":1}}]}}"#);
        let fields = refused("createExportJob", &body)?;
        assert_eq!(
            fields,
            ["customData.0.key", "customData.0.value", "exportBucketId"]
        );
        Ok(())
    }

    #[test]
    fn a_body_of_the_wrong_type_is_named_as_a_whole() -> Result<(), BadSchemas> {
        assert_eq!(refused("createExportJob", "[]")?, ["body"]);
        Ok(())
    }

    #[test]
    fn the_schedule_s_own_schema_knows_what_the_contract_does() -> Result<(), BadSchemas> {
        let parse = |json| serde_json::from_str(json).map_err(|e| BadSchemas(e.to_string()));
        let (contract, by_hand): (Value, Value) = (parse(EMBEDDED)?, parse(SCHEDULE_SCHEMA)?);
        for (theirs, ours) in [
            ("BackupScheduleUpdate", "Schedule"),
            ("NewScheduleExport", "Export"),
        ] {
            let theirs = format!("/{SCHEDULE}/$defs/{theirs}/properties");
            let known = by_hand.pointer(&format!("/$defs/{ours}/properties"));
            let theirs = contract.pointer(&theirs).and_then(Value::as_object);
            let theirs = theirs.ok_or_else(|| BadSchemas(format!("no properties: {ours}")))?;
            for name in theirs.keys() {
                assert!(
                    known.is_some_and(|known| known.get(name).is_some()),
                    "{name}"
                );
            }
        }
        Ok(())
    }

    #[test]
    fn schemas_that_do_not_compile_are_an_error() {
        assert!(Schemas::compile(r#"{"op": {"type": 7}}"#).is_err());
        assert!(Schemas::compile(r#"{"op": {"$ref": "https://example.org/x"}}"#).is_err());
        assert!(Schemas::compile("[").is_err());
    }
}
