//! Parameters.

use super::edit::{Edit, SCHEMA, insert};

/// The line before which a parameter of a query can be put.
const PARAMETER: &str = "      responses:\n        200:\n";

/// A definition that is nullable by name.
const NOTE: &str = "    Note: {type: string, nullable: true}\n";

const fn parameter(rule: &'static str, bad: &'static str, good: &'static str) -> Edit {
    insert(rule, PARAMETER, bad, good)
}

pub(super) const EDITS: &[Edit] = &[
    parameter(
        "parameter-duplicate",
        "        - {name: itemsPerPage, in: query, schema: {type: integer}}\n",
        "        - {name: pageNum, in: query, schema: {type: integer}}\n",
    ),
    parameter(
        "parameter-collision",
        "        - {name: items_per_page, in: query, schema: {type: integer}}\n",
        "        - {name: page_num, in: query, schema: {type: integer}}\n",
    ),
    parameter(
        "parameter-reserved",
        "        - {name: new, in: query, schema: {type: boolean}}\n",
        "        - {name: isNew, in: query, schema: {type: boolean}}\n",
    ),
    parameter(
        "parameter-location",
        "        - {name: session, in: cookie, schema: {type: string}}\n",
        "        - {name: X-Session, in: header, schema: {type: string}}\n",
    ),
    parameter(
        "parameter-content",
        "        - {name: filter, in: query, content: {application/json: {schema: {type: string}}}}\n",
        "        - {name: filter, in: query, schema: {type: string}}\n",
    ),
    parameter(
        "parameter-schema-missing",
        "        - {name: filter, in: query}\n",
        "        - {name: filter, in: query, schema: {type: string}}\n",
    ),
    parameter(
        "parameter-style",
        "        - name: states
          in: query
          style: pipeDelimited
          schema: {type: array, items: {type: string}}\n",
        "        - name: states
          in: query
          style: form
          schema: {type: array, items: {type: string}}\n",
    ),
    parameter(
        "parameter-encoding",
        "        - name: states
          in: query
          explode: false
          schema: {type: array, items: {type: string}}\n",
        "        - name: states
          in: query
          explode: true
          schema: {type: array, items: {type: string}}\n",
    ),
    parameter(
        "parameter-compound",
        "        - {name: X-States, in: header, schema: {type: array, items: {type: string}}}\n",
        "        - {name: states, in: query, schema: {type: array, items: {type: string}}}\n",
    ),
    parameter(
        "parameter-nullable",
        "        - {name: note, in: query, schema: {$ref: '#/components/schemas/Note'}}\n",
        "        - {name: note, in: query, schema: {type: string}}\n",
    ),
    insert("parameter-nullable", SCHEMA, NOTE, NOTE),
    parameter(
        "parameter-ignored-header",
        "        - {name: Accept, in: header, schema: {type: string}}\n",
        "        - {name: X-Note, in: header, schema: {type: string}}\n",
    ),
    parameter(
        "parameter-inline-constraint",
        "        - {name: state, in: query, schema: {type: string, enum: [Queued, Successful]}}\n",
        "        - {name: state, in: query, schema: {$ref: '#/components/schemas/ExportState'}}\n",
    ),
];
