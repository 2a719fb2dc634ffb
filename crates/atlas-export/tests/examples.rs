//! The two examples that run on FakeAtlas, run as a person runs them.
#![allow(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

use std::{env, process::Command};

/// What an example prints. Cargo builds the examples of a package before its tests, beside them.
fn output_of(example: &str) -> String {
    let test = env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = folder.join("examples").join(example);
    let program = program.with_extension(env::consts::EXE_EXTENSION);
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn one_export_ends_with_where_its_files_lie() {
    let text = output_of("export");
    assert!(text.contains("Successful"), "{text}");
    assert!(
        text.contains("exported to s3://my-exports/exported_snapshots/"),
        "{text}"
    );
}

#[test]
fn a_fleet_ends_with_a_report() {
    let text = output_of("fleet");
    assert!(
        text.contains("2 of 3 clusters to export, 3.6 GB, 0.45 in money"),
        "{text}"
    );
    assert!(text.contains("\n2 exported\n# Export report"), "{text}");
}
