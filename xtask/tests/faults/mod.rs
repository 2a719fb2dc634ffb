//! Contracts that differ from the good one in one fault alone: a document of `tests/lint`, or a
//! line of the good contract and what replaces it.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::{fs, path::Path};

pub(crate) mod others;

/// The lines after which a schema, a property, and a parameter of a query can be put.
const SCHEMA: &str = "    ExportState:\n";
const PROPERTY: &str = "        errorCode:\n";
const PARAMETER: &str = "        - name: itemsPerPage\n";

/// The rule, a line of the good contract, and what stands in its place.
const PATCHES: &[(&str, &str, &str)] = &[
    (
        "profile-unknown",
        "x-lint-profile: house\n",
        "x-lint-profile: hose\n",
    ),
    (
        "server-slash",
        "  - url: https://cloud.mongodb.com\n",
        "  - url: https://cloud.mongodb.com/\n",
    ),
    (
        "role-unknown",
        "tags:\n",
        "x-atlas-roles:\n  - {name: Owner, code: OWNER, includes: [Reeder], source: a}\n  - {name: Reader, code: READER, includes: [], source: a}\ntags:\n",
    ),
    (
        "role-incomplete",
        "tags:\n",
        "x-atlas-roles:\n  - {name: Owner, includes: [], source: a}\ntags:\n",
    ),
    (
        "operation-id-renamed",
        "      operationId: listExportJobs\n",
        "      operationId: match\n",
    ),
    (
        "parameter-nullable",
        PARAMETER,
        "        - {name: note, in: query, schema: {$ref: '#/components/schemas/Note'}}
        - name: itemsPerPage\n",
    ),
    (
        "additional-properties-true",
        SCHEMA,
        "    Open: {type: object, properties: {name: {type: string}}, additionalProperties: true}
    ExportState:\n",
    ),
    (
        "required-one-way",
        "    NewExportJob:\n      type: object\n      properties:\n",
        "    NewExportJob:
      type: object
      required: [id]
      properties:
        id: {type: string, readOnly: true}\n",
    ),
    (
        "format-unknown",
        PROPERTY,
        "        at: {type: string, format: datetime}\n        errorCode:\n",
    ),
    (
        "one-of-shadowed",
        SCHEMA,
        "    Bucket:
      oneOf:
        - {type: object, properties: {name: {type: string}}}
        - {type: object, required: [name, region], properties: {name: {type: string}, region: {type: string}}}
    ExportState:\n",
    ),
    (
        "body-untyped",
        "              schema:\n                $ref: '#/components/schemas/ExportJob'\n",
        "              schema: {type: object}\n",
    ),
    (
        "nullable-combined",
        SCHEMA,
        "    Either: {nullable: true, oneOf: [{type: boolean}, {type: integer}]}\n    ExportState:\n",
    ),
    (
        "all-of-overlap",
        SCHEMA,
        "    Thing:
      allOf:
        - {type: object, properties: {at: {type: string, format: date}}}
        - {type: object, properties: {at: {type: string, format: date-time}}}
    ExportState:\n",
    ),
];

/// What else a patch needs: a definition that the faulty line refers to.
const BESIDE: &[(&str, &str, &str)] = &[(
    "parameter-nullable",
    SCHEMA,
    "    Note: {type: string, nullable: true}\n    ExportState:\n",
)];

pub(crate) fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lint"))
}

/// The names of all faulty contracts, which are those of the rules.
pub(crate) fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).expect("the folder of documents");
    let files = files.map(|entry| entry.expect("a document").file_name());
    let mut names: Vec<String> = files
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".yaml")?.to_owned()))
        .filter(|name| name != "good")
        .chain(PATCHES.iter().map(|(rule, ..)| (*rule).to_owned()))
        .collect();
    names.sort();
    names
}

/// The text of a contract: `good`, or one of [`names`].
pub(crate) fn text(name: &str) -> String {
    let read = |name: &str| {
        let path = folder().join(format!("{name}.yaml"));
        fs::read_to_string(path).expect(name)
    };
    if !PATCHES.iter().any(|(rule, ..)| *rule == name) {
        return read(name);
    }
    let patches = PATCHES
        .iter()
        .chain(BESIDE)
        .filter(|(rule, ..)| *rule == name);
    patches.fold(read("good"), |text, (_, line, faulty)| {
        patched(&text, line, faulty)
    })
}

/// A text with the first of `line` replaced.
pub(crate) fn patched(text: &str, line: &str, faulty: &str) -> String {
    assert!(text.contains(line), "{line}");
    text.replacen(line, faulty, 1)
}
