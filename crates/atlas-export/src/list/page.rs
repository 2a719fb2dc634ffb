//! A page, as it is asked for, as it comes, and as it is handed on; and a list as a whole.

use std::num::NonZeroU32;

use atlas_export_api::{self as api, types::Link};
use atlas_export_types::{Entry, ItemCount, PageSize, TolerantList, Undecodable};

use crate::{needed, transport::CallStats};

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of the page that decoded, in order.
    pub items: Vec<T>,
    /// An estimate of the items in all pages, where Atlas gives one.
    pub total_count: Option<u64>,
    /// The items that did not decode, each with its place in the page and its raw JSON.
    pub undecodable: Vec<Undecodable>,
    /// Whether Atlas says that there is another page.
    pub has_next: bool,
}

impl<T> Page<T> {
    fn of(results: TolerantList<T>, count: Option<&ItemCount>) -> Self {
        let all = Listing::of(results);
        Self {
            items: all.items,
            total_count: count.and_then(ItemCount::get),
            undecodable: all.undecodable,
            has_next: false,
        }
    }
}

/// A list as a whole. Made by [`List::all`](super::List::all) and
/// [`ConsistentList::all`](super::ConsistentList::all).
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
    /// The items that did not decode, each with its place in the list, as far as that was read,
    /// and its raw JSON.
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

/// Over the items that decoded.
impl<T> IntoIterator for Listing<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<T> Listing<T> {
    /// A list that has no pages.
    pub(crate) fn whole(list: impl api::Page<Item = T>) -> Self {
        let (results, ..) = list.into_parts();
        Self::of(results)
    }

    fn of(results: TolerantList<T>) -> Self {
        let mut all = Self {
            items: Vec::with_capacity(results.len()),
            undecodable: Vec::new(),
        };
        results.into_iter().for_each(|entry| all.push(entry));
        all
    }

    pub(super) fn push(&mut self, entry: Entry<T>) {
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
pub(crate) struct PageChoice {
    pub(crate) number: NonZeroU32,
    pub(crate) size: Option<PageSize>,
    pub(crate) include_count: Option<bool>,
}

impl From<PageChoice> for api::PageQuery {
    fn from(choice: PageChoice) -> Self {
        Self {
            include_count: choice.include_count,
            items_per_page: choice.size,
            // Left out for the first page, which is the default.
            page_num: (choice.number > NonZeroU32::MIN).then_some(choice.number),
        }
    }
}

/// What an item is told from the others of its list by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key<Text> {
    Id(Text),
    /// Its JSON, where it has no id, or does not decode. Two that are equal may be two items.
    Raw(Text),
}

impl Key<&str> {
    pub(super) fn into_owned(self) -> Key<String> {
        match self {
            Self::Id(id) => Key::Id(id.to_owned()),
            Self::Raw(raw) => Key::Raw(raw.to_owned()),
        }
    }
}

/// The keys of the items of a page.
pub(crate) enum Keys<T> {
    /// A field of each.
    Field(fn(&T) -> &str),
    /// One for each place, in order: for items of which nothing is known but how they decode.
    Listed(Vec<Key<String>>),
}

impl<T> Keys<T> {
    /// The key of an item that decoded.
    pub(super) fn of<'a>(&'a self, place: usize, item: &'a T) -> Key<&'a str> {
        match self {
            Self::Field(id) => Key::Id(id(item)),
            Self::Listed(keys) => match keys.get(place) {
                Some(Key::Id(id)) => Key::Id(id),
                Some(Key::Raw(raw)) => Key::Raw(raw),
                None => Key::Raw(""),
            },
        }
    }
}

/// A page as the contract has it.
pub(crate) struct Fetched<T> {
    pub(crate) results: TolerantList<T>,
    pub(crate) keys: Keys<T>,
    pub(crate) links: TolerantList<Link>,
    pub(crate) total_count: Option<ItemCount>,
    /// How the call for it went.
    pub(crate) stats: CallStats,
}

impl<T> Fetched<T> {
    /// Whether there is a next page: a link says so, or, without links, this one is full.
    pub(super) fn has_next(&self, size: Option<PageSize>) -> bool {
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

    pub(super) fn into_page(self, size: Option<PageSize>) -> Page<T> {
        let has_next = self.has_next(size);
        Page {
            has_next,
            ..Page::of(self.results, self.total_count.as_ref())
        }
    }
}
