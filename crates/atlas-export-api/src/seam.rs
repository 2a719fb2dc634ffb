//! The way from the generated methods to the network, which the layer above lays.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use crate::Operation;

/// The way from the generated methods to the network.
pub trait Execute: fmt::Debug + Send + Sync {
    /// Executes one request of one operation.
    ///
    /// # Errors
    /// Only reqwest can make a `reqwest::Error`. An implementation with failures of its own
    /// answers a response of a status that no operation documents, with the failure among its
    /// extensions; the generated method hands it back as [`Error::UnexpectedResponse`](crate::Error::UnexpectedResponse).
    fn execute<'a>(
        &'a self,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<reqwest::Response>> + Send + 'a>>;
}

/// The [`Execute`] of a [`Client`](crate::Client).
#[derive(Clone, Debug)]
pub struct Seam(pub(crate) Arc<dyn Execute>);

impl Seam {
    /// Wraps an executor.
    pub fn new(execute: Arc<dyn Execute>) -> Self {
        Self(execute)
    }
}
