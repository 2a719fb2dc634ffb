//! The simplest way to the network: every request as it is.

use std::{future::Future, pin::Pin, sync::Arc};

use crate::{Execute, Operation, Seam};

#[derive(Debug)]
struct Plain(reqwest::Client);

impl Execute for Plain {
    fn execute<'a>(
        &'a self,
        request: reqwest::Request,
        _: &'static Operation,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<reqwest::Response>> + Send + 'a>> {
        Box::pin(self.0.execute(request))
    }
}

impl Seam {
    /// Sends each request as it is, through this HTTP client.
    pub fn plain(http: reqwest::Client) -> Self {
        Self::new(Arc::new(Plain(http)))
    }
}
