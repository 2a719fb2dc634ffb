//! Lists: one page, all pages, all items.
//!
//! A list ends at the page that names no next one. It does not end at an empty page, and the
//! total count is an estimate that decides nothing. Links are looked at, never followed: a
//! proxy may have rewritten their host, and credentials go to the configured origin alone.

use std::{
    collections::VecDeque,
    fmt,
    future::{Future, IntoFuture},
    num::NonZeroU32,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use atlas_export_api::types::Link;
use atlas_export_types::{Entry, ItemCount, PageSize, TolerantList, Undecodable};
use futures_core::{FusedStream, Stream};

use crate::{Error, ErrorKind, transport::Course};

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of the page that decoded, in order.
    pub items: Vec<T>,
    /// An estimate of the items in all pages, where Atlas gives one.
    pub total_count: Option<u64>,
    /// The items that did not decode, each with its place and its raw JSON.
    pub skipped: Vec<Undecodable>,
    /// Whether Atlas says that there is another page.
    pub has_next: bool,
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

impl PageQuery {
    /// Left out for the first page, which is the default.
    pub(crate) fn number(&self) -> Option<NonZeroU32> {
        (self.number > NonZeroU32::MIN).then_some(self.number)
    }
}

/// A page as the contract has it.
pub(crate) struct Fetched<T> {
    pub(crate) results: TolerantList<T>,
    pub(crate) links: TolerantList<Link>,
    pub(crate) total_count: Option<ItemCount>,
    /// How the call for it went.
    pub(crate) course: Course,
}

impl<T> Fetched<T> {
    /// Whether there is a next page: a link says so, or, without links, this one is full.
    fn has_next(&self, size: Option<PageSize>) -> bool {
        let mut links = self.links.items();
        if links.any(|link| link.rel.as_deref() == Some("next")) {
            return true;
        }
        // A link that does not decode may be the one.
        let unsaid = self.links.is_empty() || self.links.undecodable().next().is_some();
        unsaid && self.results.len() >= usize::from(size.unwrap_or_default().get())
    }

    fn into_page(self, size: Option<PageSize>) -> Page<T> {
        let has_next = self.has_next(size);
        let mut items = Vec::with_capacity(self.results.len());
        let mut skipped = Vec::new();
        for entry in self.results {
            match entry {
                Entry::Item(item) => items.push(item),
                Entry::Undecodable(odd) => skipped.push(*odd),
            }
        }
        Page {
            items,
            total_count: self.total_count.as_ref().and_then(ItemCount::get),
            skipped,
            has_next,
        }
    }
}

type Fetching<T> = Pin<Box<dyn Future<Output = Result<Fetched<T>, Error>> + Send>>;
type Fetch<T> = Arc<dyn Fn(PageQuery) -> Fetching<T> + Send + Sync>;

/// A list that is about to be read: await it for one page, or turn it into a stream.
///
/// ```no_run
/// # async fn example(buckets: atlas_export::ExportBuckets) -> Result<(), atlas_export::Error> {
/// use atlas_export::PageSize;
/// use futures_util::TryStreamExt as _;
///
/// let page = buckets.list().page_size(PageSize::MAX).await?;
/// println!("{} of about {:?}", page.items.len(), page.total_count);
///
/// let mut all = buckets.list().by_item();
/// while let Some(bucket) = all.try_next().await? {
///     println!("{}", bucket.id);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a list makes no request until it is awaited or polled"]
pub struct List<T> {
    operation: &'static str,
    fetch: Fetch<T>,
    page: u32,
    size: Option<PageSize>,
    include_count: Option<bool>,
}

impl<T> List<T> {
    pub(crate) fn new<F>(
        operation: &'static str,
        fetch: impl Fn(PageQuery) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Fetched<T>, Error>> + Send + 'static,
    {
        Self {
            operation,
            fetch: Arc::new(move |query| Box::pin(fetch(query))),
            page: 1,
            size: None,
            include_count: None,
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

    /// All pages from this one on.
    pub fn by_page(self) -> Pages<T> {
        Pages(RawPages::new(self))
    }

    /// All items from this page on. An item that does not decode is an `Err` in its place,
    /// with its raw JSON, and the stream goes on; a page that fails is an `Err`, then the end.
    pub fn by_item(self) -> Items<T> {
        Items {
            operation: self.operation,
            course: Course::default(),
            pages: RawPages::new(self),
            ready: VecDeque::new(),
        }
    }

    fn query(&self) -> Result<PageQuery, Error> {
        let number = NonZeroU32::new(self.page).ok_or_else(|| {
            Error::config("page 0 does not exist: pages are counted from 1")
                .with(|inner| inner.operation = Some(self.operation))
        })?;
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
            .finish_non_exhaustive()
    }
}

/// How many pages in a row may be empty and name a next one before a list is given up.
const MAX_EMPTY_PAGES: u32 = 100;

/// The pages that [`Pages`] and [`Items`] are made of.
struct RawPages<T> {
    operation: &'static str,
    fetch: Fetch<T>,
    state: State<T>,
    /// How many empty pages there were in a row.
    empty: u32,
}

enum State<T> {
    Failed(Option<Error>),
    Next(PageQuery),
    Fetching(PageQuery, Fetching<T>),
    Done,
}

/// A page, with the query that it answers.
type Polled<T> = Result<(PageQuery, Fetched<T>), Error>;

impl<T> RawPages<T> {
    fn new(list: List<T>) -> Self {
        let state = match list.query() {
            Ok(query) => State::Next(PageQuery {
                size: Some(query.size.unwrap_or(PageSize::MAX)),
                ..query
            }),
            Err(error) => State::Failed(Some(error)),
        };
        Self {
            operation: list.operation,
            fetch: list.fetch,
            state,
            empty: 0,
        }
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Polled<T>>> {
        loop {
            match &mut self.state {
                State::Done => return Poll::Ready(None),
                State::Failed(error) => {
                    let error = error.take();
                    self.state = State::Done;
                    return Poll::Ready(error.map(Err));
                }
                State::Next(query) => {
                    let query = *query;
                    self.state = State::Fetching(query, (self.fetch)(query));
                }
                State::Fetching(query, fetching) => {
                    let query = *query;
                    let fetched = ready!(fetching.as_mut().poll(context));
                    self.empty = match &fetched {
                        Ok(page) if page.results.is_empty() => self.empty + 1,
                        _ => 0,
                    };
                    self.state = match &fetched {
                        Ok(page) if self.empty >= MAX_EMPTY_PAGES && page.has_next(query.size) => {
                            State::Failed(Some(endless(self.operation)))
                        }
                        Ok(page) if page.has_next(query.size) => {
                            match query.number.checked_add(1) {
                                Some(number) => State::Next(PageQuery { number, ..query }),
                                None => State::Done,
                            }
                        }
                        _ => State::Done,
                    };
                    return Poll::Ready(Some(fetched.map(|page| (query, page))));
                }
            }
        }
    }

    fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }
}

/// All pages of a list. Made by [`List::by_page`].
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<T>(RawPages<T>);

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
    operation: &'static str,
    /// Of the page that `ready` is from.
    course: Course,
    pages: RawPages<T>,
    ready: VecDeque<Entry<T>>,
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
                return Poll::Ready(Some(
                    entry
                        .into_result()
                        .map_err(|odd| undecodable(this.operation, this.course, *odd)),
                ));
            }
            match ready!(this.pages.poll_page(context)) {
                Some(Ok((_, page))) => {
                    this.course = page.course;
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
            .field("operation", &self.operation)
            .field("ready", &self.ready.len())
            .field("done", &self.is_terminated())
            .finish_non_exhaustive()
    }
}

/// A list that goes on without ever giving anything.
fn endless(operation: &'static str) -> Error {
    Error::new(
        ErrorKind::Transport,
        format!(
            "the list does not end: {MAX_EMPTY_PAGES} pages in a row were empty and named a next one"
        ),
    )
    .with(|inner| inner.operation = Some(operation))
}

fn undecodable(operation: &'static str, course: Course, odd: Undecodable) -> Error {
    Error::undecodable(operation, odd).with(|inner| {
        inner.attempts = course.attempts;
        inner.elapsed = course.elapsed;
        inner.status = course.status;
    })
}
