//! Schemas as [`Shape`]s and [`Value`]s: references followed, `allOf` taken over, variants told apart.
//!
//! A named schema is looked at once, from a list of what is still to be read, so that a schema may
//! refer to itself. `allOf` and `oneOf` are followed on the spot, each schema once for each shape,
//! and to a bounded depth.
//!
//! A variant that takes over from its base (`allOf`) while the base lists its variants is the way
//! in which discriminators are published: what is taken over is then the base without the variants.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use serde_json::{Map, Value as Json};

use super::{
    attributes::attributes,
    facts::{Shape, Value},
};
use crate::contract::{openapi::SCHEMA_REFERENCE, references};

/// How many schemas may take over from one another, or stand within one another.
const DEEPEST: usize = 64;

/// How many schemas one shape may be made of, counted as often as they are taken over.
const MOST: usize = 10_000;

/// Schemas whose variants may stand in their place.
const ALTERNATIVES: [&str; 2] = ["oneOf", "anyOf"];

/// Reads schemas of one document.
pub(super) struct Schemas<'a> {
    named: Option<&'a Map<String, Json>>,
    known: HashSet<String>,
    waiting: VecDeque<(String, &'a Json)>,
    /// How many more schemas may be taken over into the shape at hand.
    left: usize,
}

/// A schema, and its name if it has one.
#[derive(Clone, Copy)]
struct Meant<'a> {
    schema: &'a Json,
    name: Option<&'a str>,
}

/// What one schema comes to.
#[derive(Default)]
struct Merged {
    value: Value,
    shape: Shape,
}

/// The names of the schemas that one shape has been made of so far, down to where one stands.
type Trail<'a> = HashSet<&'a str>;

impl<'a> Schemas<'a> {
    pub(super) fn of(document: &'a Json) -> Self {
        let named = document.pointer("/components/schemas");
        Self {
            named: named.and_then(Json::as_object),
            known: HashSet::new(),
            waiting: VecDeque::new(),
            left: MOST,
        }
    }

    /// Every shape that the values lead to that were read so far.
    pub(super) fn shapes(mut self) -> Result<BTreeMap<String, Shape>, String> {
        let mut shapes = BTreeMap::new();
        while let Some((name, schema)) = self.waiting.pop_front() {
            let mut trail = Trail::new();
            let own = self.named.and_then(|named| named.get_key_value(&name));
            if let Some((own, _)) = own {
                trail.insert(own);
            }
            self.left = MOST;
            let merged = self.merge(schema, &name, &mut trail, 0)?;
            shapes.insert(name, merged.shape);
        }
        Ok(shapes)
    }

    /// What stands at a place: a field, an item, a parameter or a body.
    pub(super) fn value(&mut self, schema: &'a Json, place: &str) -> Result<Value, String> {
        self.value_within(schema, place, 0)
    }

    fn value_within(
        &mut self,
        schema: &'a Json,
        place: &str,
        depth: usize,
    ) -> Result<Value, String> {
        bounded(depth, place)?;
        let meant = self.meant(schema)?;
        let is_object = self.is_object(meant.schema, &mut Trail::new(), depth)?;
        if is_object {
            let (name, schema) = match (meant.name, only_member(meant.schema)) {
                (Some(name), _) => (name, meant.schema),
                (None, Some(member)) => {
                    let mut value = self.value_within(member, place, depth + 1)?;
                    value.attributes.extend(attributes(meant.schema));
                    return Ok(value);
                }
                (None, None) => (place, meant.schema),
            };
            if self.known.insert(name.to_owned()) {
                self.waiting.push_back((name.to_owned(), schema));
            }
            let mut value = Value {
                shapes: BTreeSet::from([name.to_owned()]),
                items: None,
                attributes: attributes(meant.schema),
            };
            let object = || "object".into();
            value
                .attributes
                .entry("type".to_owned())
                .or_insert_with(object);
            return Ok(value);
        }
        let mut trail: Trail<'_> = meant.name.into_iter().collect();
        let merged = self.merge(meant.schema, place, &mut trail, depth + 1)?;
        Ok(merged.value)
    }

    /// A schema with what it takes over, and with what its alternatives have between them.
    fn merge(
        &mut self,
        schema: &'a Json,
        place: &str,
        trail: &mut Trail<'a>,
        depth: usize,
    ) -> Result<Merged, String> {
        let mut merged = self.alternatives(schema, place, trail, depth)?;
        let own = self.own(schema, place, trail, depth)?;
        merged.value.attributes.extend(own.value.attributes);
        merged.value.items = own.value.items.or(merged.value.items);
        for (name, field) in own.shape.fields {
            let required = field.is("required");
            let field = merged.shape.fields.entry(name).or_insert(field);
            if required {
                require(field);
            }
        }
        merged.shape.also_read.extend(own.shape.also_read);
        Ok(merged)
    }

