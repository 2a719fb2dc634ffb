//! Texts that are no contract, each with one that is.

const GOOD: &str = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\n";

/// The rule, a text that breaks it, and one that does not.
pub(super) const TEXTS: &[(&str, &str, &str)] = &[
    (
        "contract-not-yaml",
        "openapi: 3.0.3\ninfo: {title: A, version: '1'\npaths: {}\n",
        GOOD,
    ),
    ("contract-empty", "# Later.\n", GOOD),
    (
        "contract-several-documents",
        "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\n---\nopenapi: 3.0.3\n",
        GOOD,
    ),
    ("contract-not-a-mapping", "- openapi: 3.0.3\n", GOOD),
    (
        "merge-key",
        "openapi: 3.0.3
info: &info {title: A, version: '1'}
paths: {}
x-info: {<<: *info}\n",
        "openapi: 3.0.3
info: &info {title: A, version: '1'}
paths: {}
x-info: *info\n",
    ),
    (
        "duplicate-key",
        "openapi: 3.0.3\ninfo: {title: A, title: B, version: '1'}\npaths: {}\n",
        GOOD,
    ),
    (
        "key-not-text",
        "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\nx-states: {true: on}\n",
        "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\nx-states: {'true': on}\n",
    ),
    (
        "openapi-version",
        "openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {}\n",
        GOOD,
    ),
];
