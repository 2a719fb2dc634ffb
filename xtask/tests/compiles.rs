//! What the lint lets pass compiles: contracts that the generator alone would stumble over.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{
    codegen,
    contract::Contract,
    finding::render,
    lint::{examples::GOOD, lint},
    output::Output,
};

/// The good contract with `places` of it replaced.
fn patched(places: &[(&str, &str)]) -> String {
    places
        .iter()
        .fold(GOOD.to_owned(), |text, (before, after)| {
            assert!(text.contains(before), "{before}");
            text.replacen(before, after, 1)
        })
}

/// What is generated from a contract that the lint lets pass.
fn generated(text: &str) -> Vec<Output> {
    let contract =
        Contract::parse("patched.yaml", text).unwrap_or_else(|f| panic!("{}", render(&f)));
    assert_eq!(render(&lint(&contract)), "");
    codegen::generate(&contract.to_json()).unwrap()
}

/// The text of the generated file whose path ends so.
fn file<'a>(outputs: &'a [Output], path: &str) -> &'a str {
    let found = outputs.iter().find(|output| output.path.ends_with(path));
    &found.expect(path).text
}

/// The client's code without line breaks, so that a sign in it is found wherever it is broken.
fn client(text: &str) -> String {
    let outputs = generated(text);
    let code = file(&outputs, "atlas-export-api/src/generated.rs");
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}

const PAGE: &str = "          description: One page of jobs.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/ExportJobPage'
            application/vnd.atlas.2023-01-01+json:
              schema:
                $ref: '#/components/schemas/ExportJobPage'
";
const BODY: &str = "        required: true
        content:
          application/vnd.atlas.2023-01-01+json:
            schema:
              $ref: '#/components/schemas/NewExportJob'
";
const CANCELLED: &str = "          description: Cancelled.
          content:
            application/vnd.atlas.2023-01-01+json: {}
";
const NAMED_BODIES: &str = "  requestBodies:
    NewJob:
      required: true
      content:
        application/vnd.atlas.2023-01-01+json:
          schema:
            $ref: '#/components/schemas/NewExportJob'
  responses:
    JobPage:
      description: One page of jobs.
      content:
        application/json:
          schema:
            $ref: '#/components/schemas/ExportJobPage'
        application/vnd.atlas.2023-01-01+json:
          schema:
            $ref: '#/components/schemas/ExportJobPage'
    Gone:
      description: Cancelled.
      content:
        application/vnd.atlas.2023-01-01+json: {}
";

/// Bodies by name: each says what the good contract says in place.
const BY_NAME: &[(&str, &str)] = &[
    (PAGE, "          $ref: '#/components/responses/JobPage'\n"),
    (BODY, "        $ref: '#/components/requestBodies/NewJob'\n"),
    (CANCELLED, "          $ref: '#/components/responses/Gone'\n"),
];

/// Lists that survive an undecodable item, of what has no name of its own.
const TOLERANT: &[(&str, &str)] = &[(
    "        results:\n          type: array\n",
    "        given: {type: array, x-tolerant-items: true, default: [{id: a}], items: {$ref: '#/components/schemas/ExportJob'}}
        texts: {type: array, x-tolerant-items: true, default: [a], nullable: true, items: {type: string}}
        none: {type: array, x-tolerant-items: true, default: [], items: {type: string}}
        tiers: {type: array, x-tolerant-items: true, items: {type: string, enum: [HIGH, LOW]}}
        either: {type: array, x-tolerant-items: true, items: {nullable: true, oneOf: [{type: boolean}, {type: integer}]}}
        bounded: {type: array, x-tolerant-items: true, items: {type: integer, minimum: 0, exclusiveMinimum: true}}
        maybe: {type: array, x-tolerant-items: true, items: {type: string, nullable: true}}
        grid: {type: array, x-tolerant-items: true, items: {type: array, items: {type: string, enum: [HIGH, LOW]}}}
        parts:
          type: array
          x-tolerant-items: true
          items:
            type: object
            properties:
              name: {type: string}
              deeper: {type: array, x-tolerant-items: true, items: {type: object, properties: {a: {type: integer}}}}
        results:\n          type: array\n",
)];

