//! The low-level client: models and one method for each operation.

use openapiv3::OpenAPI;
use progenitor::{
    CrateVers, GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl,
};
use quote::quote;
use serde_json::Value;

use super::{
    bodies, decode, extra, failure::Failure, home::Home, model_schemas, own_types, rust, words,
};
use crate::fold::pascal;

/// How the generator is set up; the mocks need the same, so that their types agree.
pub(super) fn settings(contract: &Value, home: Home<'_>) -> GenerationSettings {
    let types = home.types();
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        // With the default mode a forgotten implementation would silently mean requests
        // without authentication.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { crate::Seam })
        .with_crate(types.replace('_', "-"), CrateVers::Any, None)
        .with_derive("PartialEq");
    for (schema, name) in home.replaced(contract) {
        settings.with_replacement(
            pascal(schema),
            format!("::{types}::{name}"),
            [TypeImpl::Display, TypeImpl::FromStr].into_iter(),
        );
    }
    settings
}

/// What `generated.rs` holds.
///
/// # Errors
/// [`Failure`] where the generator refuses the contract.
pub fn generate(spec: &OpenAPI, simplified: &Value) -> Result<syn::File, Failure> {
    let mut file = generated(spec, simplified, Home::Workspace)?;
    rust::end_at_the_base(&mut file);
    rust::describe_as_schemas(&mut file);
    model_schemas::complete(&mut file, simplified);
    bodies::grow(&mut file);
    decode::write_out(&mut file);
    own_types::adopt(&mut file);
    Ok(file)
}

/// The generator's code after the passes that it needs wherever it lives.
pub(super) fn generated(
    spec: &OpenAPI,
    simplified: &Value,
    home: Home<'_>,
) -> Result<syn::File, Failure> {
    let tokens = Generator::new(&settings(simplified, home))
        .generate_tokens(spec)
        .map_err(|error| Failure::new("the client cannot be generated", error))?;
    let mut file = rust::parse(tokens)?;
    rust::split_docs(&mut file);
    rust::drop_own_http_client(&mut file);
    extra::make_way(&mut file);
    rust::flatten_lists(&mut file);
    rust::fill_lists(&mut file);
    rust::read_aliases(&mut file, simplified);
    words::describe(&mut file, simplified);
    Ok(file)
}
