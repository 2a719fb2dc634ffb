//! What keeps a list from being read for ever: how many pages it may have, whether they repeat,
//! and how long a whole reading may take.

use std::{
    collections::{HashSet, hash_map::RandomState},
    hash::{BuildHasher as _, Hash as _, Hasher as _},
    num::NonZeroU32,
    time::Duration,
};

use atlas_export_types::Entry;

use super::page::{Fetched, Key};
use crate::{Error, ErrorKind, error::id_of};

/// The bounds that a list has from its client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How many pages are read at the most.
    pub(crate) max_pages: NonZeroU32,
    /// How long it may take to read a list as a whole.
    pub(crate) whole: Duration,
}

/// The pages that were seen, 8 bytes for each: a keyed hash of what tells their items, in order.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    key: RandomState,
    once: HashSet<u64>,
    twice: HashSet<u64>,
}

impl Repeats {
    /// Notes a page, and whether it was there twice before. Once may be an insertion at the front
    /// of the list, as long as a page. Empty pages do not count.
    pub(super) fn is_third<T>(&mut self, page: &Fetched<T>) -> bool {
        if page.results.is_empty() {
            return false;
        }
        let print = self.print(page);
        if self.twice.contains(&print) {
            return true;
        }
        if self.once.remove(&print) {
            self.twice.insert(print);
        } else {
            self.once.insert(print);
        }
        false
    }

    fn print<T>(&self, page: &Fetched<T>) -> u64 {
        let mut hasher = self.key.build_hasher();
        for (place, entry) in page.results.iter().enumerate() {
            match entry {
                Entry::Item(item) => page.keys.of(place, item).hash(&mut hasher),
                Entry::Undecodable(undecodable) => match id_of(undecodable) {
                    Some(id) => Key::Id(id.as_str()).hash(&mut hasher),
                    None => Key::Raw(undecodable.raw()).hash(&mut hasher),
                },
            }
        }
        hasher.finish()
    }
}

/// A list whose pages repeat.
pub(super) fn repeated(operation: &'static str, number: NonZeroU32) -> Error {
    of_list(
        operation,
        format!(
            "page {number} of the list is the same as a page before it, for the third time: each \
             page has items of its own; look whether a proxy or cache on the way answers without \
             regard to pageNum"
        ),
    )
}

/// A list of more pages than it may have.
pub(super) fn too_long(operation: &'static str, max_pages: NonZeroU32) -> Error {
    of_list(
        operation,
        format!(
            "the list does not end within {max_pages} pages, which is the bound: read larger \
             pages (page_size), or raise ClientBuilder::max_pages if the list is that long"
        ),
    )
}

/// A list that could not be read as a whole in time.
pub(super) fn too_slow(operation: &'static str, limit: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!(
            "the list could not be read as a whole within {} s: read more pages at once \
             (concurrency), or give it more time (ClientBuilder::call_timeout, or timeout() on \
             the consistent list)",
            limit.as_secs_f64()
        ),
    )
    .with(|inner| {
        inner.operation = Some(operation);
        inner.elapsed = limit;
    })
}

/// A list that changed with each reading.
pub(super) fn kept_changing(operation: &'static str, readings: u32) -> Error {
    of_list(
        operation,
        format!(
            "the list kept changing: no two of {readings} consecutive readings matched; read it \
             when less is changed, with more concurrency, or without consistent()"
        ),
    )
    .with(|inner| inner.transient = true)
}

/// Each of these errors, for the table of all messages.
#[cfg(test)]
pub(crate) fn each_error(mut tell: impl FnMut(Error)) {
    let page = NonZeroU32::MIN;
    tell(repeated("listExportJobs", page));
    tell(too_long("listExportJobs", page));
    tell(too_slow("listExportJobs", Duration::from_secs(300)));
    tell(kept_changing("listExportJobs", 10));
}

fn of_list(operation: &'static str, message: String) -> Error {
    Error::new(ErrorKind::Transport, message).with(|inner| inner.operation = Some(operation))
}
