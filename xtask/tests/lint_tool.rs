//! `cargo xtask lint` as a person and as a program run it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use jsonschema::Validator;
use serde_json::{Value, json};
use xtask::{
    contract::Contract,
    lint::{
        Judgement, all_rules,
        examples::{GOOD, Kind, example},
        judge,
        pages::{FOLDER, pages},
        rules,
        told::{Format, told},
    },
    output,
    rule::{Class, Profile},
};

fn workspace() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("the crate is in a folder").to_owned()
}

/// The schema of the standard, formats included.
fn schema() -> Validator {
    let path = workspace().join("xtask/tests/sarif/schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    // A lone `]`, which only lenient readers of patterns take; and nothing here writes a language.
    for definition in ["run", "toolComponent"] {
        let language = format!("/definitions/{definition}/properties/language");
        let language = schema.pointer_mut(&language).unwrap();
        let pattern = language.as_object_mut().unwrap().remove("pattern");
        assert!(pattern.unwrap().as_str().unwrap().ends_with("]?$"));
    }
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).unwrap()
}

fn judged(text: &str) -> Judgement {
    match Contract::parse("openapi/a b.yaml", text) {
        Ok(contract) => judge(&contract, Profile::House),
        Err(findings) => Judgement::unread(Profile::House, findings),
    }
}

fn sarif(judgement: &Judgement) -> Value {
    let text = told(judgement, "openapi/a b.yaml", Format::Sarif, &workspace());
    serde_json::from_str(&text).unwrap()
}

/// A contract that allows what it breaks.
fn allowing(rule: &str) -> String {
    let bad = example(rule, Kind::Bad).unwrap().text;
    let profile = "x-lint-profile: house\n";
    let line = format!("{profile}x-lint-allow: [{{rule: {rule}, reason: It is so}}]\n");
    bad.replacen(profile, &line, 1)
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("lint")
        .args(arguments)
        .current_dir(workspace())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (status.code(), text(&stdout), text(&stderr))
}

/// One log with a finding of every rule that a text can break.
#[test]
fn sarif_of_every_rule_is_what_the_standard_says() {
    let bad = all_rules().filter_map(|rule| example(rule.id, Kind::Bad));
    let findings = bad.flat_map(|bad| judged(&bad.text).findings).collect();
    let log = sarif(&Judgement::unread(Profile::House, findings));
    let schema = schema();
    let faults = schema.iter_errors(&log).map(|fault| fault.to_string());
    assert_eq!(faults.collect::<Vec<_>>(), [""; 0]);
    let described = |index: usize| &log["runs"][0]["tool"]["driver"]["rules"][index];
    for (index, rule) in all_rules().enumerate() {
        assert_eq!(described(index)["id"], rule.id);
        assert_eq!(described(index)["properties"]["tags"][0], rule.class.name());
        let page = format!("{FOLDER}/{}.md", rule.id);
        let uri = described(index)["helpUri"].as_str().unwrap();
        assert!(uri.starts_with("file:///") && uri.ends_with(&page), "{uri}");
    }
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() >= rules().count());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(described(index)["id"], result["ruleId"]);
    }
}

#[test]
fn sarif_of_a_good_contract_has_no_result() {
    let log = sarif(&judged(GOOD));
    assert!(schema().is_valid(&log));
    assert_eq!(log["runs"][0]["results"], json!([]));
}

#[test]
fn the_schema_refuses_what_is_no_sarif() {
    let good = sarif(&judged(&example("enum-empty", Kind::Bad).unwrap().text));
    let schema = schema();
    assert!(schema.is_valid(&good));
    for (pointer, value) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/results/0/message", json!({})),
        ("/runs/0/results/0/level", json!("fatal")),
        (
            "/runs/0/results/0/locations/0/physicalLocation/region/startLine",
            json!(0),
        ),
        ("/runs/0/tool/driver/rules/0/helpUri", json!("a page")),
        ("/runs/0/columnKind", json!("bytes")),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).expect(pointer) = value;
        assert!(!schema.is_valid(&bad), "{pointer}");
    }
}

#[test]
fn what_is_allowed_is_suppressed_in_the_source() {
    let log = sarif(&judged(&allowing("discriminator")));
    assert!(schema().is_valid(&log));
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "discriminator");
    assert_eq!(
        result["suppressions"],
        json!([{ "kind": "inSource", "justification": "It is so" }])
    );
}

#[test]
fn places_below_the_workspace_are_relative_to_it() {
    let bad = example("enum-empty", Kind::Bad).unwrap().text;
    let text = told(
        &judged(&bad),
        "a.yaml",
        Format::Sarif,
        &std::env::current_dir().unwrap(),
    );
    let log: Value = serde_json::from_str(&text).unwrap();
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"],
        json!({ "uri": "openapi/a%20b.yaml", "uriBaseId": "SRCROOT" })
    );
    assert_eq!(
        place["region"],
        json!({ "startLine": 95, "startColumn": 26 })
    );
}

