//! A list that changes while it is read, read whole.
//!
//! Pages are numbered windows on a list. Where something is deleted before the window between
//! two reads, what follows moves up, and an item slips past unseen; where something is
//! inserted, an item is seen twice. Nothing in a page tells.
//!
//! So the list is read until two readings in a row agree: the same items in the same order,
//! none of them twice. Then neither missed an item that was there throughout. For an item to
//! slip past the first reading, something before it went or came meanwhile. If that was seen
//! in one reading, it is missing from the other, and they differ. If it came and went unseen,
//! it moved the last item of a window that was read into the next one, so that reading has
//! that item twice. The same holds for the second reading, and for pages read out of order.
//!
//! Items that do not decode, or that are of no type that the SDK knows and have no id, are compared by their text, in their places and as often as they are
//! there. Equal ones may be two items, since nothing tells them apart, so they do not count as
//! one that was seen twice.
//!
//! The argument is about items that come and go. An order that changes is not covered; two
//! readings of it hardly agree either.

use std::{
    collections::{HashSet, VecDeque},
    fmt,
    future::{Future, IntoFuture, poll_fn},
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::Duration,
};

use atlas_export_types::Entry;
use futures_core::{FusedStream, Stream};
use futures_util::future::{Either, select};

use super::{
    List, Listing,
    ahead::RawPages,
    bounds::{kept_changing, too_slow},
    page::Key,
    stream::Source,
};
use crate::{Error, Request, transport::CallStats};

/// How often a list is read at the most, by default.
const MAX_PASSES: u32 = 10;

/// A list that is read whole, again and again until two readings agree. Made by
/// [`List::consistent`].
///
/// An item that is there throughout is never missed and none is given twice, whatever is
/// inserted or deleted meanwhile. A list of one page is read once. The whole list is held in
/// memory, twice while it is compared.
#[must_use = "a list makes no request until it is polled"]
pub struct ConsistentList<T> {
    list: List<T>,
    max_passes: u32,
    /// Unless it is as long as a call may take.
    timeout: Option<Duration>,
}

impl<T> ConsistentList<T> {
    pub(super) fn new(list: List<T>) -> Self {
        Self {
            timeout: None,
            list,
            max_passes: MAX_PASSES,
        }
    }

    /// How often to read the list at the most, at least twice; by default 10 times. A list that
    /// is not the same twice in a row until then is an error.
    pub fn max_passes(mut self, passes: u32) -> Self {
        self.max_passes = passes.max(2);
        self
    }

    /// How long all readings together may take, from the first poll; by default as long as a
    /// call ([`ClientBuilder::call_timeout`](crate::ClientBuilder::call_timeout)). A list that
    /// is not read by then is a `Timeout` error.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

impl<T: Send + 'static> ConsistentList<T> {
    /// All items, each once, what does not decode apart. A list that cannot be read, or that kept
    /// changing, is an error.
    pub fn all(self) -> Request<Listing<T>> {
        let client = self.list.client.clone();
        Request::new(&client, move |client| async move {
            let mut all = Listing::default();
            let list = List {
                client,
                ..self.list
            };
            let pass = in_time(Self { list, ..self }).await?;
            for (place, entry) in pass.entries.into_iter().enumerate() {
                match entry {
                    Entry::Item(item) => all.items.push(item),
                    Entry::Undecodable(item) => all.undecodable.push(item.at(place)),
                }
            }
            Ok(all)
        })
    }

    /// All items, each once, in the order of the last reading. The first comes when the list
    /// has been read. An item that does not decode is an `Err` in its place; a list that
    /// cannot be read, or that kept changing, is an `Err`, then the end.
    pub fn by_item(self) -> ConsistentItems<T> {
        ConsistentItems {
            source: Source::of(&self.list),
            reading: Some(Box::pin(in_time(self))),
            ready: VecDeque::new(),
        }
    }
}

/// One reading of a list.
struct Pass<T> {
    entries: VecDeque<Entry<T>>,
    /// What tells the items apart, in order.
    keys: Vec<Key<String>>,
    pages: usize,
    stats: CallStats,
}

