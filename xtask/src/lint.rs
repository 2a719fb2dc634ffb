//! Judging the contract before the generator sees it.
//!
//! Every rule names a way in which the generator (progenitor 0.15 over typify 0.8, then rustc)
//! panics, refuses, or silently drops or misreads what the contract says; its line in [`RULES`]
//! says which. `tests/lint_matches_progenitor.rs` shows it where that can be shown.
//!
//! The contract lists several media types for one body on purpose: `application/json` and
//! `application/vnd.atlas.<date>+json`. Code generation folds them into one, and drops every
//! response that is not 2xx; so two error responses may differ as they like.
//!
//! What this deliberately does not do: judge style, or whether the contract describes Atlas truly.
//!
//! ```
//! use xtask::{contract::Contract, lint::lint};
//!
//! let text = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\nservers: [{url: 'https://a'}]\npathz: {}\npaths: {}\n";
//! let contract = Contract::parse("a.yaml", text)?;
//! let findings = lint(&contract);
//! assert_eq!(findings[0].rule, "unknown-key");
//! assert_eq!(findings[0].line, 4);
//! # Ok::<(), Vec<xtask::finding::Finding>>(())
//! ```

use self::document::Document;
pub use self::guard::guard;
pub use crate::finding::Finding;
use crate::{contract::Contract, finding::Location};

mod bodies;
mod bounds;
mod combinators;
mod defaults;
mod document;
mod enums;
mod extensions;
mod formats;
mod generated_names;
mod grammar;
mod guard;
mod keys;
mod media;
mod names;
mod object_keys;
mod one_way;
mod operations;
mod parameters;
mod path_parameters;
mod paths;
mod properties;
mod references;
mod responses;
mod roles;
mod schemas;
mod shadowed;
mod spelling;

/// A rule: what it asks for, and the function that looks.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name that findings carry.
    pub id: &'static str,
    /// What it asks for, and what happens otherwise, in one line.
    pub doc: &'static str,
    check: fn(&Document<'_>, &mut Report<'_>),
}

/// Every finding of every rule, in the order of the document.
pub fn lint(contract: &Contract) -> Vec<Finding> {
    let document = Document::new(contract);
    let mut findings = Vec::new();
    for rule in RULES {
        let mut report = Report {
            rule: rule.id,
            file: contract.file(),
            findings: &mut findings,
        };
        (rule.check)(&document, &mut report);
    }
    // Stable, so that rules keep the order of the registry on one line.
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings.dedup();
    findings
}

/// Where a rule puts its findings.
struct Report<'a> {
    rule: &'static str,
    file: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl Report<'_> {
    fn at(
        &mut self,
        at: Location,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Finding::new(
            self.rule, self.file, at, pointer, message, help,
        ));
    }
}

const fn rule(
    id: &'static str,
    doc: &'static str,
    check: fn(&Document<'_>, &mut Report<'_>),
) -> Rule {
    Rule { id, doc, check }
}

