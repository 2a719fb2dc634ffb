//! The keys that each object of OpenAPI 3.0.3 has, and what stands under them.
//!
//! One table, read by the walk that finds every schema, parameter and response of a contract,
//! and by the rules about keys.

use super::grammar::{
    Key, ObjectKind, ObjectKind as K,
    Shape::{
        self, Any, Count, Flag, FlagOrSchema, List, ListOf, MapOf, Number, Object, Text, TextList,
        TextMap,
    },
};

impl ObjectKind {
    /// The keys that the object may have.
    pub(super) fn keys(self) -> &'static [Key] {
        match self {
            K::OpenApi => OPEN_API,
            K::Info => INFO,
            K::Contact => const { &[key("name", Text), key("url", Text), key("email", Text)] },
            K::License => const { &[must("name", Text), key("url", Text)] },
            K::Server => SERVER,
            K::ServerVariable => SERVER_VARIABLE,
            K::Paths | K::Callback | K::Responses | K::SecurityRequirement => &[],
            K::PathItem => PATH_ITEM,
            K::Operation => OPERATION,
            K::ExternalDocs => const { &[key("description", Text), must("url", Text)] },
            K::Parameter => PARAMETER,
            K::RequestBody => REQUEST_BODY,
            K::MediaType => MEDIA_TYPE,
            K::Encoding => ENCODING,
            K::Response => RESPONSE,
            K::Example => EXAMPLE,
            K::Link => LINK,
            K::Header => HEADER,
            K::Tag => TAG,
            K::Schema => SCHEMA,
            K::Discriminator => const { &[must("propertyName", Text), key("mapping", TextMap)] },
            K::Xml => XML,
            K::Components => COMPONENTS,
            K::SecurityScheme => SECURITY_SCHEME,
            K::OauthFlows => OAUTH_FLOWS,
            K::OauthFlow => OAUTH_FLOW,
        }
    }
}

const fn key(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        required: false,
    }
}

const fn must(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        required: true,
    }
}

const OPEN_API: &[Key] = &[
    must("openapi", Text),
    must("info", Object(K::Info)),
    key("servers", ListOf(K::Server)),
    must("paths", Object(K::Paths)),
    key("components", Object(K::Components)),
    key("security", ListOf(K::SecurityRequirement)),
    key("tags", ListOf(K::Tag)),
    key("externalDocs", Object(K::ExternalDocs)),
];

const INFO: &[Key] = &[
    must("title", Text),
    key("description", Text),
    key("termsOfService", Text),
    key("contact", Object(K::Contact)),
    key("license", Object(K::License)),
    must("version", Text),
];

const SERVER: &[Key] = &[
    must("url", Text),
    key("description", Text),
    key("variables", MapOf(K::ServerVariable)),
];

const SERVER_VARIABLE: &[Key] = &[
    key("enum", TextList),
    must("default", Text),
    key("description", Text),
];

const PATH_ITEM: &[Key] = &[
    key("$ref", Text),
    key("summary", Text),
    key("description", Text),
    key("get", Object(K::Operation)),
    key("put", Object(K::Operation)),
    key("post", Object(K::Operation)),
    key("delete", Object(K::Operation)),
    key("options", Object(K::Operation)),
    key("head", Object(K::Operation)),
    key("patch", Object(K::Operation)),
    key("trace", Object(K::Operation)),
    key("servers", ListOf(K::Server)),
    key("parameters", ListOf(K::Parameter)),
];

const OPERATION: &[Key] = &[
    key("tags", TextList),
    key("summary", Text),
    key("description", Text),
    key("externalDocs", Object(K::ExternalDocs)),
    key("operationId", Text),
    key("parameters", ListOf(K::Parameter)),
    key("requestBody", Object(K::RequestBody)),
    must("responses", Object(K::Responses)),
    key("callbacks", MapOf(K::Callback)),
    key("deprecated", Flag),
    key("security", ListOf(K::SecurityRequirement)),
    key("servers", ListOf(K::Server)),
];

const PARAMETER: &[Key] = &[
    must("name", Text),
    must("in", Text),
    key("description", Text),
    key("required", Flag),
    key("deprecated", Flag),
    key("allowEmptyValue", Flag),
    key("style", Text),
    key("explode", Flag),
    key("allowReserved", Flag),
    key("schema", Object(K::Schema)),
    key("example", Any),
    key("examples", MapOf(K::Example)),
    key("content", MapOf(K::MediaType)),
];

