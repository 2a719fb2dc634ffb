//! `openapi/upstream.lock`: the facts of the published description, a line for each.
//!
//! The file is YAML whose values are JSON on one line, sorted, so that a change of a fact is a
//! change of a line.

use std::{collections::BTreeMap, fmt::Write};

use serde::Serialize;

use super::facts::Facts;

const HEAD: &str = "\
# What MongoDB's published description says of the operations that concern us, without its words.
# Written by `cargo xtask drift --upstream FILE --update-lock`; not to be edited.
";

/// The text of the lock.
///
/// # Errors
/// What the serializer says.
pub(super) fn write(facts: &Facts) -> Result<String, serde_json::Error> {
    let mut text = HEAD.to_owned();
    text.push_str("operations:\n");
    for (key, operation) in &facts.operations {
        line(&mut text, 1, key, None::<&()>)?;
        line(&mut text, 2, "name", Some(&operation.name))?;
        if !operation.roles.is_empty() {
            line(&mut text, 2, "roles", Some(&operation.roles))?;
        }
        map(&mut text, 2, "parameters", &operation.parameters)?;
        map(&mut text, 2, "versions", &operation.versions)?;
    }
    text.push_str("shapes:\n");
    for (name, shape) in &facts.shapes {
        line(&mut text, 1, name, None::<&()>)?;
        if let Some(tag) = &shape.tag {
            line(&mut text, 2, "tag", Some(tag))?;
        }
        if !shape.also_read.is_empty() {
            line(&mut text, 2, "also_read", Some(&shape.also_read))?;
        }
        if !shape.variants.is_empty() {
            line(&mut text, 2, "variants", Some(&shape.variants))?;
        }
        map(&mut text, 2, "fields", &shape.fields)?;
    }
    Ok(text)
}

/// The facts of a lock's text.
///
/// # Errors
/// Where and why the text is no lock.
pub(super) fn read(text: &str) -> Result<Facts, serde_saphyr::Error> {
    serde_saphyr::from_str(text)
}

fn map<T: Serialize>(
    text: &mut String,
    depth: usize,
    key: &str,
    values: &BTreeMap<String, T>,
) -> Result<(), serde_json::Error> {
    if values.is_empty() {
        return line(text, depth, key, Some(values));
    }
    line(text, depth, key, None::<&()>)?;
    for (name, value) in values {
        line(text, depth + 1, name, Some(value))?;
    }
    Ok(())
}

fn line<T: Serialize + ?Sized>(
    text: &mut String,
    depth: usize,
    key: &str,
    value: Option<&T>,
) -> Result<(), serde_json::Error> {
    let indent = "  ".repeat(depth);
    let key = serde_json::to_string(key)?;
    let value = match value {
        Some(value) => format!(" {}", serde_json::to_string(value)?),
        None => String::new(),
    };
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{indent}{key}:{value}");
    Ok(())
}
