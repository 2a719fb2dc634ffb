//! Two descriptions side by side: a [`Row`] for each fact in which they differ.
//!
//! Shapes are compared where both descriptions have one at the same place, each pair once, however
//! often it is met, so that shapes may refer to themselves. A field that is `readOnly` is none of a
//! request, and one that is `writeOnly` none of an answer: that is what these words say, so our
//! contract may say it with a schema of its own for each way.
//!
//! Variants are compared one by one where both descriptions tell them apart; otherwise what they
//! have between them is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::facts::{Facts, Operation, Shape, Value, Version};

/// In which way a fact differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The published description has it, our contract does not.
    OursLacks,
    /// Our contract has it, the published description does not.
    OursAdds,
    /// Both have it, and say something else.
    Changed,
}

/// Which part of an operation a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The operation itself, its versions and its parameters.
    Operation,
    /// What is sent.
    Request,
    /// What comes back.
    Answer,
}

/// One fact in which the two differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Row {
    /// In which way.
    pub kind: Kind,
    /// Which part of an operation.
    pub part: Part,
    /// An operation, with a version or a parameter, or a field of one of our schemas.
    pub at: String,
    /// Which fact of it: `field`, `required`, `enum DAYS`, `sunset` and so on.
    pub what: String,
    /// What our contract says; none where it says nothing.
    pub ours: Option<String>,
    /// What the published description says; none where it says nothing.
    pub published: Option<String>,
    /// The published schemas in which it says so; none where the place is the same in both.
    pub against: BTreeSet<String>,
}

/// The facts in which our contract differs from a published description, in order.
pub(super) fn compare(ours: &Facts, published: &Facts) -> Vec<Row> {
    let mut comparison = Comparison {
        ours,
        published,
        rows: BTreeMap::new(),
        met: HashSet::new(),
        waiting: Vec::new(),
    };
    comparison.operations();
    while let Some(pair) = comparison.waiting.pop() {
        comparison.shapes(&pair);
    }
    let rows = comparison.rows.into_iter();
    rows.map(|(mut row, against)| {
        row.against = against;
        row
    })
    .collect()
}

/// Shapes that stand at the same place, by name.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Pair {
    part: Part,
    ours: BTreeSet<String>,
    published: BTreeSet<String>,
    /// The field that tells this variant from others: it has a value of its own in each.
    tag: Option<String>,
}

/// Where two values stand.
#[derive(Clone, Copy)]
struct At<'a> {
    part: Part,
    place: &'a str,
    against: &'a BTreeSet<String>,
}

struct Comparison<'a> {
    ours: &'a Facts,
    published: &'a Facts,
    rows: BTreeMap<Row, BTreeSet<String>>,
    met: HashSet<Pair>,
    waiting: Vec<Pair>,
}

