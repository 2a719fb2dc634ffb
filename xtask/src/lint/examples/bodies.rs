//! Requests and responses.

use super::edit::{Edit, insert, replace};

pub(super) const EDITS: &[Edit] = &[
    replace(
        "response-code",
        "        '4O9':\n          description: There is one already.\n",
        "        '409':\n          description: There is one already.\n",
    ),
    replace(
        "success-missing",
        "        '302':\n          description: The job.\n",
        "        '200':\n          description: The job.\n",
    ),
    replace(
        "success-several",
        "        '204':\n          description: There is one already.\n",
        "        '409':\n          description: There is one already.\n          content:\n            text/html: {}\n",
    ),
    replace(
        "success-unnamed",
        "        '299':\n          description: The job.\n",
        "        '200':\n          description: The job.\n",
    ),
    replace(
        "response-default",
        "        default:\n          description: There is one already.\n",
        "        '409':\n          description: There is one already.\n",
    ),
    replace(
        "no-content-body",
        "          description: Cancelled.
          content:
            application/vnd.atlas.2023-01-01+json:
              schema:
                type: object\n",
        "          description: Cancelled.
          content:
            application/vnd.atlas.2023-01-01+json: {}\n",
    ),
    insert(
        "request-body-method",
        "      responses:\n        '204':\n",
        "      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/NewExportJob'\n",
        "      parameters:\n        - {name: force, in: query, schema: {type: boolean}}\n",
    ),
    replace(
        "request-body-optional",
        "      requestBody:\n        required: false\n",
        "      requestBody:\n        required: true\n",
    ),
    replace(
        "request-body-empty",
        "        content: {}\n",
        "        content:
          application/vnd.atlas.2023-01-01+json:
            schema:
              $ref: '#/components/schemas/NewExportJob'\n",
    ),
    replace(
        "body-untyped",
        "              schema: {type: object}\n",
        "              schema:\n                $ref: '#/components/schemas/ExportJob'\n",
    ),
    replace(
        "body-schemas-differ",
        "            application/json:
              schema:
                $ref: '#/components/schemas/ExportJobPage'
            application/vnd.atlas.2023-01-01+json:
              schema:
                $ref: '#/components/schemas/ExportJob'\n",
        "            application/json:
              schema:
                $ref: '#/components/schemas/ExportJobPage'
            application/vnd.atlas.2023-01-01+json:
              schema:
                $ref: '#/components/schemas/ExportJobPage'\n",
    ),
    replace(
        "body-versions-differ",
        "        content:
          application/vnd.atlas.2024-05-30+json:
            schema:
              $ref: '#/components/schemas/NewExportJob'
      responses:
        '200':
          description: The job.
          content:
            application/vnd.atlas.2023-01-01+json:
              schema:
                $ref: '#/components/schemas/ExportJob'\n",
        "        content:
          application/vnd.atlas.2023-01-01+json:
            schema:
              $ref: '#/components/schemas/NewExportJob'
      responses:
        '200':
          description: The job.
          content:
            application/vnd.atlas.2023-01-01+json:
              schema:
                $ref: '#/components/schemas/ExportJob'\n",
    ),
    replace(
        "media-type-unreadable",
        "            text/xml:\n              schema:\n                $ref: '#/components/schemas/ExportJob'\n",
        "            application/vnd.atlas.2023-01-01+json:
              schema:
                $ref: '#/components/schemas/ExportJob'\n",
    ),
    replace(
        "media-type-version",
        "            application/vnd.atlas.2023-02-29+json:
              schema:
                $ref: '#/components/schemas/ExportJobPage'\n",
        "            application/vnd.atlas.2023-01-01+json:
              schema:
                $ref: '#/components/schemas/ExportJobPage'\n",
    ),
    replace(
        "media-type-schema-missing",
        "            application/json: {}\n",
        "            application/json:
              schema:
                $ref: '#/components/schemas/ExportJobPage'\n",
    ),
    replace(
        "media-type-encoding",
        "            schema:
              $ref: '#/components/schemas/NewExportJob'
            encoding:
              customData:
                contentType: text/plain\n",
        "            schema:\n              $ref: '#/components/schemas/NewExportJob'\n",
    ),
];
