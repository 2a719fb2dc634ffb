//! A call that is about to be made.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
};

use crate::Error;

/// The future of everything that makes a request: boxed, `Send`, and of no lifetime but its own.
type Sent<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A call that has nothing more to set: await it. Nothing is sent before.
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
pub struct Request<T>(Sent<T>);

impl<T> Request<T> {
    pub(crate) fn new(call: impl Future<Output = Result<T, Error>> + Send + 'static) -> Self {
        Self(Box::pin(call))
    }
}

impl<T> IntoFuture for Request<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        self.0
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").finish_non_exhaustive()
    }
}