impl<T> Pass<T> {
    /// The inner error is that its pages repeat: a list that grows as fast as it is read may be
    /// read better the next time.
    async fn read(list: &List<T>) -> Result<Result<Self, Error>, Error> {
        let mut pages = RawPages::new(list.again());
        let mut pass = Self {
            entries: VecDeque::new(),
            keys: Vec::new(),
            pages: 0,
            stats: CallStats::default(),
        };
        while let Some(page) = poll_fn(|context| pages.poll_page(context)).await {
            let page = match page {
                Ok((_, page)) => page,
                Err(error) if pages.has_repeated() => return Ok(Err(error)),
                Err(error) => return Err(error),
            };
            pass.pages += 1;
            pass.stats = page.stats;
            for (place, entry) in page.results.into_iter().enumerate() {
                pass.keys.push(match &entry {
                    Entry::Item(item) => page.keys.of(place, item).into_owned(),
                    Entry::Undecodable(undecodable) => Key::Raw(undecodable.raw().to_owned()),
                });
                pass.entries.push_back(entry);
            }
        }
        Ok(Ok(pass))
    }

    fn has_duplicates(&self) -> bool {
        let mut seen = HashSet::new();
        let mut ids = self.keys.iter().filter(|key| matches!(key, Key::Id(_)));
        !ids.all(|id| seen.insert(id))
    }
}

/// Reads a list within its time.
async fn in_time<T>(consistent: ConsistentList<T>) -> Result<Pass<T>, Error> {
    let ConsistentList {
        list,
        max_passes,
        timeout,
    } = consistent;
    let timeout = timeout.unwrap_or_else(|| list.client.list_bounds().whole);
    let (operation, clock) = (list.operation, list.client.clock());
    let settled = settle(list, max_passes);
    // A clock's timers need a runtime. The first call says what is missing.
    if tokio::runtime::Handle::try_current().is_err() {
        return settled.await;
    }
    match select(pin!(settled), clock.guard(timeout)).await {
        Either::Left((read, _)) => read,
        Either::Right(_) => Err(too_slow(operation, timeout)),
    }
}

async fn settle<T>(mut list: List<T>, max_passes: u32) -> Result<Pass<T>, Error> {
    if list.page != 1 {
        return Err(Error::config(format!(
            "a consistent list begins at page 1, not {}: leave page() out",
            list.page
        ))
        .with(|inner| inner.operation = Some(list.operation)));
    }
    let mut before: Option<Vec<Key<String>>> = None;
    let mut repeated = false;
    for _ in 0..max_passes {
        let pass = match Pass::read(&list).await? {
            Ok(pass) => pass,
            // Twice in a row is no accident.
            Err(error) if repeated => return Err(error),
            Err(_) => {
                (before, repeated) = (None, true);
                continue;
            }
        };
        repeated = false;
        let clean = !pass.has_duplicates();
        // One page is one moment.
        let agrees = pass.pages <= 1 || before.as_ref() == Some(&pass.keys);
        if clean && agrees {
            return Ok(pass);
        }
        // As long as it was just now.
        list.expected = u64::try_from(pass.keys.len()).unwrap_or(u64::MAX);
        before = clean.then_some(pass.keys);
    }
    Err(kept_changing(list.operation, max_passes))
}

type Reading<T> = Pin<Box<dyn Future<Output = Result<Pass<T>, Error>> + Send>>;

/// The items of a list that was read until two readings agreed. Made by
/// [`ConsistentList::by_item`].
#[must_use = "a stream does nothing until it is polled"]
pub struct ConsistentItems<T> {
    source: Source,
    reading: Option<Reading<T>>,
    ready: VecDeque<Entry<T>>,
}

// Nothing in it is pinned: the reading is boxed.
impl<T> Unpin for ConsistentItems<T> {}

/// All items, as [`all`](ConsistentList::all).
impl<T: Send + 'static> IntoFuture for ConsistentList<T> {
    type Output = Result<Listing<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        self.all().into_future()
    }
}

impl<T> ConsistentItems<T> {
    /// The next item, `None` after the last one. One that does not decode is an `Err`, and the
    /// list goes on after it.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T> Stream for ConsistentItems<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(reading) = &mut this.reading {
            let read = ready!(reading.as_mut().poll(context));
            this.reading = None;
            match read {
                Ok(pass) => {
                    this.source.stats = pass.stats;
                    this.ready = pass.entries;
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
        let next = this.ready.pop_front();
        Poll::Ready(next.map(|entry| this.source.item(entry)))
    }
}

impl<T> FusedStream for ConsistentItems<T> {
    fn is_terminated(&self) -> bool {
        self.reading.is_none() && self.ready.is_empty()
    }
}

impl<T> fmt::Debug for ConsistentItems<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsistentItems")
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ConsistentList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsistentList")
            .field("list", &self.list)
            .field("max_passes", &self.max_passes)
            .field("timeout", &self.timeout)
            .finish()
    }
}