#[test]
fn json_has_each_finding_with_its_class_and_page() {
    let bad = example("undeclared-tag", Kind::Bad).unwrap().text;
    let text = told(&judged(&bad), "a.yaml", Format::Json, &workspace());
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["profile"], "house");
    let finding = &document["findings"][0];
    assert_eq!(finding["rule"], "undeclared-tag");
    assert_eq!(finding["class"], "house");
    assert_eq!(finding["page"], "openapi/rules/undeclared-tag.md");
    assert_eq!(finding["line"], 18);
    assert_eq!(document["allowed"], json!([]));
    let text = told(
        &judged(&allowing("undeclared-tag")),
        "a.yaml",
        Format::Json,
        &workspace(),
    );
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["findings"], json!([]));
    assert_eq!(document["allowed"][0]["reason"], "It is so");
}

#[test]
fn text_names_the_page_and_what_is_allowed() {
    let file = "openapi/a b.yaml";
    let bad = example("undeclared-tag", Kind::Bad).unwrap().text;
    let text = told(&judged(&bad), file, Format::Text, &workspace());
    assert!(
        text.contains("\n  page: openapi/rules/undeclared-tag.md\n"),
        "{text}"
    );
    let text = told(
        &judged(&allowing("undeclared-tag")),
        file,
        Format::Text,
        &workspace(),
    );
    assert!(
        text.contains("openapi/a b.yaml: nothing to correct\n"),
        "{text}"
    );
    assert!(
        text.contains(": allowed[undeclared-tag]: It is so\n"),
        "{text}"
    );
}

#[test]
fn the_pages_on_disk_are_those_of_the_rules() {
    let pages = pages();
    for page in &pages {
        let difference = output::difference(&workspace(), page);
        assert_eq!(difference, None, "run `cargo xtask lint --write-pages`");
    }
    let made: BTreeSet<PathBuf> = pages.into_iter().map(|page| page.path).collect();
    let there = fs::read_dir(workspace().join(FOLDER)).unwrap();
    let there: BTreeSet<PathBuf> = there
        .map(|entry| Path::new(FOLDER).join(entry.unwrap().file_name()))
        .collect();
    assert_eq!(there, made, "a page of no rule, or none of a rule");
}

#[test]
fn a_page_says_what_its_rule_is_about() {
    let index = fs::read_to_string(workspace().join(FOLDER).join("README.md")).unwrap();
    for rule in rules() {
        let file = format!("{}.md", rule.id);
        let page = fs::read_to_string(workspace().join(FOLDER).join(&file)).unwrap();
        for kind in [Kind::Bad, Kind::Good] {
            let shown = example(rule.id, kind).unwrap().shown;
            assert!(page.contains(&shown), "{}", rule.id);
        }
        let may_be_allowed = page.contains("## Allow it");
        assert_eq!(may_be_allowed, rule.class.may_be_allowed(), "{}", rule.id);
        assert!(index.contains(&format!("]({file})")), "{}", rule.id);
    }
}

#[test]
fn the_own_contract_is_of_the_house_and_clean() {
    let (code, out, _) = run(&["--format", "json"]);
    assert_eq!(code, Some(0), "{out}");
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["profile"], "house");
    assert_eq!(document["findings"], json!([]));
}

#[test]
fn the_exit_code_says_what_was_found() {
    let folder = folder("exit-codes");
    let file = folder.join("tag.yaml");
    let bad = example("undeclared-tag", Kind::Bad).unwrap();
    fs::write(&file, &bad.text).unwrap();
    let spec = ["--spec", file.to_str().unwrap()];
    let with = |more: &[&'static str]| run(&[&spec[..], more].concat());

    let (code, out, err) = with(&[]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("error[undeclared-tag]"), "{err}");
    let (code, out, _) = with(&["--profile", "generator"]);
    assert_eq!(code, Some(0), "{out}");
    let (code, out, err) = with(&["--format", "sarif"]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    assert!(schema().is_valid(&serde_json::from_str(&out).unwrap()));

    let (code, out, _) = run(&["--spec", "no/such.yaml", "--format", "json"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("\"contract-unreadable\""), "{out}");

    for wrong in [
        &["--format", "xml"][..],
        &["--profile", "strict"],
        &["--check"],
    ] {
        let (code, _, err) = run(wrong);
        assert_eq!(code, Some(2), "{err}");
    }
}

#[test]
fn the_list_has_each_rule_with_its_class() {
    let (code, out, _) = run(&["--rules"]);
    assert_eq!(code, Some(0));
    assert_eq!(out.lines().count(), all_rules().count());
    for (line, rule) in out.lines().zip(all_rules()) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some(rule.id));
        assert_eq!(words.next(), Some(rule.class.name()));
    }
    let classes: BTreeSet<Class> = all_rules().map(|rule| rule.class).collect();
    assert_eq!(classes.len(), Class::ALL.len());
}
