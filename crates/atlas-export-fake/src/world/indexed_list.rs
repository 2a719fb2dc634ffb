//! A list with an index: items in the order in which they came, each found by its id without a look at
//! the others, because a test may have a hundred thousand of them.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::world::ids::lowered;

/// An item with an id. Raw JSON may have none.
pub(crate) trait Identified {
    fn id(&self) -> Option<&str>;
}

/// Of items with the same id the first is found.
#[derive(Debug, Clone)]
pub(crate) struct IndexedList<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
    /// Whether an id came twice, so that another item takes the place of one that is removed.
    repeats: bool,
}

impl<T> Default for IndexedList<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            places: HashMap::new(),
            repeats: false,
        }
    }
}

impl<T: Identified> IndexedList<T> {
    pub(crate) fn push(&mut self, item: T) {
        if let Some(id) = item.id() {
            let place = self.items.len();
            self.repeats |= *self.places.entry(lowered(id)).or_insert(place) != place;
        }
        self.items.push(item);
    }

    /// `id`: in small letters.
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.items.get(*self.places.get(id)?)
    }

    /// `id`: in small letters. The caller must not change it.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.items.get_mut(*self.places.get(id)?)
    }

    /// `id`: in small letters. What comes after it moves up, so this takes time.
    pub(crate) fn remove(&mut self, id: &str) -> Option<T> {
        let place = self.places.remove(id)?;
        let removed = self.items.remove(place);
        for later in self.places.values_mut().filter(|later| **later > place) {
            *later -= 1;
        }
        if self.repeats {
            let is_next = |item: &T| item.id().is_some_and(|next| lowered(next) == id);
            let mut left = self.items.iter().skip(place);
            if let Some(next) = left.position(is_next) {
                self.places.insert(id.to_owned(), place + next);
            }
        }
        Some(removed)
    }

    /// Any change, after which all are looked through once. One that panics loses nothing.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Vec<T>)) {
        let outcome = catch_unwind(AssertUnwindSafe(|| change(&mut self.items)));
        for item in std::mem::take(self).items {
            self.push(item);
        }
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    }

    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    /// The caller must not change their ids.
    pub(crate) fn items_mut(&mut self) -> &mut [T] {
        &mut self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Identified for (&str, u8) {
        fn id(&self) -> Option<&str> {
            Some(self.0).filter(|id| !id.is_empty())
        }
    }

    #[test]
    fn items_keep_their_order_and_the_first_of_an_id_is_found() {
        let mut list = IndexedList::default();
        let items = [("b", 1), ("", 2), ("a", 3), ("b", 4), ("d", 5)];
        for item in items {
            list.push(item);
        }
        assert_eq!(list.items(), items);
        assert_eq!(list.get("b"), Some(&("b", 1)));
        assert_eq!(list.get_mut("a"), Some(&mut ("a", 3)));
        assert_eq!(list.get(""), None);
        assert_eq!(list.remove("a"), Some(("a", 3)));
        assert_eq!(list.get("a"), None);
        assert_eq!(list.get("d"), Some(&("d", 5)));
        assert_eq!(list.remove("a"), None);
        // The next of the same id takes the place of the first.
        assert_eq!(list.remove("b"), Some(("b", 1)));
        assert_eq!(list.get("b"), Some(&("b", 4)));
        assert_eq!(list.items(), [("", 2), ("b", 4), ("d", 5)]);
        list.change(|items| items.insert(0, ("c", 6)));
        assert_eq!(list.get("c"), Some(&("c", 6)));
        assert_eq!(list.get("b"), Some(&("b", 4)));
        assert_eq!(list.items(), [("c", 6), ("", 2), ("b", 4), ("d", 5)]);
        let panics = || {
            list.change(|items| {
                items.remove(0);
                panic!("in the middle of it");
            });
        };
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
        assert_eq!(list.items(), [("", 2), ("b", 4), ("d", 5)]);
        assert_eq!(list.get("d"), Some(&("d", 5)));
    }
}
