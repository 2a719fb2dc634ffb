//! `cargo xtask codegen --spec FILE --out DIR`: a crate of any contract that stands alone.
//!
//! It has the models, a method and a call for each operation, and behind the feature `mocks` what
//! `httpmock` needs. It depends on no crate of this workspace: decoding, tolerant lists, open
//! enumerations and the seam are the same sources, written into it (`sources`).
//!
//! What is of Atlas alone has no part in it: dated versions, roles, ids of 24 digits, pages.

mod announce;
mod calls;
mod closed;
mod manifest;
mod media;
mod mocks;
mod operations;
mod sources;

use serde_json::Value;

pub(crate) use self::media::is_sendable;
use super::{
    bindings, decode, failure::Failure, home::Home, parameters, reading::read, rust, simplify,
    vocabulary,
};
use crate::{fold::snake, output::Output};

/// Generates every file of a crate from a contract that has passed the lint.
///
/// # Errors
/// [`Failure`] where the generator refuses the contract all the same.
pub fn generate(contract: &Value) -> Result<Vec<Output>, Failure> {
    let title = contract.pointer("/info/title").and_then(Value::as_str);
    let name = crate_name(title.unwrap_or_default());
    let home = Home::StandAlone(&name);
    let bodies = media::of_one_kind(contract);
    let mut copy = bodies.contract;
    simplify::make_way(&mut copy, home);
    let spec = read(&copy)?;
    let of_mocks = read(&parameters::for_mocks(&copy))?;

    let mut client = bindings::generated(&spec, &copy, home)?;
    announce::announce(&mut client, &bodies.announced);
    decode::write_out(&mut client);
    closed::without_schemas(&mut client);
    closed::decode_too(&mut client);
    let mocks = mocks::generate(&of_mocks, &copy, home, &bodies.announced)?;
    let calls = calls::generate(&client, &copy)?;
    let generated = [
        ("src/generated.rs", rust::print_alone(&client)),
        ("src/calls.rs", calls),
        ("src/operations.rs", operations::generate(&copy)?),
        ("src/vocabulary.rs", vocabulary::of_open(contract)),
        ("src/mocks.rs", mocks),
    ];
    let copied = sources::of(&name, title.unwrap_or_default());
    let mut files: Vec<(String, String)> = generated
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text))
        .chain(copied)
        .collect();
    let manifest = manifest::of(&name, files.iter().map(|(_, text)| text.as_str()))?;
    files.insert(0, ("Cargo.toml".to_owned(), manifest));
    Ok(files
        .into_iter()
        .map(|(path, text)| Output {
            path: path.into(),
            text,
        })
        .collect())
}

/// What a crate is called by the title of its contract: `pet-store-api` for *Pet Store*.
fn crate_name(title: &str) -> String {
    let plain: String = title
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let name = snake(plain.trim()).replace('_', "-");
    // No crate that this one depends on ends so.
    match name.strip_suffix("-api") {
        Some(_) => name,
        None => format!("{name}-api"),
    }
}

#[cfg(test)]
mod tests {
    use super::crate_name;

    #[test]
    fn a_crate_is_called_by_the_title() {
        for (title, name) in [
            ("Pet Store", "pet-store-api"),
            ("Pet Store API", "pet-store-api"),
            ("serde", "serde-api"),
            ("API", "api-api"),
            ("3D-Drücker (beta)", "x3d-dr-cker-beta-api"),
            ("", "x-api"),
        ] {
            assert_eq!(crate_name(title), name);
        }
    }
}
