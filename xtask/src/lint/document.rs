//! The contract as the rules see it: every object with its kind, every operation, every `$ref`.

use std::collections::BTreeSet;

use super::grammar::{ObjectKind, Shape};
use crate::{
    contract::{Contract, Node, NodeValue, join, openapi::METHODS, pointer::follow, references},
    finding::Location,
    rule::Profile,
};

/// An object of the contract.
#[derive(Clone, Debug)]
pub(super) struct Site<'a> {
    pub(super) kind: ObjectKind,
    pub(super) node: &'a Node,
    pub(super) pointer: String,
    /// The key under which it stands, or itself in a list.
    pub(super) at: Location,
}

/// A value whose kind is not what OpenAPI has there.
#[derive(Clone, Debug)]
pub(super) struct Misfit {
    pub(super) pointer: String,
    pub(super) at: Location,
    pub(super) found: &'static str,
    pub(super) expected: &'static str,
}

/// An operation under `paths`.
#[derive(Clone, Debug)]
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    pub(super) path_pointer: String,
    pub(super) path_item: &'a Node,
    pub(super) method: &'static str,
    pub(super) node: &'a Node,
    pub(super) pointer: String,
    pub(super) at: Location,
}

/// A parameter as an operation uses it.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'a> {
    /// The definition, `$ref`s followed.
    pub(super) node: &'a Node,
    /// Where the operation or its path lists it.
    pub(super) pointer: String,
    pub(super) at: Location,
    /// Listed by the path item rather than by the operation.
    pub(super) shared: bool,
}

/// A definition that may have been reached through `$ref`s.
#[derive(Clone, Debug)]
pub(super) struct Resolved<'a> {
    pub(super) node: &'a Node,
    pub(super) pointer: String,
}

/// A success response of an operation.
#[derive(Clone, Debug)]
pub(super) struct Success<'a> {
    pub(super) code: &'a str,
    pub(super) at: Location,
    pub(super) pointer: String,
    pub(super) body: Resolved<'a>,
}

