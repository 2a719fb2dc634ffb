//! The vocabulary of the contract: its ids and its open enumerations.
//!
//! A schema that is 24 hexadecimal digits is an id; one with `x-extensible-enum` is an open
//! enumeration. Both become types of `atlas-export-types`, through macros that stand there, and
//! the generated client uses those in place of types of its own.

use std::fmt::Write as _;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use serde_json::Value;

use super::header;

/// The pattern of an id, in the ways in which it is written.
const ID_PATTERNS: [&str; 2] = ["^[a-f0-9]{24}$", "^[0-9a-f]{24}$"];

/// What the description of an id begins with; what follows, up to `.` or `:`, is what it names.
const IDENTIFIES: &str = "Identifies ";

/// Types with rules of their own that no schema can tell, by the name of their schemas.
pub const HAND_WRITTEN: [&str; 4] = ["ClusterName", "ExportStateReason", "ItemCount", "PageSize"];

/// The schemas that types of `atlas-export-types` stand for.
pub(super) fn replaced(contract: &Value) -> Vec<&str> {
    schemas(contract)
        .filter(|(name, schema)| is_id(schema) || is_open(schema) || HAND_WRITTEN.contains(name))
        .map(|(name, _)| name)
        .collect()
}

/// The text of `vocabulary.rs`.
pub fn generate(contract: &Value) -> String {
    let mut text = header::of_rust()
        + "//! The ids and open enumerations of the contract.\n\n\
           use crate::{id::ids, open_enum};\n\nids! {\n";
    for (name, schema) in schemas(contract).filter(|(_, schema)| is_id(schema)) {
        let described = said(schema, "description");
        let marker = name.strip_suffix("Id").unwrap_or(name);
        let told = described
            .strip_prefix(IDENTIFIES)
            .and_then(|rest| rest.split(['.', ':']).next());
        let noun = told.map_or_else(|| noun(marker), str::to_owned);
        docs(&mut text, "    ", described);
        line(&mut text, format_args!("    {name}, {marker}, {noun:?};"));
    }
    text.push_str("}\n");
    let mut names = Vec::new();
    for (name, schema) in schemas(contract).filter(|(_, schema)| is_open(schema)) {
        names.push(name);
        text.push_str("\nopen_enum! {\n");
        docs(&mut text, "    ", said(schema, "description"));
        line(&mut text, format_args!("    {name} {{"));
        let values = schema.get("x-extensible-enum").and_then(Value::as_array);
        for value in values.into_iter().flatten().filter_map(Value::as_str) {
            let of_value = |key: &str| schema.get(key)?.get(value)?.as_str();
            docs(
                &mut text,
                "        ",
                of_value("x-value-descriptions").unwrap_or_default(),
            );
            let variant = of_value("x-value-names")
                .map_or_else(|| value.to_upper_camel_case(), str::to_owned);
            line(&mut text, format_args!("        {variant} = {value:?},"));
        }
        text.push_str("    }\n}\n");
    }
    let names = names.join(" ");
    line(
        &mut text,
        format_args!(
            "\n/// Hands the names of the open enumerations to a macro.\n#[doc(hidden)]\n\
             #[macro_export]\nmacro_rules! each_open_enum {{\n    ($apply:ident) => {{\n        \
             $apply! {{ {names} }}\n    }};\n}}\n\n#[cfg(feature = \"schemars\")]\n\
             pub(crate) use each_open_enum;"
        ),
    );
    text
}

/// What an id is of, by its name: *an export bucket* of `ExportBucket`.
fn noun(marker: &str) -> String {
    let words = marker.to_snake_case().replace('_', " ");
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {words}")
}

fn schemas(contract: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let schemas = contract
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    schemas
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.as_str(), schema))
}

fn is_id(schema: &Value) -> bool {
    is_of_ids(said(schema, "pattern"))
}

/// Whether a pattern tells that a schema is an id.
pub fn is_of_ids(pattern: &str) -> bool {
    ID_PATTERNS.contains(&pattern)
}

fn is_open(schema: &Value) -> bool {
    schema.get("x-extensible-enum").is_some()
}

fn said<'a>(schema: &'a Value, key: &str) -> &'a str {
    schema.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn docs(text: &mut String, indent: &str, described: &str) {
    for said in described.lines() {
        line(text, format_args!("{indent}/// {said}"));
    }
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    // A string takes everything.
    let _ = writeln!(text, "{what}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn contract(schemas: &Value) -> Value {
        json!({ "components": { "schemas": schemas } })
    }

    #[test]
    fn a_new_id_and_a_new_open_enumeration_need_no_line_of_rust() {
        let contract = contract(&json!({
            "RestoreJobId": {
                "type": "string", "pattern": "^[a-f0-9]{24}$", "description": "Identifies a restore job. 24 digits.",
            },
            "DeliveryType": {
                "type": "string", "description": "How it is delivered.",
                "x-extensible-enum": ["automated", "POINT_IN_TIME"],
                "x-value-descriptions": { "automated": "Into a cluster." },
                "x-value-names": { "POINT_IN_TIME": "Past" },
            },
        }));
        let text = generate(&contract);
        for line in [
            "    RestoreJobId, RestoreJob, \"a restore job\";",
            "    DeliveryType {",
            "        /// Into a cluster.",
            "        Automated = \"automated\",",
            "        Past = \"POINT_IN_TIME\",",
            "        $apply! { DeliveryType }",
        ] {
            assert!(
                text.lines().any(|written| written == line),
                "{line}\n{text}"
            );
        }
        assert_eq!(replaced(&contract), ["RestoreJobId", "DeliveryType"]);
    }

    #[test]
    fn what_an_id_is_of_is_told_by_its_description_or_by_its_name() {
        let id = |description: &str| {
            let schema = json!({ "pattern": "^[a-f0-9]{24}$", "description": description });
            generate(&contract(&json!({ "ExportBucketId": schema })))
        };
        for (description, noun) in [
            ("Identifies a grant: 24 digits.", "\"a grant\""),
            ("Some digits.", "\"an export bucket\""),
            ("", "\"an export bucket\""),
        ] {
            let line = format!("    ExportBucketId, ExportBucket, {noun};");
            assert!(id(description).contains(&line), "{description}");
        }
    }
}
