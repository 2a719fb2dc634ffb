//! How a fake is told what it is before it starts.

mod answers;
mod connection;
mod contents;
mod credentials;
mod deprecation;
pub(crate) mod fake_builder;
mod lifecycle;
mod rates;
mod start;