/// The contract, walked once.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// What it is held against.
    pub(super) profile: Profile,
    pub(super) root: &'a Node,
    pub(super) sites: Vec<Site<'a>>,
    pub(super) misfits: Vec<Misfit>,
    pub(super) operations: Vec<Operation<'a>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(contract: &'a Contract, profile: Profile) -> Self {
        let root = contract.root();
        let mut walk = Walk::default();
        walk.object(ObjectKind::OpenApi, root, String::new(), root.at());
        Self {
            profile,
            root,
            sites: walk.sites,
            misfits: walk.misfits,
            operations: operations(root),
        }
    }

    /// Every object of a kind, in the order of the document; `$ref`s themselves are left out.
    pub(super) fn of(&self, kind: ObjectKind) -> impl Iterator<Item = &Site<'a>> {
        self.sites
            .iter()
            .filter(move |site| site.kind == kind && site.node.get("$ref").is_none())
    }

    /// Every `$ref`, with the kind of object that it stands for.
    pub(super) fn references(&self) -> impl Iterator<Item = (&Site<'a>, &'a Node)> {
        self.sites.iter().filter_map(|site| {
            let stands_for = site.kind.section().is_some() || site.kind == ObjectKind::PathItem;
            let target = stands_for.then(|| site.node.get("$ref"))??;
            Some((site, target))
        })
    }

    /// The named definitions of a section of `components`.
    pub(super) fn components(&self, section: &str) -> Option<&'a Node> {
        self.root.get("components")?.get(section)
    }

    /// What `node` is once its `$ref`s are followed; nothing if one of them dangles.
    pub(super) fn resolve(&self, node: &'a Node, pointer: &str) -> Option<Resolved<'a>> {
        let reference = |node: &'a Node| node.text("$ref");
        let at = |pointer: &'a str| follow(self.root, pointer).map(|(node, _)| node);
        let meant = references::resolve(node, reference, at).ok()?;
        Some(Resolved {
            node: meant.value,
            pointer: meant.pointer.unwrap_or(pointer).to_owned(),
        })
    }

    /// The parameters of an operation, the path's first.
    pub(super) fn parameters(&self, operation: &Operation<'a>) -> Vec<Parameter<'a>> {
        let levels = [
            (operation.path_item, &operation.path_pointer, true),
            (operation.node, &operation.pointer, false),
        ];
        let mut parameters = Vec::new();
        for (owner, pointer, shared) in levels {
            let Some(list) = owner.get("parameters") else {
                continue;
            };
            for (index, item) in list.items().iter().enumerate() {
                let here = join(&join(pointer, "parameters"), &index.to_string());
                if let Some(found) = self.resolve(item, &here) {
                    parameters.push(Parameter {
                        node: found.node,
                        pointer: here,
                        at: item.at(),
                        shared,
                    });
                }
            }
        }
        parameters
    }

    /// How many parameters an operation and its path list, dangling `$ref`s included.
    pub(super) fn listed_parameters(operation: &Operation<'a>) -> usize {
        [operation.path_item, operation.node]
            .into_iter()
            .filter_map(|owner| owner.get("parameters"))
            .map(|list| list.items().len())
            .sum()
    }

    /// The request body of an operation.
    pub(super) fn request_body(&self, operation: &Operation<'a>) -> Option<Resolved<'a>> {
        let body = operation.node.get("requestBody")?;
        self.resolve(body, &join(&operation.pointer, "requestBody"))
    }

    /// The responses of an operation whose code is 2xx.
    pub(super) fn successes(&self, operation: &Operation<'a>) -> Vec<Success<'a>> {
        let Some(responses) = operation.node.get("responses") else {
            return Vec::new();
        };
        let here = join(&operation.pointer, "responses");
        let found = responses.entries().iter().filter_map(|entry| {
            let pointer = join(&here, &entry.key);
            is_success(&entry.key).then_some(())?;
            let body = self.resolve(&entry.value, &pointer)?;
            Some(Success {
                code: &entry.key,
                at: entry.at,
                pointer,
                body,
            })
        });
        found.collect()
    }

    /// Every request body and success response that the generator reads, each once for what it
    /// is used as.
    pub(super) fn bodies(&self) -> Vec<(Resolved<'a>, Direction)> {
        let mut seen = BTreeSet::new();
        let mut bodies = Vec::new();
        for operation in &self.operations {
            let request = self.request_body(operation);
            let request = request.map(|body| (body, Direction::Request));
            let responses = self.successes(operation);
            let responses = responses.into_iter().map(|success| {
                let direction = match success.code {
                    "204" => Direction::NoContent,
                    _ => Direction::Response,
                };
                (success.body, direction)
            });
            for body in request.into_iter().chain(responses) {
                if seen.insert((body.0.pointer.clone(), body.1)) {
                    bodies.push(body);
                }
            }
        }
        bodies
    }

    /// Whether a schema, its `$ref`s followed, is of this type.
    pub(super) fn schema_type(&self, schema: &'a Node) -> Option<&'a str> {
        self.resolve(schema, "")?.node.text("type")
    }
}

/// Which way a body travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Request,
    Response,
    /// The response of a 204, which announces a media type and has no body.
    NoContent,
}

impl<'a> Operation<'a> {
    /// `GET /path`, for messages.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.method.to_ascii_uppercase(), self.path)
    }

    pub(super) fn id(&self) -> Option<&'a str> {
        self.node.text("operationId")
    }
}

/// Whether a key of `responses` is a success: `2XX` or `200` to `299`.
pub(super) fn is_success(code: &str) -> bool {
    code.len() == 3 && code.starts_with('2')
}

fn operations(root: &Node) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    let paths = root.get("paths").map_or(&[][..], Node::entries);
    for path in paths.iter().filter(|entry| !entry.key.starts_with("x-")) {
        let path_pointer = join("/paths", &path.key);
        for method in METHODS {
            let Some(entry) = path.value.entry(method) else {
                continue;
            };
            operations.push(Operation {
                path: &path.key,
                path_item: &path.value,
                method,
                node: &entry.value,
                pointer: join(&path_pointer, method),
                at: entry.at,
                path_pointer: path_pointer.clone(),
            });
        }
    }
    operations
}

