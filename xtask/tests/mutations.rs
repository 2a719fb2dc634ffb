//! A good contract, damaged at random: reading and judging it never panics, and what the rules
//! let pass the generator takes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use xtask::{
    codegen,
    contract::Contract,
    lint::{examples::GOOD, guard, judge, lint},
    rule::Profile,
};

/// JSON whose mappings may have a key twice.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(Value),
    Seq(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::Seq(items.into_iter().map(Self::from).collect()),
            Value::Object(entries) => {
                let entries = entries.into_iter().map(|(key, v)| (key, Self::from(v)));
                Self::Map(entries.collect())
            }
            leaf => Self::Leaf(leaf),
        }
    }
}

impl Tree {
    fn text(&self) -> String {
        match self {
            Self::Leaf(value) => value.to_string(),
            Self::Seq(items) => {
                let items: Vec<String> = items.iter().map(Self::text).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(k, v)| format!("{}: {}", Value::from(&**k), v.text()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Every node below this one with the mapping or list that holds it, counted depth first.
    fn visit(&mut self, wanted: &mut usize, change: &mut dyn FnMut(&mut Tree, usize)) {
        let length = match self {
            Self::Leaf(_) => 0,
            Self::Seq(items) => items.len(),
            Self::Map(entries) => entries.len(),
        };
        for index in 0..length {
            if *wanted == 0 {
                *wanted = usize::MAX;
                change(self, index);
                return;
            }
            if *wanted == usize::MAX {
                return;
            }
            *wanted -= 1;
            let child = match self {
                Self::Leaf(_) => None,
                Self::Seq(items) => items.get_mut(index),
                Self::Map(entries) => entries.get_mut(index).map(|(_, value)| value),
            };
            if let Some(child) = child {
                child.visit(wanted, change);
            }
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Leaf(_) => 0,
            Self::Seq(items) => items.iter().map(|item| 1 + item.size()).sum(),
            Self::Map(entries) => entries.iter().map(|(_, value)| 1 + value.size()).sum(),
        }
    }

    fn child(&mut self, index: usize) -> Option<&mut Tree> {
        match self {
            Self::Leaf(_) => None,
            Self::Seq(items) => items.get_mut(index),
            Self::Map(entries) => entries.get_mut(index).map(|(_, value)| value),
        }
    }
}

#[derive(Clone, Debug)]
enum Damage {
    Delete,
    Replace(Value),
    /// A copy of another node of the contract stands here.
    Transplant(Index),
    Repeat,
    Rename(&'static str),
}

fn damage() -> impl Strategy<Value = (Index, Damage)> {
    let values = prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!(7)),
        Just(json!(-0.5)),
        Just(json!("")),
        Just(json!("{é}~1/..")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[], {}, null])),
        Just(json!({"$ref": "#/components/schemas/ExportJob"})),
        Just(json!({"$ref": "#"})),
        Just(json!({"allOf": [{"$ref": "#/components/schemas/ExportJob"}]})),
        Just(json!({"type": "array", "items": {}, "nullable": true})),
        Just(json!({
            "type": "array",
            "x-tolerant-items": true,
            "default": [{"name": "a"}],
            "items": {"type": "object", "properties": {"name": {"type": "string"}}},
        })),
        Just(json!({
            "type": "object",
            "properties": {"extra": {"type": "string", "enum": ["A", "B"], "default": "A"}},
            "additionalProperties": {},
        })),
        Just(json!({"type": "string", "format": "date-time", "description": "<a>\n```\n"})),
        Just(json!({"oneOf": [
            {"$ref": "#/components/schemas/ExportState"},
            {"type": "array", "items": {"type": "string", "enum": ["A"]}},
        ]})),
    ];
    let keys = prop::sample::select(vec![
        "",
        "$ref",
        "type",
        "enum",
        "allOf",
        "oneOf",
        "anyOf",
        "items",
        "default",
        "required",
        "properties",
        "additionalProperties",
        "nullable",
        "x-note",
        "204",
        "2XX",
        "pattern",
        "minimum",
        "minLength",
        "title",
        "format",
        "put",
        "in",
        "name",
        "x-tolerant-items",
        "readOnly",
    ]);
    let damage = prop_oneof![
        Just(Damage::Delete),
        values.prop_map(Damage::Replace),
        any::<Index>().prop_map(Damage::Transplant),
        Just(Damage::Repeat),
        keys.prop_map(Damage::Rename),
    ];
    (any::<Index>(), damage)
}

fn damaged(good: &str, damages: &[(Index, Damage)]) -> String {
    let contract = Contract::parse("good.yaml", good).expect("the good contract");
    let mut tree = Tree::from(contract.to_json());
    for (place, damage) in damages {
        let size = tree.size();
        if size == 0 {
            break;
        }
        let mut graft = Tree::Leaf(Value::Null);
        if let Damage::Transplant(source) = damage {
            tree.clone()
                .visit(&mut source.index(size), &mut |parent, index| {
                    graft = parent.child(index).expect("a child").clone();
                });
        }
        tree.visit(
            &mut place.index(size),
            &mut |parent, index| match (damage, parent) {
                (Damage::Delete, Tree::Seq(items)) => drop(items.remove(index)),
                (Damage::Delete, Tree::Map(entries)) => drop(entries.remove(index)),
                (Damage::Repeat, Tree::Seq(items)) => {
                    let copies: Vec<Tree> = items.get(index).cloned().into_iter().collect();
                    items.extend(copies);
                }
                (Damage::Repeat, Tree::Map(entries)) => {
                    let copies: Vec<_> = entries.get(index).cloned().into_iter().collect();
                    entries.extend(copies);
                }
                (Damage::Rename(name), Tree::Map(entries)) => {
                    if let Some((key, _)) = entries.get_mut(index) {
                        (*name).clone_into(key);
                    }
                }
                (Damage::Replace(value), parent) => {
                    *parent.child(index).expect("a child") = Tree::from(value.clone());
                }
                (Damage::Transplant(_), parent) => {
                    *parent.child(index).expect("a child") = graft.clone();
                }
                (Damage::Rename(_), _) | (_, Tree::Leaf(_)) => {}
            },
        );
    }
    tree.text()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_rules_let_pass_the_generator_takes(damages in prop::collection::vec(damage(), 1..4)) {
        let text = damaged(GOOD, &damages);
        let Ok(contract) = Contract::parse("damaged.yaml", &text) else { return Ok(()) };
        let findings = lint(&contract);
        for finding in &findings {
            prop_assert!(finding.line > 0 && !finding.message.is_empty() && !finding.help.is_empty());
            let place = contract.node(&finding.pointer);
            prop_assert!(place.is_some(), "no place {}", finding);
        }
        if findings.is_empty() {
            let json = contract.to_json();
            let outcome = guard("damaged.yaml", || codegen::generate(&json).map(|_| ()));
            prop_assert!(matches!(outcome, Ok(Ok(()))), "{:?}\n{}", outcome, text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "openapi: 3.0.3\n[ -~\n]{0,200}") {
        if let Ok(contract) = Contract::parse("any.yaml", &text) {
            lint(&contract);
        }
    }
}

/// How many mutations of the documents of others are tried; 10,000 are tried before a release.
fn mutations_of_others() -> u32 {
    let given = std::env::var("DOCUMENT_MUTATIONS").ok();
    given.map_or(240, |given| given.parse().expect("a number"))
}

/// The documents of others, damaged at random: nothing panics, and what the rules let pass becomes
/// a crate.
#[test]
fn what_the_rules_let_pass_of_others_becomes_a_crate() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents"));
    let files = std::fs::read_dir(folder).expect("the folder of documents");
    let mut documents: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    documents.sort();
    let documents: Vec<String> = documents
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let (passed, all) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let config = ProptestConfig {
        cases: mutations_of_others(),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    let which = (any::<Index>(), prop::collection::vec(damage(), 1..4));
    // The same ones each time: what CI tells does not change by itself.
    let seed = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, seed);
    let outcome = runner.run(&which, |(document, damages)| {
        all.set(all.get() + 1);
        let good: &String = document.get(&documents);
        let text = damaged(good, &damages);
        let Ok(contract) = Contract::parse("damaged.yaml", &text) else {
            return Ok(());
        };
        let json = contract.to_json();
        // The lint has nothing that catches a panic, and needs nothing.
        if judge(&contract, Profile::Generator).findings.is_empty() {
            passed.set(passed.get() + 1);
            let outcome = guard("damaged.yaml", || {
                codegen::stand_alone::generate(&json).map(|_| ())
            });
            prop_assert!(matches!(outcome, Ok(Ok(()))), "{:?}\n{}", outcome, text);
        }
        Ok(())
    });
    println!("{} mutations, {} passed the rules", all.get(), passed.get());
    if let Err(why) = outcome {
        panic!("{why}");
    }
}
