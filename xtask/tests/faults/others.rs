//! Faults that share a rule with another one: a line of the good contract, and what replaces it.

const CODE: &str = "        errorCode:\n";
const DONE: &str = "          description: Cancelled.\n";
const GROUP: &str = "      name: groupId\n";
const ID: &str = "operationId: listExportJobs";
const PARAMETER: &str = "        - name: itemsPerPage\n";
const SCHEMA: &str = "    ExportState:\n";
const SCHEME: &str = "      type: http\n      scheme: digest\n";

/// The rule, the line, and the fault in its place.
pub(crate) const OTHERS: &[(&str, &str, &str)] = &[
    (
        "role-incomplete",
        "tags:\n",
        "x-atlas-roles:\n  - {name: A, code: A, includes: [], source: a}\n  - {name: B, code: A, includes: [], source: a}\ntags:\n",
    ),
    (
        "role-incomplete",
        "tags:\n",
        "x-atlas-roles:\n  - {name: A, code: A, source: a}\ntags:\n",
    ),
    (
        "role-unknown",
        "tags:\n  - name: Export Jobs\npaths:\n  /groups/{groupId}/exports:\n    parameters:\n      - $ref: '#/components/parameters/ProjectId'\n    get:\n",
        "x-atlas-roles:\n  - {name: Reader, code: READER, includes: [], source: a}\ntags:\n  - name: Export Jobs\npaths:\n  /groups/{groupId}/exports:\n    parameters:\n      - $ref: '#/components/parameters/ProjectId'\n    get:\n      x-atlas-required-roles: [Writer]\n",
    ),
    ("missing-key", SCHEME, "      type: http\n"),
    (
        "missing-key",
        SCHEME,
        "      type: oauth2\n      flows: {clientCredentials: {scopes: {}}}\n",
    ),
    (
        "missing-key",
        DONE,
        "          description: Cancelled.\n          headers: {X-Left: {required: true}}\n",
    ),
    (
        "wrong-kind",
        CODE,
        "        errorCode:\n          required: true\n",
    ),
    (
        "schema-type",
        CODE,
        "        code: {type: int}\n        errorCode:\n",
    ),
    (
        "schema-type",
        CODE,
        "        code: {type: [string]}\n        errorCode:\n",
    ),
    (
        "schema-untyped",
        CODE,
        "        code: {minimum: 1}\n        errorCode:\n",
    ),
    (
        "exclusive-bound",
        CODE,
        "        code: {type: integer, exclusiveMinimum: 3}\n        errorCode:\n",
    ),
    (
        "default-misfit",
        CODE,
        "        at: {type: string, format: date-time, default: now}\n        errorCode:\n",
    ),
    (
        "default-misfit",
        CODE,
        "        at: {type: object, required: [a], properties: {a: {type: string}}, default: {}}\n        errorCode:\n",
    ),
    (
        "keyword-misplaced",
        CODE,
        "        at: {type: boolean, enum: [true]}\n        errorCode:\n",
    ),
    (
        "reference-cycle",
        GROUP,
        "      $ref: '#/components/parameters/ProjectId'\n    Unused:\n      name: groupId\n",
    ),
    (
        "parameter-location",
        "      in: path\n",
        "      in: paths\n",
    ),
    ("operation-id-renamed", ID, "operationId: 2getJob"),
    ("operation-id-renamed", ID, "operationId: type"),
    ("operation-id-renamed", ID, "operationId: gen"),
    ("operation-id-renamed", ID, "operationId: don'tList"),
    (
        "format-unknown",
        CODE,
        "        code: {type: integer, format: double}\n        errorCode:\n",
    ),
    (
        "format-unknown",
        CODE,
        "        code: {type: number, format: decimal}\n        errorCode:\n",
    ),
    (
        "parameter-compound",
        PARAMETER,
        "        - {name: by, in: query, schema: {type: object}}\n        - name: itemsPerPage\n",
    ),
    (
        "parameter-compound",
        PARAMETER,
        "        - {name: by, in: query, schema: {type: array, items: {type: object}}}\n        - name: itemsPerPage\n",
    ),
    (
        "foreign-type",
        CODE,
        "        parameters: {type: array, items: {type: string, format: uuid}}\n        errorCode:\n",
    ),
    (
        "parameter-compound",
        PARAMETER,
        "        - {name: by, in: query, schema: {}}\n        - name: itemsPerPage\n",
    ),
    (
        "parameter-compound",
        PARAMETER,
        "        - {name: by, in: query, schema: {type: array, items: {}}}\n        - name: itemsPerPage\n",
    ),
    (
        "parameter-compound",
        PARAMETER,
        "        - {name: by, in: query, schema: {oneOf: [{type: string}, {type: array, items: {type: string}}]}}\n        - name: itemsPerPage\n",
    ),
    // Bounds and descriptions as well as formats; in the schema itself as well as in a branch.
    (
        "all-of-overlap",
        SCHEMA,
        "    A: {allOf: [{$ref: '#/components/schemas/ExportJob'}, {type: object, properties: {id: {type: string, maxLength: 3}}}]}\n    ExportState:\n",
    ),
    (
        "all-of-overlap",
        SCHEMA,
        "    A: {allOf: [{$ref: '#/components/schemas/ExportJob'}], properties: {id: {type: string, description: Its id.}}}\n    ExportState:\n",
    ),
    (
        "additional-properties-true",
        SCHEMA,
        "    A: {allOf: [{$ref: '#/components/schemas/ExportJob'}, {type: object, additionalProperties: true}]}\n    ExportState:\n",
    ),
    (
        "required-one-way",
        "      required: [id]\n      properties:\n",
        "      required: [id, key]\n      properties:\n        key: {type: string, writeOnly: true}\n",
    ),
    (
        "one-of-shadowed",
        SCHEMA,
        "    A: {oneOf: [{type: string}, {$ref: '#/components/schemas/ExportState'}]}\n    ExportState:\n",
    ),
    (
        "one-of-shadowed",
        SCHEMA,
        "    A: {oneOf: [{type: number}, {type: integer}]}\n    ExportState:\n",
    ),
    (
        "one-of-shadowed",
        SCHEMA,
        "    A: {oneOf: [{type: object}, {$ref: '#/components/schemas/ExportJob'}]}\n    ExportState:\n",
    ),
    (
        "required-property-absent",
        SCHEMA,
        "    A: {oneOf: [{type: object, required: [k], properties: {k: {type: string, enum: [A]}}}, {type: object, required: [k, b], properties: {k: {type: string, enum: [B]}}}]}\n    ExportState:\n",
    ),
    (
        "default-misfit",
        CODE,
        "        at: {allOf: [{$ref: '#/components/schemas/ExportJob'}], default: [1]}\n        errorCode:\n",
    ),
];