#[derive(Default)]
struct Walk<'a> {
    sites: Vec<Site<'a>>,
    misfits: Vec<Misfit>,
}

impl<'a> Walk<'a> {
    fn object(&mut self, kind: ObjectKind, node: &'a Node, pointer: String, at: Location) {
        if !matches!(node.value, NodeValue::Map(_)) {
            self.misfit(node, pointer, "a mapping");
            return;
        }
        let is_reference = kind.section().is_some() && node.get("$ref").is_some();
        if !is_reference {
            for entry in node.entries() {
                let known = kind.keys().iter().find(|key| key.name == entry.key);
                let shape = match known {
                    Some(key) => key.shape,
                    None if entry.key.starts_with("x-") => continue,
                    None => match kind.open_keys() {
                        Some(shape) => shape,
                        None => continue,
                    },
                };
                self.value(shape, &entry.value, join(&pointer, &entry.key), entry.at);
            }
        }
        self.sites.push(Site {
            kind,
            node,
            pointer,
            at,
        });
    }

    fn value(&mut self, shape: Shape, node: &'a Node, pointer: String, at: Location) {
        let expected = match (shape, &node.value) {
            (Shape::Any, _)
            | (Shape::Text, NodeValue::String(_))
            | (Shape::Flag | Shape::FlagOrSchema, NodeValue::Bool(_))
            | (Shape::Number, NodeValue::Number(_))
            | (Shape::List, NodeValue::Seq(_)) => return,
            (Shape::Count, NodeValue::Number(number)) if number.is_u64() => return,
            (Shape::Object(kind), _) => return self.object(kind, node, pointer, at),
            (Shape::FlagOrSchema, NodeValue::Map(_)) => {
                return self.object(ObjectKind::Schema, node, pointer, at);
            }
            (Shape::TextList, NodeValue::Seq(items)) => {
                return self.texts(
                    items.iter().enumerate().map(|(i, n)| (i.to_string(), n)),
                    &pointer,
                );
            }
            (Shape::TextMap, NodeValue::Map(entries)) => {
                return self.texts(entries.iter().map(|e| (e.key.clone(), &e.value)), &pointer);
            }
            (Shape::ListOf(kind), NodeValue::Seq(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.object(kind, item, join(&pointer, &index.to_string()), item.at());
                }
                return;
            }
            (Shape::MapOf(kind), NodeValue::Map(entries)) => {
                for entry in entries {
                    self.object(kind, &entry.value, join(&pointer, &entry.key), entry.at);
                }
                return;
            }
            (Shape::Text, _) => "text",
            (Shape::Flag, _) => "true or false",
            (Shape::Number, _) => "a number",
            (Shape::Count, _) => "an integer from zero",
            (Shape::TextList, _) => "a list of texts",
            (Shape::List | Shape::ListOf(_), _) => "a list",
            (Shape::TextMap, _) => "a mapping of texts",
            (Shape::MapOf(_), _) => "a mapping",
            (Shape::FlagOrSchema, _) => "true, false or a schema",
        };
        self.misfit(node, pointer, expected);
    }

    fn texts(&mut self, items: impl Iterator<Item = (String, &'a Node)>, pointer: &str) {
        for (step, item) in items {
            if item.as_str().is_none() {
                self.misfit(item, join(pointer, &step), "text");
            }
        }
    }

    fn misfit(&mut self, node: &Node, pointer: String, expected: &'static str) {
        self.misfits.push(Misfit {
            pointer,
            at: node.at(),
            found: node.kind(),
            expected,
        });
    }
}
