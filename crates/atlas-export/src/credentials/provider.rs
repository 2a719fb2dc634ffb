//! A function that gives credentials whenever they are wanted.

use std::{error::Error as StdError, fmt, future::Future, pin::Pin, sync::Arc};

use super::{Credentials, place::Place};

/// Whatever a provider fails with.
pub(crate) type ProviderFailure = Box<dyn StdError + Send + Sync>;

type Provided = Pin<Box<dyn Future<Output = Result<Credentials, ProviderFailure>> + Send>>;

/// A function that gives credentials.
#[derive(Clone)]
pub(crate) struct Provider(Arc<dyn Fn() -> Provided + Send + Sync>);

impl Provider {
    pub(super) fn new<P, F, E>(provide: P) -> Self
    where
        P: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<Credentials, E>> + Send + 'static,
        E: Into<ProviderFailure>,
    {
        Self(Arc::new(move || {
            let provided = provide();
            Box::pin(async move { provided.await.map_err(Into::into) })
        }))
    }

    /// Asks once.
    pub(crate) async fn ask(&self) -> Result<Credentials, ProviderFailure> {
        let given = (self.0)().await?;
        Ok(given.placed(Place::Provider))
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("provider", &"…")
            .finish_non_exhaustive()
    }
}
