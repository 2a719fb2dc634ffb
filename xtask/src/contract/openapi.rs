//! What OpenAPI calls things, for all who read a contract.

/// The methods of a path item, in the order in which the generator reads them.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What a `$ref` to a named schema begins with, before the name.
pub(crate) const SCHEMA_REFERENCE: &str = "#/components/schemas/";