impl Comparison<'_> {
    fn operations(&mut self) {
        let (ours, published) = (&self.ours.operations, &self.published.operations);
        let none = BTreeSet::new();
        for key in keys(ours, published) {
            let at = At {
                part: Part::Operation,
                place: key,
                against: &none,
            };
            match (ours.get(key), published.get(key)) {
                (Some(ours), Some(published)) => self.operation(at, ours, published),
                (ours, published) => {
                    let name = |operation: Option<&Operation>| Some(operation?.name.clone());
                    self.row(at, "operation", name(ours), name(published));
                }
            }
        }
    }

    fn operation(&mut self, at: At<'_>, ours: &Operation, published: &Operation) {
        let name = match &ours.page {
            Some(_) => published.name.to_ascii_lowercase(),
            None => published.name.clone(),
        };
        let page = ours.page.clone().unwrap_or_else(|| ours.name.clone());
        self.row(at, "name", Some(page), Some(name));
        let roles = |roles: &BTreeSet<String>| {
            let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
            (!roles.is_empty()).then(|| roles.join(", "))
        };
        self.row(at, "roles", roles(&ours.roles), roles(&published.roles));
        for name in keys(&ours.parameters, &published.parameters) {
            let place = format!("{} {name}", at.place);
            let at = At {
                place: &place,
                ..at
            };
            let mine = ours.parameters.get(name);
            self.presence(at, "parameter", mine, published.parameters.get(name));
        }
        for date in keys(&ours.versions, &published.versions) {
            let place = format!("{} {date}", at.place);
            let at = At {
                place: &place,
                ..at
            };
            match (ours.versions.get(date), published.versions.get(date)) {
                (Some(ours), Some(published)) => self.version(at, ours, published),
                (ours, published) => {
                    let date = |version: Option<&Version>| version.map(|_| date.to_owned());
                    self.row(at, "version", date(ours), date(published));
                }
            }
        }
    }

    fn version(&mut self, at: At<'_>, ours: &Version, published: &Version) {
        self.row(at, "sunset", ours.sunset.clone(), published.sunset.clone());
        let request = At {
            part: Part::Request,
            ..at
        };
        let mine = ours.request.as_ref();
        self.presence(request, "body", mine, published.request.as_ref());
        let answer = At {
            part: Part::Answer,
            ..at
        };
        for status in keys(&ours.success, &published.success) {
            match (ours.success.get(status), published.success.get(status)) {
                (Some(ours), Some(published)) => {
                    self.presence(answer, "body", ours.as_ref(), published.as_ref());
                }
                (ours, published) => {
                    let told = |is_there: bool| is_there.then(|| status.to_owned());
                    self.row(
                        answer,
                        "success",
                        told(ours.is_some()),
                        told(published.is_some()),
                    );
                }
            }
        }
    }

    /// A field, a parameter or a body, which one of the two may lack.
    fn presence(
        &mut self,
        at: At<'_>,
        what: &str,
        ours: Option<&Value>,
        published: Option<&Value>,
    ) {
        match (ours, published) {
            (Some(ours), Some(published)) => self.values(at, ours, published),
            (ours, published) => {
                let told = |value: Option<&Value>| value.map(describe);
                self.row(at, what, told(ours), told(published));
            }
        }
    }

    fn values(&mut self, at: At<'_>, ours: &Value, published: &Value) {
        for attribute in keys(&ours.attributes, &published.attributes) {
            let mine = ours.attributes.get(attribute);
            let theirs = published.attributes.get(attribute);
            match (attribute, mine, theirs) {
                // They tell which way a field goes, and have been heeded.
                ("readOnly" | "writeOnly", ..) => {}
                ("enum", Some(Json::Array(mine)), Some(Json::Array(theirs))) => {
                    for value in theirs.iter().filter(|value| !mine.contains(value)) {
                        self.row(
                            at,
                            &format!("enum {}", text(value)),
                            None,
                            Some(text(value)),
                        );
                    }
                    for value in mine.iter().filter(|value| !theirs.contains(value)) {
                        self.row(
                            at,
                            &format!("enum {}", text(value)),
                            Some(text(value)),
                            None,
                        );
                    }
                }
                _ => self.row(at, attribute, mine.map(text), theirs.map(text)),
            }
        }
        if let (Some(ours), Some(published)) = (&ours.items, &published.items) {
            let place = format!("{}[]", at.place);
            self.values(
                At {
                    place: &place,
                    ..at
                },
                ours,
                published,
            );
        }
        self.meet(Pair {
            part: at.part,
            ours: ours.shapes.clone(),
            published: published.shapes.clone(),
            tag: None,
        });
    }

    /// Leaves two shapes for later, unless they were met before.
    fn meet(&mut self, pair: Pair) {
        if !pair.ours.is_empty() && !pair.published.is_empty() && self.met.insert(pair.clone()) {
            self.waiting.push(pair);
        }
    }

    fn shapes(&mut self, pair: &Pair) {
        let ours = merged(self.ours, &pair.ours);
        let published = merged(self.published, &pair.published);
        let name = pair
            .ours
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("|");
        let at = At {
            part: pair.part,
            place: &name,
            against: &pair.published,
        };
        if !ours.variants.is_empty() && !published.variants.is_empty() {
            self.row(at, "tag", ours.tag.clone(), published.tag.clone());
            for value in keys(&ours.variants, &published.variants) {
                match (ours.variants.get(value), published.variants.get(value)) {
                    (Some(mine), Some(theirs)) => self.meet(Pair {
                        part: pair.part,
                        ours: BTreeSet::from([mine.clone()]),
                        published: BTreeSet::from([theirs.clone()]),
                        tag: ours.tag.clone(),
                    }),
                    (mine, theirs) => {
                        let what = format!("variant {value}");
                        self.row(at, &what, mine.cloned(), theirs.cloned());
                    }
                }
            }
            return;
        }
        for field in keys(&ours.fields, &published.fields) {
            if pair.tag.as_deref() == Some(field) {
                continue;
            }
            let goes = |value: &&Value| match pair.part {
                Part::Request => !value.is("readOnly"),
                Part::Answer => !value.is("writeOnly"),
                Part::Operation => true,
            };
            let mine = ours.fields.get(field).filter(goes);
            let theirs = published.fields.get(field).filter(goes);
            let is_read = mine.is_none() && ours.also_read.contains_key(field);
            if (mine.is_none() && theirs.is_none()) || is_read {
                continue;
            }
            let place = format!("{name}.{field}");
            let at = At {
                place: &place,
                ..at
            };
            self.presence(at, "field", mine, theirs);
        }
    }

    /// Notes a fact, unless both say the same.
    fn row(&mut self, at: At<'_>, what: &str, ours: Option<String>, published: Option<String>) {
        let kind = match (&ours, &published) {
            (ours, published) if ours == published => return,
            (None, _) => Kind::OursLacks,
            (_, None) => Kind::OursAdds,
            _ => Kind::Changed,
        };
        let row = Row {
            kind,
            part: at.part,
            at: at.place.to_owned(),
            what: what.to_owned(),
            ours,
            published,
            against: BTreeSet::new(),
        };
        let against = self.rows.entry(row).or_default();
        against.extend(at.against.iter().cloned());
    }
}

/// The keys of both, each once.
fn keys<'a, V>(
    ours: &'a BTreeMap<String, V>,
    published: &'a BTreeMap<String, V>,
) -> BTreeSet<&'a str> {
    let keys = ours.keys().chain(published.keys());
    keys.map(String::as_str).collect()
}

/// What several shapes that may stand at one place have between them.
fn merged(facts: &Facts, names: &BTreeSet<String>) -> Shape {
    let mut shapes = names.iter().filter_map(|name| facts.shapes.get(name));
    let mut all = shapes.next().cloned().unwrap_or_default();
    for other in shapes {
        all.widen(other);
        all.variants.clear();
    }
    all
}

fn text(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A value in a few words, for a row about all of it.
fn describe(value: &Value) -> String {
    let kind = value
        .attributes
        .get("type")
        .map_or_else(|| "anything".to_owned(), text);
    let names: Vec<&str> = value.shapes.iter().map(String::as_str).collect();
    match (&value.items, names.as_slice()) {
        (Some(items), _) => format!("{kind} of {}", describe(items)),
        (None, []) => kind,
        (None, names) => names.join("|"),
    }
}
