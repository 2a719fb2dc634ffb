//! Whatever the file holds, loading it ends in a contract or in a finding with a line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{fmt::Write as _, fs, path::Path};

use xtask::{
    contract::{Contract, LOADING, NodeValue},
    finding::{Location, render},
};

/// What the loader says about a text that it cannot take.
fn refused(text: &str) -> String {
    match Contract::parse("c.yaml", text) {
        Ok(contract) => panic!("read as {}", contract.to_json()),
        Err(findings) => {
            for found in &findings {
                assert!(LOADING.iter().any(|rule| rule.id == found.rule), "{found}");
            }
            render(&findings)
        }
    }
}

fn nested(depth: usize) -> String {
    format!(
        "openapi: 3.0.3\nx: {}{}\n",
        "[".repeat(depth),
        "]".repeat(depth)
    )
}

/// Each alias nine of the one before: a billion laughs.
fn laughing() -> String {
    let mut text = "a0: &a0 [ha]\n".to_owned();
    for level in 1..=9 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(text, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    text
}

#[test]
fn texts_that_are_no_contract_are_refused_by_name() {
    let cases: &[(&str, &str)] = &[
        ("nothing", ""),
        ("only a comment", "# later\n"),
        ("only a null", "~\n"),
        ("a scalar", "just words\n"),
        ("a list", "- openapi: 3.0.3\n"),
        ("two documents", "openapi: 3.0.3\n---\nopenapi: 3.0.3\n"),
        ("an open bracket", "openapi: 3.0.3\npaths: {\n"),
        (
            "a tab for indentation",
            "openapi: 3.0.3\ninfo:\n\ttitle: A\n",
        ),
        ("a control character", "openapi: \u{1}\n"),
        (
            "a duplicate key",
            "openapi: 3.0.3\ninfo:\n  title: A\n  title: B\n",
        ),
        (
            "a code as text and as number",
            "openapi: 3.0.3\nr:\n  200: a\n  '200': b\n",
        ),
        ("a boolean key", "openapi: 3.0.3\ntrue: 1\n"),
        ("a null key", "openapi: 3.0.3\n~: 1\n"),
        ("a list as a key", "openapi: 3.0.3\n? [a]\n: 1\n"),
        (
            "a merge key",
            "openapi: 3.0.3\na: &a {b: 1}\nc:\n  <<: *a\n",
        ),
        ("an unknown alias", "openapi: 3.0.3\na: *nowhere\n"),
        ("a number that JSON has not", "openapi: 3.0.3\na: .nan\n"),
        ("no version", "info: {}\n"),
        ("the version of Swagger", "swagger: '2.0'\n"),
        ("the version of Swagger as a number", "swagger: 2.0\n"),
        ("an unclosed quote", "openapi: '3.0.3\n"),
        (
            "a quote that closes too late",
            "openapi: '3.0.3\ninfo: 'x'\n",
        ),
        ("the version 3.1", "openapi: 3.1.0\n"),
        ("the version 3.2", "openapi: 3.2.0\n"),
        ("the version as a number", "openapi: 3.0\n"),
        ("a version that is half a version", "openapi: 3.0.\n"),
    ];
    let mut told = String::new();
    for (case, text) in cases {
        writeln!(told, "# {case}\n{}\n", refused(text)).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn nesting_and_aliases_are_bounded() {
    for text in [nested(500), nested(100_000), laughing()] {
        let told = refused(&text);
        let bounded = told.contains("contract-too-large") || told.contains("contract-not-yaml");
        assert!(bounded, "{told}");
    }
}

#[test]
fn aliases_that_run_away_are_called_so() {
    let told = refused(&laughing());
    assert!(told.contains("the aliases run away"), "{told}");
}

#[test]
fn a_quote_is_reported_where_it_opens() {
    for (text, line, column) in [
        ("info:\n  title: 'Atlas\n  version: '1'\n", 2, 10),
        ("info:\n  title: \"Atlas\n  version: \"1\"\n", 2, 10),
        ("info:\n  title: 'it''s\n  version: '1'\n", 2, 10),
        ("info:\n  title: \"a\\\"b\n  version: \"1\"\n", 2, 10),
        (
            "info:\n  title: 'Atlas\n  note: \"x\"\n  version: 'y'\n",
            2,
            10,
        ),
        ("info: {title: 'Atlas, version: '1'}\n", 1, 15),
        ("paths:\n  '/a:\n    get:\n      operationId: 'x'\n", 2, 3),
        ("info:\n  title: 'Atlas\n  version: 1\n", 2, 10),
        ("info:\r\n  title: 'Atlas\r\n  version: '1'\r\n", 2, 10),
    ] {
        let findings = Contract::parse("c.yaml", text).unwrap_err();
        let [finding] = findings.as_slice() else {
            panic!("{}", render(&findings));
        };
        assert_eq!((finding.line, finding.column), (line, column), "{finding}");
        assert!(finding.message.contains("that opens here"), "{finding}");
    }
}

#[test]
fn a_path_that_is_no_readable_file_is_refused_by_name() {
    let missing = Contract::load(Path::new("no/such/file.yaml")).unwrap_err();
    assert_eq!(missing[0].message, "there is no such file");
    let directory = Contract::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap_err();
    assert_eq!(directory[0].message, "this is a directory");
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    let file = std::env::temp_dir().join(format!("xtask-contract-{}.yaml", std::process::id()));
    fs::write(&file, b"openapi: 3.0.3\ninfo:\n  title: \xff\xfe\n").unwrap();
    let findings = Contract::load(&file).unwrap_err();
    fs::remove_file(&file).unwrap();
    assert_eq!(
        (findings[0].rule, findings[0].line),
        ("contract-not-utf8", 3)
    );
}

#[test]
fn json_is_yaml() {
    let text = r#"{"openapi": "3.0.3", "paths": {"/a": {"get": {"responses": {"200": {}}}}}}"#;
    let contract = Contract::parse("c.json", text).expect("a contract");
    assert_eq!(
        contract.to_json(),
        serde_json::from_str::<serde_json::Value>(text).unwrap()
    );
}

#[test]
fn a_status_code_may_be_an_integer() {
    let contract = Contract::parse("c.yaml", "openapi: 3.0.3\nr: {200: a}\n").unwrap();
    assert_eq!(contract.to_json()["r"]["200"], "a");
}

#[test]
fn words_that_old_yaml_took_for_truth_stay_text() {
    let contract = Contract::parse("c.yaml", "openapi: 3.0.3\na: [yes, no, on, off]\n").unwrap();
    let json = contract.to_json();
    assert_eq!(json["a"], serde_json::json!(["yes", "no", "on", "off"]));
}

#[test]
fn an_alias_is_a_copy_that_stands_where_its_anchor_does() {
    let text = "openapi: 3.0.3\na: &a\n  b: 1\nc: *a\n";
    let contract = Contract::parse("c.yaml", text).unwrap();
    assert_eq!(contract.to_json()["c"]["b"], 1);
    assert_eq!(contract.location("/c/b").map(|at| at.line), Some(3));
}

#[test]
fn a_pointer_finds_its_key_in_order() {
    let text = "openapi: 3.0.3\npaths:\n  /a/{b}:\n    get:\n      tags: [x, y]\n";
    let contract = Contract::parse("c.yaml", text).unwrap();
    let at = |line, column| Some(Location { line, column });
    assert_eq!(contract.location("/paths/~1a~1{b}"), at(3, 3));
    assert_eq!(contract.location("/paths/~1a~1{b}/get/tags/1"), at(5, 17));
    assert_eq!(contract.location("/paths/nowhere"), None);
    let NodeValue::Map(entries) = &contract.root().value else {
        panic!("a mapping")
    };
    let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["openapi", "paths"]);
}
