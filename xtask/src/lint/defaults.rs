//! Values against their schema: what a `default` or an enum value may be.
//!
//! Not a validator of JSON Schema: types, enums, bounds, lengths and patterns, the constraints
//! that the generator either checks or builds into a constructor that panics.

use super::{Report, document::Document, grammar::ObjectKind, schemas::number};
use crate::contract::{Node, NodeValue, join, media_type::is_date};

pub(super) fn misfit(document: &Document<'_>, report: &mut Report<'_>) {
    for site in document.of(ObjectKind::Schema) {
        let Some(entry) = site.node.entry("default") else {
            continue;
        };
        let listed = site.node.get("enum").map_or(&[][..], Node::items);
        let json = entry.value.to_json();
        let wrong = if !listed.is_empty() && !listed.iter().any(|value| value.to_json() == json) {
            Some("it is not among the values of the enum".to_owned())
        } else {
            misfit_of(document, site.node, &entry.value)
        };
        if let Some(wrong) = wrong {
            report.at(
                entry.value.at(),
                &join(&site.pointer, "default"),
                format!("the default {json} does not fit: {wrong}"),
                "write a default that the schema allows, or none",
            );
        }
    }
}

/// Why `value` is no instance of `schema`, if it is none.
pub(super) fn misfit_of(document: &Document<'_>, schema: &Node, value: &Node) -> Option<String> {
    if matches!(value.value, NodeValue::Null) {
        return (!schema.is_set("nullable")).then(|| "the schema is not `nullable`".to_owned());
    }
    let Some(given) = schema.text("type") else {
        return combined_misfit(document, schema, value);
    };
    let right = match (given, &value.value) {
        ("string", NodeValue::String(text)) => return text_misfit(schema, text),
        ("integer", NodeValue::Number(n)) => {
            if n.is_i64() || n.is_u64() {
                return number_misfit(schema, n.as_f64()?);
            }
            false
        }
        ("number", NodeValue::Number(n)) => return number_misfit(schema, n.as_f64()?),
        ("array", NodeValue::Seq(items)) => {
            let of = document.resolve(schema.get("items")?, "")?.node;
            return items.iter().find_map(|item| misfit_of(document, of, item));
        }
        ("object", NodeValue::Map(_)) => return object_misfit(document, schema, value),
        ("boolean", NodeValue::Bool(_)) => true,
        ("string" | "integer" | "number" | "array" | "boolean" | "object", _) => false,
        // An unknown type has a rule of its own.
        _ => true,
    };
    (!right).then(|| format!("it is {}, and the schema is `type: {given}`", value.kind()))
}

/// The same of a schema that is made of others: of `allOf` it has to fit every branch, of `oneOf`
/// and `anyOf` one.
fn combined_misfit(document: &Document<'_>, schema: &Node, value: &Node) -> Option<String> {
    let branches = |key: &str| schema.get(key).map_or(&[][..], Node::items);
    let wrong = |branch: &Node| {
        let branch = document.resolve(branch, "")?.node;
        // What is made of others once more is not looked at: it may be made of itself.
        branch.text("type")?;
        misfit_of(document, branch, value)
    };
    if let Some(wrong) = branches("allOf").iter().find_map(wrong) {
        return Some(wrong);
    }
    ["oneOf", "anyOf"].into_iter().find_map(|key| {
        let branches = branches(key);
        let none = branches.iter().all(|branch| wrong(branch).is_some());
        (!branches.is_empty() && none).then(|| format!("it fits no branch of the {key}"))
    })
}

fn object_misfit(document: &Document<'_>, schema: &Node, value: &Node) -> Option<String> {
    let required = schema.get("required").map_or(&[][..], Node::items);
    let mut required = required.iter().filter_map(Node::as_str);
    if let Some(name) = required.find(|name| value.get(name).is_none()) {
        return Some(format!("it lacks the required `{name}`"));
    }
    let properties = schema.get("properties")?;
    value.entries().iter().find_map(|entry| {
        let property = document.resolve(properties.get(&entry.key)?, "")?;
        let wrong = misfit_of(document, property.node, &entry.value)?;
        Some(format!("in `{}`, {wrong}", entry.key))
    })
}

fn text_misfit(schema: &Node, text: &str) -> Option<String> {
    let length = u32::try_from(text.chars().count()).map_or(f64::MAX, f64::from);
    if let Some(least) = number(schema, "minLength").filter(|least| length < *least) {
        return Some(format!("it is shorter than `minLength` {least}"));
    }
    if let Some(most) = number(schema, "maxLength").filter(|most| length > *most) {
        return Some(format!("it is longer than `maxLength` {most}"));
    }
    // The generator does not look at these, and its constructor unwraps them at run time.
    let (day, time) = text.split_at_checked(10).unwrap_or((text, ""));
    let written = match schema.text("format") {
        Some("date") => is_date(text),
        Some("date-time") => is_date(day) && is_time(time),
        _ => true,
    };
    if !written {
        let format = schema.text("format").unwrap_or_default();
        return Some(format!("it is no `format: {format}`"));
    }
    let pattern = schema.text("pattern")?;
    let regex = regress::Regex::new(pattern).ok()?;
    let misses = regex.find(text).is_none();
    misses.then(|| format!("it does not match `{pattern}`"))
}

/// `T…` with an offset: what RFC 3339 asks for, the digits taken on trust.
fn is_time(text: &str) -> bool {
    let offset = text.ends_with('Z')
        || text
            .rfind(['+', '-'])
            .is_some_and(|at| at + 6 == text.len());
    text.starts_with('T') && offset
}

fn number_misfit(schema: &Node, value: f64) -> Option<String> {
    if let Some(least) = number(schema, "minimum") {
        if value < least {
            return Some(format!("it is below `minimum` {least}"));
        }
        if value <= least && schema.is_set("exclusiveMinimum") {
            return Some(format!("it is the exclusive `minimum` {least}"));
        }
    }
    if let Some(most) = number(schema, "maximum") {
        if value > most {
            return Some(format!("it is above `maximum` {most}"));
        }
        if value >= most && schema.is_set("exclusiveMaximum") {
            return Some(format!("it is the exclusive `maximum` {most}"));
        }
    }
    let range = match schema.text("format") {
        Some("int32") => f64::from(i32::MIN)..=f64::from(i32::MAX),
        _ => return None,
    };
    (!range.contains(&value)).then(|| "it is beyond `format: int32`".to_owned())
}
