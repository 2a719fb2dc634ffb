//! The streams that a list can be read as.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use atlas_export_types::{ClusterName, Entry};
use futures_core::{FusedStream, Stream};

use super::{List, Page, ahead::RawPages};
use crate::{Error, transport::CallStats};

/// All pages of a list. Made by [`List::by_page`].
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<T>(RawPages<T>);

impl<T> Pages<T> {
    pub(super) fn new(list: List<T>) -> Self {
        Self(RawPages::new(list))
    }

    /// The next page, `None` after the last one or after one that failed.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let page = ready!(self.get_mut().0.poll_page(context));
        Poll::Ready(page.map(|page| page.map(|(query, page)| page.into_page(query.size))))
    }
}

impl<T> FusedStream for Pages<T> {
    fn is_terminated(&self) -> bool {
        self.0.is_done()
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("done", &self.0.is_done())
            .finish_non_exhaustive()
    }
}

/// All items of a list. Made by [`List::by_item`].
#[must_use = "a stream does nothing until it is polled"]
pub struct Items<T> {
    source: Source,
    pages: RawPages<T>,
    ready: VecDeque<Entry<T>>,
}

impl<T> Items<T> {
    pub(super) fn new(list: List<T>) -> Self {
        Self {
            source: Source::of(&list),
            pages: RawPages::new(list),
            ready: VecDeque::new(),
        }
    }

    /// The next item, `None` after the last one or after a page that failed. One that does not
    /// decode is an `Err`, and the list goes on after it.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

// Nothing in it is pinned: the future of a page is boxed.
impl<T> Unpin for Items<T> {}
impl<T> Unpin for Pages<T> {}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(entry) = this.ready.pop_front() {
                return Poll::Ready(Some(this.source.item(entry)));
            }
            match ready!(this.pages.poll_page(context)) {
                Some(Ok((_, page))) => {
                    this.source.stats = page.stats;
                    this.ready = page.results.into_iter().collect();
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> FusedStream for Items<T> {
    fn is_terminated(&self) -> bool {
        self.ready.is_empty() && self.pages.is_done()
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("operation", &self.source.operation)
            .field("ready", &self.ready.len())
            .field("done", &self.is_terminated())
            .finish_non_exhaustive()
    }
}

/// Where items come from, for the errors about those that do not decode.
pub(super) struct Source {
    operation: &'static str,
    cluster: Option<ClusterName>,
    /// Of the page, or of the reading, that the next items are from.
    pub(super) stats: CallStats,
    /// How many items have been given.
    given: usize,
}

impl Source {
    pub(super) fn of<T>(list: &List<T>) -> Self {
        Self {
            operation: list.operation,
            cluster: list.cluster.clone(),
            stats: CallStats::default(),
            given: 0,
        }
    }

    pub(super) fn item<T>(&mut self, entry: Entry<T>) -> Result<T, Error> {
        let place = self.given;
        self.given = place.saturating_add(1);
        entry.into_result().map_err(|undecodable| {
            let undecodable = undecodable.at(place);
            let error = Error::undecodable(self.operation, self.cluster.as_ref(), undecodable);
            error.with(|inner| {
                inner.attempts = self.stats.attempts;
                inner.elapsed = self.stats.elapsed;
                inner.status = self.stats.status;
            })
        })
    }
}
