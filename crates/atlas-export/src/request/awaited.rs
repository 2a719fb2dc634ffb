//! A call that is about to be made.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
};

use super::call_options;
use crate::{Client, Error};

/// The future of everything that makes a request: boxed, `Send`, and of no lifetime but its own.
type Sent<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A call that has nothing more to set than how long it may take and how often it is repeated:
/// await it. Nothing is sent before.
///
/// It borrows nothing, so it can be kept, spawned, and awaited with others:
///
/// ```no_run
/// # async fn example(
/// #     jobs: atlas_export::ExportJobs,
/// #     ids: Vec<atlas_export::ExportJobId>,
/// # ) -> Result<(), atlas_export::Error> {
/// use futures_util::future::join_all;
///
/// let looks = ids.iter().map(|id| jobs.get(id).into_future());
/// for job in join_all(looks).await {
///     println!("{:?}", job?.state);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct Request<T> {
    client: Client,
    call: Box<dyn FnOnce(Client) -> Sent<T> + Send>,
}

impl<T> Request<T> {
    /// The request that makes this call, for the client that it is given in the end.
    pub(crate) fn new<F>(client: &Client, call: impl FnOnce(Client) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        Self {
            client: client.clone(),
            call: Box::new(|client| Box::pin(call(client))),
        }
    }

    /// The same request, of whose answer this is made.
    pub(crate) fn and_then<U>(
        self,
        make: impl FnOnce(T) -> Result<U, Error> + Send + 'static,
    ) -> Request<U>
    where
        T: 'static,
    {
        let Self { client, call } = self;
        Request::new(&client, |client| async move { make(call(client).await?) })
    }

    call_options!(client);
}

impl<T> IntoFuture for Request<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        (self.call)(self.client)
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").finish_non_exhaustive()
    }
}
