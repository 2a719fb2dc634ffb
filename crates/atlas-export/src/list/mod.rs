//! Lists: one page, all pages, all items.
//!
//! A list ends at the page that names no next one. It does not end at an empty page, and the
//! total count is an estimate that decides nothing. Links are looked at, never followed: a
//! proxy may have rewritten their host, and credentials go to the configured origin alone.

mod ahead;
mod bounds;
mod consistent;
mod page;
mod stream;

use std::{
    fmt,
    future::{Future, IntoFuture},
    num::NonZeroU32,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use atlas_export_api::{self as api, Page as _, types::Link};
use atlas_export_types::{ClusterName, PageSize};

pub(crate) use self::page::{Fetched, Key, Keys, PageChoice};
use crate::{
    Client, Error, Request, project::InvalidHandle, request::CallOptions, retry::RetryPolicy,
};

pub use atlas_export_types::{Entry, TolerantList, Undecodable};
pub(crate) use bounds::Bounds;
#[cfg(test)]
pub(crate) use bounds::each_error;
pub use consistent::{ConsistentItems, ConsistentList};
pub use page::{Listing, Page};
pub use stream::{Items, Pages};

pub(crate) type Fetching<T> = Pin<Box<dyn Future<Output = Result<Fetched<T>, Error>> + Send>>;
/// Fetches a page for this client.
pub(crate) type Fetch<T> = Arc<dyn Fn(Client, PageChoice) -> Fetching<T> + Send + Sync>;

/// A list that is about to be read: whole, item by item, or one page.
///
/// ```no_run
/// # async fn example(buckets: atlas_export::ExportBuckets) -> Result<(), atlas_export::Error> {
/// use atlas_export::PageSize;
///
/// // All of it, what does not decode apart:
/// let all = buckets.list().all().await?;
/// println!("{} buckets, and {} undecodable", all.items.len(), all.undecodable.len());
///
/// // Item by item, as the pages come:
/// let mut items = buckets.list().by_item();
/// while let Some(bucket) = items.next().await {
///     println!("{}", bucket?.id);
/// }
///
/// // One page:
/// let page = buckets.list().page_size(PageSize::MAX).await?;
/// println!("{} of about {:?}", page.items.len(), page.total_count);
/// # Ok(())
/// # }
/// ```
#[must_use = "a list makes no request until it is awaited or polled"]
pub struct List<T> {
    operation: &'static str,
    client: Client,
    fetch: Fetch<T>,
    /// The cluster whose list it is, for messages.
    cluster: Option<ClusterName>,
    page: u32,
    size: Option<PageSize>,
    include_count: Option<bool>,
    concurrency: usize,
    /// How many items the caller thinks there are.
    expected: u64,
}

impl<T> List<T> {
    /// The list that a call asks for, page by page. Its items are told apart by `id`.
    pub(crate) fn new<C>(
        client: &Client,
        call: Result<C, InvalidHandle>,
        id: fn(&T) -> &str,
    ) -> Self
    where
        C: api::PagedCall<Output: api::Page<Item = T, Link = Link>> + 'static,
        T: 'static,
    {
        let cluster = call.as_ref().ok().and_then(C::cluster).cloned();
        let fetch = move |client: Client, choice: PageChoice| {
            let call = call.clone();
            let fetching: Fetching<T> = Box::pin(async move {
                let call = call.map_err(|invalid| invalid.into_error(C::OPERATION.id))?;
                let (page, stats) = client.counted(&call.at(choice.into())).await?;
                let (results, links, total_count) = page.into_parts();
                Ok(Fetched {
                    results,
                    keys: Keys::Field(id),
                    links,
                    total_count,
                    stats,
                })
            });
            fetching
        };
        Self {
            cluster,
            ..Self::of_pages(client.clone(), C::OPERATION.id, Arc::new(fetch))
        }
    }

    /// The list whose pages are fetched in this way.
    pub(crate) fn of_pages(client: Client, operation: &'static str, fetch: Fetch<T>) -> Self {
        Self {
            operation,
            client,
            fetch,
            cluster: None,
            page: 1,
            size: None,
            include_count: None,
            concurrency: 1,
            expected: 0,
        }
    }

    /// How many items a page holds at the most. By default as many as Atlas likes (100) for a
    /// single page, and [`PageSize::MAX`] for a stream, which means the fewest requests.
    pub fn page_size(mut self, size: PageSize) -> Self {
        self.size = Some(size);
        self
    }

    /// The page to get, or to start from; by default 1, the first. 0 is refused.
    pub fn page(mut self, number: u32) -> Self {
        self.page = number;
        self
    }

    /// Whether Atlas is to count the items in all pages; by default it does.
    pub fn include_count(mut self, include: bool) -> Self {
        self.include_count = Some(include);
        self
    }

    /// How many pages a stream asks for at once; by default 1. 0 is refused.
    ///
    /// After the first page, whose count of all items is a hint and no more, the stream reads
    /// ahead: at most so many pages are in flight or held, the one that is being read included.
    /// Order and end are those of reading one by one. A page that turns out to lie beyond the
    /// end costs a request, never an error. More than 64 mean 64, so that no list is asked for
    /// faster than it can be read.
    ///
    /// What was asked for goes on while nobody polls the stream, and holds up no other call; no
    /// further page is asked for until somebody does, and dropping the stream ends everything.
    /// All pages go through the client, so its rate limits and
    /// [`max_in_flight`](crate::ClientBuilder::max_in_flight) hold; where a rate limit is known,
    /// the stream takes turns with other calls, as one caller.
    ///
    /// ```no_run
    /// # async fn example(jobs: atlas_export::ExportJobs) -> Result<(), atlas_export::Error> {
    /// let mut all = jobs.list().concurrency(8).by_item();
    /// while let Some(job) = all.next().await {
    ///     println!("{}", job?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages;
        self
    }

    /// How many items the whole list is likely to have, so that a stream with
    /// [`concurrency`](Self::concurrency) asks for its first pages at once, and not for the first
    /// one alone to learn from its count. By default 0: nothing is expected.
    ///
    /// It is a hint: a list that is longer is read to its end, and a shorter one costs the pages
    /// that were asked for beyond it, never an error. Before the first page has come, no page is
    /// asked for that lies beyond what is expected.
    ///
    /// ```no_run
    /// # async fn example(jobs: atlas_export::ExportJobs) -> Result<(), atlas_export::Error> {
    /// // As many as there were yesterday.
    /// let mut all = jobs.list().concurrency(8).expecting(10_000).by_item();
    /// while let Some(job) = all.next().await {
    ///     println!("{}", job?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn expecting(mut self, items: u64) -> Self {
        self.expected = items;
        self
    }

    /// How long each page may take, and a reading of the whole list, in place of
    /// [`ClientBuilder::call_timeout`](crate::ClientBuilder::call_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        let options = CallOptions::new().call_timeout(timeout);
        self.client = self.client.with_options(options);
        self
    }

    /// How often a page that failed is asked for again, in place of
    /// [`ClientBuilder::retry`](crate::ClientBuilder::retry).
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        let options = CallOptions::new().retry(policy);
        self.client = self.client.with_options(options);
        self
    }

    /// All items from this page on, what does not decode apart. A page that fails, and what ends
    /// [`by_page`](Self::by_page), is an error.
    pub fn all(self) -> Request<Listing<T>>
    where
        T: Send + 'static,
    {
        let client = self.client.clone();
        Request::new(&client, move |client| async move {
            let mut pages = Self { client, ..self }.by_page();
            let mut all = Listing::default();
            while let Some(page) = pages.next().await {
                let page = page?;
                let before = all.items.len().saturating_add(all.undecodable.len());
                let in_list = |item: Undecodable| {
                    let index = before.saturating_add(item.index());
                    item.at(index)
                };
                all.items.extend(page.items);
                all.undecodable
                    .extend(page.undecodable.into_iter().map(in_list));
            }
            Ok(all)
        })
    }

    /// All pages from this one on. The same page a third time is an error, and so is a list of
    /// more pages than [`max_pages`](crate::ClientBuilder::max_pages); then the stream ends.
    pub fn by_page(self) -> Pages<T> {
        Pages::new(self)
    }

    /// All items from this page on. An item that does not decode is an `Err` in its place,
    /// with its raw JSON, and the stream goes on; a page that fails is an `Err`, then the end.
    /// What ends [`by_page`](Self::by_page) ends this too.
    pub fn by_item(self) -> Items<T> {
        Items::new(self)
    }

    /// The whole list, read again and again until two readings agree: for lists that change
    /// while they are read.
    ///
    /// ```no_run
    /// # async fn example(buckets: atlas_export::ExportBuckets) -> Result<(), atlas_export::Error> {
    /// let all = buckets.list().consistent().all().await?;
    /// # let _ = all;
    /// # Ok(())
    /// # }
    /// ```
    pub fn consistent(self) -> ConsistentList<T> {
        ConsistentList::new(self)
    }

    /// The same list, to be read once more.
    fn again(&self) -> Self {
        Self {
            fetch: self.fetch.clone(),
            client: self.client.clone(),
            cluster: self.cluster.clone(),
            ..*self
        }
    }

    fn query(&self) -> Result<PageChoice, Error> {
        let refuse =
            |why: &str| Error::config(why).with(|inner| inner.operation = Some(self.operation));
        let number = NonZeroU32::new(self.page)
            .ok_or_else(|| refuse("page is 0, and pages are counted from 1: give 1 or more"))?;
        if self.concurrency == 0 {
            return Err(refuse(
                "concurrency is 0, so no page could be read: give 1 or more",
            ));
        }
        Ok(PageChoice {
            number,
            size: self.size,
            include_count: self.include_count,
        })
    }
}

impl<T: 'static> IntoFuture for List<T> {
    type Output = Result<Page<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let query = self.query()?;
            let fetched = (self.fetch)(self.client, query);
            Ok(fetched.await?.into_page(query.size))
        })
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("operation", &self.operation)
            .field("page", &self.page)
            .field("size", &self.size)
            .field("include_count", &self.include_count)
            .field("concurrency", &self.concurrency)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}
