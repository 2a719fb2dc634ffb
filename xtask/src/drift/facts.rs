//! What a description says, without its words: the form in which two of them are compared.
//!
//! Operations hang on method and path, schemas on names. A field, an item and a parameter are all
//! a [`Value`]. What a schema takes over from others (`allOf`) stands in its [`Shape`], and so does
//! what its variants have between them, so that nothing here refers to itself but by name.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What can be said of a value in one word: `type`, `minimum`, `enum`, `required` and so on.
pub type Attributes = BTreeMap<String, Json>;

/// The facts of one description.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// By method and path below the base, as in `GET /groups/{groupId}`.
    pub operations: BTreeMap<String, Operation>,
    /// By name; what has none in the description is called after the place where it stands.
    pub shapes: BTreeMap<String, Shape>,
}

/// One operation of version 2 of the API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The operation id under which it is published.
    pub name: String,
    /// The published page that our contract points at, whose end is that name in small letters.
    #[serde(skip)]
    pub page: Option<String>,
    /// The roles, any of which suffices; none where none is published.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<String>,
    /// By place and name, as in `query pageNum`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
    /// By date, as in `2024-05-30`; a version without a date by what it is called.
    pub versions: BTreeMap<String, Version>,
}

/// One version of an operation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The day on which it is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sunset: Option<String>,
    /// The body of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
    /// By status of success: the body, if there is one.
    pub success: BTreeMap<String, Option<Value>>,
}

/// A field, an item, a parameter or a body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The names of the shapes that an object has: several where its place has variants.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shapes: BTreeSet<String>,
    /// What a list holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Value>>,
    /// The rest.
    #[serde(flatten)]
    pub attributes: Attributes,
}

/// An object: its fields, those that it takes over included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// By name.
    pub fields: BTreeMap<String, Value>,
    /// Further names under which a field is read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub also_read: BTreeMap<String, String>,
    /// The field that tells the variants apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// By value of the tag: the name of the shape.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, String>,
}

impl Value {
    /// Whether an attribute is `true`.
    pub fn is(&self, attribute: &str) -> bool {
        self.attributes.get(attribute) == Some(&Json::Bool(true))
    }

    /// Makes this what holds of this and of another value, either of which may stand here.
    pub(super) fn widen(&mut self, other: &Self) {
        self.shapes.extend(other.shapes.iter().cloned());
        match (&mut self.items, &other.items) {
            (Some(mine), Some(other)) => mine.widen(other),
            (mine, _) => *mine = None,
        }
        let mine = std::mem::take(&mut self.attributes);
        self.attributes = mine
            .into_iter()
            .filter_map(|(attribute, mine)| {
                let wider = wider(&attribute, mine, other.attributes.get(&attribute)?)?;
                Some((attribute, wider))
            })
            .collect();
    }
}

/// What holds of both; none where nothing does.
fn wider(attribute: &str, mine: Json, other: &Json) -> Option<Json> {
    match (attribute, mine, other) {
        (_, mine, other) if mine == *other => Some(mine),
        ("enum", Json::Array(mine), Json::Array(other)) => {
            let more = other.iter().filter(|value| !mine.contains(value));
            Some(mine.iter().chain(more).cloned().collect())
        }
        ("type", Json::String(mine), Json::String(other)) => {
            let both: BTreeSet<&str> = mine.split('|').chain(other.split('|')).collect();
            Some(both.into_iter().collect::<Vec<_>>().join("|").into())
        }
        (_, mine @ Json::Number(_), other @ Json::Number(_)) => {
            let (less, more) = if mine.as_f64() < other.as_f64() {
                (mine, other.clone())
            } else {
                (other.clone(), mine)
            };
            match attribute.get(..3) {
                Some("min") => Some(less),
                Some("max") => Some(more),
                _ => None,
            }
        }
        _ => None,
    }
}

impl Shape {
    /// Makes this an object that may be this or another one.
    pub(super) fn widen(&mut self, other: &Self) {
        for (name, field) in &mut self.fields {
            match other.fields.get(name) {
                Some(theirs) => field.widen(theirs),
                None => drop(field.attributes.remove("required")),
            }
        }
        for (name, field) in &other.fields {
            self.fields.entry(name.clone()).or_insert_with(|| {
                let mut field = field.clone();
                field.attributes.remove("required");
                field
            });
        }
        self.also_read.extend(other.also_read.clone());
    }
}
