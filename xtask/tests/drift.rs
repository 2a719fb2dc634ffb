//! `cargo xtask drift`: the contract against the facts of the published description.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

use serde_json::{Value, json};
use xtask::drift::{
    CURATION, Drift, EXPLANATIONS, Facts, Kind, LOCK, Report, read_lock, write_lock,
};

#[path = "drift/documents.rs"]
mod documents;
#[path = "drift/mutations.rs"]
mod mutations;

const CONTRACT: &str = "openapi/atlas-snapshot-export.yaml";

fn workspace() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap().to_owned()
}

fn text(file: &str) -> String {
    let text = fs::read_to_string(workspace().join(file)).unwrap();
    text.replace("\r\n", "\n")
}

fn lock() -> &'static Facts {
    static FACTS: LazyLock<Facts> = LazyLock::new(|| read_lock(&text(LOCK)).unwrap());
    &FACTS
}

/// A contract's text, compared with the lock.
fn against_the_lock(contract: &str) -> Report {
    report(contract, &text(EXPLANATIONS), &text(CURATION))
}

fn report(contract: &str, explanations: &str, curation: &str) -> Report {
    // Without the places of its values, which takes half the time.
    let contract = serde_saphyr::from_str(contract).unwrap();
    let drift = Drift::new(&contract, explanations, curation).unwrap();
    drift.against(lock())
}

#[test]
fn the_contract_has_not_drifted_from_the_lock() {
    let report = against_the_lock(&text(CONTRACT));
    assert!(
        report.is_clean(),
        "{}",
        report.render(xtask::drift::Format::Table)
    );
}

#[test]
fn the_lock_is_as_it_would_be_written() {
    assert_eq!(write_lock(lock()).unwrap(), text(LOCK));
}

#[test]
fn a_damaged_lock_is_refused_with_the_remedy() {
    let error = read_lock("operations: 7").unwrap_err();
    assert!(error.starts_with(LOCK), "{error}");
    assert!(error.contains("--update-lock"), "{error}");
}

#[test]
fn the_page_of_curation_has_the_published_names() {
    let curation = text(CURATION);
    for (key, operation) in &lock().operations {
        let named = format!("| `{}` |", operation.name);
        assert!(curation.contains(&named), "{key}: {named}");
    }
}

#[test]
fn an_explanation_that_does_not_hold_is_told() {
    let explanations = text(EXPLANATIONS);
    let first = "explanations:\n";
    let with = |at: &str, see: &str, reason: &str, rows: usize| {
        let more = format!(
            "{first}  - {{at: {at}, what: required, kind: ours-adds, rows: {rows}, reason: '{reason}', see: '{see}'}}\n"
        );
        explanations.replacen(first, &more, 1)
    };
    let good = "CURATION.md#required";
    for (explanations, told) in [
        (
            with("Nothing.here", good, "why", 1),
            "`Nothing.here` (required) covers nothing",
        ),
        (
            with("ExportJob.id", good, "why", 2),
            "says that it covers 2 rows, and covers 1",
        ),
        (with("ExportJob.id", good, " ", 1), "has no reason"),
        (
            with("ExportJob.id", "CURATION.md#none", "why", 1),
            "`CURATION.md#none`, which is no anchor",
        ),
        (
            with("ExportJob.id", "README.md#required", "why", 1),
            "which is no anchor",
        ),
        // It takes the row from the one that covered it.
        (
            with("ExportJob.id", good, "why", 1),
            "covers nothing at `ExportJob.id`",
        ),
        (
            explanations.replacen("reason: without its id or name", "reason: without an id", 1),
            "",
        ),
    ] {
        let report = report(&text(CONTRACT), &explanations, &text(CURATION));
        let stale = report.stale().join("\n");
        assert_eq!(report.is_clean(), told.is_empty(), "{told}");
        assert!(stale.contains(told), "{told}\n{stale}");
    }
}

#[test]
fn explanations_of_another_form_are_refused() {
    let contract = json!({});
    for text in ["[]", "scope: []", "{scope: [], explanations: [], more: 1}"] {
        let error = Drift::new(&contract, text, "").unwrap_err();
        assert!(error.starts_with(EXPLANATIONS), "{error}");
    }
}

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .current_dir(workspace())
        .output()
        .unwrap()
}

/// A file of this test's own.
fn file(name: &str, text: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drift");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn the_exit_code_tells_drift_from_misuse() {
    let clean = xtask(&["drift"]);
    assert_eq!(clean.status.code(), Some(0));
    let summary = String::from_utf8_lossy(&clean.stdout).into_owned();
    assert!(summary.contains(" 0 unexplained"), "{summary}");

    let wrong = text(CONTRACT).replacen("x-sunset: \"2027-07-01\"", "x-sunset: \"2027-07-02\"", 1);
    let wrong = file("wrong.yaml", &wrong);
    let drifted = xtask(&["drift", "--spec", &wrong]);
    assert_eq!(drifted.status.code(), Some(1));

    let other = file("other.yaml", "openapi: 3.0.3\npaths: {}\n");
    for (arguments, told) in [
        (
            &["drift", "--upstream", "no/such.yaml"][..],
            "there is no such file",
        ),
        (
            &["drift", "--upstream", &other],
            "none of its operations concerns us",
        ),
        (&["drift", "--update-lock"], "--upstream"),
        (&["drift", "--format", "csv"], "csv"),
    ] {
        let refused = xtask(arguments);
        assert_eq!(refused.status.code(), Some(2), "{told}");
        let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(stderr.contains(told), "{told}\n{stderr}");
    }
}

#[test]
fn machines_and_pages_get_every_row_with_its_explanation() {
    let json = xtask(&["drift", "--format", "json"]);
    let document: Value = serde_json::from_slice(&json.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(document["unexplained"], json!(0));
    assert_eq!(document["explained"], json!(rows.len()));
    let job = |row: &&Value| row["at"] == "ExportJob.errMsg";
    let row = rows.iter().find(job).unwrap();
    assert_eq!(row["kind"], "ours-adds");
    assert_eq!(row["see"], "CURATION.md#err-msg");

    let page = xtask(&["drift", "--format", "markdown"]);
    let page = String::from_utf8(page.stdout).unwrap();
    let lines = page
        .lines()
        .filter(|line| line.starts_with("| ours ") || line.starts_with("| changed "));
    assert_eq!(lines.count(), rows.len());
}

/// Whether a report has an unexplained row at a place, about a fact.
fn has(report: &Report, kind: Kind, at: &str, what: &str) -> bool {
    report
        .unexplained()
        .any(|row| row.kind == kind && row.at == at && row.what == what)
}
