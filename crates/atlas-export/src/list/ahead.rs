//! The pages of a list in their order, some of them asked for ahead.
//!
//! A queue holds the pages that were asked for and not yet handed on, in order. The end is
//! decided where a page is handed on, by that page alone; what was asked for beyond it is
//! dropped with the queue, requests in flight included.

use std::{
    collections::VecDeque,
    num::NonZeroU32,
    task::{Context, Poll},
};

use atlas_export_types::ItemCount;

use super::{
    Fetch, Fetching, List, PageSize,
    bounds::{Repeats, repeated, too_long},
    page::{Fetched, PageChoice},
};
use crate::{Client, Error, ErrorKind};

/// How many pages in a row may be empty and name a next one before a list is given up.
const MAX_EMPTY_PAGES: u32 = 100;

/// How many pages are asked for ahead at the most, whatever the caller would have: as many as a
/// client has in flight by default.
const MAX_AHEAD: usize = 64;

/// A page, with the query that it answers.
type Polled<T> = Result<(PageChoice, Fetched<T>), Error>;

/// A page that was asked for.
enum Asked<T> {
    Fetching(Fetching<T>),
    Fetched(Result<Fetched<T>, Error>),
}

/// The pages that the streams are made of.
pub(super) struct RawPages<T> {
    operation: &'static str,
    client: Client,
    fetch: Fetch<T>,
    concurrency: usize,
    queue: VecDeque<(PageChoice, Asked<T>)>,
    /// The page to ask for next, unless the numbers or the list have ended.
    next: Option<PageChoice>,
    /// The highest page that is sure to be wanted.
    wanted: NonZeroU32,
    /// The highest page that there is likely to be.
    likely: u64,
    /// What is handed on before the end.
    error: Option<Error>,
    /// How many empty pages there were in a row.
    empty: u32,
    repeats: Repeats,
    repeated: bool,
    max_pages: NonZeroU32,
    /// The last page that may be read.
    last: NonZeroU32,
}

impl<T> RawPages<T> {
    pub(super) fn new(list: List<T>) -> Self {
        let (next, error) = match list.query() {
            Ok(query) => {
                let size = Some(query.size.unwrap_or(PageSize::MAX));
                (Some(PageChoice { size, ..query }), None)
            }
            Err(error) => (None, Some(error)),
        };
        let first = next.map_or(NonZeroU32::MIN, |query| query.number);
        let max_pages = list.client.list_bounds().max_pages;
        let size = next.and_then(|query| query.size);
        Self {
            operation: list.operation,
            client: list.client,
            fetch: list.fetch,
            concurrency: list.concurrency.min(MAX_AHEAD),
            queue: VecDeque::new(),
            wanted: first,
            likely: pages(list.expected, size),
            next,
            error,
            empty: 0,
            repeats: Repeats::default(),
            repeated: false,
            max_pages,
            last: first.saturating_add(max_pages.get() - 1),
        }
    }

    pub(super) fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Polled<T>>> {
        self.drive(self.concurrency, context);
        match self.queue.pop_front() {
            Some((query, Asked::Fetched(fetched))) => {
                let page = self.hand_on(query, fetched);
                // The next ones are under way while this one is read. It counts as held.
                self.drive(self.concurrency.saturating_sub(1), context);
                Poll::Ready(Some(page))
            }
            Some(front) => {
                self.queue.push_front(front);
                Poll::Pending
            }
            None => Poll::Ready(self.error.take().map(Err)),
        }
    }

    /// Asks for as many pages as may be asked for now, and sees how far they are.
    fn drive(&mut self, most: usize, context: &mut Context<'_>) {
        self.ask(most);
        for (_, asked) in &mut self.queue {
            if let Asked::Fetching(fetching) = asked
                && let Poll::Ready(fetched) = fetching.as_mut().poll(context)
            {
                *asked = Asked::Fetched(fetched);
            }
        }
    }

    fn ask(&mut self, most: usize) {
        while self.queue.len() < most
            && let Some(query) = self.next
            && query.number <= self.last
            && (query.number <= self.wanted || u64::from(query.number.get()) <= self.likely)
        {
            let fetching = (self.fetch)(self.client.clone(), query);
            self.queue.push_back((query, Asked::Fetching(fetching)));
            let number = query.number.checked_add(1);
            self.next = number.map(|number| PageChoice { number, ..query });
        }
    }

    /// Looks whether the list goes on after a page.
    fn hand_on(&mut self, query: PageChoice, fetched: Result<Fetched<T>, Error>) -> Polled<T> {
        let page = fetched.inspect_err(|_| self.end())?;
        if self.repeats.is_third(&page) {
            self.end();
            self.repeated = true;
            return Err(repeated(self.operation, query.number));
        }
        self.empty = if page.results.is_empty() {
            self.empty + 1
        } else {
            0
        };
        if !page.has_next(query.size) {
            self.end();
        } else if self.empty >= MAX_EMPTY_PAGES {
            self.end();
            self.error = Some(endless(self.operation));
        } else if query.number >= self.last {
            self.end();
            self.error = Some(too_long(self.operation, self.max_pages));
        } else {
            self.wanted = query.number.saturating_add(1);
            // Where Atlas does not say how many there are, the list may be of any length.
            let count = page.total_count.as_ref().and_then(ItemCount::get);
            self.likely = count.map_or(u64::MAX, |items| pages(items, query.size));
        }
        Ok((query, page))
    }

    fn end(&mut self) {
        self.next = None;
        self.queue.clear();
    }

    /// Whether it was given up because its pages repeat.
    pub(super) fn has_repeated(&self) -> bool {
        self.repeated
    }

    pub(super) fn is_done(&self) -> bool {
        self.next.is_none() && self.queue.is_empty() && self.error.is_none()
    }
}

/// How many pages so many items fill.
fn pages(items: u64, size: Option<PageSize>) -> u64 {
    items.div_ceil(u64::from(size.unwrap_or_default().get()))
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
