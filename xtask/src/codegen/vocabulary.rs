//! The vocabulary of the contract: its ids and its open enumerations.
//!
//! A schema that is 24 hexadecimal digits is an id; one with `x-extensible-enum` is an open
//! enumeration. Both become types of `atlas-export-types`, through macros that stand there, and
//! the generated client uses those in place of types of its own.

use std::{collections::BTreeSet, fmt::Write as _};

use heck::ToSnakeCase as _;
use serde_json::Value;

use super::header;
use crate::fold::pascal;

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
    let open = schemas(contract).filter(|(_, schema)| is_open(schema));
    let open: Vec<_> = open
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    enums(&mut text, &open);
    let names: Vec<&str> = open.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(" ");
    line(
        &mut text,
        format_args!(
            "\n/// Hands the names of the open enumerations to a macro.\n#[doc(hidden)]\n\
             #[macro_export]\nmacro_rules! each_open_enum {{\n    ($apply:ident) => {{\n        \
             $apply! {{ {names} }}\n    }};\n}}"
        ),
    );
    text + "\n#[cfg(feature = \"schemars\")]\n\
           pub(crate) use each_open_enum;\n"
}

/// The text of the vocabulary of a crate that stands alone: open enumerations.
pub(super) fn of_open(contract: &Value) -> String {
    let mut text = header::of_stand_alone()
        + "//! The open enumerations of the contract.\n\n\
           use crate::open_enum;\n";
    let named = open(contract).into_iter().filter_map(|(schema, name)| {
        let schema = contract.pointer("/components/schemas")?.get(schema)?;
        Some((name, schema))
    });
    let named: Vec<_> = named.collect();
    enums(&mut text, &named);
    for (name, _) in named {
        line(&mut text, format_args!("\ncrate::fields::open!({name});"));
    }
    text
}

/// The schemas of open enumerations of text, and the names of their types.
pub(super) fn open(contract: &Value) -> Vec<(&str, String)> {
    let of_text = |schema: &Value| {
        let values = schema.get("x-extensible-enum").and_then(Value::as_array);
        let texts = values.is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string));
        texts && said(schema, "type") == "string"
    };
    let found = schemas(contract).filter(|(_, schema)| of_text(schema));
    found.map(|(name, _)| (name, pascal(name))).collect()
}

fn enums(text: &mut String, open: &[(String, &Value)]) {
    for (name, schema) in open {
        text.push_str("\nopen_enum! {\n");
        docs(text, "    ", said(schema, "description"));
        line(text, format_args!("    {name} {{"));
        let values = schema.get("x-extensible-enum").and_then(Value::as_array);
        // What a value that is not known becomes.
        let mut taken = BTreeSet::from(["Unknown".to_owned()]);
        let mut seen = BTreeSet::new();
        let values = values.into_iter().flatten().filter_map(Value::as_str);
        for value in values.filter(|value| seen.insert(*value)) {
            let of_value = |key: &str| schema.get(key)?.get(value)?.as_str();
            docs(
                text,
                "        ",
                of_value("x-value-descriptions").unwrap_or_default(),
            );
            let wanted = of_value("x-value-names").map_or_else(|| pascal(value), str::to_owned);
            let variant = free(wanted, &mut taken);
            line(text, format_args!("        {variant} = {value:?},"));
        }
        text.push_str("    }\n}\n");
    }
}

/// The name, with a number where another has it.
fn free(wanted: String, taken: &mut BTreeSet<String>) -> String {
    let wanted = match wanted.as_str() {
        "Self" => "Self_".to_owned(),
        _ => wanted,
    };
    let mut name = wanted.clone();
    let mut count = 2;
    while !taken.insert(name.clone()) {
        name = format!("{wanted}{count}");
        count += 1;
    }
    name
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