    /// A schema with what it takes over, without its alternatives.
    fn own(
        &mut self,
        schema: &'a Json,
        place: &str,
        trail: &mut Trail<'a>,
        depth: usize,
    ) -> Result<Merged, String> {
        bounded(depth, place)?;
        self.spend(place)?;
        let mut merged = Merged::default();
        for member in members(schema, "allOf") {
            let base = self.meant(member)?;
            if base.name.is_some_and(|name| trail.contains(name)) {
                continue;
            }
            let base_lists_this = self
                .alternatives_of(base.schema)
                .into_iter()
                .any(|(_, heir)| heir.name.is_some_and(|name| trail.contains(name)));
            trail.extend(base.name);
            let base = if base_lists_this {
                self.own(base.schema, place, trail, depth + 1)?
            } else {
                self.merge(base.schema, place, trail, depth + 1)?
            };
            merged.value.attributes.extend(base.value.attributes);
            merged.value.items = base.value.items.or(merged.value.items);
            merged.shape.fields.extend(base.shape.fields);
            merged.shape.also_read.extend(base.shape.also_read);
        }
        merged.value.attributes.extend(attributes(schema));
        if let Some(items) = schema.get("items") {
            let items = self.value_within(items, &format!("{place}[]"), depth + 1)?;
            merged.value.items = Some(Box::new(items));
        }
        for (name, property) in entries(schema.get("properties")) {
            let field = self.value_within(property, &format!("{place}.{name}"), depth + 1)?;
            merged.shape.fields.insert(name.clone(), field);
        }
        for name in members(schema, "required").iter().filter_map(Json::as_str) {
            if let Some(field) = merged.shape.fields.get_mut(name) {
                require(field);
            }
        }
        for (name, others) in entries(schema.get("x-also-read")) {
            for other in others.as_array().into_iter().flatten() {
                let other = other.as_str().unwrap_or_default().to_owned();
                merged.shape.also_read.insert(other, name.clone());
            }
        }
        Ok(merged)
    }

    /// What the alternatives of a schema have between them.
    fn alternatives(
        &mut self,
        schema: &'a Json,
        place: &str,
        trail: &Trail<'a>,
        depth: usize,
    ) -> Result<Merged, String> {
        bounded(depth, place)?;
        let alternatives = self.alternatives_of(schema);
        let tag = tag_of(schema, &alternatives);
        let mut all: Option<Merged> = None;
        let mut variants = BTreeMap::new();
        for (number, (said, alternative)) in alternatives.into_iter().enumerate() {
            if alternative.name.is_some_and(|name| trail.contains(name)) {
                continue;
            }
            let mut trail = trail.clone();
            trail.extend(alternative.name);
            let title = alternative.schema.get("title").and_then(Json::as_str);
            let titled = || match title {
                Some(title) => format!("{place}.{title}"),
                None => format!("{place}#{number}"),
            };
            let here = alternative.name.map_or_else(titled, str::to_owned);
            let value = said.or_else(|| only_value(alternative.schema, tag?));
            if let Some(value) = value {
                if self.known.insert(here.clone()) {
                    self.waiting.push_back((here.clone(), alternative.schema));
                }
                variants.insert(value.to_owned(), here.clone());
            }
            let merged = self.merge(alternative.schema, &here, &mut trail, depth + 1)?;
            match &mut all {
                Some(all) => {
                    all.value.widen(&merged.value);
                    all.shape.widen(&merged.shape);
                }
                None => all = Some(merged),
            }
        }
        let mut all = all.unwrap_or_default();
        // What one alternative has of its own are no variants of the whole.
        all.shape.tag = tag.filter(|_| !variants.is_empty()).map(str::to_owned);
        all.shape.variants = variants;
        Ok(all)
    }

