//! The rules are facts: what progenitor does with each fault if nobody stops it.
//!
//! The documents are those of [`faults`]; each differs from the good one in its fault alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeSet, process::Command};

use self::generator::{Outcome, fold, generate, mocks};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use xtask::{contract::Contract, lint::lint};

mod faults;
mod generator;

fn document(name: &str) -> Value {
    let contract = Contract::parse(name, &faults::text(name)).expect(name);
    let mut document = contract.to_json();
    fold(&mut document);
    document
}

fn code(name: &str) -> String {
    match generate(document(name)) {
        Outcome::Generated(code) => code,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn the_good_contract_generates() {
    assert!(code("good").contains("fn list_export_jobs"));
    let mocks = mocks(document("good"));
    assert!(matches!(mocks, Outcome::Generated(_)), "{mocks:?}");
}

#[test]
fn the_generator_panics() {
    for (name, said) in [
        ("dangling-reference", "NewExportJobs is missing"),
        ("misdirected-reference", "key ExportJob is missing"),
        (
            "external-reference",
            "external references are not supported",
        ),
        (
            "path-parameter-missing",
            "missing path name mapping groupId",
        ),
        ("path-parameter-optional", "parameter_data.required"),
        ("path-parameter-extra", "clusterName missing from path"),
        ("success-several", "response_types.len() <= 1"),
        ("response-default", "response_types.len() <= 1"),
        (
            "media-type-schema-missing",
            "media type encoding, no schema",
        ),
        ("media-type-encoding", "media type encoding not empty"),
        ("schema-type", "invalid type: str"),
        ("keyword-misplaced", "invalid (or unexpected) schema"),
        ("enum-collision", "Failed to make unique variant names"),
        ("enum-repeated", "Failed to make unique variant names"),
        ("not-schema", "unhandled not schema"),
    ] {
        let outcome = generate(document(name));
        let Outcome::Panicked(message) = &outcome else {
            panic!("{name}: {outcome:?}");
        };
        assert!(message.contains(said), "{name}: {message}");
    }
}

#[test]
fn the_generator_panics_on_variants_of_a_fault() {
    let schema = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    for (rule, faulty, said) in [
        (
            "exclusive-bound",
            r#"{"exclusiveMinimum": true}"#,
            "set without minimum",
        ),
        (
            "enum-value",
            r#"{"enum": ["a", 1]}"#,
            "multiple implied types",
        ),
        (
            "keyword-misplaced",
            r#"{"type": "boolean", "format": "x"}"#,
            "unexpected) schema",
        ),
        (
            "schema-untyped",
            r#"{"format": "x", "enum": ["a"]}"#,
            "unexpected) schema",
        ),
    ] {
        let mut document = document("good");
        let properties = document.pointer_mut("/components/schemas/ApiError/properties");
        properties.expect("properties")["faulty"] = schema(faulty);
        let contract = Contract::parse("variant.yaml", &document.to_string()).expect("JSON");
        let findings = lint(&contract);
        assert!(
            findings.iter().any(|finding| finding.rule == rule),
            "{rule}: {faulty}"
        );
        let outcome = generate(document);
        assert!(
            matches!(&outcome, Outcome::Panicked(message) if message.contains(said)),
            "{rule}: {outcome:?}"
        );
    }
}

#[test]
fn the_mock_generator_panics() {
    let outcome = mocks(document("success-unnamed"));
    assert!(matches!(outcome, Outcome::Panicked(_)), "{outcome:?}");
}

#[test]
fn the_generator_refuses() {
    for (name, said) in [
        ("operation-id-missing", "is missing operation ID"),
        ("operation-id-duplicate", "duplicate operation ID"),
        ("path-item-reference", "uses reference, unsupported"),
        ("path-template", "unterminated parameter"),
        ("parameter-location", "cookie parameters are not supported"),
        ("parameter-content", "unexpected content"),
        ("parameter-style", "unsupported style"),
        ("pattern-invalid", "invalid pattern"),
        ("enum-value", "unexpected value type"),
        ("default-misfit", "does not conform to the given schema"),
    ] {
        let outcome = generate(document(name));
        let Outcome::Refused(message) = &outcome else {
            panic!("{name}: {outcome:?}");
        };
        assert!(message.contains(said), "{name}: {message}");
        // Not one of these messages names a place.
        assert!(!message.contains("line"), "{name}: {message}");
    }
}

#[test]
fn the_reader_refuses_without_a_place() {
    for (name, said) in [
        ("missing-key", "missing field `title`"),
        ("wrong-kind", "expected a string"),
        ("parameter-schema-missing", "ParameterSchemaOrContent"),
    ] {
        let outcome = generate(document(name));
        let Outcome::Unread(message) = &outcome else {
            panic!("{name}: {outcome:?}");
        };
        assert!(message.contains(said), "{name}: {message}");
    }
}

/// The fault changes nothing at all in the code: what it says is lost.
#[test]
fn the_generator_drops_without_a_word() {
    let good = code("good");
    for name in [
        "unknown-key",
        "ignored-section",
        "reference-siblings",
        "nullable-reference",
        "undeclared-tag",
        "undeclared-security-scheme",
        "request-body-optional",
        "required-twice",
        "body-schemas-differ",
    ] {
        assert_eq!(code(name), good, "{name}");
    }
}

#[test]
fn the_generator_misreads_without_a_word() {
    let mut unlike = Vec::new();
    for (name, sign) in [
        // A byte stream where JSON was meant.
        ("media-type-unreadable", "ResponseValue < ByteStream >"),
        ("success-missing", "ResponseValue < ByteStream >"),
        // Any text.
        ("enum-empty", "struct Tier (pub :: std :: string :: String)"),
        // An enum without a variant: no value decodes.
        ("combinator-empty", "enum Never { }"),
        // One branch's properties alone.
        ("all-of-closed", "struct Widened (pub Closed)"),
        ("all-of-conflict", "enum Both { }"),
        // A flattened scalar: no value decodes either.
        (
            "any-of-scalars",
            "subtype_0 : :: std :: option :: Option < ExportState >",
        ),
        // Anything at all.
        (
            "newer-keyword",
            "struct Tier (pub :: std :: string :: String)",
        ),
        (
            "array-items-missing",
            "parameters : :: std :: vec :: Vec < :: serde_json :: Value >",
        ),
        ("required-property-absent", "stat : :: serde_json :: Value"),
        // A list where text of bounded length was meant.
        (
            "schema-untyped",
            "detail : :: std :: option :: Option < :: std :: vec :: Vec <",
        ),
        // The namesake's type instead of its own.
        (
            "generated-name-collision",
            "ResponseValue < types :: ApiError >",
        ),
        // A type for one operation's parameter.
        ("parameter-inline-constraint", "enum ListExportJobsState"),
        ("path-segment", "{}/export/status"),
        // One property less, because no value has both formats.
        ("all-of-overlap", "struct Thing { }"),
        // Any text.
        (
            "format-unknown",
            "at : :: std :: option :: Option < :: std :: string :: String >",
        ),
        // Demanded of those who send it.
        ("required-one-way", "pub id : :: std :: string :: String"),
        // The wider variant first, and nothing that tells them apart.
        (
            "one-of-shadowed",
            "# [serde (untagged)] pub enum Bucket { Variant0",
        ),
        // A type of a crate that the mocks lack.
        (
            "body-untyped",
            "ResponseValue < :: serde_json :: Map < :: std :: string :: String , :: serde_json :: Value > >",
        ),
        // Another method than the one that the table names.
        ("operation-id-renamed", "async fn match_ <"),
        // An `Option`, which rustc finds no text for.
        (
            "parameter-nullable",
            "pub struct Note (pub :: std :: option :: Option < :: std :: string :: String >)",
        ),
        (
            "parameter-compound",
            "append (\"X-States\" , value . to_string ()",
        ),
    ] {
        if !code(name).contains(sign) {
            unlike.push((name, sign));
        }
    }
    assert_eq!(unlike, Vec::new());
}

#[test]
fn the_generator_keeps_nothing_of_what_true_allows() {
    assert!(!code("additional-properties-true").contains("extra :"));
}

/// The last of two equal parameters wins, so the first one's default and bounds are gone.
#[test]
fn the_generator_takes_the_last_of_two_parameters() {
    assert!(code("good").contains("items_per_page : Option < :: std :: num :: NonZeroU64 >"));
    assert!(code("parameter-duplicate").contains("items_per_page : Option < i64 >"));
}

#[test]
fn rustc_refuses_what_was_generated() {
    for (name, twice) in [
        ("operation-id-collision", "list_export_jobs"),
        ("schema-name-collision", "ExportJob"),
        ("property-collision", "error_code"),
        ("parameter-collision", "items_per_page"),
        ("nullable-combined", "Either"),
    ] {
        let found = doubles(&code(name));
        assert!(found.contains(twice), "{name}: {found:?}");
    }
    assert_eq!(doubles(&code("good")), BTreeSet::new());
    let mut document = document("good");
    document["components"]["schemas"]["Labels"] = serde_json::json!({
        "type": "object",
        "properties": {"extra": {"type": "string"}},
        "additionalProperties": {"type": "integer"},
    });
    let Outcome::Generated(labels) = generate(document) else {
        panic!("no client");
    };
    assert!(doubles(&labels).contains("extra"));
    let Outcome::Generated(mocks) = mocks(self::document("parameter-reserved")) else {
        panic!("no mocks");
    };
    assert!(doubles(&mocks).contains("new"));
}

/// A cycle ends the process: nothing can catch it, so each runs in one of its own.
#[test]
fn a_cycle_overflows_the_stack() {
    for cycle in ["a_cycle_of_parameters", "a_cycle_of_branches"] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", cycle, "--ignored"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let overflowed = !output.status.success() && said.contains("overflow");
        assert!(overflowed, "{cycle}: {said}");
    }
}

#[test]
#[ignore = "overflows the stack: run by a_cycle_overflows_the_stack in a process of its own"]
fn a_cycle_of_parameters() {
    let mut document = document("good");
    document["components"]["parameters"]["ProjectId"] =
        serde_json::json!({"$ref": "#/components/parameters/ProjectId"});
    let _ = generate(document);
}

#[test]
#[ignore = "overflows the stack: run by a_cycle_overflows_the_stack in a process of its own"]
fn a_cycle_of_branches() {
    let mut document = document("good");
    document["components"]["schemas"]["Loop"] = serde_json::json!({
        "allOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "object"}]
    });
    let _ = generate(document);
}

/// Names that stand twice where Rust allows one: items of a module, methods, fields, arguments.
fn doubles(code: &str) -> BTreeSet<String> {
    let mut file: syn::File = syn::parse_str(code).expect("tokens of a Rust file");
    let mut doubles = Doubles::default();
    doubles.visit_file_mut(&mut file);
    doubles.0
}

#[derive(Default)]
struct Doubles(BTreeSet<String>);

impl Doubles {
    fn scope(&mut self, names: impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name.clone()) {
                self.0.insert(name);
            }
        }
    }
}

impl VisitMut for Doubles {
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        let items = module.content.iter().flat_map(|(_, items)| items);
        self.scope(items.filter_map(|item| match item {
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            syn::Item::Enum(item) => Some(item.ident.to_string()),
            _ => None,
        }));
        visit_mut::visit_item_mod_mut(self, module);
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        self.scope(item.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
            _ => None,
        }));
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_fields_named_mut(&mut self, fields: &mut syn::FieldsNamed) {
        let names = fields.named.iter().filter_map(|field| field.ident.as_ref());
        self.scope(names.map(ToString::to_string));
        visit_mut::visit_fields_named_mut(self, fields);
    }

    fn visit_signature_mut(&mut self, signature: &mut syn::Signature) {
        self.scope(signature.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(typed) => match typed.pat.as_ref() {
                syn::Pat::Ident(name) => Some(name.ident.to_string()),
                _ => None,
            },
            syn::FnArg::Receiver(_) => None,
        }));
        visit_mut::visit_signature_mut(self, signature);
    }
}
