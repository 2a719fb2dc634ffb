//! The builder: everything that is set before a fake starts.

mod answers;
mod connection;
mod contents;
mod credentials;
mod deprecation;
pub(crate) mod fake_builder;
mod lifecycle;
mod rates;
mod service_account;
mod start;