/// Parameters that are no plain text.
const PARAMETERS: &[(&str, &str)] = &[
    (
        "        - name: itemsPerPage\n",
        "        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: numbers, in: query, required: true, schema: {type: array, items: {type: integer, format: int32}}}
        - {name: states, in: query, schema: {type: array, uniqueItems: true, items: {$ref: '#/components/schemas/ExportState'}}}
        - {name: times, in: query, schema: {$ref: '#/components/schemas/Times'}}
        - {name: days, in: query, schema: {type: array, items: {type: string, format: date}}}
        - {name: since, in: query, schema: {type: string, format: date-time}}
        - {name: until, in: query, required: true, schema: {$ref: '#/components/schemas/When'}}
        - {name: day, in: query, schema: {type: string, format: date}}
        - {name: request, in: query, schema: {type: string, format: uuid}}
        - {name: requests, in: query, schema: {type: array, items: {type: string, format: uuid}}}
        - {name: filter, in: query, schema: {type: string, nullable: true}}
        - {name: X-Note, in: header, schema: {type: string, nullable: true}}
        - {name: X-Since, in: header, schema: {type: string, format: date-time}}
        - {name: X-Until, in: header, schema: {$ref: '#/components/schemas/When'}}
        - {name: X-State, in: header, schema: {nullable: true, allOf: [{$ref: '#/components/schemas/ExportState'}]}}
        - {name: X-Weight, in: header, required: true, schema: {type: number, nullable: true}}
        - name: itemsPerPage\n",
    ),
    (
        "    ExportState:\n",
        "    When: {type: string, format: date-time}
    Times: {type: array, items: {$ref: '#/components/schemas/When'}}
    ExportState:\n",
    ),
];

/// Properties called like the field for all others.
const EXTRA: &[(&str, &str)] = &[(
    "    ExportState:\n",
    "    Surplus:
      type: object
      properties: {extra: {type: string}, size: {type: integer, default: 3}}
      additionalProperties: {}
    SurplusNeeded:
      type: object
      required: [Extra, size]
      properties: {Extra: {type: string}, size: {type: integer}}
      additionalProperties: {type: integer}
    SurplusChoice:
      oneOf:
        - type: object
          required: [kind]
          properties: {kind: {type: string, enum: [A]}, extra: {type: string}}
          additionalProperties: {}
        - type: object
          required: [kind]
          properties: {kind: {type: string, enum: [B]}}
          additionalProperties: {}
    ExportState:\n",
)];

/// Descriptions with what rustdoc runs, and what hides the rest of a comment.
const PROSE: &[(&str, &str)] = &[
    (
        "    ExportJobPage:\n      type: object\n",
        "    ExportJobPage:
      type: object
      description: |-
        The answer of:

        ```
        curl --digest $URL
        ```

        or, with more:

            jq .results < answer

        <details>A List<ExportJob> folded up.</details>

        The end of the description.\n",
    ),
    (
        "      operationId: listExportJobs\n",
        "      operationId: listExportJobs\n      description: \"One:\\n\\n```rust\\nnever closed\"\n",
    ),
];

/// [`BY_NAME`] with the names themselves.
fn by_name() -> String {
    let text = patched(BY_NAME);
    text.replacen(
        "  responses:\n    Unauthorized:\n",
        &format!("{NAMED_BODIES}    Unauthorized:\n"),
        1,
    )
}

#[test]
fn bodies_by_name_are_those_in_place() {
    assert_eq!(generated(&by_name()), generated(GOOD));
}

#[test]
fn items_without_a_name_get_one_in_a_tolerant_list() {
    // However the line is broken.
    let plain = |text: &str| text.replace([' ', ','], "");
    let code = plain(&client(&patched(TOLERANT)));
    for sign in [
        "pub tiers: ::atlas_export_types::TolerantList<ExportJobPageTiersItem>",
        "pub grid: ::atlas_export_types::TolerantList<ExportJobPageGridItem>",
        "pub either: ::atlas_export_types::TolerantList<::std::option::Option<ExportJobPageEitherItem>>",
        "pub bounded: ::atlas_export_types::TolerantList<ExportJobPageBoundedItem>",
        "pub maybe: ::atlas_export_types::TolerantList<::std::option::Option<::std::string::String>>",
        "pub parts: ::atlas_export_types::TolerantList<ExportJobPagePartsItem>",
        "pub deeper: ::atlas_export_types::TolerantList<ExportJobPagePartsItemDeeperItem>",
    ] {
        assert!(code.contains(&plain(sign)), "{sign}");
    }
}

