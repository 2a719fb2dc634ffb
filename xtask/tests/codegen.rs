//! `cargo xtask codegen` and `cargo xtask lint` as a person runs them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use xtask::{codegen, contract::Contract, output};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate has a folder above it")
        .to_owned()
}

fn outputs() -> Vec<output::Output> {
    let path = workspace().join("openapi/atlas-snapshot-export.yaml");
    codegen::generate(&Contract::load(&path).unwrap().to_json()).unwrap()
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .current_dir(workspace())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_generated_files_on_disk_are_those_of_the_contract() {
    for output in outputs() {
        let difference = output::difference(&workspace(), &output);
        assert_eq!(difference, None, "{} is stale", output.path.display());
    }
}

#[test]
fn every_field_of_a_model_has_words() {
    struct Fields(Vec<String>);

    impl<'ast> syn::visit::Visit<'ast> for Fields {
        fn visit_item_struct(&mut self, model: &'ast syn::ItemStruct) {
            for field in &model.fields {
                let public = matches!(field.vis, syn::Visibility::Public(_));
                let has_words = field.attrs.iter().any(|attr| attr.path().is_ident("doc"));
                if let (true, false, Some(name)) = (public, has_words, &field.ident) {
                    self.0.push(format!("{}::{name}", model.ident));
                }
            }
        }
    }

    let path = workspace().join("crates/atlas-export-api/src/generated.rs");
    let file = syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
    let mut without = Fields(Vec::new());
    syn::visit::Visit::visit_file(&mut without, &file);
    assert!(
        without.0.is_empty(),
        "describe in the contract: {without:?}",
        without = without.0
    );
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert_eq!(outputs(), outputs());
}

#[test]
fn a_run_says_what_it_wrote_and_a_second_one_that_nothing_changed() {
    let out = folder("writes");
    let arguments = ["codegen", "--out", out.to_str().unwrap()];
    let first = text(&xtask(&arguments).stdout);
    let files = outputs().len();
    assert_eq!(first.matches("wrote ").count(), files, "{first}");
    let sum = format!("{files} files from openapi/atlas-snapshot-export.yaml in ");
    assert!(first.contains(&sum), "{first}");
    let second = text(&xtask(&arguments).stdout);
    assert_eq!(second.matches("unchanged ").count(), files, "{second}");
}

#[test]
fn check_names_the_stale_file_and_the_help_and_writes_nothing() {
    let out = folder("checks");
    let out_argument = out.to_str().unwrap();
    assert!(xtask(&["codegen", "--out", out_argument]).status.success());
    let check = ["codegen", "--check", "--out", out_argument];
    assert!(xtask(&check).status.success());

    let table = out.join("crates/atlas-export-api/src/operations.rs");
    let stale = fs::read_to_string(&table)
        .unwrap()
        .replace("2024-05-30", "2023-01-01");
    fs::write(&table, &stale).unwrap();
    let failed = xtask(&check);
    assert_eq!(failed.status.code(), Some(1));
    let message = text(&failed.stderr);
    assert!(message.contains("operations.rs is stale"), "{message}");
    assert!(message.contains("2024-05-30"), "{message}");
    assert!(
        message.contains("help: run cargo xtask codegen"),
        "{message}"
    );
    assert!(message.lines().count() < 40, "{message}");
    assert_eq!(fs::read_to_string(&table).unwrap(), stale);
}

#[test]
fn line_endings_make_no_file_stale() {
    let out = folder("endings");
    let out_argument = out.to_str().unwrap();
    assert!(xtask(&["codegen", "--out", out_argument]).status.success());
    for output in outputs() {
        fs::write(out.join(&output.path), output.text.replace('\n', "\r\n")).unwrap();
    }
    let check = ["codegen", "--check", "--out", out_argument];
    let checked = xtask(&check);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    let again = text(&xtask(&["codegen", "--out", out_argument]).stdout);
    assert_eq!(
        again.matches("unchanged ").count(),
        outputs().len(),
        "{again}"
    );

    let table = out.join("crates/atlas-export-api/src/operations.rs");
    let stale = fs::read_to_string(&table).unwrap();
    fs::write(&table, stale.replacen("2024-05-30", "2023-01-01", 1)).unwrap();
    let message = text(&xtask(&check).stderr);
    assert!(message.contains("operations.rs is stale"), "{message}");
    assert!(message.lines().count() < 12, "{message}");
}

#[test]
fn a_contract_reads_alike_with_either_line_ending() {
    let path = workspace().join("openapi/atlas-snapshot-export.yaml");
    let lines = fs::read_to_string(path).unwrap();
    let contract = Contract::parse("c.yaml", &lines.replace('\n', "\r\n")).unwrap();
    assert_eq!(codegen::generate(&contract.to_json()).unwrap(), outputs());
}

/// The SDK's own contract under another name would do no harm, so it stands for another one.
#[test]
fn another_contract_replaces_no_file_of_the_sdk() {
    let other = folder("other").join("other.yaml");
    let own = workspace().join("openapi/atlas-snapshot-export.yaml");
    fs::copy(&own, &other).unwrap();
    let other = other.to_str().unwrap();
    let refused = xtask(&["codegen", "--spec", other]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(text(&refused.stdout), "");
    let message = text(&refused.stderr);
    for part in [other, "the SDK's own files", "--out DIR"] {
        assert!(message.contains(part), "{message}");
    }
    // Nothing is written, and the contract is the SDK's own, by whatever path.
    assert!(
        xtask(&["codegen", "--check", "--spec", other])
            .status
            .success()
    );
    let own = workspace().join("xtask/../openapi/atlas-snapshot-export.yaml");
    assert!(
        xtask(&["codegen", "--spec", own.to_str().unwrap()])
            .status
            .success()
    );
}

#[test]
fn another_contract_is_taken_by_both_commands() {
    let out = folder("another");
    let spec = out.join("other.yaml");
    fs::write(
        &spec,
        "openapi: 3.0.3\n\
         info: {title: Other, version: '1'}\n\
         servers: [{url: 'https://example.com'}]\n\
         paths:\n  \
           /things:\n    \
             get:\n      \
               operationId: listThings\n      \
               responses:\n        \
                 '200':\n          \
                   description: ok\n          \
                   content: {application/json: {schema: {type: array, items: {type: string}}}}\n",
    )
    .unwrap();
    let spec = spec.to_str().unwrap();
    let linted = xtask(&["lint", "--spec", spec]);
    assert!(linted.status.success(), "{}", text(&linted.stderr));
    let out_argument = out.to_str().unwrap();
    let generated = xtask(&["codegen", "--spec", spec, "--out", out_argument]);
    assert!(generated.status.success(), "{}", text(&generated.stderr));
    let bindings = out.join("src/generated.rs");
    assert!(
        fs::read_to_string(bindings)
            .unwrap()
            .contains("fn list_things")
    );
}

#[test]
fn whatever_the_contract_is_nobody_sees_a_panic() {
    let folder = folder("bad");
    for (name, content) in [
        ("empty.yaml", &b""[..]),
        ("binary.yaml", &[0, 159, 146, 150]),
        ("prose.yaml", b"This is no contract."),
        ("list.yaml", b"- a\n- b\n"),
        (
            "newer.yaml",
            b"openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\n",
        ),
        ("unclosed.yaml", b"openapi: [3.0.3\n"),
        ("twice.yaml", b"openapi: 3.0.3\nopenapi: 3.0.3\n"),
        ("version-only.yaml", b"openapi: 3.0.3\n"),
    ] {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        for command in ["lint", "codegen"] {
            let failed = xtask(&[command, "--spec", path.to_str().unwrap()]);
            let message = text(&failed.stderr);
            assert_eq!(failed.status.code(), Some(1), "{command} {name}: {message}");
            assert!(message.contains(name), "{command} {name}: {message}");
            assert!(!message.contains("panicked"), "{command} {name}: {message}");
        }
    }
    let missing = xtask(&["lint", "--spec", "no/such.yaml"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("no/such.yaml"));
}

#[test]
fn help_explains_every_command() {
    let help = text(&xtask(&["--help"]).stdout);
    for word in ["codegen", "lint", "contract"] {
        assert!(help.contains(word), "{help}");
    }
    assert_eq!(xtask(&["no-such-command"]).status.code(), Some(2));
}
