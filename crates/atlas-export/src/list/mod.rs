//! Lists: one page, all pages, all items.
//!
//! A list ends at the page that names no next one. It does not end at an empty page, and the
//! total count is an estimate that decides nothing. Links are looked at, never followed: a
//! proxy may have rewritten their host, and credentials go to the configured origin alone.

mod ahead;
mod bounds;
mod consistent;
mod stream;

use std::{
    fmt,
    future::{Future, IntoFuture},
    num::NonZeroU32,
    pin::Pin,
    sync::Arc,
};

use atlas_export_api::{self as api, Page as _, types::Link};
use atlas_export_types::{ClusterName, ItemCount, PageSize};

use crate::{Client, Error, Request, needed, project::InvalidHandle, transport::CallStats};

pub use atlas_export_types::{Entry, TolerantList, Undecodable};
pub(crate) use bounds::Bounds;
pub use consistent::{ConsistentItems, ConsistentList};
pub use stream::{Items, Pages};

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of the page that decoded, in order.
    pub items: Vec<T>,
    /// An estimate of the items in all pages, where Atlas gives one.
    pub total_count: Option<u64>,
    /// The items that did not decode, each with its place and its raw JSON.
    pub undecodable: Vec<Undecodable>,
    /// Whether Atlas says that there is another page.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// A list that has no pages.
    pub(crate) fn whole(page: impl api::Page<Item = T>) -> Self {
        let (results, _, count) = page.into_parts();
        Self::of(results, count.as_ref())
    }

    fn of(results: TolerantList<T>, count: Option<&ItemCount>) -> Self {
        let mut all = Listing {
            items: Vec::with_capacity(results.len()),
            undecodable: Vec::new(),
        };
        results.into_iter().for_each(|entry| all.push(entry));
        Self {
            items: all.items,
            total_count: count.and_then(ItemCount::get),
            undecodable: all.undecodable,
            has_next: false,
        }
    }
}

/// A list as a whole. Made by [`List::all`] and [`ConsistentList::all`].
///
/// ```no_run
/// # async fn example(jobs: atlas_export::ExportJobs) -> Result<(), atlas_export::Error> {
/// let all = jobs.list().all().await?;
/// for job in &all.items {
///     println!("{}", job.id);
/// }
/// for item in &all.undecodable {
///     eprintln!("{item}: {}", item.raw());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The items that decoded, in order.
    pub items: Vec<T>,
    /// The items that did not decode, each with its place in its page and its raw JSON.
    pub undecodable: Vec<Undecodable>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            undecodable: Vec::new(),
        }
    }
}

impl<T> Listing<T> {
    fn push(&mut self, entry: Entry<T>) {
        match entry {
            Entry::Item(item) => self.items.push(item),
            Entry::Undecodable(item) => self.undecodable.push(*item),
        }
    }
}

/// Over the items that decoded.
impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// Which page to get.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageQuery {
    pub(crate) number: NonZeroU32,
    pub(crate) size: Option<PageSize>,
    pub(crate) include_count: Option<bool>,
}

impl From<PageQuery> for api::PageQuery {
    fn from(query: PageQuery) -> Self {
        Self {
            include_count: query.include_count,
            items_per_page: query.size,
            // Left out for the first page, which is the default.
            page_num: (query.number > NonZeroU32::MIN).then_some(query.number),
        }
    }
}

/// A page as the contract has it.
pub(crate) struct Fetched<T> {
    pub(crate) results: TolerantList<T>,
    pub(crate) links: TolerantList<Link>,
    pub(crate) total_count: Option<ItemCount>,
    /// How the call for it went.
    pub(crate) stats: CallStats,
}

impl<T> Fetched<T> {
    /// Whether there is a next page: a link says so, or, without links, this one is full.
    fn has_next(&self, size: Option<PageSize>) -> bool {
        let mut links = self.links.items();
        if links.any(|link| link.rel.as_deref() == Some("next")) {
            return true;
        }
        // A link that cannot be read may be the one.
        let unread = |link: &Link| needed::misfit(link, &["rel"]).is_some();
        let unsaid = self.links.is_empty()
            || self.links.undecodable().next().is_some()
            || self.links.items().any(unread);
        unsaid && self.results.len() >= usize::from(size.unwrap_or_default().get())
    }

    fn into_page(self, size: Option<PageSize>) -> Page<T> {
        let has_next = self.has_next(size);
        Page {
            has_next,
            ..Page::of(self.results, self.total_count.as_ref())
        }
    }
}

type Fetching<T> = Pin<Box<dyn Future<Output = Result<Fetched<T>, Error>> + Send>>;
type Fetch<T> = Arc<dyn Fn(PageQuery) -> Fetching<T> + Send + Sync>;

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
    fetch: Fetch<T>,
    /// What tells one item from another.
    id: fn(&T) -> &str,
    /// The cluster whose list it is, for messages.
    cluster: Option<ClusterName>,
    bounds: Bounds,
    page: u32,
    size: Option<PageSize>,
    include_count: Option<bool>,
    concurrency: usize,
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
    {
        let bounds = client.list_bounds();
        let cluster = call.as_ref().ok().and_then(C::cluster).cloned();
        let client = client.clone();
        let fetch = move |query: PageQuery| {
            let (client, call) = (client.clone(), call.clone());
            let fetching: Fetching<T> = Box::pin(async move {
                let call = call.map_err(|invalid| invalid.into_error(C::OPERATION.id))?;
                let (page, stats) = client.counted(&call.at(query.into())).await?;
                let (results, links, total_count) = page.into_parts();
                Ok(Fetched {
                    results,
                    links,
                    total_count,
                    stats,
                })
            });
            fetching
        };
        Self {
            operation: C::OPERATION.id,
            fetch: Arc::new(fetch),
            id,
            cluster,
            bounds,
            page: 1,
            size: None,
            include_count: None,
            concurrency: 1,
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

    /// All items from this page on, what does not decode apart. A page that fails, and what ends
    /// [`by_page`](Self::by_page), is an error.
    pub fn all(self) -> Request<Listing<T>>
    where
        T: Send + 'static,
    {
        let mut pages = self.by_page();
        Request::new(async move {
            let mut all = Listing::default();
            while let Some(page) = pages.next().await {
                let page = page?;
                all.items.extend(page.items);
                all.undecodable.extend(page.undecodable);
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
            cluster: self.cluster.clone(),
            bounds: self.bounds.clone(),
            ..*self
        }
    }

    fn query(&self) -> Result<PageQuery, Error> {
        let refuse =
            |why: &str| Error::config(why).with(|inner| inner.operation = Some(self.operation));
        let number = NonZeroU32::new(self.page)
            .ok_or_else(|| refuse("page 0 does not exist: pages are counted from 1"))?;
        if self.concurrency == 0 {
            return Err(refuse(
                "concurrency is 0, so no page could be read: 1 reads page after page",
            ));
        }
        Ok(PageQuery {
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
            let fetched = (self.fetch)(query);
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
            .finish_non_exhaustive()
    }
}