#[test]
fn a_tolerant_list_keeps_its_default() {
    let code = client(&patched(TOLERANT));
    assert!(
        code.contains(r#"::serde_json::from_str("[{\"id\":\"a\"}]")"#),
        "{code}"
    );
    assert!(
        code.contains(r#"#[serde(default = "defaults::export_job_page_texts")]"#),
        "{code}"
    );
    assert!(
        code.contains(r#"#[serde( rename = "none", default,"#),
        "{code}"
    );
}

#[test]
fn every_parameter_is_written_as_it_is_sent() {
    let outputs = generated(&patched(PARAMETERS));
    let code = client(&patched(PARAMETERS));
    for sign in [
        "tags: Option<&'a ::std::vec::Vec<::std::string::String>>",
        "since: Option<&'a ::chrono::DateTime<::chrono::offset::Utc>>",
        "request: Option<&'a str>",
        "x_note: Option<&'a str>",
        "x_since: Option<&'a str>",
        "x_until: Option<&'a str>",
        "x_weight: f64",
    ] {
        assert!(code.contains(sign), "{sign}");
    }
    let mocks = file(&outputs, "atlas-export-httpmock/src/generated.rs");
    let mocks: String = mocks.split_whitespace().collect();
    let each =
        r#"value.iter().fold(self.0,|when,value|when.query_param("tags",value.to_string()),)"#;
    assert!(mocks.contains(each), "{mocks}");
    assert!(mocks.contains("pubfnuntil(self,value:&str)"), "{mocks}");
}

#[test]
fn a_property_called_extra_makes_way() {
    let code = client(&patched(EXTRA));
    assert!(
        code.contains("pub extra_: ::std::option::Option<::std::string::String>"),
        "{code}"
    );
    assert!(
        code.contains(r#"#[serde(rename = "Extra")] pub extra_: ::std::string::String"#),
        "{code}"
    );
}

#[test]
fn no_description_is_run_as_a_test_or_hides_its_end() {
    let text = patched(PROSE);
    let code = client(&text);
    assert!(code.contains("&lt;details>A List&lt;ExportJob> folded up.&lt;/details>"));
    assert!(code.contains("/// The end of the description."));

    // The comments alone, because the code beneath has nothing to do with it.
    let outputs = generated(&text);
    let code = file(&outputs, "atlas-export-api/src/generated.rs");
    let comments = code.lines().enumerate().map(|(at, line)| {
        if line.trim().starts_with("///") {
            format!("{line}\n")
        } else {
            format!("pub mod m{at} {{}}\n")
        }
    });
    let comments: String = comments.collect();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comments.rs");
    fs::write(&path, comments).unwrap();
    let output = Command::new("rustdoc")
        .args(["--test", "--edition", "2024"])
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let clean = output.status.success() && said.contains("running 0 tests");
    assert!(clean, "{said}{}", String::from_utf8_lossy(&output.stderr));
}

/// All of the above at once, because each run of the compiler takes its time.
#[test]
fn what_the_lint_lets_pass_compiles() {
    let places: Vec<_> = [TOLERANT, PARAMETERS, EXTRA, PROSE].concat();
    let root = workspace_of(&generated(&patched(&places)));
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            "--offline",
            "--quiet",
            "--package",
            "atlas-export-httpmock",
        ])
        // What this depends on, `documents.rs` depends on too.
        .env("CARGO_TARGET_DIR", root.join("../documents/target"))
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A workspace of the crates that are generated, and of what they need.
fn workspace_of(outputs: &[Output]) -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiles");
    for name in ["types", "api", "httpmock"] {
        let krate = format!("crates/atlas-export-{name}");
        copy(&home.join(&krate), &root.join(&krate));
    }
    let read = |path: &str| fs::read_to_string(home.join(path)).expect(path);
    let write =
        |path: &Path, text: &str| fs::write(root.join(path), text).expect("a file to write");
    // Without what takes most of the time to build and no generated line knows.
    let manifest = read("Cargo.toml").replace(r#""http2", "gzip", "#, "");
    let manifest = manifest.replace(r#""crates/*", "xtask", "tests""#, r#""crates/*""#);
    write(Path::new("Cargo.toml"), &manifest);
    write(Path::new("Cargo.lock"), &read("Cargo.lock"));
    // These are about the models and states of the SDK's own contract.
    for (krate, own) in [("api", "views"), ("types", "mod job_state;")] {
        let path = format!("crates/atlas-export-{krate}/src/lib.rs");
        let lib = read(&path);
        let lib: Vec<&str> = lib.lines().filter(|line| !line.contains(own)).collect();
        write(Path::new(&path), &lib.join("\n"));
    }
    for output in outputs
        .iter()
        .filter(|output| output.path.extension().is_some_and(|e| e == "rs"))
    {
        write(&output.path, &output.text);
    }
    root
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
