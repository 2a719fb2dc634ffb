//! Schemas.

use super::edit::{Edit, SCHEMA, change, insert, replace};

/// The line before which a property can be put.
const PROPERTY: &str = "        errorCode:\n";
const ENUM: &str = "      enum: [Queued, InProgress, Successful]\n";

const fn schema(rule: &'static str, bad: &'static str, good: &'static str) -> Edit {
    insert(rule, SCHEMA, bad, good)
}

const fn property(rule: &'static str, bad: &'static str, good: &'static str) -> Edit {
    insert(rule, PROPERTY, bad, good)
}

pub(super) const EDITS: &[Edit] = &[
    schema(
        "schema-name-collision",
        "    exportJob: {type: string}\n",
        "    ExportJobName: {type: string}\n",
    ),
    change(
        "generated-name-collision",
        "              schema:\n                $ref: '#/components/schemas/ExportJob'\n",
        "              schema: {title: ApiError, type: object, properties: {id: {type: string}}}\n",
        "              schema: {title: StartedJob, type: object, properties: {id: {type: string}}}\n",
    ),
    property(
        "property-collision",
        "        error_code: {type: integer}\n",
        "        number: {type: integer}\n",
    ),
    schema(
        "additional-properties-true",
        "    Open: {type: object, properties: {name: {type: string}}, additionalProperties: true}\n",
        "    Open: {type: object, properties: {name: {type: string}}, additionalProperties: {}}\n",
    ),
    change(
        "required-one-way",
        "    NewExportJob:\n      type: object\n      properties:\n",
        "    NewExportJob:
      type: object
      required: [id]
      properties:
        id: {type: string, readOnly: true}\n",
        "    NewExportJob:
      type: object
      properties:
        id: {type: string, readOnly: true}\n",
    ),
    replace(
        "required-property-absent",
        "      required: [id, stat]\n",
        "      required: [id]\n",
    ),
    change(
        "extension-misspelt",
        "        results:\n          type: array\n",
        "        results:\n          type: array\n          x-tolerant-item: true\n",
        "        results:\n          type: array\n          x-tolerant-items: true\n",
    ),
    change(
        "extension-misplaced",
        "    ExportJobPage:\n      type: object\n",
        "    ExportJobPage:
      type: object
      x-tolerant-items: true
      x-also-read: {result: [items]}\n",
        "    ExportJobPage:\n      type: object\n      x-also-read: {results: [items]}\n",
    ),
    property(
        "foreign-type",
        "        code: {type: string, pattern: '^[A-Z_]+$'}
        incident: {type: string, format: uuid}\n",
        "        code: {type: string}
        incident: {type: string}\n",
    ),
    replace(
        "required-twice",
        "      required: [id, id]\n",
        "      required: [id]\n",
    ),
    property(
        "schema-type",
        "        detail: {type: str}\n",
        "        detail: {type: string}\n",
    ),
    property(
        "keyword-misplaced",
        "        detail: {type: object, format: json}\n",
        "        detail: {type: object}\n",
    ),
    property(
        "format-unknown",
        "        at: {type: string, format: datetime}\n",
        "        at: {type: string, format: date-time}\n",
    ),
    property(
        "schema-untyped",
        "        detail: {nullable: true, maxLength: 80}\n",
        "        detail: {type: string, nullable: true, maxLength: 80}\n",
    ),
    property(
        "array-items-missing",
        "        parameters: {type: array}\n",
        "        parameters: {type: array, items: {type: string}}\n",
    ),
    replace(
        "pattern-invalid",
        "      pattern: ^[0-9a-f{24}$\n",
        "      pattern: ^[0-9a-f]{24}$\n",
    ),
    property(
        "exclusive-bound",
        "        error: {type: integer, exclusiveMinimum: true}\n",
        "        error: {type: integer, minimum: 0, exclusiveMinimum: true}\n",
    ),
    property(
        "bounds-reversed",
        "        error: {type: integer, minimum: 600, maximum: 400}\n",
        "        error: {type: integer, minimum: 400, maximum: 600}\n",
    ),
    schema(
        "enum-empty",
        "    Tier: {type: string, enum: []}\n",
        "    Tier: {type: string, enum: [M10]}\n",
    ),
    schema(
        "enum-value",
        "    Tier: {type: string, enum: [M10, 20]}\n",
        "    Tier: {type: string, enum: [M10, '20']}\n",
    ),
    replace(
        "enum-collision",
        "      enum: [Queued, InProgress, QUEUED]\n",
        ENUM,
    ),
    replace(
        "enum-repeated",
        "      enum: [Queued, InProgress, Queued]\n",
        ENUM,
    ),
    replace(
        "default-misfit",
        "            maximum: 500\n            default: 1000\n",
        "            maximum: 500\n            default: 100\n",
    ),
    schema(
        "discriminator",
        "    Bucket:
      type: object
      properties: {cloudProvider: {type: string}}
      discriminator: {propertyName: cloudProvider}\n",
        "    Bucket:
      type: object
      properties: {cloudProvider: {type: string}}\n",
    ),
    schema(
        "any-of-scalars",
        "    OpenState:
      anyOf:
        - $ref: '#/components/schemas/ExportState'
        - type: string\n",
        "    OpenState:
      oneOf:
        - $ref: '#/components/schemas/ExportState'
        - type: string\n",
    ),
    schema(
        "one-of-shadowed",
        "    Bucket:
      oneOf:
        - {type: object, properties: {name: {type: string}}}
        - {type: object, required: [name, region], properties: {name: {type: string}, region: {type: string}}}\n",
        "    Bucket:
      oneOf:
        - {type: object, required: [name, region], properties: {name: {type: string}, region: {type: string}}}
        - {type: object, properties: {name: {type: string}}}\n",
    ),
    schema(
        "all-of-conflict",
        "    Both:
      allOf:
        - $ref: '#/components/schemas/ExportState'
        - type: object\n",
        "    Both:
      allOf:
        - $ref: '#/components/schemas/ExportJob'
        - type: object\n",
    ),
    schema(
        "all-of-closed",
        "    Closed: {type: object, properties: {id: {type: string}}, additionalProperties: false}
    Widened:
      allOf:
        - $ref: '#/components/schemas/Closed'
        - {type: object, properties: {tier: {type: string}}}\n",
        "    Narrow: {type: object, properties: {id: {type: string}}}
    Widened:
      allOf:
        - $ref: '#/components/schemas/Narrow'
        - {type: object, properties: {tier: {type: string}}}\n",
    ),
    schema(
        "all-of-overlap",
        "    Thing:
      allOf:
        - {type: object, properties: {at: {type: string, format: date}}}
        - {type: object, properties: {at: {type: string, format: date-time}}}\n",
        "    Thing:
      allOf:
        - {type: object, properties: {day: {type: string, format: date}}}
        - {type: object, properties: {at: {type: string, format: date-time}}}\n",
    ),
    schema(
        "combinator-empty",
        "    Never: {oneOf: []}\n",
        "    Never: {oneOf: [{type: boolean}]}\n",
    ),
    schema(
        "nullable-combined",
        "    Either: {nullable: true, oneOf: [{type: boolean}, {type: integer}]}\n",
        "    Either: {oneOf: [{type: boolean}, {type: integer}]}\n",
    ),
    schema(
        "not-schema",
        "    Other: {not: {type: string}}\n",
        "    Other: {oneOf: [{type: boolean}, {type: integer}]}\n",
    ),
];
