//! The rules that look at a contract, in the order in which a document is read.

use super::{
    Report, bodies, bounds, combinators, defaults, document::Document, enums, extensions, formats,
    generated_names, keys, media, names, one_way, operations, parameters, path_parameters, paths,
    profile, properties, references, responses, roles, schemas, shadowed,
};
use crate::rule::{Class, Rule};

/// Looks at a whole document.
pub(super) type Look = fn(&Document<'_>, &mut Report<'_>);

/// A rule, and the function that looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Check {
    pub(super) rule: Rule,
    pub(super) look: Look,
}

const fn check(
    id: &'static str,
    class: Class,
    title: &'static str,
    otherwise: &'static str,
    look: Look,
) -> Check {
    let rule = Rule {
        id,
        class,
        title,
        otherwise,
    };
    Check { rule, look }
}

const fn breaking(
    id: &'static str,
    title: &'static str,
    otherwise: &'static str,
    look: Look,
) -> Check {
    check(id, Class::Breaking, title, otherwise, look)
}

const fn lossy(
    id: &'static str,
    title: &'static str,
    otherwise: &'static str,
    look: Look,
) -> Check {
    check(id, Class::Lossy, title, otherwise, look)
}

const fn house(
    id: &'static str,
    title: &'static str,
    otherwise: &'static str,
    look: Look,
) -> Check {
    check(id, Class::House, title, otherwise, look)
}

