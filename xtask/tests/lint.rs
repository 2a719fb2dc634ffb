//! Every rule against a contract that differs from a good one in one fault alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use xtask::{
    contract::Contract,
    finding::{Finding, render},
    lint::{
        all_rules,
        examples::{Kind, example},
        is_on, judge, lint, profile_of, rules,
    },
    rule::{Class, Profile},
};

mod faults;

/// The findings of a contract of [`faults`].
fn findings(name: &str) -> Vec<Finding> {
    let file = format!("{name}.yaml");
    lint(&Contract::parse(&file, &faults::text(name)).expect(name))
}

#[test]
fn a_good_contract_has_no_finding() {
    assert_eq!(render(&findings("good")), "");
}

#[test]
fn every_fault_is_named_by_its_rule_alone() {
    let mut wrong = BTreeMap::new();
    for name in faults::names() {
        let found: Vec<&str> = findings(&name).iter().map(|found| found.rule).collect();
        if found.is_empty() || found.iter().any(|id| *id != name) {
            wrong.insert(name, found);
        }
    }
    assert_eq!(wrong, BTreeMap::new());
}

#[test]
fn every_rule_has_a_bad_and_a_good_example() {
    // What stands around a text, and a panic of somebody else's.
    let unshown = [
        "contract-unreadable",
        "contract-not-utf8",
        "contract-too-large",
        "generator-panic",
    ];
    for rule in all_rules() {
        let bad = example(rule.id, Kind::Bad);
        let good = example(rule.id, Kind::Good);
        assert_eq!(bad.is_none(), unshown.contains(&rule.id), "{}", rule.id);
        let (Some(bad), Some(good)) = (bad, good) else {
            continue;
        };
        let found = of_text(&bad.text);
        assert!(!found.is_empty(), "{} finds nothing", rule.id);
        for finding in found {
            assert_eq!(finding.rule, rule.id, "{finding}");
        }
        assert_eq!(render(&of_text(&good.text)), "", "{}", rule.id);
        assert_ne!(bad.shown, good.shown);
        // What is shown is YAML as well, but where that is the fault.
        let is_part = !bad.shown.contains("openapi:") && bad.shown != bad.text;
        for part in [bad.shown, good.shown].iter().filter(|_| is_part) {
            let read = Contract::parse("a.yaml", &format!("openapi: 3.0.3\n{part}"));
            assert!(read.is_ok(), "{read:?}\n{part}");
        }
    }
}

/// The findings of a text, whether or not it is a contract.
fn of_text(text: &str) -> Vec<Finding> {
    Contract::parse("a.yaml", text).map_or_else(|findings| findings, |contract| lint(&contract))
}

#[test]
fn other_faults_of_a_rule_are_named_too() {
    for (rule, line, faulty) in faults::others::OTHERS {
        let text = faults::patched(&faults::text("good"), line, faulty);
        let contract = Contract::parse("good.yaml", &text).unwrap();
        let found: Vec<&str> = lint(&contract).iter().map(|found| found.rule).collect();
        assert!(found.contains(rule), "{rule}: {found:?}");
    }
}

#[test]
fn what_the_generator_reads_as_it_is_meant_passes() {
    for schema in [
        "A: {type: object, additionalProperties: true}",
        "A: {type: object, properties: {a: {type: string}}, additionalProperties: {}}",
        // Only answers have it, and they have it always.
        "A: {allOf: [{$ref: '#/components/schemas/ExportJob'}, {type: object, required: [id]}]}",
        "A: {allOf: [{type: object, properties: {a: {$ref: '#/components/schemas/ExportState'}}}, {type: object, properties: {a: {$ref: '#/components/schemas/ExportState'}}}]}",
        "A: {oneOf: [{$ref: '#/components/schemas/ExportState'}, {type: string}]}",
        "A: {oneOf: [{type: integer}, {type: number}]}",
        "A: {oneOf: [{type: string, format: date-time}, {type: string}]}",
        "A: {oneOf: [{type: object, required: [a], properties: {a: {type: string}}, additionalProperties: false}, {type: object, properties: {b: {type: string}}}]}",
        "A: {oneOf: [{type: object, required: [k], properties: {k: {type: string, enum: [A]}}}, {type: object, required: [k], properties: {k: {type: string, enum: [B]}}}]}",
        "A: {type: string, format: uri}",
        "A: {type: integer, format: uint16}",
    ] {
        let good = faults::text("good");
        let text = faults::patched(
            &good,
            "    ExportState:\n",
            &format!("    {schema}\n    ExportState:\n"),
        );
        let contract = Contract::parse("good.yaml", &text).expect(schema);
        assert_eq!(render(&lint(&contract)), "", "{schema}");
    }
}