/// Every rule, in the order in which a document is read.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // The document as OpenAPI.
    rule("unknown-key", "keys are those of OpenAPI 3.0.3 or begin with `x-`; others are silently dropped", keys::unknown),
    rule("newer-keyword", "no keyword of OpenAPI 3.1; they are silently dropped", keys::newer),
    rule("missing-key", "what OpenAPI requires is there; otherwise the reader refuses without a line", keys::missing),
    rule("wrong-kind", "text where OpenAPI has text, a list where it has a list; otherwise the reader refuses without a line", keys::wrong_kind),
    rule("component-name", "names of components are letters, digits, `.`, `-`, `_`; others break the `$ref`s to them", names::component_name),
    rule("server-missing", "`servers` names the origin, and what it is relative to", operations::server_missing),
    rule("ignored-section", "no callbacks, links, or servers of a path or operation; they are silently dropped", keys::ignored_section),
    rule("server-slash", "the URL of a server ends without a slash: paths bring their own, and `/` is the base itself, sent without one", operations::server_slash),
    rule("role-unknown", "roles that are named have a row under `x-atlas-roles`, where there is such a table; nobody else checks", roles::unknown),
    rule("role-incomplete", "a role under `x-atlas-roles` has a name, a code, what it includes and a source, and stands once; nobody else checks", roles::incomplete),
    // References.
    rule("dangling-reference", "every `$ref` leads somewhere; otherwise the generator panics", references::dangling),
    rule("misdirected-reference", "a `$ref` leads to the section of its place; otherwise the generator panics or takes a namesake", references::misdirected),
    rule("external-reference", "every `$ref` begins with `#/`; the generator panics on files and URLs", references::external),
    rule("reference-cycle", "`$ref`s and `allOf`s end somewhere; otherwise the generator overflows its stack", references::cycle),
    rule("reference-siblings", "nothing stands beside a `$ref`; it is silently dropped", references::siblings),
    rule("nullable-reference", "no `nullable` beside a `$ref`; it is silently dropped, and `null` loses the page", references::nullable),
    rule("path-item-reference", "no `$ref` for a path item; the generator refuses", references::path_item),
    // Paths.
    rule("path-template", "paths begin with `/` and their braces pair; otherwise the generator refuses", paths::template),
    rule("path-segment", "no empty, `.` or `..` segment and no trailing slash; the generator folds `//`, and URLs swallow dots", paths::segment),
    rule("duplicate-placeholder", "a placeholder stands once in a path; otherwise its argument is sent twice", paths::duplicate_placeholder),
    rule("ambiguous-path", "no two paths differ in placeholder names only; the mocks cannot tell them apart", paths::ambiguous),
    rule("path-parameter-missing", "every placeholder has its parameter; otherwise the generator panics", path_parameters::missing),
    rule("path-parameter-extra", "every path parameter has its placeholder; otherwise the generator panics, or takes an argument for nothing", path_parameters::extra),
    rule("path-parameter-optional", "path parameters are `required: true`; otherwise the generator panics", path_parameters::optional),
    // Operations.
    rule("operation-id-missing", "every operation has an operationId; otherwise the generator refuses", operations::id_missing),
    rule("operation-id-duplicate", "an operationId stands once; otherwise the generator refuses", operations::id_duplicate),
    rule("operation-id-collision", "operationIds differ after case folding; otherwise rustc refuses", operations::id_collision),
    rule("operation-id-reserved", "no operationId is a method that the generated client has already; otherwise rustc refuses", operations::id_reserved),
    rule("operation-id-renamed", "an operationId is the method's name in snake case; otherwise the table and the client do not find each other", operations::id_renamed),
    rule("undeclared-tag", "the tags of operations are declared under `tags`; nobody else checks", operations::undeclared_tag),
    rule("undeclared-security-scheme", "security requirements name a security scheme; nobody else checks", operations::undeclared_scheme),
    // Parameters.
    rule("parameter-duplicate", "a list names a parameter once; the last one silently wins", parameters::duplicate),
    rule("parameter-collision", "parameter names differ, across `in` and after case folding; otherwise one is dropped or rustc refuses", parameters::collision),
    rule("parameter-reserved", "no parameter is named as something in the generated function; otherwise rustc refuses", parameters::reserved),
    rule("parameter-location", "`in` is path, query or header; the generator refuses cookies", parameters::location),
    rule("parameter-content", "parameters have a `schema`, not `content`; the generator refuses", parameters::content),
    rule("parameter-schema-missing", "every parameter has a schema; otherwise the reader refuses without a line", parameters::schema_missing),
    rule("parameter-style", "styles are simple (path, header) and form (query); the generator refuses others", parameters::style),
    rule("parameter-encoding", "no `allowReserved`, `allowEmptyValue`, or `explode` against the style; they are silently ignored", parameters::encoding),
    rule("parameter-compound", "parameters are single values, or lists of them in a query; rustc refuses others", parameters::compound),
    rule("parameter-nullable", "no parameter refers to a nullable schema; rustc refuses, `null` has no text", parameters::nullable),
    rule("parameter-ignored-header", "no header parameter Accept, Content-Type or Authorization; OpenAPI ignores it, the transport sets it", parameters::ignored_header),
    rule("parameter-inline-constraint", "constrained parameters name a schema; inline, each operation gets a type of its own", parameters::inline_constraint),
    // Bodies.
    rule("response-code", "codes are 100 to 599 or 1XX to 5XX; others are silently dropped", responses::code),
    rule("success-missing", "every operation has a 2xx response; otherwise it silently returns a byte stream", responses::success_missing),
    rule("success-several", "the success responses of an operation have one body; otherwise the generator panics", responses::success_several),
    rule("success-unnamed", "success codes are registered ones; the mock generator panics on others", responses::success_unnamed),
    rule("response-default", "no `default` response; it counts as success and as error, and panics beside others", responses::default),
    rule("no-content-body", "a 204 has no schema: no body is ever sent", responses::no_content_body),
    rule("request-body-method", "GET, HEAD and DELETE have no request body: servers may ignore or refuse it", bodies::method),
    rule("request-body-optional", "request bodies are `required: true`; the generated argument is never optional", bodies::optional),
    rule("request-body-empty", "a request body lists a media type; otherwise it is silently dropped", bodies::empty),
    rule("body-untyped", "the schema of a body says what is in it, or has a name; otherwise rustc refuses the mocks", bodies::untyped),
    rule("body-schemas-differ", "all media types of one body have one schema: they become one type", bodies::schemas_differ),
    rule("body-versions-differ", "request and response list the same versions; one call has one version", bodies::versions_differ),
    rule("media-type-unreadable", "bodies are JSON; others become byte streams in a response and an error in a request", media::unreadable),
    rule("media-type-version", "vendored media types are `application/vnd.atlas.YYYY-MM-DD+json` with a real date", media::version),
    rule("media-type-schema-missing", "JSON content has a schema; otherwise the generator panics", media::schema_missing),
    rule("media-type-encoding", "no `encoding` on a media type; the generator panics", media::encoding),
    // Schemas.
    rule("schema-name-collision", "names of schemas differ after case folding; otherwise rustc refuses", names::schema_collision),
    rule("generated-name-collision", "no inline schema gets a name that another type has; otherwise one silently stands for both", generated_names::collision),
    rule("property-collision", "properties of an object differ after case folding; otherwise rustc refuses", properties::collision),
    rule("additional-properties-true", "properties beyond the named ones are allowed by `{}`, not by `true`; the generator keeps none of those", properties::others_lost),
    rule("required-one-way", "what is `readOnly` or `writeOnly` is not required the other way; one type is made for both ways", one_way::required),
    rule("required-property-absent", "`required` names properties that are there; others become untyped fields", properties::required_absent),
    rule("extension-misspelt", "an `x-` key near one that codegen reads is that one; it is silently dropped", extensions::misspelt),
    rule("extension-misplaced", "the `x-` keys that codegen reads stand where they mean something; they are silently dropped elsewhere", extensions::misplaced),
    rule("foreign-type", "no pattern and no uuid but on hand-written types; others become types of crates that the bindings lack, and rustc refuses", schemas::foreign_type),
    rule("method-unsupported", "no TRACE and no OPTIONS; the HTTP client has no such method, and rustc refuses", operations::method_unsupported),
    rule("required-twice", "`required` names a property once", properties::required_twice),
    rule("schema-type", "`type` is one of OpenAPI's six; otherwise the generator panics or the reader refuses", schemas::schema_type),
    rule("keyword-misplaced", "keywords suit the `type`; others are silently dropped, and `format` panics", schemas::misplaced),
    rule("format-unknown", "a `format` is one that its type has; others are silently dropped", formats::unknown),
    rule("schema-untyped", "keywords stand beside a `type`; without it the generator panics, or takes text for a list", schemas::untyped),
    rule("array-items-missing", "arrays have `items`; otherwise they are lists of anything", schemas::items_missing),
    rule("pattern-invalid", "patterns compile; otherwise the generator refuses", schemas::pattern),
    rule("exclusive-bound", "`exclusiveMinimum` is a truth value beside `minimum`; otherwise dropped, a panic without a `type`, or unread as a number", bounds::exclusive),
    rule("bounds-reversed", "minimum is not above maximum; no value would fit, and nobody else checks", bounds::reversed),
    rule("enum-empty", "an enum has values; otherwise it is silently dropped", enums::empty),
    rule("enum-value", "enum values suit their schema; otherwise refused or silently dropped", enums::value),
    rule("enum-collision", "enum values differ after case folding; otherwise the generator panics, or names variants `InXProgress`", enums::collision),
    rule("enum-repeated", "an enum lists a value once; otherwise the generator panics", enums::repeated),
    rule("default-misfit", "defaults fit their schema; otherwise refused, a panic, or a panic in the generated code", defaults::misfit),
    rule("discriminator", "no discriminator; it is silently ignored", combinators::discriminator),
    rule("any-of-scalars", "no anyOf of two texts or two numbers; its struct decodes no value at all", combinators::any_of_scalars),
    rule("one-of-shadowed", "no branch of a oneOf takes all values of a later one; the first that fits is taken", shadowed::shadowed),
    rule("all-of-conflict", "the branches of an allOf have one type; otherwise no value decodes", combinators::all_of_conflict),
    rule("all-of-closed", "no branch of an allOf forbids the properties of another; they are silently dropped", combinators::all_of_closed),
    rule("all-of-overlap", "the parts of an allOf describe a property once, or alike; otherwise it is silently dropped", combinators::all_of_overlap),
    rule("combinator-empty", "oneOf, anyOf and allOf have branches; otherwise no value decodes", combinators::empty),
    rule("nullable-combined", "no named schema is both combined and nullable; two types get its name, and rustc refuses", combinators::nullable),
    rule("not-schema", "no `not`; the generator panics on nearly every one", combinators::not),
];