/// Every rule that looks: its id, what it asks for, what happens otherwise, and the function.
#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    // What the document says to the lint.
    check("profile-unknown", Class::Lint, "`x-lint-profile` names a profile", "the document is held against the rules of the generator alone", profile::unknown),
    // The document as OpenAPI.
    lossy("unknown-key", "keys are those of OpenAPI 3.0.3 or begin with `x-`", "others are silently dropped", keys::unknown),
    lossy("newer-keyword", "no keyword of OpenAPI 3.1", "they are silently dropped", keys::newer),
    breaking("missing-key", "what OpenAPI requires is there", "the reader refuses without a line", keys::missing),
    breaking("wrong-kind", "text where OpenAPI has text, a list where it has a list", "the reader refuses without a line", keys::wrong_kind),
    breaking("component-name", "names of components are letters, digits, `.`, `-`, `_`", "others break the `$ref`s to them", names::component_name),
    house("server-missing", "`servers` names the origin, and what the paths are relative to", "nothing says where the paths lie, and the mocks cannot tell the base itself", operations::server_missing),
    lossy("ignored-section", "no callbacks, links, or servers of a path or operation", "they are silently dropped", keys::ignored_section),
    house("server-slash", "the URL of a server ends without a slash", "paths bring their own, and `/` is the base itself, sent without one", operations::server_slash),
    house("role-unknown", "roles that are named have a row under `x-atlas-roles`, where there is such a table", "nobody else checks", roles::unknown),
    house("role-incomplete", "a role under `x-atlas-roles` has a name, a code, what it includes and a source, and stands once", "nobody else checks", roles::incomplete),
    // References.
    breaking("dangling-reference", "every `$ref` leads somewhere", "the generator panics", references::dangling),
    breaking("misdirected-reference", "a `$ref` leads to the section of its place", "the generator panics or takes a namesake", references::misdirected),
    breaking("external-reference", "every `$ref` begins with `#/`", "the generator panics on files and URLs", references::external),
    breaking("reference-cycle", "`$ref`s and `allOf`s end somewhere", "the generator overflows its stack", references::cycle),
    lossy("reference-siblings", "nothing stands beside a `$ref`", "it is silently dropped", references::siblings),
    lossy("nullable-reference", "no `nullable` beside a `$ref`", "it is silently dropped, and `null` loses the page", references::nullable),
    breaking("path-item-reference", "no `$ref` for a path item", "the generator refuses", references::path_item),
    // Paths.
    breaking("path-template", "paths begin with `/` and their braces pair", "the generator refuses", paths::template),
    lossy("path-segment", "no empty, `.` or `..` segment and no trailing slash", "the generator folds `//`, and URLs swallow dots", paths::segment),
    house("duplicate-placeholder", "a placeholder stands once in a path", "its argument is sent twice", paths::duplicate_placeholder),
    lossy("ambiguous-path", "no two paths differ in placeholder names only", "the mocks cannot tell them apart", paths::ambiguous),
    breaking("path-parameter-missing", "every placeholder has its parameter", "the generator panics", path_parameters::missing),
    breaking("path-parameter-extra", "every path parameter has its placeholder", "the generator panics, or takes an argument for nothing", path_parameters::extra),
    breaking("path-parameter-optional", "path parameters are `required: true`", "the generator panics", path_parameters::optional),
    // Operations.
    breaking("operation-id-missing", "every operation has an operationId", "the generator refuses", operations::id_missing),
    breaking("operation-id-duplicate", "an operationId stands once", "the generator refuses", operations::id_duplicate),
    breaking("operation-id-collision", "operationIds differ after case folding", "rustc refuses", operations::id_collision),
    breaking("operation-id-reserved", "no operationId is a method that the generated client has already", "rustc refuses", operations::id_reserved),
    breaking("operation-id-renamed", "an operationId is the method's name in snake case", "the table and the client do not find each other", operations::id_renamed),
    house("undeclared-tag", "the tags of operations are declared under `tags`", "nobody else checks", operations::undeclared_tag),
    house("undeclared-security-scheme", "security requirements name a security scheme", "nobody else checks", operations::undeclared_scheme),
    // Parameters.
    lossy("parameter-duplicate", "a list names a parameter once", "the last one silently wins", parameters::duplicate),
    breaking("parameter-collision", "parameter names differ, across `in` and after case folding", "one is dropped or rustc refuses", parameters::collision),
    breaking("parameter-reserved", "no parameter is named as something in the generated function", "rustc refuses", parameters::reserved),
    breaking("parameter-location", "`in` is path, query or header", "the generator refuses cookies, and the reader what is none of them", parameters::location),
    breaking("parameter-content", "parameters have a `schema`, not `content`", "the generator refuses", parameters::content),
    breaking("parameter-schema-missing", "every parameter has a schema", "the reader refuses without a line", parameters::schema_missing),
    breaking("parameter-style", "styles are simple (path, header) and form (query)", "the generator refuses others", parameters::style),
    lossy("parameter-encoding", "no `allowReserved`, `allowEmptyValue`, or `explode` against the style", "they are silently ignored", parameters::encoding),
    breaking("parameter-compound", "parameters are single values, or lists of them in a query", "rustc refuses others", parameters::compound),
    breaking("parameter-nullable", "no parameter refers to a nullable schema", "rustc refuses, because `null` has no text", parameters::nullable),
    house("parameter-ignored-header", "no header parameter Accept, Content-Type or Authorization", "OpenAPI ignores it, and the transport sets it", parameters::ignored_header),
    house("parameter-inline-constraint", "constrained parameters name a schema", "each operation gets a type of its own", parameters::inline_constraint),
    // Bodies.
    lossy("response-code", "codes are 100 to 599 or 1XX to 5XX", "others are silently dropped", responses::code),
    lossy("success-missing", "every operation has a 2xx response", "the operation silently returns a byte stream", responses::success_missing),
    breaking("success-several", "the success responses of an operation have one body", "the generator panics", responses::success_several),
    breaking("success-unnamed", "success codes are registered ones", "the mock generator panics on others", responses::success_unnamed),
    breaking("response-default", "no `default` response", "it counts as success and as error, and panics beside others", responses::default),
    house("no-content-body", "a 204 has no schema", "no body is ever sent", responses::no_content_body),
    house("request-body-method", "GET, HEAD and DELETE have no request body", "servers may ignore or refuse it", bodies::method),
    lossy("request-body-optional", "request bodies are `required: true`", "the generated argument is never optional", bodies::optional),
    lossy("request-body-empty", "a request body lists a media type", "the body is silently dropped", bodies::empty),
    breaking("body-untyped", "the schema of a body says what is in it, or has a name", "rustc refuses the mocks", bodies::untyped),
    lossy("body-schemas-differ", "all media types of one body have one schema", "they become one type", bodies::schemas_differ),
    house("body-versions-differ", "request and response list the same versions", "one call has one version", bodies::versions_differ),
    breaking("media-type-unreadable", "bodies are JSON", "others become byte streams in a response and an error in a request", media::unreadable),
    house("media-type-version", "vendored media types are `application/vnd.atlas.YYYY-MM-DD+json` with a real date", "the version that a call asks for is unknown", media::version),
    breaking("media-type-schema-missing", "JSON content has a schema", "the generator panics", media::schema_missing),
    breaking("media-type-encoding", "no `encoding` on a media type", "the generator panics", media::encoding),
    // Schemas.
    breaking("schema-name-collision", "names of schemas differ after case folding", "rustc refuses", names::schema_collision),
    lossy("generated-name-collision", "no inline schema gets a name that another type has", "one silently stands for both", generated_names::collision),
    breaking("property-collision", "properties of an object differ after case folding", "rustc refuses", properties::collision),
    lossy("additional-properties-true", "properties beyond the named ones are allowed by `{}`, not by `true`", "the generator keeps none of those", properties::others_lost),
    lossy("required-one-way", "what is `readOnly` or `writeOnly` is not required the other way", "one type is made for both ways, and demands it of both", one_way::required),
    lossy("required-property-absent", "`required` names properties that are there", "others become untyped fields", properties::required_absent),
    lossy("extension-misspelt", "an `x-` key near one that is read here is that one", "it is silently dropped", extensions::misspelt),
    lossy("extension-misplaced", "the `x-` keys that codegen reads stand where they mean something", "they are silently dropped elsewhere", extensions::misplaced),
    breaking("foreign-type", "no pattern and no uuid but on hand-written types", "others become types of crates that the bindings lack, and rustc refuses", schemas::foreign_type),
    breaking("method-unsupported", "no TRACE and no OPTIONS", "the HTTP client has no such method, and rustc refuses", operations::method_unsupported),
    house("required-twice", "`required` names a property once", "the second says nothing", properties::required_twice),
    breaking("schema-type", "`type` is one of OpenAPI's six", "the generator panics or the reader refuses", schemas::schema_type),
    breaking("keyword-misplaced", "keywords suit the `type`", "others are silently dropped, and `format` panics", schemas::misplaced),
    lossy("format-unknown", "a `format` is one that its type has", "others are silently dropped", formats::unknown),
    breaking("schema-untyped", "keywords stand beside a `type`", "the generator panics, or takes text for a list", schemas::untyped),
    lossy("array-items-missing", "arrays have `items`", "they are lists of anything", schemas::items_missing),
    breaking("pattern-invalid", "patterns compile", "the generator refuses", schemas::pattern),
    breaking("exclusive-bound", "`exclusiveMinimum` is a truth value beside `minimum`", "it is dropped, panics without a `type`, or is not read as a number", bounds::exclusive),
    house("bounds-reversed", "minimum is not above maximum", "no value fits, and nobody else checks", bounds::reversed),
    lossy("enum-empty", "an enum has values", "any value is taken", enums::empty),
    breaking("enum-value", "enum values suit their schema", "they are refused or silently dropped", enums::value),
    breaking("enum-collision", "enum values differ after case folding", "the generator panics, or names variants `InXProgress`", enums::collision),
    breaking("enum-repeated", "an enum lists a value once", "the generator panics", enums::repeated),
    breaking("default-misfit", "defaults fit their schema", "the generator refuses or panics, or the generated code does", defaults::misfit),
    lossy("discriminator", "no discriminator", "it is silently ignored", combinators::discriminator),
    lossy("any-of-scalars", "no anyOf of two texts or two numbers", "its struct decodes no value at all", combinators::any_of_scalars),
    lossy("one-of-shadowed", "no branch of a oneOf takes all values of a later one", "the first that fits is taken", shadowed::shadowed),
    lossy("all-of-conflict", "the branches of an allOf have one type", "no value decodes", combinators::all_of_conflict),
    lossy("all-of-closed", "no branch of an allOf forbids the properties of another", "they are silently dropped", combinators::all_of_closed),
    lossy("all-of-overlap", "the parts of an allOf describe a property once, or alike", "the property is silently dropped", combinators::all_of_overlap),
    lossy("combinator-empty", "oneOf, anyOf and allOf have branches", "no value decodes", combinators::empty),
    breaking("nullable-combined", "no named schema is both combined and nullable", "two types get its name, and rustc refuses", combinators::nullable),
    breaking("not-schema", "no `not`", "the generator panics on nearly every one", combinators::not),
];
