//! The document as a whole: what it says to the lint, its keys, its roles, its `$ref`s.

use super::edit::{Edit, SCHEMA, change, insert, replace};

const TAGS: &str = "tags:\n";
const POST: &str = "      operationId: createExportJob\n";
const STATE: &str = "        state:\n          $ref: '#/components/schemas/ExportState'\n";
const NEW: &str = "              $ref: '#/components/schemas/NewExportJob'\n";

/// A schema with a fault that is allowed.
const ALLOWED: &str = "    Bucket:
      type: object
      x-lint-allow: [{rule: discriminator, reason: The view reads it}]
      discriminator: {propertyName: cloudProvider}
      properties: {cloudProvider: {type: string}}\n";

pub(super) const EDITS: &[Edit] = &[
    replace(
        "profile-unknown",
        "x-lint-profile: hose\n",
        "x-lint-profile: house\n",
    ),
    insert(
        "allowance-incomplete",
        SCHEMA,
        "    Bucket:
      type: object
      x-lint-allow: [{rule: discriminator}]
      properties: {cloudProvider: {type: string}}\n",
        ALLOWED,
    ),
    insert(
        "allowance-unknown",
        SCHEMA,
        "    Bucket:
      type: object
      x-lint-allow: [{rule: discriminators, reason: The view reads it}]
      properties: {cloudProvider: {type: string}}\n",
        ALLOWED,
    ),
    insert(
        "allowance-forbidden",
        SCHEMA,
        "    Bucket:
      type: object
      x-lint-allow: [{rule: not-schema, reason: It reads well}]
      properties: {cloudProvider: {type: string}}\n",
        ALLOWED,
    ),
    insert(
        "allowance-unused",
        SCHEMA,
        "    Bucket:
      type: object
      x-lint-allow: [{rule: discriminator, reason: The view reads it}]
      properties: {cloudProvider: {type: string}}\n",
        ALLOWED,
    ),
    insert(
        "unknown-key",
        POST,
        "      sumary: Starts an export.\n",
        "      summary: Starts an export.\n",
    ),
    insert(
        "newer-keyword",
        SCHEMA,
        "    Tier:\n      type: string\n      const: M10\n",
        "    Tier:\n      type: string\n      enum: [M10]\n",
    ),
    replace(
        "missing-key",
        "info:\n  version: '2.0'\n",
        "info:\n  title: Snapshot exports\n  version: '2.0'\n",
    ),
    replace("wrong-kind", "  version: 2.0\n", "  version: '2.0'\n"),
    insert(
        "component-name",
        SCHEMA,
        "    Disk Backup: {type: object, properties: {id: {type: string}}}\n",
        "    DiskBackup: {type: object, properties: {id: {type: string}}}\n",
    ),
    replace(
        "server-missing",
        "servers: []\n",
        "servers:\n  - url: https://cloud.mongodb.com\n",
    ),
    insert(
        "ignored-section",
        POST,
        "      servers:\n        - url: https://example.com\n",
        "      description: The server is that of the document.\n",
    ),
    replace(
        "server-slash",
        "  - url: https://cloud.mongodb.com/\n",
        "  - url: https://cloud.mongodb.com\n",
    ),
    insert(
        "role-unknown",
        TAGS,
        "x-atlas-roles:
  - {name: Owner, code: OWNER, includes: [Reeder], source: a}
  - {name: Reader, code: READER, includes: [], source: a}\n",
        "x-atlas-roles:
  - {name: Owner, code: OWNER, includes: [Reader], source: a}
  - {name: Reader, code: READER, includes: [], source: a}\n",
    ),
    insert(
        "role-incomplete",
        TAGS,
        "x-atlas-roles:\n  - {name: Owner, includes: [], source: a}\n",
        "x-atlas-roles:\n  - {name: Owner, code: OWNER, includes: [], source: a}\n",
    ),
    replace(
        "dangling-reference",
        "              $ref: '#/components/schemas/NewExportJobs'\n",
        NEW,
    ),
    replace(
        "misdirected-reference",
        "        '200':\n          $ref: '#/components/schemas/ExportJob'\n",
        "        '200':
          description: The job.
          content:
            application/vnd.atlas.2023-01-01+json:
              schema:
                $ref: '#/components/schemas/ExportJob'\n",
    ),
    replace(
        "external-reference",
        "              $ref: './job.yaml#/NewExportJob'\n",
        NEW,
    ),
    insert(
        "reference-cycle",
        SCHEMA,
        "    Snapshot:
      $ref: '#/components/schemas/DiskBackup'
    DiskBackup:
      $ref: '#/components/schemas/Snapshot'\n",
        "    Snapshot:
      $ref: '#/components/schemas/DiskBackup'
    DiskBackup:
      type: object
      properties:
        snapshot:
          $ref: '#/components/schemas/Snapshot'\n",
    ),
    change(
        "reference-siblings",
        STATE,
        "        state:
          $ref: '#/components/schemas/ExportState'
          description: How far it is.\n",
        "        state:
          allOf:
            - $ref: '#/components/schemas/ExportState'
          description: How far it is.\n",
    ),
    change(
        "nullable-reference",
        STATE,
        "        state:
          $ref: '#/components/schemas/ExportState'
          nullable: true\n",
        "        state:
          allOf:
            - $ref: '#/components/schemas/ExportState'
          nullable: true\n",
    ),
];
