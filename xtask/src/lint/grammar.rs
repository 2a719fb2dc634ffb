//! The objects of OpenAPI 3.0.3, and what may stand under a key of one.
//!
//! Which keys each has stands in [`super::object_keys`]. Source: the OpenAPI Specification 3.0.3,
//! section 4.7.

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectKind {
    OpenApi,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Paths,
    PathItem,
    Operation,
    ExternalDocs,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Example,
    Link,
    Header,
    Tag,
    Schema,
    Discriminator,
    Xml,
    Components,
    SecurityScheme,
    OauthFlows,
    OauthFlow,
    SecurityRequirement,
}

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Anything: the rules do not look inside.
    Any,
    Text,
    Flag,
    Number,
    /// An integer from zero.
    Count,
    TextList,
    List,
    TextMap,
    Object(ObjectKind),
    ListOf(ObjectKind),
    MapOf(ObjectKind),
    /// `additionalProperties`: a truth value or a schema.
    FlagOrSchema,
}

/// One key that an object may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
}

use ObjectKind as K;

impl ObjectKind {
    /// The name of the object in the specification's words.
    pub(super) fn name(self) -> &'static str {
        match self {
            K::OpenApi => "an OpenAPI document",
            K::Info => "`info`",
            K::Contact => "`contact`",
            K::License => "`license`",
            K::Server => "a server",
            K::ServerVariable => "a server variable",
            K::Paths => "`paths`",
            K::PathItem => "a path item",
            K::Operation => "an operation",
            K::ExternalDocs => "`externalDocs`",
            K::Parameter => "a parameter",
            K::RequestBody => "a request body",
            K::MediaType => "a media type",
            K::Encoding => "an encoding",
            K::Responses => "`responses`",
            K::Response => "a response",
            K::Callback => "a callback",
            K::Example => "an example",
            K::Link => "a link",
            K::Header => "a header",
            K::Tag => "a tag",
            K::Schema => "a schema",
            K::Discriminator => "a discriminator",
            K::Xml => "`xml`",
            K::Components => "`components`",
            K::SecurityScheme => "a security scheme",
            K::OauthFlows => "`flows`",
            K::OauthFlow => "an OAuth flow",
            K::SecurityRequirement => "a security requirement",
        }
    }

    /// The section of `components` that a `$ref` in the place of this object leads to; `None`
    /// where OpenAPI allows no `$ref`.
    pub(super) fn section(self) -> Option<&'static str> {
        Some(match self {
            K::Parameter => "parameters",
            K::RequestBody => "requestBodies",
            K::Response => "responses",
            K::Callback => "callbacks",
            K::Example => "examples",
            K::Link => "links",
            K::Header => "headers",
            K::Schema => "schemas",
            K::SecurityScheme => "securitySchemes",
            _ => return None,
        })
    }

    /// What stands under the keys that the user names: paths, status codes, schemes.
    pub(super) fn open_keys(self) -> Option<Shape> {
        Some(match self {
            K::Paths | K::Callback => Shape::Object(K::PathItem),
            K::Responses => Shape::Object(K::Response),
            K::SecurityRequirement => Shape::TextList,
            _ => return None,
        })
    }
}