    /// The alternatives, each with the value of the tag that a discriminator gives it.
    ///
    /// A base may list its variants in the discriminator alone.
    fn alternatives_of(&self, schema: &'a Json) -> Vec<(Option<&'a str>, Meant<'a>)> {
        let mapping = schema.pointer("/discriminator/mapping");
        let mut listed: Vec<(Option<&str>, Meant<'_>)> = Vec::new();
        for (value, target) in entries(mapping) {
            let target = target.as_str().unwrap_or_default();
            let target = target.strip_prefix(SCHEMA_REFERENCE).unwrap_or(target);
            let found = self.named.and_then(|named| named.get_key_value(target));
            if let Some((name, schema)) = found {
                let name = Some(name.as_str());
                listed.push((Some(value), Meant { schema, name }));
            }
        }
        for alternatives in ALTERNATIVES {
            for alternative in members(schema, alternatives) {
                let Ok(meant) = self.meant(alternative) else {
                    continue;
                };
                let is_listed = |(_, other): &(_, Meant<'_>)| other.name == meant.name;
                if meant.name.is_none() || !listed.iter().any(is_listed) {
                    listed.push((None, meant));
                }
            }
        }
        listed
    }

    /// Whether a schema describes objects.
    fn is_object(
        &self,
        schema: &'a Json,
        seen: &mut Trail<'a>,
        depth: usize,
    ) -> Result<bool, String> {
        bounded(depth, "a schema")?;
        if schema.get("properties").is_some()
            || schema.get("type").and_then(Json::as_str) == Some("object")
        {
            return Ok(true);
        }
        for within in ["allOf", "oneOf", "anyOf"] {
            for member in members(schema, within) {
                let meant = self.meant(member)?;
                let is_new = meant.name.is_none_or(|name| seen.insert(name));
                if is_new && self.is_object(meant.schema, seen, depth + 1)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// What a schema stands for, once its reference is followed.
    fn meant(&self, schema: &'a Json) -> Result<Meant<'a>, String> {
        let reference = |schema: &'a Json| schema.get("$ref")?.as_str();
        let named = |pointer: &'a str| {
            let name = name_at(pointer)?;
            self.named?.get(name)
        };
        let meant = references::resolve(schema, reference, named).map_err(|last| {
            let target = reference(last).unwrap_or_default();
            format!("`$ref: {target}` leads to no schema; write `{SCHEMA_REFERENCE}<name>`")
        })?;
        Ok(Meant {
            schema: meant.value,
            name: meant.pointer.and_then(name_at),
        })
    }

    fn spend(&mut self, place: &str) -> Result<(), String> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            format!(
                "{place} is made of more than {MOST} schemas; name fewer alternatives within \
                 alternatives"
            )
        })?;
        Ok(())
    }
}

fn bounded(depth: usize, place: &str) -> Result<(), String> {
    if depth > DEEPEST {
        return Err(format!(
            "{place} stands within more than {DEEPEST} schemas; give those between a name"
        ));
    }
    Ok(())
}

/// The name in a pointer to a named schema, without `#`.
fn name_at(pointer: &str) -> Option<&str> {
    pointer.strip_prefix(SCHEMA_REFERENCE.strip_prefix('#')?)
}

fn require(field: &mut Value) {
    field.attributes.insert("required".to_owned(), true.into());
}

fn members<'a>(schema: &'a Json, key: &str) -> &'a [Json] {
    let list = schema.get(key).and_then(Json::as_array);
    list.map_or(&[], Vec::as_slice)
}

fn entries(map: Option<&Json>) -> impl Iterator<Item = (&String, &Json)> {
    map.and_then(Json::as_object).into_iter().flatten()
}

/// The property that tells alternatives apart: the discriminator's, or one that has a single
/// value in each.
fn tag_of<'a>(schema: &'a Json, alternatives: &[(Option<&str>, Meant<'a>)]) -> Option<&'a str> {
    if let Some(tag) = schema.pointer("/discriminator/propertyName") {
        return tag.as_str();
    }
    let (_, first) = alternatives.first()?;
    entries(first.schema.get("properties"))
        .map(|(name, _)| name.as_str())
        .find(|name| {
            let mut alternatives = alternatives.iter();
            alternatives.all(|(_, meant)| only_value(meant.schema, name).is_some())
        })
}

fn only_value<'a>(schema: &'a Json, property: &str) -> Option<&'a str> {
    let values = schema.get("properties")?.get(property)?.get("enum")?;
    match values.as_array()?.as_slice() {
        [value] => value.as_str(),
        _ => None,
    }
}

/// The schema that `allOf` is written around, in order to say more about its place.
fn only_member(schema: &Json) -> Option<&Json> {
    let bare = schema.get("properties").is_none() && schema.get("oneOf").is_none();
    match (bare, members(schema, "allOf")) {
        (true, [member]) => Some(member),
        _ => None,
    }
}
