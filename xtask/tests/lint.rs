//! Every rule against a contract that differs from a good one in one fault alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeMap, fs, path::Path};

use xtask::{
    contract::Contract,
    finding::{Finding, render},
    lint::{RULES, lint},
};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lint"))
}

/// The findings of a document of `tests/lint`, under a name that is the same on every machine.
fn findings(name: &str) -> Vec<Finding> {
    let text = fs::read_to_string(folder().join(name)).expect(name);
    let contract = Contract::parse(name, &text).expect(name);
    lint(&contract)
}

/// The names of the documents of `tests/lint`, the good one left out.
fn bad_documents() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == "yaml"))
        .filter(|name| name != "good.yaml")
        .collect();
    names.sort();
    names
}

#[test]
fn a_good_contract_has_no_finding() {
    assert_eq!(render(&findings("good.yaml")), "");
}

#[test]
fn every_fault_is_named_by_its_rule_alone() {
    let mut wrong = BTreeMap::new();
    for name in bad_documents() {
        let rule = name.trim_end_matches(".yaml");
        let found: Vec<&str> = findings(&name).iter().map(|found| found.rule).collect();
        if found.is_empty() || found.iter().any(|id| *id != rule) {
            wrong.insert(name, found);
        }
    }
    assert_eq!(wrong, BTreeMap::new());
}

#[test]
fn every_rule_has_its_fault() {
    let documents = bad_documents();
    let rules: Vec<String> = RULES
        .iter()
        .map(|rule| format!("{}.yaml", rule.id))
        .collect();
    let untested: Vec<&String> = rules.iter().filter(|r| !documents.contains(r)).collect();
    let unknown: Vec<&String> = documents.iter().filter(|d| !rules.contains(d)).collect();
    assert_eq!((untested, unknown), (Vec::new(), Vec::new()));
}

/// Faults that share a rule with another one: a line of the good contract, and what replaces it.
#[test]
fn other_faults_of_a_rule_are_named_too() {
    let code = "        errorCode:\n";
    let group = "      name: groupId\n";
    let scheme = "      type: http\n      scheme: digest\n";
    let done = "          description: Cancelled.\n";
    for (rule, line, faulty) in [
        ("missing-key", scheme, "      type: http\n"),
        (
            "missing-key",
            scheme,
            "      type: oauth2\n      flows: {clientCredentials: {scopes: {}}}\n",
        ),
        (
            "missing-key",
            done,
            "          description: Cancelled.\n          headers: {X-Left: {required: true}}\n",
        ),
        (
            "wrong-kind",
            code,
            "        errorCode:\n          required: true\n",
        ),
        (
            "schema-type",
            code,
            "        code: {type: int}\n        errorCode:\n",
        ),
        (
            "schema-type",
            code,
            "        code: {type: [string]}\n        errorCode:\n",
        ),
        (
            "schema-untyped",
            code,
            "        code: {minimum: 1}\n        errorCode:\n",
        ),
        (
            "exclusive-bound",
            code,
            "        code: {type: integer, exclusiveMinimum: 3}\n        errorCode:\n",
        ),
        (
            "default-misfit",
            code,
            "        at: {type: string, format: date-time, default: now}\n        errorCode:\n",
        ),
        (
            "default-misfit",
            code,
            "        at: {type: object, required: [a], properties: {a: {type: string}}, default: {}}\n        errorCode:\n",
        ),
        (
            "keyword-misplaced",
            code,
            "        at: {type: boolean, enum: [true]}\n        errorCode:\n",
        ),
        (
            "reference-cycle",
            group,
            "      $ref: '#/components/parameters/ProjectId'\n    Unused:\n      name: groupId\n",
        ),
        (
            "parameter-location",
            "      in: path\n",
            "      in: paths\n",
        ),
    ] {
        let good = fs::read_to_string(folder().join("good.yaml")).unwrap();
        assert!(good.contains(line), "{line}");
        let contract = Contract::parse("good.yaml", &good.replacen(line, faulty, 1)).unwrap();
        let found: Vec<&str> = lint(&contract).iter().map(|found| found.rule).collect();
        assert!(found.contains(&rule), "{rule}: {found:?}");
    }
}

#[test]
fn findings_read_well() {
    for name in bad_documents() {
        let rule = name.trim_end_matches(".yaml");
        insta::with_settings!({ snapshot_path => "lint/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(rule, render(&findings(&name)));
        });
    }
}

#[test]
fn rules_are_in_kebab_case_and_stand_once() {
    let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    for rule in RULES {
        let kebab = rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(kebab, "{}", rule.id);
        assert!(
            !rule.doc.is_empty() && !rule.doc.contains('\n'),
            "{}",
            rule.id
        );
    }
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
}
