//! Paths and operations.

use super::edit::{Edit, change, insert, replace};

/// The line before which a path can be put.
const PATH: &str = "  /groups/{groupId}/exports:\n";

pub(super) const EDITS: &[Edit] = &[
    insert(
        "path-item-reference",
        PATH,
        "  /exports:\n    $ref: '#/paths/~1groups~1{groupId}~1exports'\n",
        "  /exports:\n    get: {operationId: listAll, responses: {'204': {description: None.}}}\n",
    ),
    insert(
        "path-template",
        PATH,
        "  /status/{name:\n    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
        "  /status/{name}:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
    ),
    insert(
        "path-segment",
        PATH,
        "  /export//status:\n    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
        "  /export/status:\n    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
    ),
    insert(
        "path-trailing-slash",
        PATH,
        "  /status/:\n    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
        "  /status:\n    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
    ),
    insert(
        "duplicate-placeholder",
        PATH,
        "  /groups/{groupId}/copies/{groupId}:
    parameters: [{$ref: '#/components/parameters/ProjectId'}]
    get: {operationId: getCopy, responses: {'204': {description: Well.}}}\n",
        "  /groups/{groupId}/copies/{copyId}:
    parameters:
      - $ref: '#/components/parameters/ProjectId'
      - {name: copyId, in: path, required: true, schema: {type: string}}
    get: {operationId: getCopy, responses: {'204': {description: Well.}}}\n",
    ),
    insert(
        "ambiguous-path",
        PATH,
        "  /groups/{projectId}/exports:
    parameters: [{name: projectId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
        "  /groups/{projectId}/exports/status:
    parameters: [{name: projectId, in: path, required: true, schema: {type: string}}]
    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
    ),
    insert(
        "path-parameter-missing",
        PATH,
        "  /status/{groupId}:
    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
        "  /status/{groupId}:
    parameters: [{$ref: '#/components/parameters/ProjectId'}]
    get: {operationId: getStatus, responses: {'204': {description: Well.}}}\n",
    ),
    insert(
        "path-parameter-extra",
        "    get:\n      operationId: listExportJobs\n",
        "      - {name: clusterName, in: path, required: true, schema: {type: string}}\n",
        "      - {name: clusterName, in: query, schema: {type: string}}\n",
    ),
    replace(
        "path-parameter-optional",
        "      in: path\n",
        "      in: path\n      required: true\n",
    ),
    replace(
        "operation-id-missing",
        "    post:\n",
        "    post:\n      operationId: createExportJob\n",
    ),
    replace(
        "operation-id-duplicate",
        "      operationId: listExportJobs\n",
        "      operationId: createExportJob\n",
    ),
    replace(
        "operation-id-collision",
        "      operationId: list_export_jobs\n",
        "      operationId: createExportJob\n",
    ),
    replace(
        "operation-id-reserved",
        "      operationId: post\n",
        "      operationId: createExportJob\n",
    ),
    replace(
        "operation-id-renamed",
        "      operationId: match\n",
        "      operationId: listExportJobs\n",
    ),
    change(
        "method-unsupported",
        "    delete:\n      operationId: cancelExportJobs\n",
        "    options:\n      operationId: cancelExportJobs\n",
        "    head:\n      operationId: cancelExportJobs\n",
    ),
    replace(
        "undeclared-tag",
        "      operationId: listExportJobs\n      tags: [Export Job]\n",
        "      operationId: listExportJobs\n      tags: [Export Jobs]\n",
    ),
    replace(
        "undeclared-security-scheme",
        "security:\n  - DigestAuht: []\n",
        "security:\n  - DigestAuth: []\n",
    ),
];