#[test]
fn what_answers_alone_have_may_be_required() {
    let good = faults::text("good");
    let id = "        id:\n          type: string\n";
    let text = faults::patched(&good, id, &format!("{id}          readOnly: true\n"));
    let contract = Contract::parse("good.yaml", &text).unwrap();
    assert_eq!(render(&lint(&contract)), "");
}

#[test]
fn media_types_are_named_as_what_they_are() {
    for (given, rule, said) in [
        (
            "preview+json",
            "media-type-version",
            "is the preview version of Atlas",
        ),
        (
            "2023-01-01+gzip",
            "media-type-unreadable",
            "is gzip, not JSON",
        ),
        (
            "2023-01-01+csv",
            "media-type-unreadable",
            "is csv, not JSON",
        ),
        (
            "2023-13-01+json",
            "media-type-version",
            "names no version of Atlas",
        ),
    ] {
        let dated = "            application/vnd.atlas.2023-01-01+json:\n";
        let faulty = format!("            application/vnd.atlas.{given}:\n");
        let text = faults::patched(&faults::text("good"), dated, &faulty);
        let findings = lint(&Contract::parse("good.yaml", &text).unwrap());
        let [finding] = findings.as_slice() else {
            panic!("{given}: {}", render(&findings));
        };
        assert_eq!(finding.rule, rule);
        assert!(finding.message.contains(said), "{finding}");
    }
}

#[test]
fn help_names_no_host() {
    for faulty in ["servers: []\n", "x-servers: []\n"] {
        let servers = "servers:\n  - url: https://cloud.mongodb.com\n";
        let text = faults::patched(&faults::text("good"), servers, faulty);
        let findings = lint(&Contract::parse("good.yaml", &text).unwrap());
        assert!(!findings.is_empty());
        assert!(!render(&findings).contains("://"), "{}", render(&findings));
    }
}

#[test]
fn findings_read_well() {
    for name in faults::names() {
        insta::with_settings!({ snapshot_path => "lint/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.as_str(), render(&findings(&name)));
        });
    }
}

#[test]
fn rules_are_in_kebab_case_and_stand_once() {
    let mut ids: Vec<&str> = all_rules().map(|rule| rule.id).collect();
    for rule in all_rules() {
        let kebab = rule
            .id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(kebab, "{}", rule.id);
        for text in [rule.title, rule.otherwise] {
            let is_line = !text.is_empty() && !text.contains('\n') && !text.ends_with('.');
            assert!(is_line, "{}: {text}", rule.id);
        }
    }
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

/// Rules of the generator whose example here is good in a crate of its own.
const PARTLY: [&str; 1] = ["media-type-unreadable"];

/// A contract of another house, which says nothing of profiles, and breaks every habit of ours.
#[test]
fn the_habits_of_the_house_are_for_documents_that_choose_them() {
    let ours = "x-lint-profile: house\n";
    for rule in rules() {
        let text = faults::text(rule.id);
        if rule.class == Class::Lint {
            continue;
        }
        let chosen = Contract::parse("a.yaml", &text).unwrap();
        let foreign = Contract::parse("a.yaml", &faults::patched(&text, ours, "")).unwrap();
        assert_eq!(profile_of(&chosen), Profile::House);
        assert_eq!(profile_of(&foreign), Profile::Generator);
        let is_clean = lint(&foreign).is_empty();
        // What a crate of its own makes way for is read by it as it is meant.
        let is_made_way = !is_on(rule, Profile::Generator);
        assert_eq!(
            is_clean,
            is_made_way || PARTLY.contains(&rule.id),
            "{}",
            rule.id
        );
        assert_ne!(judge(&foreign, Profile::House).findings, [], "{}", rule.id);
    }
}
