//! The client of a contract.
//!
//! Everything in [`types`], [`calls`] and [`operations`] and every method of [`Client`] is
//! generated from the contract. What happens between a request and its answer is up to an
//! [`Execute`]: [`Seam::plain`] sends a request as it is, and whoever signs, retries or counts
//! writes one.
//!
//! A status that the contract does not have as a success is [`Error::UnexpectedResponse`], with
//! the response in it: its body reads as one of the [`types`].
//!
//! ```
//! use stand_alone::{Client, Seam};
//!
//! let http = reqwest::Client::new();
//! let client = Client::new_with_client("http://127.0.0.1:8080", http.clone(), Seam::plain(http));
//! # let _ = client;
//! ```
//!
//! The feature `mocks` brings typed mocks for `httpmock`.

// Generated code names what is in this crate as any other crate would.
extern crate self as stand_alone;

mod answer;
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "each contract uses its part"
)]
mod decode;
mod fields;
#[cfg(feature = "mocks")]
#[allow(dead_code, unused_imports, reason = "each contract uses its part")]
mod fitting;
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    rustdoc::all
)]
#[rustfmt::skip]
mod generated;
/// The calls: a value for each operation.
#[allow(clippy::all, clippy::pedantic, rustdoc::all)]
#[rustfmt::skip]
pub mod calls;
mod list;
/// Typed mocks for `httpmock`. A body is checked: one that does not read as the type of the
/// contract is a panic of the test.
#[cfg(feature = "mocks")]
#[allow(
    missing_docs,
    missing_debug_implementations,
    unused_imports,
    unused_variables,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    rustdoc::all
)]
#[rustfmt::skip]
pub mod mocks;
mod one_line;
mod open_enum;
/// The operations, by name.
#[rustfmt::skip]
pub mod operations;
mod plain;
mod hook;
mod seam;
mod undecodable;
#[allow(unused_imports, missing_docs, rustdoc::all, reason = "a contract may have no open enumeration")]
#[rustfmt::skip]
mod vocabulary;

use std::future::Future;

pub use decode::{Model, Object, from_slice};
#[cfg(feature = "mocks")]
#[allow(unused_imports, reason = "each contract uses its part")]
pub(crate) use fitting::fitting;
pub use generated::{ByteStream, Client, Error, ResponseValue, types};
pub use list::{Entry, TolerantList};
pub use one_line::OneLine;
pub use open_enum::UnknownValue;
pub use operations::OPERATIONS;
pub use seam::{Execute, Seam};
pub use undecodable::{Undecodable, without_values};
#[allow(unused_imports, reason = "a contract may have no open enumeration")]
pub use vocabulary::*;

/// One operation of the contract: what the generated method does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The operation id, as in the contract.
    pub id: &'static str,
    /// The name of the generated method.
    pub function: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path below the base URL, with its placeholders.
    pub path: &'static str,
    /// The query parameters that the operation takes.
    pub query: &'static [&'static str],
    /// Whether the contract advises against it.
    pub deprecated: bool,
}

impl Operation {
    /// Stands for an operation outside the table. The table and the methods come from one run of
    /// the generator, so none is.
    pub(crate) const UNLISTED: &Self = &Self {
        id: "unlisted",
        function: "unlisted",
        method: "",
        path: "",
        query: &[],
        deprecated: false,
    };

    /// The operation with this id, for ids that come from outside.
    pub fn find(id: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.id == id)
    }
}

/// A call of an operation, as a value: everything that the operation needs.
pub trait Call: Send + Sync {
    /// The operation.
    const OPERATION: &'static Operation;
    /// What it answers with.
    type Output: Send;

    /// Sends it through the client.
    fn send<'a>(
        &'a self,
        client: &'a Client,
    ) -> impl Future<Output = Result<ResponseValue<Self::Output>, Error<()>>> + Send + 'a;
}