const REQUEST_BODY: &[Key] = &[
    key("description", Text),
    must("content", MapOf(K::MediaType)),
    key("required", Flag),
];

const MEDIA_TYPE: &[Key] = &[
    key("schema", Object(K::Schema)),
    key("example", Any),
    key("examples", MapOf(K::Example)),
    key("encoding", MapOf(K::Encoding)),
];

const ENCODING: &[Key] = &[
    key("contentType", Text),
    key("headers", MapOf(K::Header)),
    key("style", Text),
    key("explode", Flag),
    key("allowReserved", Flag),
];

const RESPONSE: &[Key] = &[
    must("description", Text),
    key("headers", MapOf(K::Header)),
    key("content", MapOf(K::MediaType)),
    key("links", MapOf(K::Link)),
];

const EXAMPLE: &[Key] = &[
    key("summary", Text),
    key("description", Text),
    key("value", Any),
    key("externalValue", Text),
];

const LINK: &[Key] = &[
    key("operationRef", Text),
    key("operationId", Text),
    key("parameters", Any),
    key("requestBody", Any),
    key("description", Text),
    key("server", Object(K::Server)),
];

const HEADER: &[Key] = &[
    key("description", Text),
    key("required", Flag),
    key("deprecated", Flag),
    key("allowEmptyValue", Flag),
    key("style", Text),
    key("explode", Flag),
    key("allowReserved", Flag),
    key("schema", Object(K::Schema)),
    key("example", Any),
    key("examples", MapOf(K::Example)),
    key("content", MapOf(K::MediaType)),
];

const TAG: &[Key] = &[
    must("name", Text),
    key("description", Text),
    key("externalDocs", Object(K::ExternalDocs)),
];

const SCHEMA: &[Key] = &[
    key("title", Text),
    key("description", Text),
    // A rule of its own judges `type`, which 3.1 writes as a list.
    key("type", Any),
    key("format", Text),
    key("enum", List),
    key("default", Any),
    key("example", Any),
    key("nullable", Flag),
    key("readOnly", Flag),
    key("writeOnly", Flag),
    key("deprecated", Flag),
    key("externalDocs", Object(K::ExternalDocs)),
    key("discriminator", Object(K::Discriminator)),
    key("xml", Object(K::Xml)),
    key("properties", MapOf(K::Schema)),
    key("required", TextList),
    key("additionalProperties", FlagOrSchema),
    key("minProperties", Count),
    key("maxProperties", Count),
    key("items", Object(K::Schema)),
    key("minItems", Count),
    key("maxItems", Count),
    key("uniqueItems", Flag),
    key("pattern", Text),
    key("minLength", Count),
    key("maxLength", Count),
    key("multipleOf", Number),
    key("minimum", Number),
    key("maximum", Number),
    // A rule of its own judges these two, which 3.1 writes as numbers.
    key("exclusiveMinimum", Any),
    key("exclusiveMaximum", Any),
    key("allOf", ListOf(K::Schema)),
    key("oneOf", ListOf(K::Schema)),
    key("anyOf", ListOf(K::Schema)),
    key("not", Object(K::Schema)),
];

const XML: &[Key] = &[
    key("name", Text),
    key("namespace", Text),
    key("prefix", Text),
    key("attribute", Flag),
    key("wrapped", Flag),
];

const COMPONENTS: &[Key] = &[
    key("schemas", MapOf(K::Schema)),
    key("responses", MapOf(K::Response)),
    key("parameters", MapOf(K::Parameter)),
    key("examples", MapOf(K::Example)),
    key("requestBodies", MapOf(K::RequestBody)),
    key("headers", MapOf(K::Header)),
    key("securitySchemes", MapOf(K::SecurityScheme)),
    key("links", MapOf(K::Link)),
    key("callbacks", MapOf(K::Callback)),
];

const SECURITY_SCHEME: &[Key] = &[
    must("type", Text),
    key("description", Text),
    key("name", Text),
    key("in", Text),
    key("scheme", Text),
    key("bearerFormat", Text),
    key("flows", Object(K::OauthFlows)),
    key("openIdConnectUrl", Text),
];

const OAUTH_FLOWS: &[Key] = &[
    key("implicit", Object(K::OauthFlow)),
    key("password", Object(K::OauthFlow)),
    key("clientCredentials", Object(K::OauthFlow)),
    key("authorizationCode", Object(K::OauthFlow)),
];

const OAUTH_FLOW: &[Key] = &[
    key("authorizationUrl", Text),
    key("tokenUrl", Text),
    key("refreshUrl", Text),
    must("scopes", TextMap),
];
