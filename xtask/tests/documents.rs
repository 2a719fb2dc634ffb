//! Documents in the shapes that others write, one for each: the lint lets them pass, the crates of
//! them build, and what they send and read is seen on a socket (`wire/`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{
    codegen::stand_alone,
    contract::Contract,
    finding::render,
    lint::lint,
    output::{self, Output},
};

/// The documents, by their file names.
fn documents() -> Vec<(String, Contract)> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents"));
    let files = fs::read_dir(folder).expect("the folder of documents");
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let contract =
                Contract::load(&path).unwrap_or_else(|found| panic!("{}", render(&found)));
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, contract)
        })
        .collect()
}

fn text<'a>(outputs: &'a [Output], path: &str) -> &'a str {
    let found = outputs.iter().find(|output| output.path == Path::new(path));
    &found.expect(path).text
}

#[test]
fn no_rule_of_the_generator_is_a_false_alarm() {
    let documents = documents();
    assert!(documents.len() >= 12, "{}", documents.len());
    for (_, contract) in documents {
        assert_eq!(render(&lint(&contract)), "");
    }
}

#[test]
fn no_crate_knows_of_this_workspace() {
    for (name, contract) in documents() {
        let outputs = stand_alone::generate(&contract.to_json()).unwrap();
        for output in outputs {
            let text = output.text.to_lowercase();
            assert!(!text.contains("atlas"), "{name}: {}", output.path.display());
        }
    }
}

/// All in one workspace, so that what they depend on is built once. It is built for what `wire/`
/// depends on, which is all of them, with their mocks.
#[test]
fn they_build_without_a_warning_and_two_of_them_talk() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents");
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace: String = fs::read_to_string(home.join("../Cargo.toml")).unwrap();
    let version = |name: &str| {
        let line = workspace
            .lines()
            .find(|line| line.starts_with(&format!("{name} = ")));
        line.expect(name).to_owned()
    };
    let mut wire = "[package]\nname = \"wire\"\nedition = \"2024\"\n\n[dependencies]\n".to_owned();
    let mut members = vec!["wire".to_owned()];
    for (name, contract) in documents() {
        let outputs = stand_alone::generate(&contract.to_json()).unwrap();
        for mut written in outputs {
            // Without what takes most of the time to build and no generated line knows.
            written.text = written.text.replace(r#""http2","gzip","#, "");
            output::write(&root.join(&name), &written).unwrap();
        }
        writeln!(
            wire,
            "{} = {{ path = \"../{name}\", features = [\"mocks\"] }}",
            name_of(&contract)
        )
        .unwrap();
        members.push(name);
    }
    for name in ["httpmock", "serde_json"] {
        writeln!(wire, "{}", version(name)).unwrap();
    }
    wire += "reqwest = { version = \"0.13\", default-features = false }\n\
             tokio = { version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }\n";
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
    let lock = fs::read_to_string(home.join("../Cargo.lock")).unwrap();
    let source = fs::read_to_string(home.join("tests/wire/talk.rs")).unwrap();
    for (path, text) in [
        ("Cargo.toml", manifest),
        ("wire/Cargo.toml", wire),
        ("wire/src/lib.rs", String::new()),
        ("wire/tests/talk.rs", source),
    ] {
        let path = path.into();
        output::write(&root, &Output { path, text }).unwrap();
    }
    fs::write(root.join("Cargo.lock"), lock).unwrap();
    // Not offline: they need a package that nothing of this workspace has brought here.
    let output = Command::new(env!("CARGO"))
        .args(["test", "--package", "wire", "--test", "talk"])
        .env("CARGO_TARGET_DIR", root.join("target"))
        .current_dir(&root)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{told}");
    let mut warnings = said.lines().filter(|line| line.starts_with("warning"));
    // Of the network cargo warns as well.
    let network = "warning: spurious network error";
    assert!(warnings.all(|line| line.starts_with(network)), "{said}");
}

fn name_of(contract: &Contract) -> String {
    let outputs = stand_alone::generate(&contract.to_json()).unwrap();
    let manifest = text(&outputs, "Cargo.toml");
    let name = manifest
        .lines()
        .find_map(|line| line.strip_prefix("name = "));
    name.expect("a name").trim_matches('"').to_owned()
}
